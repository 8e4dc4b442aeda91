with summed as (
    select
        order_date,
        asset_class,
        client_category,
        sum(orders) as orders,
        sum(executed_orders) as executed_orders,
        sum(directed_orders) as directed_orders,
        sum(fill_rate_sum) as fill_rate_sum,
        sum(seconds_to_fill_sum) as seconds_to_fill_sum
    from {{ ref("fct_best_execution") }}
    group by order_date, asset_class, client_category
),

counted as (
    select
        order_date,
        asset_class,
        client_category,
        count(*) as orders,
        count(case when fills > 0 then 1 end) as executed_orders,
        count(case when is_directed then 1 end) as directed_orders,
        sum(fill_rate) as fill_rate_sum,
        sum(cast(seconds_to_last_fill as decimal(38, 6))) as seconds_to_fill_sum
    from {{ ref("fct_order_execution_quality") }}
    group by order_date, asset_class, client_category
)

select
    counted.*,
    summed.orders as orders_summed,
    summed.fill_rate_sum as fill_rate_summed,
    summed.seconds_to_fill_sum as seconds_summed
from counted
full join summed
    on
        counted.order_date = summed.order_date
        and counted.asset_class = summed.asset_class
        and counted.client_category = summed.client_category
where
    counted.orders is null
    or summed.orders is null
    or counted.orders <> summed.orders
    or counted.executed_orders <> summed.executed_orders
    or counted.directed_orders <> summed.directed_orders
    or coalesce(counted.fill_rate_sum, 0) <> coalesce(summed.fill_rate_sum, 0)
    or coalesce(counted.seconds_to_fill_sum, 0) <> coalesce(summed.seconds_to_fill_sum, 0)
