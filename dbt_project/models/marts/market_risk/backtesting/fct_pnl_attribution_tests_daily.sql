{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with attribution_statistics as (
    select *
    from {{ ref("int_pnl_attribution_statistics") }}
    where {{ in_window("business_date") }}
),

backtest_windows as (
    select *
    from {{ ref("backtesting_windows") }}
    where backtest = 'pnl_attribution'
),

spearman_thresholds as (
    select *
    from {{ ref("pnl_attribution_thresholds") }}
    where metric = 'spearman_correlation'
),

distance_thresholds as (
    select *
    from {{ ref("pnl_attribution_thresholds") }}
    where metric = 'kolmogorov_smirnov'
),

-- An inner join to the rules: a date without rules in force has no test.
judged as (
    select
        attribution_statistics.*,
        backtest_windows.observations as window_observations,
        spearman_thresholds.green_threshold as spearman_green_above,
        spearman_thresholds.red_threshold as spearman_red_below,
        distance_thresholds.green_threshold as kolmogorov_smirnov_green_below,
        distance_thresholds.red_threshold as kolmogorov_smirnov_red_above,
        case
            when
                attribution_statistics.spearman_correlation < spearman_thresholds.red_threshold
                or attribution_statistics.kolmogorov_smirnov > distance_thresholds.red_threshold
                then 'red'
            when
                attribution_statistics.spearman_correlation > spearman_thresholds.green_threshold
                and attribution_statistics.kolmogorov_smirnov < distance_thresholds.green_threshold
                then 'green'
            when
                attribution_statistics.spearman_correlation is not null
                and attribution_statistics.kolmogorov_smirnov is not null
                then 'amber'
        end as zone_of_statistics
    from attribution_statistics
    inner join backtest_windows
        on
            attribution_statistics.business_date >= backtest_windows.valid_from
            and (
                backtest_windows.valid_to is null
                or attribution_statistics.business_date < backtest_windows.valid_to
            )
    inner join spearman_thresholds
        on
            attribution_statistics.business_date >= spearman_thresholds.valid_from
            and (
                spearman_thresholds.valid_to is null
                or attribution_statistics.business_date < spearman_thresholds.valid_to
            )
    inner join distance_thresholds
        on
            attribution_statistics.business_date >= distance_thresholds.valid_from
            and (
                distance_thresholds.valid_to is null
                or attribution_statistics.business_date < distance_thresholds.valid_to
            )
),

final as (
    select
        business_date,
        desk_id,
        observations,
        window_observations,
        days_left_out,
        spearman_correlation,
        spearman_green_above,
        spearman_red_below,
        kolmogorov_smirnov,
        kolmogorov_smirnov_green_below,
        kolmogorov_smirnov_red_above,
        case when observations >= window_observations then zone_of_statistics end as zone,
        case
            when observations < window_observations
                then
                    cast(observations as string) || ' of '
                    || cast(window_observations as string) || ' observations'
            when zone_of_statistics is null
                then 'a P&L that never changes has no correlation'
            when days_left_out > 0
                then cast(days_left_out as string) || ' dates without a P&L left out'
        end as note
    from judged
)

select * from final
