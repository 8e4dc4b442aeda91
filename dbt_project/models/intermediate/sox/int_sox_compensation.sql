-- A compensating control counts when it was effective throughout the period: in each of its own
-- periods that has a day in common with it.
with results as (
    select * from {{ ref("fct_sox_control_results") }}
),

compensating as (
    select
        results.control_id,
        results.period_id,
        compensating_results.conclusion
    from results
    inner join results as compensating_results
        on
            results.compensating_control_id = compensating_results.control_id
            and results.quarter_id = compensating_results.quarter_id
    where
        results.conclusion = 'ineffective'
        and results.starts_on <= compensating_results.ends_on
        and results.ends_on >= compensating_results.starts_on
),

final as (
    select
        control_id,
        period_id,
        count(case when conclusion <> 'effective' then 1 end) = 0 as is_compensated
    from compensating
    group by control_id, period_id
)

select * from final
