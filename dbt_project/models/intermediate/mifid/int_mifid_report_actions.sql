{#- Cancellations of one reference in a row that are told apart as sent or not needed. -#}
{%- set rounds = 5 -%}

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

-- For every cancellation that may be needed: what was filed for its reference before it and, if
-- it was sent, stood on its date.
reports_standing as (
    select
        cancellations.execution_id,
        cancellations.version,
        cancellations.reported_version,
        earlier.version as earlier_version,
        earlier.report_status as earlier_status,
        earlier.reported_version as earlier_reported_version
    from reports as cancellations
    inner join reports as earlier
        on
            cancellations.execution_id = earlier.execution_id
            and cancellations.transaction_reference = earlier.transaction_reference
            and cancellations.executing_entity_lei = earlier.executing_entity_lei
            and cancellations.version > earlier.version
    left join dead_reports
        on
            earlier.execution_id = dead_reports.execution_id
            and earlier.version = dead_reports.version
            and earlier.report_status = dead_reports.report_status
            and earlier.reported_version = dead_reports.reported_version
            and cancellations.reporting_date >= dead_reports.dead_on
    where cancellations.report_status = 'CANC' and dead_reports.execution_id is null
),

cancellations_0 as (
    select
        execution_id,
        version,
        reported_version,
        max(earlier_version) as standing_version
    from reports_standing
    where earlier_status = 'NEWT'
    group by execution_id, version, reported_version
),

-- A cancellation is needed unless one that was sent after the standing report stands too; whether
-- that was sent depends on those before it. Each round settles one more of a reference in a row;
-- after an odd number of rounds none is sent twice.
{% for round in range(1, rounds + 1) -%}
    cancelling_{{ round }} as (
        select
            reports_standing.execution_id,
            reports_standing.version,
            reports_standing.reported_version,
            max(reports_standing.earlier_version) as cancelling_version
        from reports_standing
        inner join cancellations_{{ round - 1 }} as sent
            on
                reports_standing.execution_id = sent.execution_id
                and reports_standing.earlier_version = sent.version
                and reports_standing.earlier_reported_version = sent.reported_version
        where reports_standing.earlier_status = 'CANC'
        group by
            reports_standing.execution_id,
            reports_standing.version,
            reports_standing.reported_version
    ),

    cancellations_{{ round }} as (
        select cancellations_0.*
        from cancellations_0
        left join cancelling_{{ round }} as cancelling
            on
                cancellations_0.execution_id = cancelling.execution_id
                and cancellations_0.version = cancelling.version
                and cancellations_0.reported_version = cancelling.reported_version
        where
            cancelling.execution_id is null
            or cancellations_0.standing_version >= cancelling.cancelling_version
    ),

{% endfor -%}
reports_sent as (
    select reports_answered.*
    from reports_answered
    left join cancellations_{{ rounds }} as cancellations
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
