-- Every amount of the NSFR with its line, its residual maturity and the rule that weighs it.
with positions as (
    select * from {{ ref("int_liquidity_positions") }}
),

horizons as (
    select * from {{ ref("int_liquidity_horizons") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

credit_exposures as (
    select * from {{ ref("fct_credit_exposures") }}
),

own_funds as (
    select *
    from {{ ref("int_contributions_own_funds") }}
    where measure = 'own_funds' and item not like '%.deduction.%' and amount > 0
),

facilities as (
    select * from {{ ref("int_liquidity_facilities") }}
),

netting_sets as (
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

risk_weights as (
    select
        reporting_date,
        source_row_id,
        max(risk_weight) as risk_weight
    from credit_exposures
    where source_model = 'stg_lending__credit_facilities' and on_balance_usd > 0
    group by reporting_date, source_row_id
),

low_risk_weights as (
    select
        reporting_date,
        value as risk_weight
    from parameters
    where rule_id = 'NSF30.low_risk_weight.up_to'
),

dated_positions as (
    select
        positions.*,
        horizons.six_months_date,
        horizons.one_year_date,
        coalesce(risk_weights.risk_weight <= low_risk_weights.risk_weight, false)
            as is_low_risk,
        positions.position_type = 'facility' and risk_weights.risk_weight is null
            as is_risk_weight_missing,
        {{ days_between("positions.reporting_date", "horizons.six_months_date") }}
            as days_to_six_months,
        {{ days_between("positions.reporting_date", "horizons.one_year_date") }}
            as days_to_one_year
    from positions
    inner join horizons on positions.reporting_date = horizons.reporting_date
    left join low_risk_weights on positions.reporting_date = low_risk_weights.reporting_date
    left join risk_weights
        on
            positions.reporting_date = risk_weights.reporting_date
            and positions.position_type = 'facility'
            and positions.source_row_id = risk_weights.source_row_id
),

-- What comes due before six months and before a year; of a loan in instalments, the part that does.
cumulated as (
    select
        *,
        case
            when maturity_date is null then {{ money("0") }}
            when maturity_date < six_months_date or (side = 'liability' and is_on_demand)
                then amount_usd
            when is_amortising
                then {{ money(
                    "cast(amount_usd as double) * days_to_six_months / days_to_maturity"
                ) }}
            else {{ money("0") }}
        end as before_six_months_usd,
        case
            when maturity_date is null then {{ money("0") }}
            when maturity_date < one_year_date or (side = 'liability' and is_on_demand)
                then amount_usd
            when is_amortising
                then {{ money(
                    "cast(amount_usd as double) * days_to_one_year / days_to_maturity"
                ) }}
            else {{ money("0") }}
        end as before_one_year_usd
    from dated_positions
),

bucketed as (
    select
        *,
        'no_maturity' as bucket,
        amount_usd as bucket_usd
    from cumulated
    where maturity_date is null
    union all
    select
        *,
        'under_6m' as bucket,
        before_six_months_usd as bucket_usd
    from cumulated
    where maturity_date is not null and before_six_months_usd <> 0
    union all
    select
        *,
        '6_to_12m' as bucket,
        before_one_year_usd - before_six_months_usd as bucket_usd
    from cumulated
    where maturity_date is not null and before_one_year_usd <> before_six_months_usd
    union all
    select
        *,
        'from_1y' as bucket,
        amount_usd - before_one_year_usd as bucket_usd
    from cumulated
    where maturity_date is not null and amount_usd <> before_one_year_usd
),

position_items as (
    select
        reporting_date,
        case when side = 'asset' then 'rsf' else 'asf' end as side,
        case
            when position_type in ('retail_stable', 'retail_less_stable') then position_type
            when position_type = 'operational' then 'wholesale_operational'
            when side = 'liability' then 'wholesale_other'
            when is_non_performing then 'other_assets'
            when
                position_type = 'security' and product_type in ('cash', 'central_bank_reserves')
                then 'hqla'
            when position_type = 'security' and liquidity_level is not null then 'hqla'
            when position_type = 'security' then 'securities'
            when position_type = 'reverse_repo' and liquidity_class = 'central_bank'
                then 'loans_non_financial'
            when position_type = 'reverse_repo' and liquidity_level = 'level_1'
                then 'loans_financial_level_1'
            when position_type = 'reverse_repo' then 'loans_financial_other'
            when product_type = 'interbank_placement' and maturity_date is null
                then 'operational_deposits'
            when liquidity_class in ('bank', 'other_financial') then 'loans_financial_other'
            when product_type = 'residential_mortgage' and is_low_risk
                then 'residential_mortgages_low_risk'
            when product_type = 'residential_mortgage' then 'residential_mortgages'
            when is_low_risk then 'loans_non_financial_low_risk'
            else 'loans_non_financial'
        end as line_item,
        bucket,
        source_model,
        source_row_id,
        row_part,
        currency,
        bucket_usd as unweighted_usd,
        case when side = 'asset' then 'NSF30.rsf' else 'NSF30.asf' end as rule_group,
        case
            when position_type in ('retail_stable', 'retail_less_stable', 'operational')
                then position_type
            when position_type = 'issued_debt' then 'issued_debt'
            when side = 'liability' and liquidity_class in ('non_financial', 'small_business')
                then 'non_financial'
            when side = 'liability' and liquidity_class = 'public_sector' then 'public_sector'
            when side = 'liability' then 'financial'
            when is_non_performing then 'non_performing'
            when
                position_type = 'security' and product_type in ('cash', 'central_bank_reserves')
                then product_type
            when position_type = 'security' and liquidity_level is not null
                then liquidity_level
            when position_type = 'security' then 'securities'
            when liquidity_class = 'central_bank' then 'central_bank_reserves'
            when position_type = 'reverse_repo' and liquidity_level = 'level_1'
                then 'loans_financial_level_1'
            when position_type = 'reverse_repo' and liquidity_level <> 'other'
                then 'loans_financial_secured'
            when position_type = 'reverse_repo' then 'loans_financial_other'
            when product_type = 'interbank_placement' and maturity_date is null
                then 'operational_deposits'
            when liquidity_class in ('bank', 'other_financial') then 'loans_financial_other'
            when product_type = 'residential_mortgage' and is_low_risk
                then 'residential_mortgages_low_risk'
            when product_type = 'residential_mortgage' then 'residential_mortgages'
            when is_low_risk then 'loans_non_financial_low_risk'
            else 'loans_non_financial'
        end || '.' || bucket as parameter_key,
        case
            when encumbered_until is null or encumbered_until < six_months_date then null
            when encumbered_until < one_year_date then 'at_least.6_to_12m'
            else 'at_least.from_1y'
        end as encumbrance_key,
        is_risk_weight_missing
    from bucketed
),

own_fund_items as (
    select
        reporting_date,
        'asf' as side,
        'regulatory_capital' as line_item,
        'no_maturity' as bucket,
        source_model,
        source_row_id,
        item as row_part,
        'USD' as currency,
        amount as unweighted_usd,
        'NSF30.asf' as rule_group,
        'regulatory_capital.no_maturity' as parameter_key,
        cast(null as string) as encumbrance_key,
        false as is_risk_weight_missing
    from own_funds
),

commitment_items as (
    select
        reporting_date,
        'rsf' as side,
        'off_balance' as line_item,
        'no_maturity' as bucket,
        'stg_lending__credit_facilities' as source_model,
        facility_id as source_row_id,
        'undrawn' as row_part,
        currency,
        undrawn_usd as unweighted_usd,
        'NSF30.rsf' as rule_group,
        case
            when
                is_unconditionally_cancellable
                or product_type in (
                    'trade_letter_of_credit', 'performance_guarantee', 'financial_guarantee'
                )
                then 'contingent.no_maturity'
            else 'commitments.no_maturity'
        end as parameter_key,
        cast(null as string) as encumbrance_key,
        false as is_risk_weight_missing
    from facilities
    where undrawn_usd <> 0
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
    select * from position_items
    union all
    select * from own_fund_items
    union all
    select * from commitment_items
    union all
    select * from derivative_items
    union all
    select * from gross_liability_items
    union all
    select * from initial_margin_items
)

select * from final
