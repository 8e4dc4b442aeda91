with checks as (
    select distinct
        business_date,
        limit_id
    from {{ ref("fct_limit_checks_daily") }}
)

select
    business_dates.business_date,
    limits.limit_id
from {{ ref("int_business_dates") }} as business_dates
inner join {{ ref("limits") }} as limits
    on
        business_dates.business_date >= limits.valid_from
        and business_dates.business_date < limits.valid_to
left join checks
    on
        business_dates.business_date = checks.business_date
        and limits.limit_id = checks.limit_id
where business_dates.is_book_date and checks.limit_id is null
