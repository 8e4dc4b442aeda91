with events as (
    select *
    from {{ ref("int_mifid_report_events") }}
    where outcome in ('valid', 'cancelled', 'exempt')
),

-- An amendment may come with another reference: of each that the execution has borne, the newest
-- report before the event.
reports_before as (
    select
        events.execution_id,
        events.version,
        max(reported.version) as reported_version
    from events
    inner join events as reported
        on
            events.execution_id = reported.execution_id
            and events.version > reported.version
    where events.last_valid_version is not null and reported.outcome = 'valid'
    group by
        events.execution_id,
        events.version,
        reported.transaction_reference,
        reported.executing_entity_lei
),

-- What an event may send: its own report, and before it the cancellation of earlier ones. Whether
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
    inner join reports_before
        on
            events.execution_id = reports_before.execution_id
            and events.version = reports_before.version
    inner join events as reported
        on
            reports_before.execution_id = reported.execution_id
            and reports_before.reported_version = reported.version
),

reports_numbered as (
    select
        *,
        row_number() over (
            partition by reporting_date, submitting_entity_lei
            order by execution_id, version, report_status, reported_version
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

final as (
    select
        reports_filed.execution_id,
        reports_filed.version,
        reports_filed.report_status,
        reports_filed.reported_version,
        reports_filed.reporting_date,
        reports_filed.trade_date,
        reports_filed.deadline_date,
        reports_filed.transaction_reference,
        reports_filed.executing_entity_lei,
        reports_filed.submitting_entity_lei,
        {{ mifid_submission_id("reports_filed.reporting_date", "files.file_number") }}
            as first_submission_id,
        reports_filed.next_decided_on
    from reports_filed
    inner join files
        on
            reports_filed.reporting_date = files.reporting_date
            and reports_filed.submitting_entity_lei = files.submitting_entity_lei
            and reports_filed.file_of_entity = files.file_of_entity
)

select * from final
