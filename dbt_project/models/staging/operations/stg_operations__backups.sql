with source as (
    {{ latest_rows(source("operations", "backups"), ["backup_id"]) }}
),

renamed as (
    select
        backup_id,
        system,
        taken_at,
        status,
        restore_tested_at,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
