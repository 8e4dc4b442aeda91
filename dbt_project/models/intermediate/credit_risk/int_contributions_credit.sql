with exposures as (
    select * from {{ ref("fct_credit_exposures") }}
),

weighted as (
    select
        *,
        case exposure_type
            when 'derivative' then 'ccr.sa_ccr'
            when 'securities_financing' then 'ccr.sft'
            else 'credit.' || exposure_class
        end as rwa_item,
        exposure_type in ('derivative', 'securities_financing') as is_counterparty_risk,
        {{ money("greatest(on_balance_usd - provisions_usd, 0)") }} as net_on_balance_usd,
        {{ money(
            "greatest(greatest(on_balance_usd - provisions_usd, 0)"
            ~ " - (ead_before_mitigation_usd - ead_usd), 0)"
        ) }} as on_balance_after_usd
    from exposures
),

contributions as (
    select
        reporting_date,
        'rwa' as measure,
        rwa_item as item,
        exposure_id,
        rwa_usd as amount,
        rule_ids
    from weighted
    union all
    select
        reporting_date,
        'rwa_irb' as measure,
        'credit.' || exposure_class as item,
        exposure_id,
        rwa_irb_usd as amount,
        rule_ids
    from weighted
    where rwa_irb_usd is not null
    union all
    select
        reporting_date,
        'cr4_on_balance_before' as measure,
        exposure_class as item,
        exposure_id,
        net_on_balance_usd as amount,
        rule_ids
    from weighted
    where not is_counterparty_risk
    union all
    select
        reporting_date,
        'cr4_off_balance_before' as measure,
        exposure_class as item,
        exposure_id,
        off_balance_usd as amount,
        rule_ids
    from weighted
    where not is_counterparty_risk and off_balance_usd <> 0
    union all
    select
        reporting_date,
        'cr4_on_balance_after' as measure,
        exposure_class as item,
        exposure_id,
        on_balance_after_usd as amount,
        rule_ids
    from weighted
    where not is_counterparty_risk
    union all
    select
        reporting_date,
        'cr4_off_balance_after' as measure,
        exposure_class as item,
        exposure_id,
        {{ money("ead_usd - on_balance_after_usd") }} as amount,
        rule_ids
    from weighted
    where not is_counterparty_risk and off_balance_usd <> 0
),

final as (
    select
        reporting_date,
        measure,
        item,
        'fct_credit_exposures' as source_model,
        exposure_id as source_row_id,
        {{ money("amount") }} as amount,
        rule_ids
    from contributions
)

select * from final
