with figures as (
    select * from {{ ref("int_imcc_daily") }}
),

backtests as (
    select *
    from {{ ref("fct_var_backtests_daily") }}
    where scope_type = 'firm' and confidence_level = 0.99 and pnl_type = 'larger'
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

averaging as (
    select *
    from parameters
    where rule_id = 'MAR33.averaging_days.all'
),

reduced_shares as (
    select *
    from parameters
    where rule_id = 'MAR33.reduced_set_share.all'
),

multiples as (
    select *
    from parameters
    where rule_id = 'RBC20.market_risk_multiple.all'
),

averages as (
    select
        reporting_date,
        count(imcc_usd) as averaged_days,
        {{ money("avg(cast(imcc_usd as double))") }} as average_imcc_usd
    from figures
    where component = 'imcc'
    group by reporting_date
),

reduced_averages as (
    select
        reporting_date,
        avg(cast(es_reduced_current_usd as double))
        / nullif(avg(cast(es_full_current_usd as double)), 0) as reduced_set_share
    from figures
    where component = 'unconstrained'
    group by reporting_date
),

latest as (
    select *
    from figures
    where component = 'imcc' and business_date = reporting_date
),

combined as (
    select
        averages.reporting_date,
        latest.imcc_usd as latest_imcc_usd,
        averages.average_imcc_usd,
        cast(averages.averaged_days as int) as averaged_days,
        cast(averaging.value as int) as wanted_days,
        backtests.exceptions,
        backtests.zone,
        backtests.multiplier,
        cast(reduced_averages.reduced_set_share as double) as reduced_set_share,
        reduced_shares.value as least_reduced_set_share,
        multiples.value as rwa_multiple,
        latest.stress_start,
        latest.stress_end,
        latest.note as latest_note,
        averages.average_imcc_usd * backtests.multiplier as multiplied_average_usd
    from averages
    inner join averaging on averages.reporting_date = averaging.reporting_date
    inner join reduced_shares on averages.reporting_date = reduced_shares.reporting_date
    inner join multiples on averages.reporting_date = multiples.reporting_date
    left join latest on averages.reporting_date = latest.reporting_date
    left join reduced_averages on averages.reporting_date = reduced_averages.reporting_date
    left join backtests on averages.reporting_date = backtests.business_date
),

charged as (
    select
        *,
        case
            when latest_imcc_usd is null or multiplied_average_usd is null then null
            when latest_imcc_usd > multiplied_average_usd then latest_imcc_usd
            else {{ money("multiplied_average_usd") }}
        end as capital_usd
    from combined
),

final as (
    select
        reporting_date,
        latest_imcc_usd,
        average_imcc_usd,
        averaged_days,
        exceptions as backtest_exceptions,
        zone as backtest_zone,
        multiplier,
        capital_usd,
        {{ money("capital_usd * rwa_multiple") }} as rwa_usd,
        reduced_set_share,
        reduced_set_share >= least_reduced_set_share as is_reduced_set_sufficient,
        stress_start,
        stress_end,
        case
            when latest_imcc_usd is null
                then coalesce(latest_note, 'no sensitivities on the date')
            when multiplier is null then 'no multiplier: the backtesting window is not full'
            when averaged_days < wanted_days
                then
                    'mean of ' || cast(averaged_days as string) || ' of '
                    || cast(wanted_days as string) || ' days'
            when reduced_set_share < least_reduced_set_share
                then 'the reduced set explains too little of the expected shortfall'
        end as note
    from charged
)

select * from final
