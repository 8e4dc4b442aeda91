with recursive events as (
    select *
    from {{ ref("int_mifid_report_events") }}
    where outcome in ('valid', 'cancelled', 'exempt')
),

-- Nothing is answered before it is sent; the name of a file has its date.
feedback as (
    select *
    from {{ ref("stg_arm__transaction_report_feedback") }}
    where replace(cast(delivery_business_date as varchar), '-', '') >= substr(submission_id, 5, 8)
),

-- What an event may send: its own report, and before it the cancellation of an earlier one. Whether
-- that is needed depends on feedback, the place in a file does not: files are numbered as if all
-- were needed, so that no later feedback moves a report from one file to another.
reports as (
    select
        execution_id,
        version,
        'NEWT' as report_status,
        version as reported_version,
        reporting_date,
        trade_date,
        deadline_date,
        transaction_reference,
        executing_entity_lei,
        submitting_entity_lei,
        max_reports_per_file,
        next_decided_on
    from events
    where outcome = 'valid'
    union all
    select
        events.execution_id,
        events.version,
        'CANC' as report_status,
        reported.version as reported_version,
        events.reporting_date,
        reported.trade_date,
        reported.deadline_date,
        reported.transaction_reference,
        reported.executing_entity_lei,
        reported.submitting_entity_lei,
        reported.max_reports_per_file,
        events.next_decided_on
    from events
    inner join events as reported
        on
            events.execution_id = reported.execution_id
            and events.last_valid_version = reported.version
),

reports_numbered as (
    select
        *,
        row_number() over (
            partition by reporting_date, submitting_entity_lei
            order by execution_id, version, report_status
        ) as report_number
    from reports
),

reports_filed as (
    select
        *,
        cast(floor((report_number - 1) / max_reports_per_file) as int) as file_of_entity
    from reports_numbered
),

files as (
    select
        reporting_date,
        submitting_entity_lei,
        file_of_entity,
        row_number() over (
            partition by reporting_date
            order by submitting_entity_lei, file_of_entity
        ) as file_number
    from reports_filed
    group by reporting_date, submitting_entity_lei, file_of_entity
),

files_named as (
    select
        *,
        {{ mifid_submission_id("reporting_date", "file_number") }} as submission_id
    from files
),

file_answers as (
    select
        submission_id,
        min(case when status = 'rejected' then delivery_business_date end) as rejected_on,
        min(
            case when status in ('accepted', 'part_accepted') then delivery_business_date end
        ) as accepted_on,
        min(case when status = 'pending' then delivery_business_date end) as pending_on
    from feedback
    where record_type = 'file'
    group by submission_id
),

transaction_answers as (
    select
        submission_id,
        transaction_reference,
        coalesce(report_status, 'NEWT') as report_status,
        min(case when status = 'rejected' then delivery_business_date end) as rejected_on,
        min(
            case when status in ('accepted', 'part_accepted') then delivery_business_date end
        ) as accepted_on,
        min(case when status = 'pending' then delivery_business_date end) as pending_on,
        max(case when status = 'rejected' then rule_code end) as rejection_rule_code,
        max(case when status = 'rejected' then message end) as rejection_message
    from feedback
    where record_type = 'transaction'
    group by submission_id, transaction_reference, coalesce(report_status, 'NEWT')
),

file_counts as (
    select
        reporting_date,
        count(*) as files
    from files
    group by reporting_date
),

-- A rejected file is sent again on the date its rejection is known, behind that date's own files.
-- In the order of their names each file is followed by a later one, so no chain of them goes round.
files_sent_again as (
    select
        file_answers.submission_id as resubmission_of,
        file_answers.rejected_on as submitted_on,
        {{ mifid_submission_id(
            "file_answers.rejected_on",
            "coalesce(file_counts.files, 0) + row_number() over ("
            ~ "partition by file_answers.rejected_on order by file_answers.submission_id)"
        ) }} as submission_id
    from file_answers
    left join file_counts on file_answers.rejected_on = file_counts.reporting_date
    where file_answers.rejected_on is not null
),

submissions as (
    select
        submission_id as first_submission_id,
        1 as attempt,
        submission_id,
        reporting_date as submitted_on,
        cast(null as varchar) as resubmission_of
    from files_named
    union all
    select
        submissions.first_submission_id,
        submissions.attempt + 1 as attempt,
        files_sent_again.submission_id,
        files_sent_again.submitted_on,
        submissions.submission_id as resubmission_of
    from submissions
    inner join files_sent_again
        on submissions.submission_id = files_sent_again.resubmission_of
),

