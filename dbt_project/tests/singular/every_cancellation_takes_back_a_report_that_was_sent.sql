with reports as (
    select * from {{ ref("fct_mifid_transaction_reports") }}
    where submission_id is not null
),

new_reports as (
    select
        execution_id,
        transaction_reference,
        executing_entity_lei,
        reported_version,
        min(report_version) as first_report_version
    from reports
    where report_status = 'NEWT'
    group by execution_id, transaction_reference, executing_entity_lei, reported_version
)

select
    cancellations.transaction_reference,
    cancellations.report_version,
    cancellations.execution_id,
    cancellations.version,
    cancellations.reporting_date,
    cancellations.submission_id
from reports as cancellations
left join new_reports
    on
        cancellations.execution_id = new_reports.execution_id
        and cancellations.transaction_reference = new_reports.transaction_reference
        and cancellations.executing_entity_lei = new_reports.executing_entity_lei
        and cancellations.reported_version = new_reports.reported_version
        and cancellations.report_version > new_reports.first_report_version
where cancellations.report_status = 'CANC' and new_reports.execution_id is null
