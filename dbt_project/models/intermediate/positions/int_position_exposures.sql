{{ config(materialized="view") }}

-- What a position is exposed to and by how much: market value, but the delta-equivalent for options
-- and forwards, whose market value says little about what moves them.
with positions as (
    select *
    from {{ ref("fct_positions_daily") }}
    where quantity <> 0
),

valuations as (
    select *
    from {{ ref("int_instrument_valuations") }}
    where risk_factor_id is not null
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

counterparty_versions as (
    select * from {{ ref("int_counterparty_versions") }}
),

tenor_buckets as (
    select * from {{ ref("tenor_buckets") }}
),

option_deltas as (
    select
        valuations.business_date,
        valuations.instrument_id,
        valuations.delta_local
    from valuations
    inner join instruments
        on
            valuations.instrument_id = instruments.instrument_id
            and valuations.risk_factor_id = instruments.underlying_instrument_id
    where instruments.instrument_type = 'equity_option'
),

-- The leg in the base currency, discounted and in quote currency. The dollar is no risk factor, so
-- for a pair with the dollar as its base the leg is read from the other side: what the base gains,
-- the quote loses.
forward_base_legs as (
    select
        valuations.business_date,
        valuations.instrument_id,
        max(
            case
                when valuations.risk_factor_id = 'FX:' || instruments.base_currency
                    then valuations.delta_local
                when
                    instruments.base_currency = 'USD'
                    and valuations.risk_factor_id = 'FX:' || instruments.currency
                    then -valuations.delta_local
            end
        ) as base_leg_local
    from valuations
    inner join instruments on valuations.instrument_id = instruments.instrument_id
    where instruments.instrument_type = 'fx_forward'
    group by valuations.business_date, valuations.instrument_id
),

described as (
    select
        positions.business_date,
        positions.portfolio_id,
        positions.instrument_id,
        positions.instrument_type,
        positions.currency,
        positions.quantity,
        positions.fx_rate_usd,
        positions.market_value_usd,
        instruments.base_currency,
        {{ days_between("positions.business_date", "instruments.maturity_date") }}
            as days_to_maturity,
        case positions.instrument_type
            when 'equity_option' then 'equity'
            when 'equity' then 'equity'
            when 'government_bond' then 'government_bond'
            when 'interest_rate_swap' then 'interest_rate_derivative'
            when 'cash' then 'cash'
            else 'foreign_exchange'
        end as asset_class,
        coalesce(instruments.issuer_lei, underlyings.issuer_lei) as issuer_lei
    from positions
    inner join instruments on positions.instrument_id = instruments.instrument_id
    left join instruments as underlyings
        on instruments.underlying_instrument_id = underlyings.instrument_id
),

measured as (
    select
        described.*,
        case
            when described.instrument_type = 'equity_option'
                then {{ money(
                    "cast(described.quantity as double) * option_deltas.delta_local"
                    ~ " * described.fx_rate_usd"
                ) }}
            when described.instrument_type = 'fx_forward'
                then {{ money(
                    "cast(described.quantity as double) * forward_base_legs.base_leg_local"
                    ~ " * described.fx_rate_usd"
                ) }}
            else described.market_value_usd
        end as exposure_usd,
        counterparty_versions.sector,
        counterparty_versions.country,
        counterparty_versions.rating,
        tenor_buckets.tenor_bucket
    from described
    left join option_deltas
        on
            described.business_date = option_deltas.business_date
            and described.instrument_id = option_deltas.instrument_id
    left join forward_base_legs
        on
            described.business_date = forward_base_legs.business_date
            and described.instrument_id = forward_base_legs.instrument_id
    left join counterparty_versions
        on
            described.issuer_lei = counterparty_versions.counterparty_lei
            and described.business_date >= counterparty_versions.valid_from
            and described.business_date < counterparty_versions.valid_to
    left join tenor_buckets
        on
            described.days_to_maturity >= tenor_buckets.min_days
            and described.days_to_maturity < tenor_buckets.max_days
),

final as (
    select
        business_date,
        portfolio_id,
        instrument_id,
        instrument_type,
        asset_class,
        issuer_lei,
        sector,
        country,
        rating,
        tenor_bucket,
        exposure_usd,
        case
            when instrument_type in ('currency_pair', 'fx_forward') then base_currency
            else currency
        end as first_currency,
        case
            when instrument_type = 'fx_forward' then exposure_usd
            else market_value_usd
        end as first_currency_usd,
        case when instrument_type = 'fx_forward' then currency end as second_currency,
        case
            when instrument_type = 'fx_forward' then market_value_usd - exposure_usd
        end as second_currency_usd
    from measured
)

select * from final
