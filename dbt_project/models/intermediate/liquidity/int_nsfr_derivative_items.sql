-- Derivatives and their collateral in the NSFR.
with netting_sets as (
    select * from {{ ref("stg_treasury__netting_sets") }}
),

counterparty_exposures as (
    select *
    from {{ ref("fct_ccr_exposures") }}
    where method = 'sa_ccr'
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

margins as (
    select
        netting_sets.as_of_date as reporting_date,
        netting_sets.netting_set_id,
        {{ money(
            "cast(netting_sets.variation_margin_amount as double) * fx_rates.fx_rate_usd"
        ) }} as variation_margin_usd,
        {{ money(
            "cast(netting_sets.independent_collateral_amount as double) * fx_rates.fx_rate_usd"
        ) }} as independent_collateral_usd
    from netting_sets
    left join fx_rates
        on
            netting_sets.as_of_date = fx_rates.business_date
            and netting_sets.currency = fx_rates.currency
),

-- Variation margin takes from a derivative what it covers, and no more.
derivatives as (
    select
        counterparty_exposures.reporting_date,
        counterparty_exposures.netting_set_id,
        counterparty_exposures.market_value_usd,
        case
            when counterparty_exposures.market_value_usd >= 0
                then greatest(
                    counterparty_exposures.market_value_usd
                    - greatest(coalesce(margins.variation_margin_usd, {{ money("0") }}), 0),
                    0
                )
            else least(
                counterparty_exposures.market_value_usd
                - least(coalesce(margins.variation_margin_usd, {{ money("0") }}), 0),
                0
            )
        end as value_after_margin_usd
    from counterparty_exposures
    left join margins
        on
            counterparty_exposures.reporting_date = margins.reporting_date
            and counterparty_exposures.netting_set_id = margins.netting_set_id
),

derivatives_netted as (
    select
        *,
        sum(value_after_margin_usd) over (partition by reporting_date) as net_value_usd
    from derivatives
),

derivative_items as (
    select
        reporting_date,
        case when net_value_usd >= 0 then 'rsf' else 'asf' end as side,
        case when net_value_usd >= 0 then 'derivative_assets' else 'derivative_liabilities' end
            as line_item,
        'no_maturity' as bucket,
        'fct_ccr_exposures' as source_model,
        netting_set_id as source_row_id,
        'net' as row_part,
        'USD' as currency,
        {{ money(
            "case when net_value_usd >= 0 then value_after_margin_usd"
            ~ " else -value_after_margin_usd end"
        ) }} as unweighted_usd,
        case when net_value_usd >= 0 then 'NSF30.rsf' else 'NSF30.asf' end as rule_group,
        case
            when net_value_usd >= 0 then 'derivative_assets.no_maturity'
            else 'derivative_liabilities.no_maturity'
        end as parameter_key,
        cast(null as string) as encumbrance_key,
        false as is_risk_weight_missing
    from derivatives_netted
    where value_after_margin_usd <> 0
),

gross_liability_items as (
    select
        reporting_date,
        'rsf' as side,
        'derivative_liabilities_before_margin' as line_item,
        'no_maturity' as bucket,
        'fct_ccr_exposures' as source_model,
        netting_set_id as source_row_id,
        'before_margin' as row_part,
        'USD' as currency,
        {{ money("-market_value_usd") }} as unweighted_usd,
        'NSF30.rsf' as rule_group,
        'derivative_liabilities_before_margin.no_maturity' as parameter_key,
        cast(null as string) as encumbrance_key,
        false as is_risk_weight_missing
    from derivatives
    where market_value_usd < 0
),

initial_margin_items as (
    select
        reporting_date,
        'rsf' as side,
        'initial_margin' as line_item,
        'no_maturity' as bucket,
        'stg_treasury__netting_sets' as source_model,
        netting_set_id as source_row_id,
        'posted' as row_part,
        'USD' as currency,
        {{ money("-independent_collateral_usd") }} as unweighted_usd,
        'NSF30.rsf' as rule_group,
        'initial_margin.no_maturity' as parameter_key,
        cast(null as string) as encumbrance_key,
        false as is_risk_weight_missing
    from margins
    where independent_collateral_usd < 0
),

final as (
    select * from derivative_items
    union all
    select * from gross_liability_items
    union all
    select * from initial_margin_items
)

select * from final
