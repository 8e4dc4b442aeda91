with derivatives as (
    select * from {{ ref("int_saccr_exposures") }}
),

netting_sets as (
    select * from {{ ref("int_saccr_netting_sets") }}
),

transactions as (
    select * from {{ ref("int_sft_exposures") }}
),

exposures as (
    select
        derivatives.reporting_date,
        derivatives.exposure_set_id as netting_set_id,
        'sa_ccr' as method,
        netting_sets.margin_agreement_id,
        netting_sets.counterparty_lei,
        netting_sets.is_qualifying_ccp,
        derivatives.is_margined,
        derivatives.is_capped,
        netting_sets.is_netting_set_missing,
        netting_sets.is_netting_recognised,
        derivatives.trade_count,
        derivatives.margin_period_days,
        derivatives.effective_maturity_years,
        derivatives.market_value_usd,
        derivatives.collateral_usd,
        derivatives.replacement_cost_usd,
        derivatives.multiplier,
        derivatives.aggregate_add_on_usd,
        derivatives.pfe_usd,
        derivatives.alpha,
        derivatives.ead_usd,
        derivatives.ead_unmargined_usd,
        derivatives.variation_margin_usd,
        derivatives.replacement_cost_leverage_usd,
        derivatives.aggregate_add_on_usd as pfe_leverage_usd,
        cast(null as decimal(38, 6)) as sft_gross_leverage_usd,
        cast(null as decimal(38, 6)) as sft_counterparty_leverage_usd,
        derivatives.rule_ids
    from derivatives
    inner join netting_sets
        on
            derivatives.reporting_date = netting_sets.reporting_date
            and derivatives.exposure_set_id = netting_sets.exposure_set_id
    union all
    select
        reporting_date,
        transaction_id as netting_set_id,
        'sft_comprehensive' as method,
        netting_set_id as margin_agreement_id,
        counterparty_lei,
        false as is_qualifying_ccp,
        false as is_margined,
        false as is_capped,
        netting_set_id is null as is_netting_set_missing,
        false as is_netting_recognised,
        1 as trade_count,
        cast(null as double) as margin_period_days,
        maturity_years as effective_maturity_years,
        given_usd as market_value_usd,
        taken_usd as collateral_usd,
        cast(null as decimal(38, 6)) as replacement_cost_usd,
        cast(null as double) as multiplier,
        cast(null as decimal(38, 6)) as aggregate_add_on_usd,
        cast(null as decimal(38, 6)) as pfe_usd,
        cast(null as double) as alpha,
        ead_usd,
        cast(null as decimal(38, 6)) as ead_unmargined_usd,
        cast(null as decimal(38, 6)) as variation_margin_usd,
        cast(null as decimal(38, 6)) as replacement_cost_leverage_usd,
        cast(null as decimal(38, 6)) as pfe_leverage_usd,
        gross_leverage_usd as sft_gross_leverage_usd,
        counterparty_leverage_usd as sft_counterparty_leverage_usd,
        rule_ids
    from transactions
),

final as (
    select * from exposures
)

select * from final
