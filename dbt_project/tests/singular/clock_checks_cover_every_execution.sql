with checked as (
    select
        trade_date,
        activity,
        sum(executions) as executions
    from {{ ref("fct_mifid_clock_checks") }}
    group by trade_date, activity
),

latest as (
    select
        trade_date,
        activity,
        action,
        row_number() over (partition by execution_id order by version desc) as recency
    from {{ ref("stg_execution__executions") }}
),

standing as (
    select
        trade_date,
        activity,
        count(*) as executions
    from latest
    where recency = 1 and action <> 'cancel'
    group by trade_date, activity
)

select
    standing.trade_date,
    standing.activity,
    standing.executions,
    checked.executions as executions_checked
from standing
full join checked
    on
        standing.trade_date = checked.trade_date
        and standing.activity = checked.activity
where coalesce(standing.executions, 0) <> coalesce(checked.executions, 0)
