with results as (
    select * from {{ ref("fct_sox_control_results") }}
    where conclusion = 'ineffective'
),

runs as (
    select * from {{ ref("int_sox_failure_runs") }}
),

compensation as (
    select * from {{ ref("int_sox_compensation") }}
),

materiality as (
    select * from {{ ref("int_sox_materiality") }}
),

severities as (
    select * from {{ ref("sox_severities") }}
),

thresholds as (
    select * from {{ ref("sox_likelihood_thresholds") }}
),

periods as (
    select * from {{ ref("int_sox_periods") }}
),

limits as (
    select
        periods.period_id,
        periods.known_until,
        max(case when thresholds.measure = 'exception_rate' then thresholds.at_least end)
            as possible_rate,
        max(case when thresholds.measure = 'failed_periods' then thresholds.at_least end)
            as possible_periods,
        max(
            case
                when thresholds.measure = 'failed_periods_of_key_control'
                    then thresholds.at_least
            end
        ) as significant_periods
    from periods
    inner join thresholds
        on
            periods.as_of_date >= thresholds.valid_from
            and periods.as_of_date
            < coalesce(thresholds.valid_to, cast('9999-01-01' as date))
    group by periods.period_id, periods.known_until
),

-- What the control could let through: its rate of exceptions over all that passed it, and at least
-- what it did let through. General controls and items without an amount have none.
measured as (
    select
        results.*,
        runs.failed_periods,
        runs.opened_on,
        runs.closed_on,
        materiality.materiality_usd,
        materiality.significant_usd,
        limits.known_until,
        limits.significant_periods,
        coalesce(compensation.is_compensated, false) as is_compensated,
        case
            when not results.is_indirect
                then {{ money(
                    "greatest(cast(results.exceptions_usd as double),"
                    ~ " results.exception_rate * cast(results.population_usd as double))"
                ) }}
        end as magnitude_usd,
        case
            when
                results.exception_rate >= limits.possible_rate
                or runs.failed_periods >= limits.possible_periods
                then 'reasonably_possible'
            else 'remote'
        end as likelihood
    from results
    inner join runs
        on results.control_id = runs.control_id and results.period_id = runs.period_id
    inner join limits on results.period_id = limits.period_id
    left join materiality on results.period_id = materiality.period_id
    left join compensation
        on
            results.control_id = compensation.control_id
            and results.period_id = compensation.period_id
),

-- The first rule that holds decides.
judged as (
    select
        *,
        case
            when rule_kind = 'screening' then 'screening'
            when magnitude_usd >= materiality_usd and likelihood = 'reasonably_possible'
                then case when is_compensated then 'material_compensated' else 'material' end
            when magnitude_usd >= significant_usd and likelihood = 'reasonably_possible'
                then 'significant'
            when magnitude_usd is null and is_key and not is_compensated then 'key_control'
            when is_key and failed_periods >= significant_periods then 'repeated'
            else 'minor'
        end as severity_rule
    from measured
),

graded as (
    select
        *,
        case
            when severity_rule = 'material' then 'material_weakness'
            when
                severity_rule in (
                    'material_compensated', 'significant', 'key_control', 'repeated'
                )
                then 'significant_deficiency'
            else 'deficiency'
        end as severity
    from judged
),

final as (
    select
        graded.control_id,
        graded.period_id,
        graded.control_name,
        graded.process,
        graded.owner,
        graded.quarter_id,
        graded.as_of_date,
        graded.is_closed,
        graded.rule_kind,
        graded.is_key,
        graded.is_indirect,
        graded.exceptions,
        graded.tested,
        graded.exception_rate,
        graded.likelihood,
        graded.magnitude_usd,
        graded.materiality_usd,
        graded.significant_usd,
        graded.compensating_control_id,
        graded.is_compensated,
        graded.failed_periods,
        graded.severity,
        severities.severity_rank,
        case graded.severity_rule
            when 'screening'
                then
                    'what was found has to be looked into; '
                    || 'none of it is a breach by itself'
            when 'material'
                then 'a misstatement of at least materiality is reasonably possible'
            when 'material_compensated'
                then
                    'a misstatement of at least materiality is reasonably possible, and '
                    || graded.compensating_control_id || ' was effective'
            when 'significant'
                then 'a misstatement that merits attention is reasonably possible'
            when 'key_control' then 'a key control without amounts, and no other makes up for it'
            when 'repeated'
                then
                    'a key control has failed ' || cast(graded.failed_periods as string)
                    || ' periods in a row'
            else
                case
                    when graded.magnitude_usd is not null
                        then 'a misstatement that merits attention is too small or remote'
                    when graded.is_compensated
                        then
                            'no amount of its own, and '
                            || graded.compensating_control_id || ' was effective'
                    else 'no amount of its own, and not a key control'
                end
        end as severity_reason,
        graded.opened_on,
        {{ add_days("graded.opened_on", "severities.remediation_days") }} as due_on,
        graded.closed_on,
        cast(
            {{ days_between(
                "graded.opened_on", "coalesce(graded.closed_on, graded.known_until)"
            ) }} as int
        ) as age_days,
        {{ days_between("graded.opened_on", "coalesce(graded.closed_on, graded.known_until)") }}
        > severities.remediation_days as is_overdue
    from graded
    inner join severities on graded.severity = severities.severity
)

select * from final
