-- Repos and reverse repos with the level of liquid assets of what was exchanged for the cash.
with securities_financing as (
    select * from {{ ref("stg_treasury__securities_financing") }}
),

horizons as (
    select * from {{ ref("int_liquidity_horizons") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

counterparties as (
    select * from {{ ref("int_liquidity_counterparties") }}
),

hqla_rules as (
    select * from {{ ref("int_hqla_rules") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

converted as (
    select
        securities_financing.*,
        horizons.reporting_date,
        horizons.lcr_horizon_days,
        {{ days_between("horizons.reporting_date", "securities_financing.maturity_date") }}
            as days_to_maturity,
        rating_ranks.value as rating_rank,
        {{ money("cast(securities_financing.cash_amount as double) * fx_rates.fx_rate_usd") }}
            as cash_usd,
        {{ money("cast(securities_financing.security_value as double) * fx_rates.fx_rate_usd") }}
            as collateral_usd
    from securities_financing
    inner join horizons on securities_financing.as_of_date = horizons.reporting_date
    left join fx_rates
        on
            securities_financing.as_of_date = fx_rates.business_date
            and securities_financing.currency = fx_rates.currency
    left join parameters as rating_ranks
        on
            securities_financing.as_of_date = rating_ranks.reporting_date
            and rating_ranks.rule_group = 'LCR30.rating_rank'
            and securities_financing.security_rating = rating_ranks.parameter_key
),

final as (
    select
        converted.reporting_date,
        converted.transaction_id,
        converted.direction,
        converted.counterparty_lei,
        coalesce(counterparties.obligor_type, 'unknown') as obligor_type,
        coalesce(counterparties.liquidity_class, 'unknown') as liquidity_class,
        converted.currency,
        converted.maturity_date,
        converted.days_to_maturity,
        -- What has no maturity can be ended tomorrow.
        coalesce(converted.days_to_maturity <= converted.lcr_horizon_days, true) as is_in_horizon,
        converted.security_type,
        converted.security_rating,
        converted.security_maturity_date,
        converted.cash_usd,
        converted.collateral_usd,
        hqla_rules.hqla_level,
        hqla_rules.liquidity_factor,
        hqla_rules.hqla_rule_id,
        case
            when hqla_rules.hqla_level is null then 'other'
            when
                hqla_rules.hqla_level = 'level_2b' and converted.security_type = 'mortgage_backed'
                then 'level_2b_mortgage_backed'
            else hqla_rules.hqla_level
        end as collateral_class
    from converted
    left join counterparties
        on
            converted.reporting_date = counterparties.reporting_date
            and converted.counterparty_lei = counterparties.counterparty_id
    left join hqla_rules
        on
            converted.reporting_date = hqla_rules.reporting_date
            and converted.security_type = hqla_rules.security_type
            and (
                hqla_rules.rating_rank_up_to is null
                or (
                    converted.rating_rank > coalesce(hqla_rules.rating_rank_above, 0)
                    and converted.rating_rank <= hqla_rules.rating_rank_up_to
                )
            )
)

select * from final
