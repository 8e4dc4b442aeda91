with reports as (
    select * from {{ ref("int_mifid_report_actions") }}
),

feedback as (
    select * from {{ ref("stg_arm__transaction_report_feedback") }}
),

submissions as (
    select
        submission_id,
        reporting_date,
        submitting_entity_lei,
        resubmission_of,
        count(case when report_status = 'NEWT' then 1 end) as new_count,
        count(case when report_status = 'CANC' then 1 end) as cancel_count,
        count(*) as report_count,
        count(case when state = 'accepted' then 1 end) as accepted_count,
        count(case when state = 'rejected' then 1 end) as rejected_count,
        count(case when state = 'pending' then 1 end) as pending_count
    from reports
    group by submission_id, reporting_date, submitting_entity_lei, resubmission_of
),

file_answers as (
    select
        submission_id,
        status,
        delivery_business_date,
        rule_code,
        message,
        reports_received,
        reports_accepted,
        row_number() over (
            partition by submission_id
            -- A rejection is final.
            order by
                case when status = 'rejected' then 1 else 2 end,
                delivery_business_date desc,
                received_at desc,
                feedback_id desc
        ) as recency
    from feedback
    where
        record_type = 'file'
        -- Nothing is answered before it is sent; the name of a file has its date.
        and replace(cast(delivery_business_date as varchar), '-', '') >= substr(submission_id, 5, 8)
),

final as (
    select
        submissions.submission_id,
        submissions.reporting_date,
        submissions.submitting_entity_lei,
        submissions.resubmission_of,
        sent_again.submission_id as sent_again_as,
        submissions.new_count,
        submissions.cancel_count,
        submissions.report_count,
        coalesce(file_answers.status, 'submitted') as status,
        file_answers.delivery_business_date as answered_on,
        file_answers.rule_code,
        file_answers.message,
        submissions.accepted_count,
        submissions.rejected_count,
        submissions.pending_count,
        file_answers.reports_received,
        file_answers.reports_accepted,
        submissions.report_count - file_answers.reports_received as received_difference
    from submissions
    left join file_answers
        on
            submissions.submission_id = file_answers.submission_id
            and file_answers.recency = 1
    left join submissions as sent_again
        on submissions.submission_id = sent_again.resubmission_of
)

select * from final
