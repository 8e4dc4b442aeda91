with source as (
    {{ latest_rows(source("identity", "access_grants"), ["grant_id"]) }}
),

renamed as (
    select
        grant_id,
        user_id,
        role_id,
        requested_by,
        approved_by,
        approved_on,
        granted_on,
        granted_by,
        department,
        revoked_on,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
