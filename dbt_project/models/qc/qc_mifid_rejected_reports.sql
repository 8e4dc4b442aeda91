with reports as (
    select * from {{ ref("fct_mifid_transaction_reports") }}
),

live_reports as (
    select
        execution_id,
        transaction_reference,
        executing_entity_lei,
        min(version) as first_live_version
    from reports
    where is_live
    group by execution_id, transaction_reference, executing_entity_lei
),

final as (
    select
        reports.submission_id,
        reports.transaction_reference,
        reports.report_status,
        reports.execution_id,
        reports.version,
        reports.trade_date,
        reports.deadline_date,
        reports.state_since as rejected_on,
        reports.rejection_rule_code,
        reports.rejection_message
    from reports
    left join live_reports
        on
            reports.execution_id = live_reports.execution_id
            and reports.transaction_reference = live_reports.transaction_reference
            and reports.executing_entity_lei = live_reports.executing_entity_lei
            and reports.version > live_reports.first_live_version
    where
        reports.state = 'rejected'
        and (
            reports.is_current
            -- Once a later cancellation is accepted, nothing is left to take back.
            or (reports.report_status = 'CANC' and live_reports.execution_id is not null)
        )
)

select * from final
