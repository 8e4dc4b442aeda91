with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

risk_factors as (
    select distinct
        risk_factor_id,
        factor_type
    from {{ ref("int_risk_factor_levels") }}
),

equity_buckets as (
    select * from {{ ref("int_equity_buckets") }}
),

specified_currencies as (
    select * from {{ ref("specified_currencies") }}
),

parameters as (
    select *
    from {{ ref("int_basel_parameters") }}
    where rule_group = 'MAR33.liquidity_horizon'
),

-- Volatilities carry the ticker of their share: VOL:AAPL and EQ:AAPL.
described as (
    select
        basel_dates.reporting_date,
        risk_factors.risk_factor_id,
        risk_factors.factor_type,
        equity_buckets.market_cap,
        specified_currencies.currency is not null as is_specified
    from basel_dates
    cross join risk_factors
    left join equity_buckets
        on
            basel_dates.reporting_date = equity_buckets.reporting_date
            and (
                risk_factors.risk_factor_id = equity_buckets.instrument_id
                or risk_factors.risk_factor_id
                = replace(equity_buckets.instrument_id, 'EQ:', 'VOL:')
            )
    left join specified_currencies
        on
            substr(risk_factors.risk_factor_id, 4, 3) = specified_currencies.currency
            and basel_dates.rules_date >= specified_currencies.valid_from
            and (
                specified_currencies.valid_to is null
                or basel_dates.rules_date < specified_currencies.valid_to
            )
            and specified_currencies.risk_class = case risk_factors.factor_type
                when 'interest_rate' then 'interest_rate'
                when 'fx' then 'foreign_exchange'
            end
),

categorised as (
    select
        *,
        case
            when factor_type = 'interest_rate' and is_specified then 'ir_specified_ccy'
            when factor_type = 'interest_rate' then 'ir_other_ccy'
            when factor_type = 'fx' and is_specified then 'fx_specified_pair'
            when factor_type = 'fx' then 'fx_other_pair'
            when factor_type = 'equity' and market_cap = 'large' then 'eq_large'
            when factor_type = 'equity' and market_cap = 'small' then 'eq_small'
            when factor_type = 'volatility' and market_cap = 'large' then 'eq_large_vol'
            when factor_type = 'volatility' and market_cap = 'small' then 'eq_small_vol'
            else 'eq_other'
        end as risk_category
    from described
),

final as (
    select
        categorised.reporting_date,
        categorised.risk_factor_id,
        case categorised.factor_type
            when 'fx' then 'foreign_exchange'
            when 'volatility' then 'equity'
            else categorised.factor_type
        end as risk_class,
        categorised.risk_category,
        cast(parameters.value as int) as liquidity_horizon_days,
        -- Implied volatilities have no history of stress of their own; prices, rates and currencies
        -- stand for them in the reduced set.
        categorised.factor_type <> 'volatility' as is_in_reduced_set,
        parameters.rule_id
    from categorised
    inner join parameters
        on
            categorised.reporting_date = parameters.reporting_date
            and categorised.risk_category = parameters.parameter_key
)

select * from final
