{{ config(materialized="view") }}

-- The worst loss of all stress scenarios. It is measured on the dates of full revaluation and
-- stands until the next one; measured_on says from when it is.
with business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date
),

stress_summary as (
    select * from {{ ref("fct_stress_summary_daily") }}
),

-- One scenario without a figure leaves the worst loss unknown.
worst_losses as (
    select
        business_date as measured_on,
        scope_type,
        scope_id,
        case
            when count(*) = count(pnl_usd)
                then max(case when pnl_usd > 0 then 0 else -pnl_usd end)
        end as stressed_loss_usd
    from stress_summary
    group by business_date, scope_type, scope_id
),

stress_dates as (
    select distinct measured_on
    from worst_losses
),

latest_stress_dates as (
    select
        business_dates.business_date,
        max(stress_dates.measured_on) over (
            order by business_dates.business_date
            rows between unbounded preceding and current row
        ) as measured_on
    from business_dates
    left join stress_dates on business_dates.business_date = stress_dates.measured_on
),

final as (
    select
        latest_stress_dates.business_date,
        'stressed_loss_usd' as metric,
        worst_losses.scope_type,
        worst_losses.scope_id,
        cast(worst_losses.stressed_loss_usd as double) as metric_value,
        worst_losses.measured_on
    from latest_stress_dates
    inner join worst_losses on latest_stress_dates.measured_on = worst_losses.measured_on
)

select * from final
