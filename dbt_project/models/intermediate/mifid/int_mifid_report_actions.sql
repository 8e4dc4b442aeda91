with reports as (
    select * from {{ ref("int_mifid_reports_filed") }}
),

submissions as (
    select * from {{ ref("int_mifid_submissions") }}
),

-- Nothing is answered before it is sent; the name of a file has its date.
feedback as (
    select *
    from {{ ref("stg_arm__transaction_report_feedback") }}
    where
        replace(cast(delivery_business_date as varchar), '-', '') >= substr(submission_id, 5, 8)
        and record_type = 'transaction'
),

transaction_answers as (
    select
        submission_id,
        transaction_reference,
        coalesce(report_status, 'NEWT') as report_status,
        min(case when status = 'rejected' then delivery_business_date end) as rejected_on,
        min(case when status = 'accepted' then delivery_business_date end) as accepted_on,
        min(case when status = 'pending' then delivery_business_date end) as pending_on,
        max(case when status = 'rejected' then rule_code end) as rejection_rule_code,
        max(case when status = 'rejected' then message end) as rejection_message
    from feedback
    group by submission_id, transaction_reference, coalesce(report_status, 'NEWT')
),

-- What has been overtaken by then is not sent again with its file.
reports_attempted as (
    select
        reports.*,
        submissions.attempt,
        submissions.submission_id,
        submissions.resubmission_of,
        submissions.submitted_on,
        submissions.file_rejected_on,
        submissions.file_accepted_on,
        submissions.file_pending_on,
        submissions.file_rejected_on is not null
        and coalesce(reports.next_decided_on > submissions.file_rejected_on, true) as is_sent_again
    from reports
    inner join submissions
        on
            reports.first_submission_id = submissions.first_submission_id
            and (
                submissions.attempt = 1
                or coalesce(reports.next_decided_on > submissions.submitted_on, true)
            )
),

reports_answered as (
    select
        reports_attempted.*,
        transaction_answers.rejected_on,
        transaction_answers.accepted_on,
        transaction_answers.pending_on,
        transaction_answers.rejection_rule_code,
        transaction_answers.rejection_message,
        -- A rejection is final: a later answer does not bring the report back to life.
        case
            when reports_attempted.is_sent_again then null
            else coalesce(reports_attempted.file_rejected_on, transaction_answers.rejected_on)
        end as dead_on
    from reports_attempted
    left join transaction_answers
        on
            reports_attempted.submission_id = transaction_answers.submission_id
            and reports_attempted.transaction_reference = transaction_answers.transaction_reference
            and reports_attempted.report_status = transaction_answers.report_status
),

dead_reports as (
    select
        execution_id,
        version,
        report_status,
        reported_version,
        min(dead_on) as dead_on
    from reports_answered
    where dead_on is not null
    group by execution_id, version, report_status, reported_version
),

{{ mifid_cancellations(rounds=5) }}

reports_sent as (
    select reports_answered.*
    from reports_answered
    left join cancellations
        on
            reports_answered.execution_id = cancellations.execution_id
            and reports_answered.version = cancellations.version
            and reports_answered.reported_version = cancellations.reported_version
    where
        reports_answered.report_status = 'NEWT'
        or cancellations.execution_id is not null
),

references_cancelled as (
    select
        execution_id,
        transaction_reference,
        executing_entity_lei,
        max(version) as cancelled_by
    from reports_sent
    where report_status = 'CANC' and not is_sent_again and dead_on is null
    group by execution_id, transaction_reference, executing_entity_lei
),

executions_on_time as (
    select distinct execution_id
    from reports_sent
    where
        report_status = 'NEWT'
        and submitted_on <= deadline_date
        and not is_sent_again
        and dead_on is null
),

final as (
    select
        reports_sent.execution_id,
        reports_sent.version,
        reports_sent.report_status,
        reports_sent.attempt,
        reports_sent.reported_version,
        reports_sent.submitted_on as reporting_date,
        reports_sent.trade_date,
        reports_sent.deadline_date,
        reports_sent.transaction_reference,
        reports_sent.executing_entity_lei,
        reports_sent.submitting_entity_lei,
        reports_sent.submission_id,
        reports_sent.resubmission_of,
        case
            when reports_sent.file_rejected_on is not null then 'file_rejected'
            when reports_sent.rejected_on is not null then 'rejected'
            when reports_sent.accepted_on is not null then 'accepted'
            when reports_sent.pending_on is not null then 'pending'
            when reports_sent.file_accepted_on is not null then 'accepted'
            when reports_sent.file_pending_on is not null then 'pending'
            else 'submitted'
        end as state,
        coalesce(
            reports_sent.file_rejected_on,
            reports_sent.rejected_on,
            reports_sent.accepted_on,
            reports_sent.pending_on,
            reports_sent.file_accepted_on,
            reports_sent.file_pending_on,
            reports_sent.submitted_on
        ) as state_since,
        reports_sent.rejection_rule_code,
        reports_sent.rejection_message,
        reports_sent.is_sent_again,
        reports_sent.report_status = 'NEWT'
        and not reports_sent.is_sent_again
        and reports_sent.dead_on is null
        and coalesce(reports_sent.version >= references_cancelled.cancelled_by, true) as is_live,
        reports_sent.report_status = 'NEWT'
        and reports_sent.submitted_on > reports_sent.deadline_date
        and executions_on_time.execution_id is null as is_late
    from reports_sent
    left join references_cancelled
        on
            reports_sent.execution_id = references_cancelled.execution_id
            and reports_sent.transaction_reference = references_cancelled.transaction_reference
            and reports_sent.executing_entity_lei = references_cancelled.executing_entity_lei
    left join executions_on_time
        on reports_sent.execution_id = executions_on_time.execution_id
)

select * from final
