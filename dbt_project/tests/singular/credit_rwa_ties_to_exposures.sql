with exposures as (
    select
        reporting_date,
        sum(rwa_usd) as rwa_usd
    from {{ ref("fct_credit_exposures") }}
    group by reporting_date
),

contributions as (
    select
        reporting_date,
        sum(amount) as rwa_usd
    from {{ ref("int_contributions_credit") }}
    where measure = 'rwa'
    group by reporting_date
)

select
    coalesce(exposures.reporting_date, contributions.reporting_date) as reporting_date,
    exposures.rwa_usd,
    contributions.rwa_usd as contributed_rwa_usd
from exposures
full outer join contributions on exposures.reporting_date = contributions.reporting_date
where
    exposures.rwa_usd is null
    or contributions.rwa_usd is null
    or exposures.rwa_usd <> contributions.rwa_usd
