with orders as (
    select * from {{ ref("stg_execution__orders") }}
),

executions as (
    select * from {{ ref("stg_execution__executions") }}
),

parties as (
    select * from {{ ref("int_mifid_party_versions") }}
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

classes as (
    select * from {{ ref("best_execution_classes") }}
),

versions_ranked as (
    select
        order_id,
        execution_id,
        product_type,
        action,
        row_number() over (partition by execution_id order by version desc) as recency
    from executions
),

-- An order over the counter names no instrument: what it is for stands on its executions. A
-- cancelled one says it where none stands, so that no order leaves its class by being cancelled.
products_ranked as (
    select
        order_id,
        product_type,
        row_number() over (
            partition by order_id
            order by case when action = 'cancel' then 1 else 0 end asc, execution_id asc
        ) as product_rank
    from versions_ranked
    where recency = 1
),

classified as (
    select
        orders.*,
        parties.client_category as category_of_client,
        instruments.contract_multiplier as multiplier_of_instrument,
        coalesce(
            products_ranked.product_type,
            case instruments.instrument_type
                when 'currency_pair' then 'fx_spot'
                else instruments.instrument_type
            end
        ) as product_type
    from orders
    left join parties
        on
            orders.client_party_id = parties.party_id
            and orders.order_date >= parties.valid_from
            and orders.order_date < parties.valid_to
    left join products_ranked
        on
            orders.order_id = products_ranked.order_id
            and products_ranked.product_rank = 1
    left join instruments on orders.instrument_id = instruments.instrument_id
),

final as (
    select
        classified.order_id,
        classified.order_date,
        classified.received_at,
        classified.closed_at,
        classified.client_party_id,
        case
            when classified.client_party_id is null then 'own_account'
            else coalesce(classified.category_of_client, 'unclassified')
        end as client_category,
        classified.portfolio_id,
        classified.instrument_id,
        classified.product_type,
        coalesce(classes.asset_class, 'unclassified') as asset_class,
        classes.rts28_class,
        classes.rts28_class_name,
        classes.quote_basis,
        -- A contract over the counter is one unit of its quantity.
        coalesce(classified.multiplier_of_instrument, 1) as contract_multiplier,
        classified.side,
        classified.quantity,
        classified.cancelled_quantity,
        classified.order_type,
        classified.limit_price,
        classified.currency,
        classified.is_directed,
        classified.arrival_bid,
        classified.arrival_ask
    from classified
    left join classes on classified.product_type = classes.product_type
)

select * from final
