{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with backtest_days as (
    select *
    from {{ ref("int_var_backtest_days") }}
    where business_date < {{ window_end() }}
),

backtest_windows as (
    select *
    from {{ ref("backtesting_windows") }}
    where backtest = 'value_at_risk'
),

cumulated as (
    select
        business_date,
        scope_type,
        scope_id,
        confidence_level,
        pnl_type,
        day_number,
        count(case when is_exception then 1 end) over so_far as exceptions,
        count(case when is_missing then 1 end) over so_far as missing,
        count(case when not was_exception and not is_exception then 1 end) over so_far as n00,
        count(case when not was_exception and is_exception then 1 end) over so_far as n01,
        count(case when was_exception and not is_exception then 1 end) over so_far as n10,
        count(case when was_exception and is_exception then 1 end) over so_far as n11,
        count(case when is_exception and shortfall_ratio is null then 1 end) over so_far
            as exceptions_without_shortfall,
        sum(coalesce(shortfall_ratio, 0)) over so_far as shortfall_ratios
    from backtest_days
    window so_far as (
        partition by scope_type, scope_id, confidence_level, pnl_type
        order by business_date
        rows between unbounded preceding and current row
    )
),

-- A window's count is the count so far less the count before it. Of N days, N - 1 have a day before
-- them inside the window, so pairs start one day later.
counted as (
    select
        today.business_date,
        today.scope_type,
        today.scope_id,
        today.confidence_level,
        today.pnl_type,
        today.day_number - coalesce(before_window.day_number, 0) as observations,
        backtest_windows.observations as window_observations,
        today.exceptions - coalesce(before_window.exceptions, 0) as exceptions,
        today.missing - coalesce(before_window.missing, 0) as missing,
        today.n00 - coalesce(first_day.n00, 0) as n00,
        today.n01 - coalesce(first_day.n01, 0) as n01,
        today.n10 - coalesce(first_day.n10, 0) as n10,
        today.n11 - coalesce(first_day.n11, 0) as n11,
        today.exceptions_without_shortfall
        - coalesce(before_window.exceptions_without_shortfall, 0) as exceptions_without_shortfall,
        today.shortfall_ratios - coalesce(before_window.shortfall_ratios, 0) as shortfall_ratios
    from cumulated as today
    inner join backtest_windows
        on
            today.business_date >= backtest_windows.valid_from
            and (
                backtest_windows.valid_to is null
                or today.business_date < backtest_windows.valid_to
            )
    left join cumulated as before_window
        on
            today.scope_type = before_window.scope_type
            and today.scope_id = before_window.scope_id
            and today.confidence_level = before_window.confidence_level
            and today.pnl_type = before_window.pnl_type
            and today.day_number - backtest_windows.observations = before_window.day_number
    left join cumulated as first_day
        on
            today.scope_type = first_day.scope_type
            and today.scope_id = first_day.scope_id
            and today.confidence_level = first_day.confidence_level
            and today.pnl_type = first_day.pnl_type
            and today.day_number - backtest_windows.observations + 1 = first_day.day_number
    where {{ in_window("today.business_date") }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by business_date, scope_type, scope_id, confidence_level
            order by exceptions desc, pnl_type asc
        ) as exceptions_rank
    from counted
),

all_pnl_types as (
    select
        *,
        pnl_type as counted_pnl_type
    from counted
    union all
    select
        business_date,
        scope_type,
        scope_id,
        confidence_level,
        'larger' as pnl_type,
        observations,
        window_observations,
        exceptions,
        missing,
        n00,
        n01,
        n10,
        n11,
        exceptions_without_shortfall,
        shortfall_ratios,
        pnl_type as counted_pnl_type
    from ranked
    where exceptions_rank = 1
),

final as (
    select
        business_date,
        scope_type,
        scope_id,
        confidence_level,
        pnl_type,
        counted_pnl_type,
        cast(observations as int) as observations,
        cast(window_observations as int) as window_observations,
        cast(exceptions as int) as exceptions,
        cast(missing as int) as missing,
        cast(n00 as int) as n00,
        cast(n01 as int) as n01,
        cast(n10 as int) as n10,
        cast(n11 as int) as n11,
        case
            when exceptions_without_shortfall = 0
                then cast(shortfall_ratios as decimal(38, 12))
        end as shortfall_ratio_sum
    from all_pnl_types
)

select * from final
