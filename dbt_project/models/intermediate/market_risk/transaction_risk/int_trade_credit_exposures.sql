{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with trades as (
    select *
    from {{ ref("fct_trades") }}
    where not is_cancelled and {{ in_window("business_date") }}
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

prices as (
    select *
    from {{ ref("fct_prices_daily") }}
    where {{ in_window("business_date") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

counterparty_versions as (
    select * from {{ ref("int_counterparty_versions") }}
),

default_probabilities as (
    select * from {{ ref("default_probabilities") }}
),

loss_given_default as (
    select * from {{ ref("loss_given_default") }}
),

add_ons as (
    select * from {{ ref("exposure_add_ons") }}
),

-- What it would cost at the close to replace the trade, and the amount that its add-on is taken of.
exposed as (
    select
        trades.*,
        case
            when trades.product_type in ('fx_spot', 'equity', 'government_bond') then 0
            else {{ days_between("trades.business_date", "instruments.maturity_date") }}
        end as days_to_settlement,
        {{ money(
            "cast(case trades.side when 'buy' then trades.quantity else -trades.quantity end as double)"
            ~ " * (prices.price_local - case when trades.is_over_the_counter then 0"
            ~ " else cast(trades.price as double) end)"
            ~ " * instruments.contract_multiplier * fx_rates.fx_rate_usd"
        ) }} as replacement_value_usd,
        case
            when trades.product_type = 'equity_option'
                then {{ money(
                    "cast(trades.quantity as double) * instruments.contract_multiplier"
                    ~ " * instruments.strike_price * fx_rates.fx_rate_usd"
                ) }}
            else trades.notional_usd
        end as add_on_basis_usd
    from trades
    inner join instruments on trades.instrument_id = instruments.instrument_id
    left join prices
        on
            trades.business_date = prices.business_date
            and trades.instrument_id = prices.instrument_id
    left join fx_rates
        on
            trades.business_date = fx_rates.business_date
            and instruments.currency = fx_rates.currency
),

-- One-year probabilities follow from three-year default rates.
parameterised as (
    select
        exposed.*,
        counterparty_versions.counterparty_lei is not null as is_counterparty_known,
        counterparty_versions.is_rating_defaulted,
        greatest(
            1 - power(1 - default_probabilities.three_year_default_rate, cast(1 as double) / 3),
            default_probabilities.pd_floor
        ) as default_probability,
        loss_given_default.loss_given_default,
        add_ons.add_on_pct
    from exposed
    left join counterparty_versions
        on
            exposed.counterparty_lei = counterparty_versions.counterparty_lei
            and exposed.business_date >= counterparty_versions.valid_from
            and exposed.business_date < counterparty_versions.valid_to
    left join default_probabilities
        on
            counterparty_versions.rating = default_probabilities.rating
            and exposed.business_date >= default_probabilities.valid_from
            and exposed.business_date < default_probabilities.valid_to
    left join loss_given_default
        on
            counterparty_versions.counterparty_type = loss_given_default.counterparty_type
            and exposed.business_date >= loss_given_default.valid_from
            and exposed.business_date < loss_given_default.valid_to
    left join add_ons
        on
            exposed.product_type = add_ons.product_type
            and exposed.days_to_settlement >= add_ons.min_days
            and exposed.days_to_settlement <= add_ons.max_days
            and exposed.business_date >= add_ons.valid_from
            and exposed.business_date < add_ons.valid_to
),

final as (
    select
        business_date,
        trade_id,
        is_counterparty_known,
        coalesce(is_rating_defaulted, false) as is_rating_defaulted,
        case when replacement_value_usd < 0 then {{ money("0") }} else replacement_value_usd end
        + {{ money("cast(add_on_basis_usd as double) * add_on_pct / 100") }}
            as exposure_at_default_usd,
        default_probability,
        loss_given_default
    from parameterised
)

select * from final
