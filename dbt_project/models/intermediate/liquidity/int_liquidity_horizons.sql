-- The dates and days at which LCR and NSFR cut residual maturities, one row per reporting date.
with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

values_by_date as (
    select
        reporting_date,
        max(case when rule_id = 'LCR40.horizon.horizon' then value end) as lcr_days,
        max(case when rule_id = 'NSF30.bucket.six_months' then value end) as short_months,
        max(case when rule_id = 'NSF30.bucket.one_year' then value end) as long_months,
        max(case when rule_id = 'NSF30.non_performing.days_past_due_over' then value end)
            as days_past_due_over
    from parameters
    group by reporting_date
),

final as (
    select
        basel_dates.reporting_date,
        cast(values_by_date.lcr_days as int) as lcr_horizon_days,
        {{ add_months("basel_dates.reporting_date", "cast(values_by_date.short_months as int)") }}
            as six_months_date,
        {{ add_months("basel_dates.reporting_date", "cast(values_by_date.long_months as int)") }}
            as one_year_date,
        cast(values_by_date.days_past_due_over as int) as non_performing_days
    from basel_dates
    left join values_by_date on basel_dates.reporting_date = values_by_date.reporting_date
)

select * from final
