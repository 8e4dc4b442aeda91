with executions as (
    select * from {{ ref("fct_mifid_execution_deadlines") }}
),

final as (
    select
        trade_date,
        deadline_date,
        as_of_date,
        count(*) as reportable,
        count(case when is_reported and is_on_time then 1 end) as reported_on_time,
        count(case when is_reported and not is_on_time then 1 end) as reported_late,
        count(case when not is_reported then 1 end) as still_open,
        count(case when is_overdue then 1 end) as overdue
    from executions
    group by trade_date, deadline_date, as_of_date
)

select * from final