submissions_answered as (
    select
        submissions.*,
        file_answers.rejected_on as file_rejected_on,
        file_answers.accepted_on as file_accepted_on,
        file_answers.pending_on as file_pending_on
    from submissions
    left join file_answers on submissions.submission_id = file_answers.submission_id
),

-- What has been overtaken by then is not sent again with its file.
reports_attempted as (
    select
        reports_filed.execution_id,
        reports_filed.version,
        reports_filed.report_status,
        reports_filed.reported_version,
        reports_filed.trade_date,
        reports_filed.deadline_date,
        reports_filed.transaction_reference,
        reports_filed.executing_entity_lei,
        reports_filed.submitting_entity_lei,
        submissions_answered.attempt,
        submissions_answered.submission_id,
        submissions_answered.resubmission_of,
        submissions_answered.submitted_on as reporting_date,
        submissions_answered.file_rejected_on,
        submissions_answered.file_accepted_on,
        submissions_answered.file_pending_on,
        reports_filed.next_decided_on,
        coalesce(
            submissions_answered.file_rejected_on is not null
            and (
                reports_filed.next_decided_on is null
                or submissions_answered.file_rejected_on < reports_filed.next_decided_on
            ),
            false
        ) as is_sent_again
    from reports_filed
    inner join files_named
        on
            reports_filed.reporting_date = files_named.reporting_date
            and reports_filed.submitting_entity_lei = files_named.submitting_entity_lei
            and reports_filed.file_of_entity = files_named.file_of_entity
    inner join submissions_answered
        on
            files_named.submission_id = submissions_answered.first_submission_id
            and (
                submissions_answered.attempt = 1
                or reports_filed.next_decided_on is null
                or reports_filed.next_decided_on > submissions_answered.submitted_on
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
        min(dead_on) as dead_on
    from reports_answered
    where dead_on is not null
    group by execution_id, version, report_status
),

-- For every cancellation that may be needed: the newest report before it that stood on its date,
-- and the newest cancellation that did. A cancellation that was not needed may count here, since
-- all that it would have cancelled was dead by then.
reports_standing as (
    select
        cancellations.execution_id,
        cancellations.version,
        max(
            case when earlier.report_status = 'NEWT' then earlier.version end
        ) as standing_version,
        max(
            case when earlier.report_status = 'CANC' then earlier.version end
        ) as cancelling_version
    from reports as cancellations
    inner join reports as earlier
        on
            cancellations.execution_id = earlier.execution_id
            and cancellations.version > earlier.version
    left join dead_reports
        on
            earlier.execution_id = dead_reports.execution_id
            and earlier.version = dead_reports.version
            and earlier.report_status = dead_reports.report_status
            and cancellations.reporting_date >= dead_reports.dead_on
    where cancellations.report_status = 'CANC' and dead_reports.execution_id is null
    group by cancellations.execution_id, cancellations.version
),

cancellations_needed as (
    select
        execution_id,
        version
    from reports_standing
    where standing_version >= coalesce(cancelling_version, standing_version)
),

reports_sent as (
    select reports_answered.*
    from reports_answered
    left join cancellations_needed
        on
            reports_answered.execution_id = cancellations_needed.execution_id
            and reports_answered.version = cancellations_needed.version
    where
        reports_answered.report_status = 'NEWT'
        or cancellations_needed.execution_id is not null
),

executions_cancelled as (
    select
        execution_id,
        max(version) as cancelling_version
    from reports_sent
    where report_status = 'CANC' and not is_sent_again and dead_on is null
    group by execution_id
),

executions_on_time as (
    select distinct execution_id
    from reports_sent
    where
        report_status = 'NEWT'
        and reporting_date <= deadline_date
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
        reports_sent.reporting_date,
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
            reports_sent.reporting_date
        ) as state_since,
        reports_sent.rejection_rule_code,
        reports_sent.rejection_message,
        reports_sent.is_sent_again,
        reports_sent.report_status = 'NEWT'
        and not reports_sent.is_sent_again
        and reports_sent.dead_on is null
        and (
            executions_cancelled.cancelling_version is null
            or reports_sent.version >= executions_cancelled.cancelling_version
        ) as is_live,
        reports_sent.report_status = 'NEWT'
        and reports_sent.reporting_date > reports_sent.deadline_date
        and executions_on_time.execution_id is null as is_late
    from reports_sent
    left join executions_cancelled
        on reports_sent.execution_id = executions_cancelled.execution_id
    left join executions_on_time
        on reports_sent.execution_id = executions_on_time.execution_id
)

select * from final
