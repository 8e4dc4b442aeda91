with source as (
    {{ latest_rows(source("operations", "job_runs"), ["job_run_id"]) }}
),

renamed as (
    select
        job_run_id,
        job_name,
        system,
        scheduled_for,
        ended_at,
        status,
        resolved_at,
        resolved_by,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
