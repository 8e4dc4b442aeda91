with checks as (
    select *
    from {{ ref("fct_limit_checks_daily") }}
    where status <> 'within'
),

waivers as (
    select * from {{ ref("limit_waivers") }}
),

escalations as (
    select distinct
        escalation_level,
        escalate_to
    from {{ ref("limit_escalations") }}
),

in_words as (
    select
        checks.*,
        case checks.unit
            when 'USD'
                then
                    'USD ' || cast(cast(checks.current_value / 1000000 as decimal(18, 3)) as string)
                    || ' million'
            else cast(cast(checks.current_value as decimal(18, 4)) as string)
        end as value_text,
        case checks.unit
            when 'USD'
                then
                    'USD ' || cast(cast(checks.limit_value / 1000000 as decimal(18, 3)) as string)
                    || ' million'
            else cast(cast(checks.limit_value as decimal(18, 4)) as string)
        end as limit_text,
        checks.metric || ' of ' || checks.scope_type || ' ' || checks.scope_id
        || case
            when checks.exposure_key is not null
                then ', ' || checks.exposure_type || ' ' || checks.exposure_key
            when checks.exposure_type is not null then ', by ' || checks.exposure_type
            else ''
        end as subject_text,
        waivers.expires_on,
        waivers.approved_by,
        escalations.escalate_to
    from checks
    left join waivers on checks.waiver_id = waivers.waiver_id
    left join escalations on checks.escalation_level = escalations.escalation_level
),

final as (
    select
        business_date,
        case status
            when 'warning' then 'limit_warning'
            when 'missing' then 'limit_missing'
            else 'limit_breach'
        end as alert_type,
        limit_id,
        limit_type,
        scope_type,
        scope_id,
        exposure_key,
        current_value,
        limit_value,
        utilisation_pct,
        severity,
        case status
            when 'missing'
                then
                    subject_text || ' has no value, so the limit of ' || limit_text
                    || ' could not be checked.'
            else
                subject_text || ' is ' || value_text || ', '
                || cast(cast(utilisation_pct as decimal(18, 1)) as string) || ' % of the limit of '
                || limit_text
                || case status
                    when 'breach'
                        then
                            ', day ' || cast(days_in_breach as string) || ' in breach, for the '
                            || coalesce(escalate_to, 'limit''s owner') || '.'
                    when 'waived'
                        then
                            ' that ' || approved_by || ' has waived until '
                            || cast(expires_on as string) || '.'
                    else '.'
                end
        end as message
    from in_words
)

select * from final
