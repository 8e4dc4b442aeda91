with source as (
    {{ latest_rows(source("change", "change_tickets"), ["ticket_id"]) }}
),

renamed as (
    select
        ticket_id,
        system,
        change_type,
        developer_id,
        approved_by,
        approved_at,
        tested_by,
        tested_at,
        test_evidence,
        status,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
