{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with counts as (
    select *
    from {{ ref("int_var_backtest_counts") }}
    where {{ in_window("business_date") }}
),

test_statistics as (
    select *
    from {{ ref("int_var_backtest_statistics") }}
    where {{ in_window("business_date") }}
),

zones as (
    select * from {{ ref("traffic_light_zones") }}
),

desk_limits as (
    select * from {{ ref("backtesting_desk_limits") }}
),

-- A window that is not full can only gain exceptions: what it has reached already stands, and green
-- has to wait for the last observation.
judged as (
    select
        counts.*,
        zones.zone as zone_reached,
        zones.multiplier as multiplier_reached,
        desk_limits.exceptions_limit,
        counts.observations >= counts.window_observations as is_window_full
    from counts
    left join zones
        on
            counts.confidence_level = zones.confidence_level
            and counts.exceptions >= zones.exceptions_from
            and (zones.exceptions_to is null or counts.exceptions <= zones.exceptions_to)
            and counts.business_date >= zones.valid_from
            and (zones.valid_to is null or counts.business_date < zones.valid_to)
    left join desk_limits
        on
            counts.scope_type = 'desk'
            and counts.confidence_level = desk_limits.confidence_level
            and counts.business_date >= desk_limits.valid_from
            and (desk_limits.valid_to is null or counts.business_date < desk_limits.valid_to)
),

final as (
    select
        judged.business_date,
        judged.scope_type,
        judged.scope_id,
        judged.confidence_level,
        judged.pnl_type,
        judged.counted_pnl_type,
        judged.observations,
        judged.window_observations,
        judged.exceptions,
        judged.missing,
        round(judged.observations * (1 - judged.confidence_level), 6) as expected_exceptions,
        judged.n00,
        judged.n01,
        judged.n10,
        judged.n11,
        test_statistics.kupiec_statistic,
        test_statistics.kupiec_p_value,
        test_statistics.independence_statistic,
        test_statistics.independence_p_value,
        test_statistics.conditional_coverage_statistic,
        test_statistics.conditional_coverage_p_value,
        test_statistics.es_z2_statistic,
        case
            when judged.is_window_full or judged.zone_reached <> 'green' then judged.zone_reached
        end as zone,
        case
            when judged.is_window_full or judged.zone_reached <> 'green'
                then cast(judged.multiplier_reached as double)
        end as multiplier,
        judged.exceptions_limit as desk_exceptions_limit,
        case
            when judged.exceptions > judged.exceptions_limit then true
            when judged.is_window_full and judged.exceptions_limit is not null then false
        end as is_desk_limit_exceeded,
        case
            when not judged.is_window_full
                then
                    cast(judged.observations as string) || ' of '
                    || cast(judged.window_observations as string) || ' observations'
        end as note
    from judged
    inner join test_statistics
        on
            judged.business_date = test_statistics.business_date
            and judged.scope_type = test_statistics.scope_type
            and judged.scope_id = test_statistics.scope_id
            and judged.confidence_level = test_statistics.confidence_level
            and judged.pnl_type = test_statistics.pnl_type
)

select * from final
