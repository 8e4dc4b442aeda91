with source as (
    {{ latest_rows(source("identity", "user_accounts"), ["as_of_date", "user_id"]) }}
),

renamed as (
    select
        as_of_date,
        user_id,
        employee_id,
        account_type,
        owner_id,
        is_privileged,
        created_on,
        disabled_on,
        last_login_on,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
