with source as (
    {{ latest_rows(source("identity", "permission_use"), ["use_id"]) }}
),

renamed as (
    select
        use_id,
        user_id,
        permission_id,
        object_id,
        used_at,
        amount_usd,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
