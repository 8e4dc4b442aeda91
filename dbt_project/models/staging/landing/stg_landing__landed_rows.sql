with source as (
    select
        'payments' as feed,
        _business_date as delivery_business_date,
        amount
    from {{ source("banking", "payments") }}
    union all
    select
        'trades' as feed,
        _business_date as delivery_business_date,
        quantity as amount
    from {{ source("trading", "trades") }}
),

renamed as (
    select
        feed,
        delivery_business_date,
        count(*) as row_count,
        sum(amount) as amount
    from source
    group by feed, delivery_business_date
)

select * from renamed
