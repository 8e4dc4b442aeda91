with trades as (
    select * from {{ ref("int_saccr_trades") }}
),

agreements as (
    select * from {{ ref("int_netting_sets") }}
),

exposure_sets as (
    select distinct
        reporting_date,
        exposure_set_id,
        margin_agreement_id,
        counterparty_lei,
        is_netting_set_missing,
        is_netting_recognised
    from trades
),

final as (
    select
        exposure_sets.reporting_date,
        exposure_sets.exposure_set_id,
        exposure_sets.margin_agreement_id,
        exposure_sets.counterparty_lei,
        exposure_sets.is_netting_set_missing,
        exposure_sets.is_netting_recognised,
        exposure_sets.is_netting_recognised and coalesce(agreements.is_margined, false)
            as is_margined,
        coalesce(agreements.is_qualifying_ccp, false) as is_qualifying_ccp,
        agreements.margin_period_days,
        coalesce(agreements.threshold_usd, {{ money("0") }})
            as threshold_usd,
        coalesce(agreements.minimum_transfer_amount_usd, {{ money("0") }})
            as minimum_transfer_amount_usd,
        coalesce(agreements.independent_collateral_usd, {{ money("0") }})
            as independent_collateral_usd,
        coalesce(agreements.variation_margin_usd, {{ money("0") }})
            as variation_margin_usd
    from exposure_sets
    left join agreements
        on
            exposure_sets.reporting_date = agreements.reporting_date
            and exposure_sets.margin_agreement_id = agreements.netting_set_id
)

select * from final
