with executions as (
    select * from {{ ref("stg_execution__executions") }}
),

events as (
    select * from {{ ref("int_mifid_report_events") }}
    where outcome in ('cancelled', 'exempt') and replaced_on is null
),

reports as (
    select * from {{ ref("fct_mifid_transaction_reports") }}
),

feedback as (
    select * from {{ ref("fct_mifid_feedback") }}
),

newest_versions as (
    select
        execution_id,
        max(version) as newest_version
    from executions
    group by execution_id
),

-- What was executed, from the order system's own rows.
executed as (
    select
        executions.trade_date,
        count(*) as executions
    from executions
    inner join newest_versions
        on
            executions.execution_id = newest_versions.execution_id
            and executions.version = newest_versions.newest_version
    group by executions.trade_date
),

-- What became of it, from the events that need no report and the reports of the others.
not_reported as (
    select
        trade_date,
        count(case when outcome = 'cancelled' then 1 end) as cancelled,
        count(case when outcome = 'exempt' then 1 end) as exempt
    from events
    group by trade_date
),

reported as (
    select
        trade_date,
        count(case when state = 'accepted' then 1 end) as accepted,
        count(case when state = 'submitted' then 1 end) as submitted,
        count(case when state = 'held' then 1 end) as held,
        count(case when state in ('rejected', 'file_rejected') then 1 end) as rejected,
        count(case when state = 'pending' then 1 end) as pending_at_authority
    from reports
    where is_current
    group by trade_date
),

-- More than one report of an execution at the authority, or any of one that needs none.
live_reports as (
    select
        reports.trade_date,
        sum(
            case
                when events.execution_id is not null then 1
                when reports.live_number > 1 then 1
                else 0
            end
        ) as live_too_many
    from (
        select
            execution_id,
            trade_date,
            row_number() over (partition by execution_id order by version desc) as live_number
        from reports
        where is_live
    ) as reports
    left join events on reports.execution_id = events.execution_id
    group by reports.trade_date
),

-- A reference that was never sent has no trade date: it counts on the date of the file it is said
-- to have come in, or else on the date of the answer.
unknown_references as (
    select
        coalesce(reporting_date, feedback_date) as trade_date,
        count(distinct transaction_reference) as unknown_references
    from feedback
    where is_unmatched and record_type = 'transaction'
    group by coalesce(reporting_date, feedback_date)
),

trade_dates as (
    select trade_date from executed
    union
    select trade_date from not_reported
    union
    select trade_date from reported
    union
    select trade_date from live_reports
    union
    select trade_date from unknown_references
),

counts as (
    select
        trade_dates.trade_date,
        coalesce(executed.executions, 0) as executions,
        coalesce(reported.accepted, 0) as accepted,
        coalesce(reported.submitted, 0) as submitted,
        coalesce(not_reported.exempt, 0) as exempt,
        coalesce(reported.held, 0) as held,
        coalesce(reported.rejected, 0) as rejected,
        coalesce(reported.pending_at_authority, 0) as pending_at_authority,
        coalesce(not_reported.cancelled, 0) as cancelled,
        cast(coalesce(live_reports.live_too_many, 0) as bigint) as live_too_many,
        coalesce(unknown_references.unknown_references, 0) as unknown_references
    from trade_dates
    left join executed on trade_dates.trade_date = executed.trade_date
    left join not_reported on trade_dates.trade_date = not_reported.trade_date
    left join reported on trade_dates.trade_date = reported.trade_date
    left join live_reports on trade_dates.trade_date = live_reports.trade_date
    left join unknown_references on trade_dates.trade_date = unknown_references.trade_date
),

final as (
    select
        trade_date,
        executions,
        accepted,
        submitted,
        accepted + submitted as reported,
        exempt,
        held,
        rejected,
        pending_at_authority,
        held + rejected + pending_at_authority as pending,
        cancelled,
        executions - (accepted + submitted) - exempt
        - (held + rejected + pending_at_authority) - cancelled as difference,
        live_too_many,
        unknown_references,
        live_too_many + unknown_references as over_reported
    from counts
)

select * from final
