with checks as (
    select * from {{ ref("fct_limit_checks_daily") }}
),

waivers as (
    select * from {{ ref("limit_waivers") }}
),

escalations as (
    select * from {{ ref("limit_escalations") }}
),

last_dates as (
    select max(business_date) as last_business_date from checks
),

-- A breach is over on the first date on which the value is known to be back within the limit.
limit_dates as (
    select
        limit_id,
        scope_id,
        max(business_date) as last_checked_date,
        max(case when status <> 'missing' then business_date end) as last_known_date
    from checks
    group by limit_id, scope_id
),

over_limit as (
    select
        *,
        row_number() over (partition by breach_id order by business_date desc) as date_rank,
        row_number() over (
            partition by breach_id
            order by case when waiver_id is null then 1 else 0 end, business_date desc
        ) as waiver_rank
    from checks
    where breach_id is not null
),

episodes as (
    select
        breach_id,
        min(business_date) as first_breach_date,
        max(business_date) as last_breach_date,
        max(days_in_breach) as days_in_breach,
        sum(case when status = 'waived' then 1 else 0 end) as days_waived,
        max(current_value) as peak_value,
        max(current_value * 100 / original_limit_value) as peak_utilisation_pct,
        max(case when waiver_rank = 1 then waiver_id end) as waiver_id
    from over_limit
    group by breach_id
),

-- The level reached is the highest one, that of the greatest age.
reached as (
    select
        over_limit.breach_id,
        over_limit.escalation_level,
        row_number() over (
            partition by over_limit.breach_id
            order by over_limit.days_in_breach desc, over_limit.business_date desc
        ) as level_rank
    from over_limit
    where over_limit.escalation_level is not null
),

escalation_names as (
    select distinct
        escalation_level,
        escalate_to
    from escalations
),

final as (
    select
        episodes.breach_id,
        last_checks.limit_id,
        last_checks.limit_type,
        last_checks.metric,
        last_checks.scope_type,
        last_checks.scope_id,
        last_checks.exposure_type,
        last_checks.exposure_key,
        last_checks.unit,
        episodes.first_breach_date,
        episodes.last_breach_date,
        cast(episodes.days_in_breach as int) as days_in_breach,
        cast(episodes.days_waived as int) as days_waived,
        episodes.peak_value,
        episodes.peak_utilisation_pct,
        last_checks.original_limit_value as limit_value,
        episodes.last_breach_date = limit_dates.last_known_date
        and limit_dates.last_checked_date = last_dates.last_business_date as is_open,
        episodes.waiver_id,
        waivers.expires_on as waiver_expires_on,
        waivers.approved_by as waiver_approved_by,
        reached.escalation_level,
        escalation_names.escalate_to
    from episodes
    inner join over_limit as last_checks
        on episodes.breach_id = last_checks.breach_id and last_checks.date_rank = 1
    inner join limit_dates
        on
            last_checks.limit_id = limit_dates.limit_id
            and last_checks.scope_id = limit_dates.scope_id
    cross join last_dates
    left join waivers on episodes.waiver_id = waivers.waiver_id
    left join reached on episodes.breach_id = reached.breach_id and reached.level_rank = 1
    left join escalation_names on reached.escalation_level = escalation_names.escalation_level
)

select * from final
