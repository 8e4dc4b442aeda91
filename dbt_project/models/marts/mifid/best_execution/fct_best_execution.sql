with orders as (
    select * from {{ ref("fct_order_execution_quality") }}
),

fills as (
    select * from {{ ref("int_best_execution_fills") }}
),

venues as (
    select * from {{ ref("iso_market_identifiers") }}
),

-- Volume and prices belong to the venue of each fill.
fill_totals as (
    select
        order_date,
        asset_class,
        venue_mic,
        client_category,
        count(*) as fills,
        count(quote_gap) as fills_without_quote,
        count(arrival_gap) as fills_without_arrival,
        count(*) - count(volume_usd) as fills_without_volume,
        count(case when price_improvement_usd > 0 then 1 end) as improved_fills,
        sum(volume_usd) as volume_usd,
        sum(case when is_passive then volume_usd end) as passive_volume_usd,
        sum(case when not is_passive then volume_usd end) as aggressive_volume_usd,
        sum(case when is_directed then volume_usd end) as directed_volume_usd,
        sum(mid_value_usd) as mid_value_usd,
        sum(effective_spread_usd) as effective_spread_usd,
        sum(price_improvement_usd) as price_improvement_usd,
        sum(arrival_value_usd) as arrival_value_usd,
        sum(slippage_usd) as slippage_usd
    from fills
    group by order_date, asset_class, venue_mic, client_category
),

-- An order counts once, at the venue that executed most of it; one that nobody executed has none.
order_totals as (
    select
        order_date,
        asset_class,
        main_venue_mic as venue_mic,
        client_category,
        count(*) as orders,
        count(case when fills > 0 then 1 end) as executed_orders,
        count(case when fill_status in ('filled', 'overfilled') then 1 end) as filled_orders,
        count(case when fill_status = 'partly_filled' then 1 end) as partly_filled_orders,
        count(case when fill_status = 'unfilled' then 1 end) as unfilled_orders,
        count(case when liquidity = 'passive' then 1 end) as passive_orders,
        count(case when liquidity = 'aggressive' then 1 end) as aggressive_orders,
        count(case when is_directed then 1 end) as directed_orders,
        count(quote_gap) as orders_without_quotes,
        count(arrival_gap) as orders_without_arrival,
        count(fill_rate) as fill_rate_orders,
        sum(fill_rate) as fill_rate_sum,
        count(seconds_to_last_fill) as timed_orders,
        sum(cast(seconds_to_last_fill as decimal(38, 6))) as seconds_to_fill_sum
    from orders
    group by order_date, asset_class, main_venue_mic, client_category
),

cells as (
    select
        order_date,
        asset_class,
        venue_mic,
        client_category
    from fill_totals
    union distinct
    select
        order_date,
        asset_class,
        venue_mic,
        client_category
    from order_totals
),

joined as (
    select
        cells.order_date,
        cells.asset_class,
        cells.venue_mic,
        cells.client_category,
        coalesce(order_totals.orders, 0) as orders,
        coalesce(order_totals.executed_orders, 0) as executed_orders,
        coalesce(order_totals.filled_orders, 0) as filled_orders,
        coalesce(order_totals.partly_filled_orders, 0) as partly_filled_orders,
        coalesce(order_totals.unfilled_orders, 0) as unfilled_orders,
        coalesce(order_totals.passive_orders, 0) as passive_orders,
        coalesce(order_totals.aggressive_orders, 0) as aggressive_orders,
        coalesce(order_totals.directed_orders, 0) as directed_orders,
        coalesce(order_totals.orders_without_quotes, 0) as orders_without_quotes,
        coalesce(order_totals.orders_without_arrival, 0) as orders_without_arrival,
        coalesce(order_totals.fill_rate_orders, 0) as fill_rate_orders,
        order_totals.fill_rate_sum,
        coalesce(order_totals.timed_orders, 0) as timed_orders,
        order_totals.seconds_to_fill_sum,
        coalesce(fill_totals.fills, 0) as fills,
        coalesce(fill_totals.fills_without_quote, 0) as fills_without_quote,
        coalesce(fill_totals.fills_without_arrival, 0) as fills_without_arrival,
        coalesce(fill_totals.fills_without_volume, 0) as fills_without_volume,
        coalesce(fill_totals.improved_fills, 0) as improved_fills,
        -- Nothing executed is a volume of zero; fills whose volume nobody knows are none.
        case when fill_totals.fills is null then 0 else fill_totals.volume_usd end as volume_usd,
        case
            when fill_totals.fills is null then cast(0 as decimal(38, 6))
            when fill_totals.volume_usd is not null
                then cast(coalesce(fill_totals.passive_volume_usd, 0) as decimal(38, 6))
        end as passive_volume_usd,
        case
            when fill_totals.fills is null then cast(0 as decimal(38, 6))
            when fill_totals.volume_usd is not null
                then cast(coalesce(fill_totals.aggressive_volume_usd, 0) as decimal(38, 6))
        end as aggressive_volume_usd,
        case
            when fill_totals.fills is null then cast(0 as decimal(38, 6))
            when fill_totals.volume_usd is not null
                then cast(coalesce(fill_totals.directed_volume_usd, 0) as decimal(38, 6))
        end as directed_volume_usd,
        fill_totals.mid_value_usd,
        fill_totals.effective_spread_usd,
        fill_totals.price_improvement_usd,
        fill_totals.arrival_value_usd,
        fill_totals.slippage_usd
    from cells
    left join fill_totals
        on
            cells.order_date = fill_totals.order_date
            and cells.asset_class = fill_totals.asset_class
            and cells.client_category = fill_totals.client_category
            and coalesce(cells.venue_mic, '') = coalesce(fill_totals.venue_mic, '')
    left join order_totals
        on
            cells.order_date = order_totals.order_date
            and cells.asset_class = order_totals.asset_class
            and cells.client_category = order_totals.client_category
            and coalesce(cells.venue_mic, '') = coalesce(order_totals.venue_mic, '')
),

