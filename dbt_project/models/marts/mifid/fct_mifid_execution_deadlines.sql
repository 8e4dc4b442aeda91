with reports as (
    select * from {{ ref("fct_mifid_transaction_reports") }}
),

dates as (
    select max(reporting_date) as as_of_date from {{ ref("int_mifid_report_events") }}
),

-- The first time an execution was reported and the report was not rejected.
first_reports as (
    select
        execution_id,
        max(case when reporting_date <= deadline_date then 1 else 0 end) = 1 as is_on_time
    from reports
    where
        report_status = 'NEWT'
        and submission_id is not null
        and state not in ('rejected', 'file_rejected')
    group by execution_id
),

judged as (
    select
        reports.execution_id,
        reports.version,
        reports.trade_date,
        reports.deadline_date,
        dates.as_of_date,
        reports.state in ('submitted', 'accepted') as is_reported,
        coalesce(first_reports.is_on_time, false) as is_on_time
    from reports
    left join first_reports on reports.execution_id = first_reports.execution_id
    cross join dates
    where reports.is_current
),

final as (
    select
        *,
        not is_reported and not is_on_time and as_of_date > deadline_date as is_overdue
    from judged
)

select * from final
