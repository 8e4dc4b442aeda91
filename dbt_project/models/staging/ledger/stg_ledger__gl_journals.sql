with source as (
    {{ latest_rows(source("ledger", "gl_journals"), ["journal_id", "line_number"]) }}
),

renamed as (
    select
        journal_id,
        line_number,
        sequence_number,
        fiscal_year,
        posting_date,
        effective_date,
        entered_at,
        source,
        account_code,
        amount,
        description,
        prepared_by,
        approved_by,
        approved_at,
        entity,
        partner_entity,
        vendor_id,
        document_number,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
