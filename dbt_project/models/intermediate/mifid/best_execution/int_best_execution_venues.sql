with orders as (
    select * from {{ ref("fct_order_execution_quality") }}
),

fills as (
    select * from {{ ref("int_best_execution_fills") }}
),

-- The table is the order's, so that none of its fills is in another.
executed_orders as (
    select
        order_id,
        year(order_date) as reporting_year,
        case
            when is_sft then 3
            when client_category = 'retail' then 1
            else 2
        end as table_number,
        client_category,
        rts28_class,
        rts28_class_name,
        main_venue_id as venue_id,
        liquidity,
        is_directed
    from orders
    where
        fills > 0
        and rts28_class is not null
        and client_category in ('retail', 'professional')
),

executed_fills as (
    select
        executed_orders.reporting_year,
        executed_orders.table_number,
        executed_orders.client_category,
        executed_orders.rts28_class,
        executed_orders.rts28_class_name,
        fills.venue_id,
        fills.venue_mic,
        fills.volume_usd
    from fills
    inner join executed_orders on fills.order_id = executed_orders.order_id
),

venue_orders as (
    select
        reporting_year,
        table_number,
        client_category,
        rts28_class,
        venue_id,
        count(*) as orders,
        count(case when liquidity = 'passive' then 1 end) as passive_orders,
        count(case when liquidity = 'aggressive' then 1 end) as aggressive_orders,
        count(case when is_directed then 1 end) as directed_orders
    from executed_orders
    group by reporting_year, table_number, client_category, rts28_class, venue_id
),

venue_fills as (
    select
        reporting_year,
        table_number,
        client_category,
        rts28_class,
        venue_id,
        max(rts28_class_name) as rts28_class_name,
        max(case when venue_id = venue_mic then 1 else 0 end) = 1 as is_market,
        sum(volume_usd) as volume_usd,
        count(*) - count(volume_usd) as fills_without_volume
    from executed_fills
    group by reporting_year, table_number, client_category, rts28_class, venue_id
),

final as (
    select
        venue_fills.*,
        coalesce(venue_orders.orders, 0) as orders,
        coalesce(venue_orders.passive_orders, 0) as passive_orders,
        coalesce(venue_orders.aggressive_orders, 0) as aggressive_orders,
        coalesce(venue_orders.directed_orders, 0) as directed_orders,
        sum(venue_fills.volume_usd) over (
            partition by
                venue_fills.reporting_year,
                venue_fills.table_number,
                venue_fills.client_category,
                venue_fills.rts28_class
        ) as class_volume_usd,
        sum(venue_fills.fills_without_volume) over (
            partition by
                venue_fills.reporting_year,
                venue_fills.table_number,
                venue_fills.client_category,
                venue_fills.rts28_class
        ) as class_fills_without_volume,
        sum(coalesce(venue_orders.orders, 0)) over (
            partition by
                venue_fills.reporting_year,
                venue_fills.table_number,
                venue_fills.client_category,
                venue_fills.rts28_class
        ) as class_orders,
        row_number() over (
            partition by
                venue_fills.reporting_year,
                venue_fills.table_number,
                venue_fills.client_category,
                venue_fills.rts28_class
            order by coalesce(venue_fills.volume_usd, 0) desc, venue_fills.venue_id asc
        ) as venue_rank
    from venue_fills
    left join venue_orders
        on
            venue_fills.reporting_year = venue_orders.reporting_year
            and venue_fills.table_number = venue_orders.table_number
            and venue_fills.client_category = venue_orders.client_category
            and venue_fills.rts28_class = venue_orders.rts28_class
            and venue_fills.venue_id = venue_orders.venue_id
)

select * from final
