-- Half-yearly periods counted back from maturity; the first one may be short. Both legs pay at the
-- end of a period, the floating leg at the 6-month par yield of its first day.
with instruments as (
    select *
    from {{ ref("int_instruments") }}
    where instrument_type = 'interest_rate_swap'
),

calendar_dates as (
    select * from {{ ref("int_calendar_dates") }}
),

par_yields as (
    select *
    from {{ ref("int_par_yields_daily") }}
    where tenor = '6 Mo'
),

period_numbers as (
    {{ number_series(0, 119, "period_number") }}
),

rolled_back as (
    select
        instruments.instrument_id,
        instruments.start_date,
        instruments.fixed_rate_pct,
        {{ add_months("instruments.maturity_date", "-6 * period_numbers.period_number") }}
            as payment_date,
        {{ add_months("instruments.maturity_date", "-6 * (period_numbers.period_number + 1)") }}
            as regular_start_date
    from instruments
    cross join period_numbers
),

periods as (
    select
        instrument_id,
        fixed_rate_pct,
        payment_date,
        regular_start_date,
        greatest(regular_start_date, start_date) as period_start_date
    from rolled_back
    where payment_date > start_date
),

-- 30E/360, as ISDA 2006, 4.16(g): a regular half-year is one half.
accrued as (
    select
        *,
        case
            when period_start_date = regular_start_date then cast(0.5 as double)
            else (
                360 * (year(payment_date) - year(period_start_date))
                + 30 * (month(payment_date) - month(period_start_date))
                + least(day(payment_date), 30) - least(day(period_start_date), 30)
            ) / cast(360 as double)
        end as accrual_fraction
    from periods
),

final as (
    select
        accrued.instrument_id,
        accrued.period_start_date,
        period_starts.fixing_date,
        accrued.payment_date,
        period_ends.settlement_date,
        accrued.accrual_fraction,
        accrued.fixed_rate_pct,
        par_yields.par_yield_pct as fixing_rate_pct,
        (par_yields.par_yield_pct - accrued.fixed_rate_pct) / 100 * accrued.accrual_fraction
            as settlement_per_unit
    from accrued
    inner join calendar_dates as period_starts
        on accrued.period_start_date = period_starts.calendar_date
    inner join calendar_dates as period_ends
        on accrued.payment_date = period_ends.calendar_date
    left join par_yields on period_starts.fixing_date = par_yields.business_date
)

select * from final
