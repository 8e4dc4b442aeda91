-- Every count from another model: the order system's rows, the deadlines, the reports one by one.
with tie_out as (
    select * from {{ ref("fct_mifid_tie_out") }}
),

deadlines as (
    select * from {{ ref("fct_mifid_reporting_deadlines") }}
),

newest_executions as (
    select
        execution_id,
        trade_date,
        row_number() over (partition by execution_id order by version desc) as recency
    from {{ ref("stg_execution__executions") }}
),

executed as (
    select
        trade_date,
        count(*) as executions
    from newest_executions
    where recency = 1
    group by trade_date
),

reports as (
    select
        trade_date,
        count(*) as reports
    from {{ ref("fct_mifid_transaction_reports") }}
    where is_current
    group by trade_date
)

select
    tie_out.trade_date,
    tie_out.executions,
    executed.executions as executions_delivered,
    tie_out.reported,
    tie_out.pending,
    reports.reports,
    deadlines.reported_on_time,
    deadlines.reported_late,
    deadlines.still_open
from tie_out
left join executed on tie_out.trade_date = executed.trade_date
left join reports on tie_out.trade_date = reports.trade_date
left join deadlines on tie_out.trade_date = deadlines.trade_date
where
    tie_out.executions <> coalesce(executed.executions, 0)
    or tie_out.reported + tie_out.pending <> coalesce(reports.reports, 0)
    or tie_out.reported <> coalesce(deadlines.reported_on_time + deadlines.reported_late, 0)
    or tie_out.pending <> coalesce(deadlines.still_open, 0)
