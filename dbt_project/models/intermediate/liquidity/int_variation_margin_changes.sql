-- The largest change of the variation margin, over all netting sets, from one reporting date to the
-- next within the months that look back.
with netting_sets as (
    select * from {{ ref("stg_treasury__netting_sets") }}
),

basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

margin_by_date as (
    select
        basel_dates.reporting_date,
        basel_dates.previous_reporting_date,
        sum(
            {{ money(
                "cast(netting_sets.variation_margin_amount as double) * fx_rates.fx_rate_usd"
            ) }}
        ) as variation_margin_usd
    from basel_dates
    inner join netting_sets on basel_dates.reporting_date = netting_sets.as_of_date
    left join fx_rates
        on
            netting_sets.as_of_date = fx_rates.business_date
            and netting_sets.currency = fx_rates.currency
    group by basel_dates.reporting_date, basel_dates.previous_reporting_date
),

changes as (
    select
        margin_by_date.reporting_date as change_date,
        abs(margin_by_date.variation_margin_usd - earlier.variation_margin_usd) as change_usd
    from margin_by_date
    inner join margin_by_date as earlier
        on margin_by_date.previous_reporting_date = earlier.reporting_date
),

in_lookback as (
    select
        basel_dates.reporting_date,
        changes.change_date,
        changes.change_usd,
        row_number() over (
            partition by basel_dates.reporting_date
            order by changes.change_usd desc, changes.change_date desc
        ) as size_rank
    from basel_dates
    inner join parameters
        on
            basel_dates.reporting_date = parameters.reporting_date
            and parameters.rule_id = 'LCR40.derivatives.lookback'
    inner join changes
        on
            basel_dates.reporting_date >= changes.change_date
            and {{ add_months("basel_dates.reporting_date", "-cast(parameters.value as int)") }}
            < changes.change_date
),

final as (
    select
        reporting_date,
        change_date,
        {{ money("change_usd") }} as change_usd
    from in_lookback
    where size_rank = 1
)

select * from final
