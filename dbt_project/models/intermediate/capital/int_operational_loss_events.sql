-- Net loss of every event in euro at the rate of the day it was accounted for; an event that was
-- reported again under another number points to the first report.
with events as (
    select * from {{ ref("stg_ledger__loss_events") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

euro_rates as (
    select
        business_date,
        fx_rate_usd as usd_per_eur
    from fx_rates
    where currency = 'EUR'
),

rate_days as (
    select
        events.event_id,
        max(case when fx_rates.business_date <= events.accounted_on then fx_rates.business_date end)
            as last_date,
        min(fx_rates.business_date) as first_date
    from events
    inner join fx_rates on events.currency = fx_rates.currency
    inner join euro_rates on fx_rates.business_date = euro_rates.business_date
    group by events.event_id
),

reports as (
    select
        event_id,
        first_value(event_id) over (
            partition by
                occurred_on,
                discovered_on,
                event_type,
                business_line,
                currency,
                gross_loss_amount,
                recovery_amount
            order by accounted_on, event_id
        ) as first_event_id
    from events
),

converted as (
    select
        events.event_id,
        events.occurred_on,
        events.discovered_on,
        events.accounted_on,
        cast(extract(year from events.accounted_on) as int) as loss_year,
        events.event_type,
        events.business_line,
        events.currency,
        events.gross_loss_amount,
        events.recovery_amount,
        rate_days.last_date is null as is_fx_rate_proxied,
        fx_rates.fx_rate_usd / euro_rates.usd_per_eur as fx_rate_eur,
        case when reports.first_event_id <> events.event_id then reports.first_event_id end
            as repeats_event_id,
        events.delivery_id,
        events.delivery_line
    from events
    inner join reports on events.event_id = reports.event_id
    inner join rate_days on events.event_id = rate_days.event_id
    inner join fx_rates
        on
            events.currency = fx_rates.currency
            and coalesce(rate_days.last_date, rate_days.first_date) = fx_rates.business_date
    inner join euro_rates on fx_rates.business_date = euro_rates.business_date
),

final as (
    select
        *,
        {{ money("cast(gross_loss_amount - recovery_amount as double) * fx_rate_eur") }}
            as net_loss_eur,
        repeats_event_id is not null as is_repeated
    from converted
)

select * from final
