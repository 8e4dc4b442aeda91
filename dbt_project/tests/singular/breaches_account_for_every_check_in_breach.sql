with checks as (
    select
        breach_id,
        sum(case when status = 'breach' then 1 else 0 end) as days_in_breach,
        sum(case when status = 'waived' then 1 else 0 end) as days_waived,
        min(business_date) as first_breach_date,
        max(business_date) as last_breach_date
    from {{ ref("fct_limit_checks_daily") }}
    where status in ('breach', 'waived')
    group by breach_id
)

select
    coalesce(checks.breach_id, breaches.breach_id) as breach_id,
    checks.days_in_breach as checks_in_breach,
    breaches.days_in_breach
from checks
full outer join {{ ref("fct_limit_breaches") }} as breaches
    on checks.breach_id = breaches.breach_id
where
    not coalesce(
        checks.days_in_breach = breaches.days_in_breach
        and checks.days_waived = breaches.days_waived
        and checks.first_breach_date = breaches.first_breach_date
        and checks.last_breach_date = breaches.last_breach_date,
        false
    )
