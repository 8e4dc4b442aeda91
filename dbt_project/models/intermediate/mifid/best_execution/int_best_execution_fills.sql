with executions as (
    select * from {{ ref("stg_execution__executions") }}
),

orders as (
    select * from {{ ref("int_best_execution_orders") }}
),

calendar_dates as (
    select * from {{ ref("int_calendar_dates") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

-- Only what is measured: the row of an execution is wide, and all of them are ranked.
versions_ranked as (
    select
        execution_id,
        version,
        action,
        order_id,
        trade_date,
        executed_at,
        executed_at_utc,
        executed_at_fraction_digits,
        activity,
        venue_mic,
        counterparty_code,
        executing_entity_lei,
        -- What is not above zero is as good as missing: R30-1 names either.
        case when quantity > 0 then quantity end as quantity,
        price,
        price_type,
        bid,
        ask,
        liquidity,
        is_sft,
        row_number() over (partition by execution_id order by version desc) as recency
    from executions
),

with_order as (
    select
        versions_ranked.execution_id,
        versions_ranked.version,
        versions_ranked.order_id,
        orders.order_date,
        versions_ranked.trade_date,
        versions_ranked.executed_at,
        versions_ranked.executed_at_utc,
        versions_ranked.executed_at_fraction_digits,
        orders.received_at,
        versions_ranked.activity,
        orders.client_category,
        orders.asset_class,
        orders.rts28_class,
        orders.rts28_class_name,
        versions_ranked.venue_mic,
        -- Off a venue the other side is where the order was executed, and the firm itself where it
        -- stands between.
        case
            when versions_ranked.venue_mic not in ('XOFF', 'XXXX')
                then versions_ranked.venue_mic
            when versions_ranked.counterparty_code = 'INTC'
                then versions_ranked.executing_entity_lei
            else versions_ranked.counterparty_code
        end as venue_id,
        orders.side,
        orders.currency,
        versions_ranked.quantity,
        versions_ranked.price,
        orders.contract_multiplier,
        fx_rates.fx_rate_usd,
        fx_rates.is_fx_rate_stale,
        versions_ranked.bid,
        versions_ranked.ask,
        orders.arrival_bid,
        orders.arrival_ask,
        orders.quote_basis = 'rate'
        or (
            orders.quote_basis = 'price_or_yield'
            and versions_ranked.price_type in ('yield', 'basis_points')
        ) as is_quoted_as_rate,
        versions_ranked.liquidity = 'passive' as is_passive,
        orders.is_directed,
        versions_ranked.is_sft
    from versions_ranked
    inner join orders on versions_ranked.order_id = orders.order_id
    inner join calendar_dates on versions_ranked.trade_date = calendar_dates.calendar_date
    left join fx_rates
        on
            calendar_dates.fixing_date = fx_rates.business_date
            and orders.currency = fx_rates.currency
    where versions_ranked.recency = 1 and versions_ranked.action <> 'cancel'
),

compared as (
    select
        *,
        {{ quote_gap("bid", "ask") }} as quote_gap,
        {{ quote_gap("arrival_bid", "arrival_ask") }} as arrival_gap,
        cast(price as double) as fill_price,
        cast(bid as double) as bid_price,
        cast(ask as double) as ask_price,
        (cast(bid as double) + cast(ask as double)) / 2 as mid_price,
        (cast(arrival_bid as double) + cast(arrival_ask as double)) / 2 as arrival_mid_price,
        cast(quantity as double) * contract_multiplier * fx_rate_usd as usd_per_price_unit,
        {{ microseconds_between("received_at", "executed_at_utc") }} as microseconds_since_receipt
    from with_order
),

final as (
    select
        execution_id,
        version,
        order_id,
        order_date,
        trade_date,
        executed_at,
        executed_at_utc,
        executed_at_fraction_digits,
        microseconds_since_receipt,
        activity,
        client_category,
        asset_class,
        rts28_class,
        rts28_class_name,
        venue_mic,
        venue_id,
        side,
        currency,
        quantity,
        price,
        contract_multiplier,
        fx_rate_usd,
        is_fx_rate_stale,
        is_quoted_as_rate,
        is_passive,
        is_directed,
        is_sft,
        quote_gap,
        arrival_gap,
        -- Where the price is a rate, the quantity is the notional.
        case
            when is_quoted_as_rate then {{ money("cast(quantity as double) * fx_rate_usd") }}
            else {{ money("fill_price * usd_per_price_unit") }}
        end as volume_usd,
        case
            when quote_gap is null then {{ money("mid_price * usd_per_price_unit") }}
        end as mid_value_usd,
        case
            when quote_gap is null
                then {{ money("2 * abs(fill_price - mid_price) * usd_per_price_unit") }}
        end as effective_spread_usd,
        case
            when quote_gap is null and side = 'buy'
                then {{ money("(ask_price - fill_price) * usd_per_price_unit") }}
            when quote_gap is null
                then {{ money("(fill_price - bid_price) * usd_per_price_unit") }}
        end as price_improvement_usd,
        case
            when arrival_gap is null then {{ money("arrival_mid_price * usd_per_price_unit") }}
        end as arrival_value_usd,
        case
            when arrival_gap is null and side = 'buy'
                then {{ money("(fill_price - arrival_mid_price) * usd_per_price_unit") }}
            when arrival_gap is null
                then {{ money("(arrival_mid_price - fill_price) * usd_per_price_unit") }}
        end as slippage_usd
    from compared
)

select * from final
