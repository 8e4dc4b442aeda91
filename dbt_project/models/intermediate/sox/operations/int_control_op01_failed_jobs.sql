with job_runs as (
    select * from {{ ref("stg_operations__job_runs") }}
),

known as (
    select cast(max(known_until) as timestamp) as known_until
    from {{ ref("int_sox_periods") }}
),

measured as (
    select
        job_runs.*,
        cast(job_runs.scheduled_for as date) as scheduled_on,
        parameters.value as hours_allowed,
        {{ hours_between(
            "coalesce(job_runs.ended_at, job_runs.scheduled_for)",
            "coalesce(job_runs.resolved_at, known.known_until)"
        ) }} as hours_passed
    from job_runs
    cross join known
    {{ sox_parameter("OP-01.hours", "cast(job_runs.scheduled_for as date)") }}
),

judged as (
    select
        *,
        case
            when status <> 'failed' then false
            when hours_passed > hours_allowed then true
            when resolved_at is not null then false
        end as is_exception
    from measured
),

final as (
    select
        {{ sox_control_item(
            control_id="OP-01",
            item_id="job_run_id",
            item_date="scheduled_on",
            person="resolved_by",
            is_exception="is_exception",
            reason="case when resolved_at is null then 'still not resolved ' else 'resolved ' end"
            ~ " || cast(cast(round(hours_passed, 1) as decimal(18, 1)) as string)"
            ~ " || ' hours after it failed, ' || cast(cast(hours_allowed as int) as string)"
            ~ " || ' are allowed'",
            detail="job_name || ' of ' || system || ', scheduled for ' || cast(scheduled_for as string)",
        ) }}
    from judged
)

select * from final
