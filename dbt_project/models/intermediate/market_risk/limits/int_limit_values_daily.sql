-- The value that each limit in force is held against, on every business date of the book.
with limits as (
    select * from {{ ref("limits") }}
),

daily_metrics as (
    select * from {{ ref("int_limit_metrics_daily") }}
),

stress_metrics as (
    select * from {{ ref("int_limit_stress_metrics") }}
),

business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date
),

metrics as (
    select
        business_date,
        metric,
        scope_type,
        scope_id,
        exposure_type,
        exposure_key,
        metric_value,
        business_date as measured_on
    from daily_metrics
    union all
    select
        business_date,
        metric,
        scope_type,
        scope_id,
        cast(null as string) as exposure_type,
        cast(null as string) as exposure_key,
        metric_value,
        measured_on
    from stress_metrics
),

limits_in_force as (
    select
        business_dates.business_date,
        limits.*
    from business_dates
    inner join limits
        on
            business_dates.business_date >= limits.valid_from
            and business_dates.business_date < limits.valid_to
),

-- `*` stands for every scope or key of its kind that has no limit of its own.
candidates as (
    select
        limits_in_force.*,
        metrics.scope_id as measured_scope_id,
        metrics.exposure_key as measured_key,
        metrics.metric_value,
        metrics.measured_on,
        case when limits_in_force.scope_id = '*' then 0 else 1 end
        + case when limits_in_force.exposure_key = '*' then 0 else 1 end as specificity
    from limits_in_force
    inner join metrics
        on
            limits_in_force.business_date = metrics.business_date
            and limits_in_force.metric = metrics.metric
            and limits_in_force.scope_type = metrics.scope_type
    where
        (limits_in_force.scope_id = '*' or limits_in_force.scope_id = metrics.scope_id)
        and coalesce(limits_in_force.exposure_type, '') = coalesce(metrics.exposure_type, '')
        and (
            coalesce(limits_in_force.exposure_key, '') = coalesce(metrics.exposure_key, '')
            or (limits_in_force.exposure_key = '*' and metrics.exposure_key is not null)
        )
),

compared as (
    select
        *,
        max(specificity) over (
            partition by
                business_date, metric, scope_type, measured_scope_id, exposure_type, measured_key
        ) as highest_specificity
    from candidates
),

matched as (
    select
        business_date,
        limit_id,
        measured_scope_id as scope_id,
        measured_key as exposure_key,
        metric_value as current_value,
        measured_on,
        true as is_matched
    from compared
    where specificity = highest_specificity
),

matched_limits as (
    select distinct
        business_date,
        limit_id
    from matched
),

exposed_scopes as (
    select
        business_date,
        scope_type,
        scope_id
    from metrics
    where metric = 'gross_exposure_usd' and metric_value is not null
),

-- Where a scope's exposures are known and the limit's key is not among them, it holds none: the
-- exposure is zero, not missing.
unmatched as (
    select
        limits_in_force.business_date,
        limits_in_force.limit_id,
        limits_in_force.scope_id,
        nullif(limits_in_force.exposure_key, '*') as exposure_key,
        case
            when limits_in_force.exposure_key is not null and exposed_scopes.scope_id is not null
                then cast(0 as double)
        end as current_value,
        limits_in_force.business_date as measured_on,
        false as is_matched
    from limits_in_force
    left join matched_limits
        on
            limits_in_force.business_date = matched_limits.business_date
            and limits_in_force.limit_id = matched_limits.limit_id
    left join exposed_scopes
        on
            limits_in_force.business_date = exposed_scopes.business_date
            and limits_in_force.scope_type = exposed_scopes.scope_type
            and limits_in_force.scope_id = exposed_scopes.scope_id
    where matched_limits.limit_id is null
),

all_measured as (
    select * from matched
    union all
    select * from unmatched
),

final as (
    select
        all_measured.business_date,
        all_measured.limit_id,
        limits_in_force.limit_type,
        limits_in_force.metric,
        limits_in_force.scope_type,
        all_measured.scope_id,
        limits_in_force.exposure_type,
        all_measured.exposure_key,
        limits_in_force.unit,
        limits_in_force.warning_pct,
        cast(limits_in_force.limit_value as double) as original_limit_value,
        all_measured.current_value,
        all_measured.measured_on,
        all_measured.is_matched
    from all_measured
    inner join limits_in_force
        on
            all_measured.business_date = limits_in_force.business_date
            and all_measured.limit_id = limits_in_force.limit_id
)

select * from final
