with source as (
    {{ latest_rows(source("ledger", "loss_events"), ["event_id"]) }}
),

renamed as (
    select
        event_id,
        occurred_on,
        discovered_on,
        accounted_on,
        event_type,
        business_line,
        currency,
        gross_loss_amount,
        recovery_amount,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
