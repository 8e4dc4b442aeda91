with results as (
    select * from {{ ref("fct_sox_control_results") }}
),

-- A period that was not tested neither ends a run of failures nor adds to it, and one that is not
-- over cannot end it. Effective periods number the runs: failures between two of them are one run.
told as (
    select
        control_id,
        period_id,
        ends_on,
        as_of_date,
        conclusion,
        count(case when conclusion = 'effective' then 1 end) over (
            partition by control_id
            order by ends_on
            rows between unbounded preceding and current row
        ) as run_number
    from results
    where
        conclusion = 'ineffective'
        or (conclusion = 'effective' and is_closed)
),

run_starts as (
    select
        control_id,
        run_number,
        as_of_date as effective_on
    from told
    where conclusion = 'effective'
),

failed as (
    select
        control_id,
        period_id,
        run_number,
        cast(
            count(*) over (
                partition by control_id, run_number
                order by ends_on
                rows between unbounded preceding and current row
            ) as int
        ) as failed_periods,
        min(as_of_date) over (partition by control_id, run_number) as opened_on
    from told
    where conclusion = 'ineffective'
),

final as (
    select
        failed.control_id,
        failed.period_id,
        failed.failed_periods,
        failed.opened_on,
        run_starts.effective_on as closed_on
    from failed
    left join run_starts
        on
            failed.control_id = run_starts.control_id
            and failed.run_number + 1 = run_starts.run_number
)

select * from final