final as (
    select
        joined.order_date,
        joined.asset_class,
        joined.venue_mic,
        venues.market_name as venue_name,
        joined.client_category,
        cast(joined.orders as int) as orders,
        cast(joined.executed_orders as int) as executed_orders,
        cast(joined.filled_orders as int) as filled_orders,
        cast(joined.partly_filled_orders as int) as partly_filled_orders,
        cast(joined.unfilled_orders as int) as unfilled_orders,
        cast(joined.passive_orders as int) as passive_orders,
        cast(joined.aggressive_orders as int) as aggressive_orders,
        cast(joined.directed_orders as int) as directed_orders,
        cast(joined.orders_without_quotes as int) as orders_without_quotes,
        cast(joined.orders_without_arrival as int) as orders_without_arrival,
        cast(joined.fill_rate_orders as int) as fill_rate_orders,
        cast(joined.fill_rate_sum as decimal(38, 12)) as fill_rate_sum,
        {{ ratio_of("joined.fill_rate_sum", "joined.fill_rate_orders") }} as fill_rate,
        cast(joined.timed_orders as int) as timed_orders,
        cast(joined.seconds_to_fill_sum as decimal(38, 6)) as seconds_to_fill_sum,
        round(
            cast(joined.seconds_to_fill_sum as double) / nullif(joined.timed_orders, 0), 6
        ) as seconds_to_fill,
        cast(joined.fills as int) as fills,
        cast(joined.fills_without_quote as int) as fills_without_quote,
        cast(joined.fills_without_arrival as int) as fills_without_arrival,
        cast(joined.fills_without_volume as int) as fills_without_volume,
        cast(joined.improved_fills as int) as improved_fills,
        cast(joined.volume_usd as decimal(38, 6)) as volume_usd,
        joined.passive_volume_usd,
        {{ ratio_of("joined.passive_volume_usd", "joined.volume_usd") }} as passive_share,
        joined.aggressive_volume_usd,
        {{ ratio_of("joined.aggressive_volume_usd", "joined.volume_usd") }} as aggressive_share,
        joined.directed_volume_usd,
        {{ ratio_of("joined.directed_volume_usd", "joined.volume_usd") }} as directed_share,
        cast(joined.mid_value_usd as decimal(38, 6)) as mid_value_usd,
        cast(joined.effective_spread_usd as decimal(38, 6)) as effective_spread_usd,
        {{ bps_of("joined.effective_spread_usd", "joined.mid_value_usd") }} as effective_spread_bps,
        cast(joined.price_improvement_usd as decimal(38, 6)) as price_improvement_usd,
        {{ bps_of("joined.price_improvement_usd", "joined.mid_value_usd") }}
            as price_improvement_bps,
        cast(joined.arrival_value_usd as decimal(38, 6)) as arrival_value_usd,
        cast(joined.slippage_usd as decimal(38, 6)) as slippage_usd,
        {{ bps_of("joined.slippage_usd", "joined.arrival_value_usd") }} as slippage_bps
    from joined
    left join venues on joined.venue_mic = venues.mic
)

select * from final
