with source as (
    {{ latest_rows(source("change", "deployments"), ["deployment_id"]) }}
),

renamed as (
    select
        deployment_id,
        system,
        ticket_id,
        deployed_by,
        deployed_at,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
