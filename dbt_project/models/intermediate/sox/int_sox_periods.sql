{%- set spans = {"monthly": "month_id", "quarterly": "quarter_id"} -%}
with balances as (
    select * from {{ ref("stg_ledger__gl_balances") }}
),

calendar_dates as (
    select
        calendar_date,
        is_business_day,
        substring(cast(calendar_date as string), 1, 7) as month_id,
        substring(cast(calendar_date as string), 1, 4)
        || '-Q' || cast(quarter(calendar_date) as string) as quarter_id
    from {{ ref("int_calendar_dates") }}
),

-- The first statement opens the books; what is tested is what happened after it.
known as (
    select
        min(as_of_date) as opened_on,
        max(as_of_date) as known_until
    from balances
),

spans as (
    {% for frequency, period in spans.items() %}
        select
            {{ period }} as period_id,
            '{{ frequency }}' as frequency,
            max(quarter_id) as quarter_id,
            min(calendar_date) as starts_on,
            max(calendar_date) as ends_on,
            max(case when is_business_day then calendar_date end) as last_business_date
        from calendar_dates
        group by {{ period }}
        {{ "union all" if not loop.last }}
    {% endfor %}
),

periods as (
    select
        spans.*,
        known.known_until,
        least(spans.last_business_date, known.known_until) as as_of_date,
        spans.last_business_date <= known.known_until as is_closed
    from spans
    inner join known
        on spans.starts_on > known.opened_on and spans.starts_on <= known.known_until
),

final as (
    select
        period_id,
        frequency,
        quarter_id,
        starts_on,
        ends_on,
        as_of_date,
        is_closed,
        is_closed
        and ends_on = max(case when is_closed then ends_on end) over (
            partition by frequency
        ) as is_latest_closed,
        known_until
    from periods
)

select * from final
