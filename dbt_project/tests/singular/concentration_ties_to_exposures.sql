with exposures as (
    select
        business_date,
        exposure_type,
        sum(gross_usd) as gross_usd,
        sum(net_usd) as net_usd
    from {{ ref("fct_exposures_daily") }}
    where {{ in_window("business_date") }}
    group by business_date, exposure_type
),

concentration as (
    select
        business_date,
        exposure_type,
        scope_type,
        sum(gross_usd) as gross_usd,
        sum(net_usd) as net_usd
    from {{ ref("fct_concentration_daily") }}
    where {{ in_window("business_date") }}
    group by business_date, exposure_type, scope_type
)

select
    exposures.business_date,
    exposures.exposure_type,
    concentration.scope_type,
    exposures.gross_usd - concentration.gross_usd as gross_usd_difference,
    exposures.net_usd - concentration.net_usd as net_usd_difference
from exposures
left join concentration
    on
        exposures.business_date = concentration.business_date
        and exposures.exposure_type = concentration.exposure_type
where
    not coalesce(
        exposures.gross_usd = concentration.gross_usd
        and exposures.net_usd = concentration.net_usd,
        false
    )
