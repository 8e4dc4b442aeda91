with source as (
    {{ latest_rows(source("ledger", "closing_calendar"), ["fiscal_period", "version"]) }}
),

renamed as (
    select
        fiscal_period,
        version,
        closes_at,
        reopened_until,
        authorised_by,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
