with source as (
    {{ latest_rows(source("identity", "roles"), ["role_id", "member_type", "member_id"]) }}
),

renamed as (
    select
        role_id,
        member_type,
        member_id,
        system,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
