with answers as (
    select * from {{ ref("stg_arm__transaction_report_feedback") }}
),

feedback as (
    select
        *,
        case
            when record_type = 'transaction' then coalesce(report_status, 'NEWT')
        end as answered_status
    from answers
),

reports as (
    select * from {{ ref("fct_mifid_transaction_reports") }}
    where submission_id is not null
),

submissions as (
    select * from {{ ref("fct_mifid_submissions") }}
),

final as (
    select
        feedback.feedback_id,
        feedback.record_type,
        feedback.delivery_business_date as feedback_date,
        feedback.received_at,
        feedback.submission_id,
        feedback.transaction_reference,
        feedback.answered_status as report_status,
        feedback.status,
        feedback.rule_code,
        feedback.message,
        feedback.reports_received,
        feedback.reports_accepted,
        submissions.reporting_date,
        reports.report_version,
        reports.execution_id,
        reports.version,
        case feedback.record_type
            when 'file' then submissions.submission_id is null
            else reports.execution_id is null
        end as is_unmatched,
        feedback.delivery_id,
        feedback.delivery_line
    from feedback
    left join submissions
        on
            feedback.submission_id = submissions.submission_id
            and feedback.delivery_business_date >= submissions.reporting_date
    left join reports
        on
            feedback.submission_id = reports.submission_id
            and feedback.delivery_business_date >= reports.reporting_date
            and feedback.transaction_reference = reports.transaction_reference
            and feedback.answered_status = reports.report_status
)

select * from final
