-- Contracts cut by residual maturity as the NSFR does, with what else decides their factor.
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

risk_weights as (
    select
        reporting_date,
        'facility' as position_type,
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
        coalesce(round(risk_weights.risk_weight, 9) <= low_risk_weights.risk_weight, false)
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
            and positions.position_type = risk_weights.position_type
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

final as (
    select
        reporting_date,
        side,
        source_model,
        source_row_id,
        row_part,
        position_type,
        product_type,
        liquidity_class,
        currency,
        maturity_date,
        is_non_performing,
        is_low_risk,
        is_risk_weight_missing,
        liquidity_level,
        encumbered_until,
        six_months_date,
        one_year_date,
        bucket,
        bucket_usd
    from bucketed
)

select * from final
