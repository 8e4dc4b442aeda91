with exposures as (
    select *
    from {{ ref("fct_exposures_daily") }}
    where exposure_type = 'currency' and exposure_key <> 'USD'
),

basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

final as (
    select
        basel_dates.reporting_date,
        exposures.exposure_key as currency,
        {{ money("sum(exposures.net_usd)") }} as net_usd
    from basel_dates
    inner join exposures on basel_dates.reporting_date = exposures.business_date
    group by basel_dates.reporting_date, exposures.exposure_key
)

select * from final
