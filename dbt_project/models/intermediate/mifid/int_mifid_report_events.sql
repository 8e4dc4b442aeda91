with events as (
    select * from {{ ref("int_mifid_eligibility") }}
),

errors as (
    select
        execution_id,
        version,
        count(*) as error_count
    from {{ ref("fct_mifid_validation_results") }}
    where severity = 'error'
    group by execution_id, version
),

deadlines as (
    select * from {{ ref("int_mifid_deadlines") }}
),

events_ranked as (
    select
        events.execution_id,
        events.version,
        events.action,
        events.reporting_date,
        events.trade_date,
        deadlines.deadline_date,
        events.transaction_reference,
        events.executing_entity_lei,
        events.submitting_entity_lei,
        events.max_reports_per_file,
        events.is_reportable,
        events.reason_code,
        coalesce(errors.error_count, 0) as validation_errors,
        -- The newest version by the end of the date; one that comes after a newer one never counts.
        events.version = max(events.version) over (
            partition by events.execution_id
            order by events.reporting_date
            range between unbounded preceding and current row
        ) as is_counted
    from events
    left join errors
        on
            events.execution_id = errors.execution_id
            and events.version = errors.version
    left join deadlines on events.trade_date = deadlines.trade_date
),

events_judged as (
    select
        *,
        case
            when not is_counted then 'superseded'
            when action = 'cancel' then 'cancelled'
            when not is_reportable then 'exempt'
            -- Whether an unknown instrument is to be reported someone must find out.
            when
                is_reportable is null
                or validation_errors > 0
                or submitting_entity_lei is null
                then 'held'
            else 'valid'
        end as outcome
    from events_ranked
),

final as (
    select
        execution_id,
        version,
        action,
        reporting_date,
        trade_date,
        deadline_date,
        transaction_reference,
        executing_entity_lei,
        submitting_entity_lei,
        max_reports_per_file,
        is_reportable,
        reason_code,
        validation_errors,
        outcome,
        max(case when outcome = 'valid' then version end) over (
            partition by execution_id
            order by version
            rows between unbounded preceding and 1 preceding
        ) as last_valid_version,
        min(case when outcome <> 'superseded' then reporting_date end) over (
            partition by execution_id
            order by version
            rows between 1 following and unbounded following
        ) as replaced_on,
        -- A version that is held changes nothing at the authority.
        min(case when outcome not in ('superseded', 'held') then reporting_date end) over (
            partition by execution_id
            order by version
            rows between 1 following and unbounded following
        ) as next_decided_on
    from events_judged
)

select * from final
