with source as (
    {{ latest_rows(source("arm", "transaction_report_feedback"), ["feedback_id"]) }}
),

renamed as (
    select
        feedback_id,
        record_type,
        submission_id,
        transaction_reference,
        report_status,
        status,
        rule_code,
        message,
        reports_received,
        reports_accepted,
        received_at,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
