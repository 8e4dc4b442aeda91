with source as (
    {{ latest_rows(source("identity", "staff"), ["employee_id"]) }}
),

renamed as (
    select
        employee_id,
        employee_name_token,
        employee_name_masked,
        department,
        job_code,
        manager_id,
        joined_on,
        moved_on,
        left_on,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
