with trades as (
    select *
    from {{ ref("int_trades_latest") }}
    where not is_cancelled
),

trade_positions as (
    select * from {{ ref("int_trade_position_intervals") }}
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

events as (
    select * from {{ ref("int_instrument_events") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

-- A contract over the counter exchanges nothing when it is made.
trade_movements as (
    select
        trades.trade_id as movement_id,
        'trade' as movement_type,
        trades.business_date,
        trades.executed_at,
        trades.portfolio_id,
        trades.instrument_id,
        trades.currency,
        {{ money("trades.signed_quantity") }} as quantity,
        case
            when instruments.is_over_the_counter then {{ money("0") }}
            else {{ money(
                "-cast(trades.signed_quantity as double) * cast(trades.price as double)"
                ~ " * instruments.contract_multiplier"
            ) }}
        end as consideration_local,
        {{ money("0") }} as income_local
    from trades
    inner join instruments on trades.instrument_id = instruments.instrument_id
),

-- Income goes to who held the instrument overnight, a closing event ends what is held after the
-- day's trades.
held_through_event as (
    select
        events.instrument_id,
        events.event_type,
        events.business_date,
        events.cash_per_unit,
        events.is_income,
        events.is_closing,
        trade_positions.portfolio_id,
        trade_positions.quantity,
        instruments.currency,
        instruments.underlying_instrument_id,
        instruments.forward_rate
    from events
    inner join trade_positions
        on
            events.instrument_id = trade_positions.instrument_id
            and (
                (
                    events.is_income
                    and events.business_date > trade_positions.valid_from
                    and events.business_date <= trade_positions.valid_to
                )
                or (
                    events.is_closing
                    and events.business_date >= trade_positions.valid_from
                    and events.business_date < trade_positions.valid_to
                )
            )
    inner join instruments on events.instrument_id = instruments.instrument_id
),

event_movements as (
    select
        event_type || '|' || instrument_id || '|' || portfolio_id || '|'
        || cast(business_date as string) as movement_id,
        event_type as movement_type,
        business_date,
        cast(null as timestamp) as executed_at,
        portfolio_id,
        instrument_id,
        currency,
        case when is_closing then -quantity else {{ money("0") }} end as quantity,
        case
            when is_income then {{ money("0") }}
            else {{ money("cast(quantity as double) * cash_per_unit") }}
        end as consideration_local,
        case
            when is_income then {{ money("cast(quantity as double) * cash_per_unit") }}
            else {{ money("0") }}
        end as income_local
    from held_through_event
),

-- The other half of a forward's delivery: the pair comes in at the contract rate.
delivery_movements as (
    select
        'delivered_pair|' || instrument_id || '|' || portfolio_id || '|'
        || cast(business_date as string) as movement_id,
        'forward_delivery' as movement_type,
        business_date,
        cast(null as timestamp) as executed_at,
        portfolio_id,
        underlying_instrument_id as instrument_id,
        currency,
        quantity,
        {{ money("-cast(quantity as double) * forward_rate") }} as consideration_local,
        {{ money("0") }} as income_local
    from held_through_event
    where event_type = 'forward_delivery'
),

instrument_movements as (
    select * from trade_movements
    union all
    select * from event_movements
    union all
    select * from delivery_movements
),

in_dollars as (
    select
        instrument_movements.*,
        {{ money(
            "cast(instrument_movements.consideration_local as double) * fx_rates.fx_rate_usd"
        ) }} as consideration_usd,
        {{ money(
            "cast(instrument_movements.income_local as double) * fx_rates.fx_rate_usd"
        ) }} as income_usd
    from instrument_movements
    left join fx_rates
        on
            instrument_movements.business_date = fx_rates.business_date
            and instrument_movements.currency = fx_rates.currency
),

-- What the instrument pays, cash receives: the two legs of a movement cancel to the last decimal.
cash_movements as (
    select
        'cash|' || movement_id as movement_id,
        movement_type,
        business_date,
        executed_at,
        portfolio_id,
        'CASH:' || currency as instrument_id,
        currency,
        consideration_local + income_local as quantity,
        -(consideration_local + income_local) as consideration_local,
        {{ money("0") }} as income_local,
        -(consideration_usd + income_usd) as consideration_usd,
        {{ money("0") }} as income_usd
    from in_dollars
    where consideration_local <> 0 or income_local <> 0
),

final as (
    select * from in_dollars
    union all
    select * from cash_movements
)

select * from final
