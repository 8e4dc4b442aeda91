-- Charges by formula, contributions and the reported capital are three ways to the same figure.
with by_formula as (
    select
        reporting_date,
        scenario,
        risk_class,
        max(class_charge_usd) as charge_usd,
        sum(contribution_usd) as contributions_usd
    from {{ ref("int_sbm_delta_contributions") }}
    group by reporting_date, scenario, risk_class
),

reported as (
    select
        reporting_date,
        sum(rwa_usd) as rwa_usd
    from {{ ref("fct_market_risk_capital") }}
    where is_headline
    group by reporting_date
),

contributed as (
    select
        reporting_date,
        sum(amount) as amount
    from {{ ref("int_contributions_market") }}
    group by reporting_date
)

select
    reporting_date,
    scenario,
    risk_class,
    charge_usd as expected_usd,
    contributions_usd as found_usd
from by_formula
where abs(charge_usd - contributions_usd) > 0.01

union all

select
    reported.reporting_date,
    cast(null as string) as scenario,
    'all' as risk_class,
    reported.rwa_usd as expected_usd,
    contributed.amount as found_usd
from reported
left join contributed on reported.reporting_date = contributed.reporting_date
where reported.rwa_usd <> coalesce(contributed.amount, 0)
