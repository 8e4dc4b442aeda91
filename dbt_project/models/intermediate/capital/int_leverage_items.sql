-- Every part of the leverage exposure measure, which is their sum: the balance sheet, derivatives,
-- securities financing and what is off the balance sheet.
with balance_sheet_items as (
    select * from {{ ref("int_leverage_balance_sheet_items") }}
),

exposures as (
    select *
    from {{ ref("fct_credit_exposures") }}
    where source_model in ('stg_lending__credit_facilities', 'stg_treasury__securities')
),

counterparty_exposures as (
    select * from {{ ref("fct_ccr_exposures") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

rules as (
    select
        reporting_date,
        max(case when rule_id = 'LEV30.exposure.alpha' then value end) as alpha,
        max(case when rule_id = 'LEV30.exposure.off_balance_floor' then value end)
            as off_balance_floor
    from parameters
    where rule_group = 'LEV30.exposure'
    group by reporting_date
),

-- Cash variation margin is taken off, no other collateral; the add-on has no multiplier.
replacement_costs as (
    select
        exposures.reporting_date,
        'derivatives_replacement_cost' as item,
        'derivatives' as exposure_group,
        'fct_ccr_exposures' as source_model,
        exposures.netting_set_id as source_row_id,
        {{ money("cast(exposures.replacement_cost_leverage_usd as double) * rules.alpha") }}
            as amount_usd,
        'LEV30.exposure.alpha' as rule_ids
    from counterparty_exposures as exposures
    inner join rules on exposures.reporting_date = rules.reporting_date
    where exposures.method = 'sa_ccr'
),

potential_exposures as (
    select
        exposures.reporting_date,
        'derivatives_pfe' as item,
        'derivatives' as exposure_group,
        'fct_ccr_exposures' as source_model,
        exposures.netting_set_id as source_row_id,
        {{ money("cast(exposures.pfe_leverage_usd as double) * rules.alpha") }} as amount_usd,
        'LEV30.exposure.alpha' as rule_ids
    from counterparty_exposures as exposures
    inner join rules on exposures.reporting_date = rules.reporting_date
    where exposures.method = 'sa_ccr'
),

sft_assets as (
    select
        reporting_date,
        'sft_gross' as item,
        'securities_financing' as exposure_group,
        'fct_ccr_exposures' as source_model,
        netting_set_id as source_row_id,
        sft_gross_leverage_usd as amount_usd,
        cast(null as string) as rule_ids
    from counterparty_exposures
    where sft_gross_leverage_usd is not null
),

sft_counterparties as (
    select
        reporting_date,
        'sft_counterparty' as item,
        'securities_financing' as exposure_group,
        'fct_ccr_exposures' as source_model,
        netting_set_id as source_row_id,
        sft_counterparty_leverage_usd as amount_usd,
        cast(null as string) as rule_ids
    from counterparty_exposures
    where sft_counterparty_leverage_usd is not null
),

off_balance as (
    select
        reporting_date,
        'off_balance_notional' as item,
        'off_balance' as exposure_group,
        'fct_credit_exposures' as source_model,
        exposure_id as source_row_id,
        off_balance_usd as amount_usd,
        cast(null as string) as rule_ids
    from exposures
    where off_balance_usd > 0
),

off_balance_conversion as (
    select
        exposures.reporting_date,
        'off_balance_conversion' as item,
        'off_balance' as exposure_group,
        'fct_credit_exposures' as source_model,
        exposures.exposure_id as source_row_id,
        {{ money(
            "-cast(exposures.off_balance_usd as double)"
            ~ " * (1 - greatest(coalesce(exposures.ccf, 1), rules.off_balance_floor))"
        ) }} as amount_usd,
        case
            when exposures.ccf_rule_id is null then 'LEV30.exposure.off_balance_floor'
            else exposures.ccf_rule_id || '; LEV30.exposure.off_balance_floor'
        end as rule_ids
    from exposures
    inner join rules on exposures.reporting_date = rules.reporting_date
    where exposures.off_balance_usd > 0
),

items as (
    select * from balance_sheet_items
    union all
    select * from replacement_costs
    union all
    select * from potential_exposures
    union all
    select * from sft_assets
    union all
    select * from sft_counterparties
    union all
    select * from off_balance
    union all
    select * from off_balance_conversion
),

final as (
    select
        reporting_date,
        item,
        exposure_group,
        source_model,
        source_row_id,
        amount_usd,
        rule_ids
    from items
)

select * from final
