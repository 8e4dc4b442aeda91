with orders as (
    select * from {{ ref("int_best_execution_orders") }}
),

fills as (
    select * from {{ ref("int_best_execution_fills") }}
),

fill_totals as (
    select
        order_id,
        count(*) as fills,
        count(quantity) as fills_with_quantity,
        count(price) as fills_with_price,
        count(volume_usd) as fills_with_volume,
        count(case when quote_gap is not null then 1 end) as fills_without_quote,
        count(case when arrival_gap is not null then 1 end) as fills_without_arrival,
        min(quote_gap) as first_quote_gap,
        max(quote_gap) as last_quote_gap,
        min(arrival_gap) as first_arrival_gap,
        max(arrival_gap) as last_arrival_gap,
        count(distinct venue_id) as venues,
        sum(quantity) as quantity,
        sum(
            cast(
                cast(quantity as decimal(19, 4)) * cast(price as decimal(19, 8)) as decimal(38, 12)
            )
        ) as quantity_at_price,
        sum(volume_usd) as volume_usd,
        sum(case when is_passive then volume_usd end) as passive_volume_usd,
        sum(case when not is_passive then volume_usd end) as aggressive_volume_usd,
        sum(mid_value_usd) as mid_value_usd,
        sum(effective_spread_usd) as effective_spread_usd,
        sum(price_improvement_usd) as price_improvement_usd,
        sum(arrival_value_usd) as arrival_value_usd,
        sum(slippage_usd) as slippage_usd,
        count(microseconds_since_receipt) as fills_with_time,
        min(microseconds_since_receipt) as first_microseconds,
        max(microseconds_since_receipt) as last_microseconds,
        max(case when is_sft then 1 else 0 end) = 1 as is_sft,
        max(case when is_fx_rate_stale then 1 else 0 end) = 1 as is_fx_rate_stale
    from fills
    group by order_id
),

venue_totals as (
    select
        order_id,
        venue_mic,
        venue_id,
        coalesce(sum(volume_usd), 0) as volume_usd
    from fills
    group by order_id, venue_mic, venue_id
),

venues_ranked as (
    select
        *,
        row_number() over (
            partition by order_id
            order by volume_usd desc, venue_id asc, venue_mic asc
        ) as volume_rank
    from venue_totals
),

measured as (
    select
        orders.*,
        venues_ranked.venue_mic as main_venue_mic,
        venues_ranked.venue_id as main_venue_id,
        coalesce(fill_totals.venues, 0) as venues,
        coalesce(fill_totals.fills, 0) as fills,
        coalesce(fill_totals.fills - fill_totals.fills_with_volume, 0) as fills_without_volume,
        coalesce(fill_totals.fills_without_quote, 0) as fills_without_quote,
        coalesce(fill_totals.fills_without_arrival, 0) as fills_without_arrival,
        {% for gap, value in [("quote_gap", "mid_value"), ("arrival_gap", "arrival_value")] -%}
            case
                when fill_totals.{{ value }}_usd is not null then null
                when fill_totals.first_{{ gap }} <> fill_totals.last_{{ gap }} then 'several'
                else fill_totals.first_{{ gap }}
            end as {{ gap }},
        {% endfor -%}
        -- One fill of unknown quantity leaves the order's unknown; no fill is a fill of nothing.
        case
            when fill_totals.order_id is null then 0
            when fill_totals.fills_with_quantity = fill_totals.fills then fill_totals.quantity
        end as filled_quantity,
        case
            when
                fill_totals.fills_with_quantity = fill_totals.fills
                and fill_totals.fills_with_price = fill_totals.fills
                then
                    round(
                        cast(fill_totals.quantity_at_price as double)
                        / nullif(cast(fill_totals.quantity as double), 0),
                        8
                    )
        end as average_price,
        fill_totals.volume_usd,
        {% for volume in ["passive_volume_usd", "aggressive_volume_usd"] -%}
            case
                when fill_totals.volume_usd is not null then coalesce(fill_totals.{{ volume }}, 0)
            end as {{ volume }},
        {% endfor -%}
        fill_totals.mid_value_usd,
        fill_totals.effective_spread_usd,
        fill_totals.price_improvement_usd,
        fill_totals.arrival_value_usd,
        fill_totals.slippage_usd,
        -- A time that cannot be read, or that lies before the order came in or after it was closed,
        -- times nothing.
        fill_totals.fills_with_time = fill_totals.fills
        and fill_totals.first_microseconds >= 0
        and (
            orders.closed_at is null
            or fill_totals.last_microseconds
            <= {{ microseconds_between("orders.received_at", "orders.closed_at") }}
        ) as is_timed,
        fill_totals.first_microseconds,
        fill_totals.last_microseconds,
        coalesce(fill_totals.is_sft, false) as is_sft,
        coalesce(fill_totals.is_fx_rate_stale, false) as is_fx_rate_stale
    from orders
    left join fill_totals on orders.order_id = fill_totals.order_id
    left join venues_ranked
        on
            orders.order_id = venues_ranked.order_id
            and venues_ranked.volume_rank = 1
),

final as (
    select
        order_id,
        order_date,
        received_at,
        closed_at,
        client_party_id,
        client_category,
        portfolio_id,
        instrument_id,
        product_type,
        asset_class,
        rts28_class,
        rts28_class_name,
        side,
        order_type,
        limit_price,
        currency,
        is_directed,
        is_sft,
        main_venue_mic,
        main_venue_id,
        cast(venues as int) as venues,
        cast(fills as int) as fills,
        cast(fills_without_volume as int) as fills_without_volume,
        cast(fills_without_quote as int) as fills_without_quote,
        cast(fills_without_arrival as int) as fills_without_arrival,
        quantity,
        cast(filled_quantity as decimal(38, 4)) as filled_quantity,
        cancelled_quantity,
        cast(quantity - filled_quantity - cancelled_quantity as decimal(38, 4)) as open_quantity,
        cast(
            cast(filled_quantity as double) / nullif(cast(quantity as double), 0)
            as decimal(38, 12)
        ) as fill_rate,
        case
            when filled_quantity is null then 'unknown'
            when filled_quantity > quantity then 'overfilled'
            when filled_quantity = quantity then 'filled'
            when filled_quantity > 0 then 'partly_filled'
            else 'unfilled'
        end as fill_status,
        average_price,
        volume_usd,
        passive_volume_usd,
        aggressive_volume_usd,
        case
            when passive_volume_usd > aggressive_volume_usd then 'passive'
            when volume_usd <> 0 then 'aggressive'
        end as liquidity,
        mid_value_usd,
        effective_spread_usd,
        {{ bps_of("effective_spread_usd", "mid_value_usd") }} as effective_spread_bps,
        price_improvement_usd,
        {{ bps_of("price_improvement_usd", "mid_value_usd") }} as price_improvement_bps,
        arrival_value_usd,
        slippage_usd,
        {{ bps_of("slippage_usd", "arrival_value_usd") }} as slippage_bps,
        case when is_timed then first_microseconds / cast(1000000 as double) end
            as seconds_to_first_fill,
        case when is_timed then last_microseconds / cast(1000000 as double) end
            as seconds_to_last_fill,
        quote_gap,
        arrival_gap,
        is_fx_rate_stale
    from measured
)

select * from final
