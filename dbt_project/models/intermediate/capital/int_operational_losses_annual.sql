-- Every closed year of the window has a row, also one without a loss: it counts in the mean.
with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

events as (
    select * from {{ ref("int_operational_loss_events") }}
),

offsets as (
    {{ number_series(1, 30, "years_back") }}
),

rules as (
    select
        reporting_date,
        max(case when rule_id = 'OPE25.loss_component.years' then value end) as window_years,
        max(case when rule_id = 'OPE25.loss_component.threshold' then value end) as threshold_eur
    from parameters
    where rule_group = 'OPE25.loss_component'
    group by reporting_date
),

bounds as (
    select min(loss_year) as first_loss_year
    from events
),

loss_years as (
    select
        basel_dates.reporting_date,
        cast(extract(year from basel_dates.reporting_date) as int) - offsets.years_back
            as loss_year,
        rules.threshold_eur
    from basel_dates
    inner join rules on basel_dates.reporting_date = rules.reporting_date
    inner join offsets on rules.window_years >= offsets.years_back
    cross join bounds
    where
        cast(extract(year from basel_dates.reporting_date) as int) - offsets.years_back
        >= bounds.first_loss_year
),

judged as (
    select
        loss_years.reporting_date,
        loss_years.loss_year,
        loss_years.threshold_eur,
        events.event_id,
        events.net_loss_eur,
        coalesce(events.is_repeated, false) as is_repeated,
        coalesce(events.net_loss_eur >= {{ money("loss_years.threshold_eur") }}, false)
            as is_above_threshold
    from loss_years
    left join events on loss_years.loss_year = events.loss_year
),

final as (
    select
        reporting_date,
        loss_year,
        threshold_eur,
        count(event_id) as reported_events,
        count(case when is_repeated then event_id end) as repeated_events,
        count(case when is_above_threshold and not is_repeated then event_id end)
            as counted_events,
        {{ money(
            "sum(case when is_above_threshold and not is_repeated then net_loss_eur else 0 end)"
        ) }} as net_loss_eur,
        {{ money(
            "sum(case when is_above_threshold or is_repeated or net_loss_eur is null then 0"
            ~ " else net_loss_eur end)"
        ) }} as below_threshold_eur
    from judged
    group by reporting_date, loss_year, threshold_eur
)

select * from final
