with source as (
    {{ latest_rows(source("execution", "orders"), ["order_id"]) }}
),

renamed as (
    select
        order_id,
        order_date,
        received_at,
        client_party_id,
        portfolio_id,
        instrument_id,
        side,
        quantity,
        order_type,
        limit_price,
        currency,
        is_directed,
        arrival_bid,
        arrival_ask,
        cancelled_quantity,
        closed_at,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
