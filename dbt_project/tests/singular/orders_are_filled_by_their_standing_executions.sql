-- Straight from staging, so that what the intermediate models join away is missed.
with latest as (
    select
        order_id,
        action,
        quantity,
        row_number() over (partition by execution_id order by version desc) as recency
    from {{ ref("stg_execution__executions") }}
),

standing as (
    select
        order_id,
        count(*) as fills,
        sum(quantity) as quantity
    from latest
    where recency = 1 and action <> 'cancel'
    group by order_id
)

select
    orders.order_id,
    orders.fills,
    standing.fills as fills_of_executions,
    orders.filled_quantity,
    standing.quantity as quantity_of_executions
from {{ ref("fct_order_execution_quality") }} as orders
full join standing on orders.order_id = standing.order_id
where
    coalesce(orders.fills, 0) <> coalesce(standing.fills, 0)
    or (
        orders.filled_quantity is not null
        and orders.filled_quantity <> coalesce(standing.quantity, 0)
    )
