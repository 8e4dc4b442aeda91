with reports as (
    select * from {{ ref("fct_mifid_transaction_reports") }}
    where is_live
),

events as (
    select * from {{ ref("int_mifid_report_events") }}
    where outcome in ('cancelled', 'exempt') and replaced_on is null
),

feedback as (
    select * from {{ ref("fct_mifid_feedback") }}
    where is_unmatched and record_type = 'transaction'
),

reports_counted as (
    select
        *,
        row_number() over (partition by execution_id order by version desc) as live_number
    from reports
),

final as (
    select
        case
            when events.outcome = 'cancelled' then 'execution_cancelled'
            when events.outcome = 'exempt' then 'not_reportable'
            else 'reported_twice'
        end as over_report_type,
        reports_counted.submission_id,
        reports_counted.transaction_reference,
        reports_counted.execution_id,
        reports_counted.version,
        reports_counted.trade_date,
        reports_counted.reporting_date,
        reports_counted.state,
        events.reason_code
    from reports_counted
    left join events on reports_counted.execution_id = events.execution_id
    where events.execution_id is not null or reports_counted.live_number > 1
    union all
    select
        'unknown_reference' as over_report_type,
        submission_id,
        transaction_reference,
        execution_id,
        version,
        cast(null as date) as trade_date,
        max(reporting_date) as reporting_date,
        max(status) as state,
        cast(null as varchar) as reason_code
    from feedback
    group by submission_id, transaction_reference, execution_id, version
)

select * from final
