with source as (
    {{ latest_rows(source("ledger", "subsidiary_capital"), ["as_of_date", "subsidiary_id"]) }}
),

renamed as (
    select
        as_of_date,
        subsidiary_id,
        subsidiary_name,
        is_bank,
        rwa,
        group_rwa_of_subsidiary,
        cet1_issued,
        cet1_third_party,
        at1_issued,
        at1_third_party,
        t2_issued,
        t2_third_party,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
