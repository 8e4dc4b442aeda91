-- How long a limit has been in breach depends on every date before, so the table is made whole.
with measured as (
    select * from {{ ref("int_limit_values_daily") }}
),

waivers as (
    select * from {{ ref("limit_waivers") }}
),

escalations as (
    select * from {{ ref("limit_escalations") }}
),

waivers_in_force as (
    select
        measured.*,
        waivers.waiver_id,
        cast(waivers.waived_limit_value as double) as waived_limit_value,
        row_number() over (
            partition by
                measured.business_date,
                measured.limit_id,
                measured.scope_id,
                measured.exposure_key
            order by waivers.granted_on desc, waivers.waiver_id asc
        ) as recency
    from measured
    left join waivers
        on
            measured.limit_id = waivers.limit_id
            and coalesce(waivers.exposure_key, measured.exposure_key, '')
            = coalesce(measured.exposure_key, '')
            and measured.business_date >= waivers.granted_on
            and measured.business_date <= waivers.expires_on
),

with_limit_value as (
    select
        *,
        coalesce(waived_limit_value, original_limit_value) as limit_value
    from waivers_in_force
    where recency = 1
),

judged as (
    select
        *,
        current_value * 100 / limit_value as utilisation_pct,
        case
            when current_value is null then 'missing'
            when current_value > limit_value then 'breach'
            when current_value > original_limit_value then 'waived'
            when current_value * 100 >= limit_value * warning_pct then 'warning'
            else 'within'
        end as status
    from with_limit_value
),

-- Dates on which the value is not known neither end a breach nor age it.
known as (
    select
        *,
        dense_rank() over (
            partition by limit_id, scope_id
            order by business_date
        ) as date_number
    from judged
    where status <> 'missing'
),

over_limit as (
    select
        *,
        date_number - row_number() over (
            partition by limit_id, scope_id, exposure_key
            order by business_date
        ) as island
    from known
    where status in ('breach', 'waived')
),

aged as (
    select
        business_date,
        limit_id,
        scope_id,
        exposure_key,
        min(business_date) over (
            partition by limit_id, scope_id, exposure_key, island
        ) as first_breach_date,
        sum(case when status = 'breach' then 1 else 0 end) over (
            partition by limit_id, scope_id, exposure_key, island
            order by business_date
            rows between unbounded preceding and current row
        ) as days_in_breach
    from over_limit
),

with_age as (
    select
        judged.*,
        aged.first_breach_date,
        coalesce(aged.days_in_breach, 0) as days_in_breach
    from judged
    left join aged
        on
            judged.business_date = aged.business_date
            and judged.limit_id = aged.limit_id
            and judged.scope_id = aged.scope_id
            and coalesce(judged.exposure_key, '') = coalesce(aged.exposure_key, '')
),

with_escalation as (
    select
        with_age.*,
        escalations.escalation_level,
        row_number() over (
            partition by
                with_age.business_date,
                with_age.limit_id,
                with_age.scope_id,
                with_age.exposure_key
            order by escalations.min_days_in_breach desc
        ) as age_rank
    from with_age
    left join escalations
        on
            with_age.status = 'breach'
            and with_age.days_in_breach >= escalations.min_days_in_breach
            and with_age.business_date >= escalations.valid_from
            and with_age.business_date < escalations.valid_to
),

final as (
    select
        business_date,
        limit_id,
        limit_type,
        metric,
        scope_type,
        scope_id,
        exposure_type,
        exposure_key,
        unit,
        current_value,
        limit_value,
        original_limit_value,
        cast(warning_pct as double) as warning_pct,
        utilisation_pct,
        status,
        case
            when status = 'breach' then 'high'
            when status in ('warning', 'missing') then 'medium'
            else 'info'
        end as severity,
        waiver_id is not null as is_waived,
        waiver_id,
        case
            when first_breach_date is not null
                then
                    limit_id || '|' || scope_id || '|' || coalesce(exposure_key, '') || '|'
                    || cast(first_breach_date as string)
        end as breach_id,
        cast(days_in_breach as int) as days_in_breach,
        escalation_level,
        case
            when status = 'missing' then 'The metric has no value on this date.'
            when not is_matched then 'Nothing of this kind is held on this date.'
            when measured_on < business_date
                then 'Measured on ' || cast(measured_on as string) || '.'
        end as note
    from with_escalation
    where age_rank = 1
)

select * from final
