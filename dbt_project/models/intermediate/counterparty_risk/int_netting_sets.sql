with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

netting_sets as (
    select * from {{ ref("stg_treasury__netting_sets") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

final as (
    select
        netting_sets.as_of_date as reporting_date,
        netting_sets.netting_set_id,
        netting_sets.counterparty_lei,
        -- Trades name their counterparty and no agreement: they fall under its first one.
        row_number() over (
            partition by netting_sets.as_of_date, netting_sets.counterparty_lei
            order by netting_sets.netting_set_id
        ) = 1 as is_used,
        netting_sets.is_margined,
        netting_sets.has_netting_opinion,
        netting_sets.is_qualifying_ccp,
        netting_sets.margin_period_days,
        {{ money(
            "cast(netting_sets.threshold_amount as double) * fx_rates.fx_rate_usd"
        ) }} as threshold_usd,
        {{ money(
            "cast(netting_sets.minimum_transfer_amount as double) * fx_rates.fx_rate_usd"
        ) }} as minimum_transfer_amount_usd,
        {{ money(
            "cast(netting_sets.independent_collateral_amount as double) * fx_rates.fx_rate_usd"
        ) }} as independent_collateral_usd,
        {{ money(
            "cast(netting_sets.variation_margin_amount as double) * fx_rates.fx_rate_usd"
        ) }} as variation_margin_usd
    from netting_sets
    inner join basel_dates on netting_sets.as_of_date = basel_dates.reporting_date
    left join fx_rates
        on
            netting_sets.as_of_date = fx_rates.business_date
            and netting_sets.currency = fx_rates.currency
)

select * from final
