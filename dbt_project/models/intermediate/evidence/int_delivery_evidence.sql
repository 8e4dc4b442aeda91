with basel_dates as (
    select
        *,
        coalesce(
            previous_reporting_date, {{ add_months("reporting_date", -1) }}
        ) as previous_date
    from {{ ref("int_basel_dates") }}
),

deliveries as (
    select
        *,
        row_number() over (
            partition by feed, delivery_business_date, delivery_status
            order by load_sequence
        ) as attempt
    from {{ ref("stg_landing__deliveries") }}
),

expected_deliveries as (
    select * from {{ ref("expected_deliveries") }}
),

-- A file sent again replaces one that was on time.
arrived as (
    select
        basel_dates.reporting_date,
        deliveries.source_system,
        deliveries.rows_read,
        deliveries.rows_loaded,
        deliveries.rows_quarantined,
        deliveries.rows_duplicate,
        deliveries.is_late,
        deliveries.delivery_status = 'loaded' and deliveries.attempt = 1 as is_first,
        {{ hours_between(
            "cast(deliveries.delivery_business_date as timestamp)", "deliveries.arrived_at"
        ) }} - 24 as elapsed_hours,
        {{ iso_weekday("deliveries.delivery_business_date") }} as business_weekday,
        {{ days_between(
            "deliveries.delivery_business_date", "cast(deliveries.arrived_at as date)"
        ) }} as days_passed
    from basel_dates
    inner join deliveries
        on
            basel_dates.previous_date < deliveries.delivery_business_date
            and basel_dates.reporting_date >= deliveries.delivery_business_date
),

-- How long after the end of its business date a file arrived. Saturdays and Sundays that passed
-- meanwhile do not count: the first term counts the ones, the second the others.
measured as (
    select
        *,
        elapsed_hours - 24 * (
            floor((business_weekday + days_passed) / 7.0)
            - floor((business_weekday + 1) / 7.0)
            + floor((business_weekday + days_passed - 1) / 7.0)
            - floor(business_weekday / 7.0)
        ) as hours_to_landing
    from arrived
),

landed as (
    select
        reporting_date,
        source_system,
        count(case when is_first then 1 end) as deliveries,
        count(case when is_first and is_late then 1 end) as late_deliveries,
        max(case when is_first then hours_to_landing end) as longest_hours_to_landing,
        sum(rows_read) as rows_read,
        sum(rows_loaded) as rows_loaded,
        sum(rows_quarantined) as rows_quarantined,
        sum(rows_duplicate) as rows_duplicate
    from measured
    group by reporting_date, source_system
),

received as (
    select distinct
        feed,
        delivery_business_date
    from deliveries
    where delivery_status = 'loaded'
),

expected as (
    select
        basel_dates.reporting_date,
        expected_deliveries.source_system,
        count(*) as expected_deliveries,
        count(received.feed) as received_deliveries,
        min(case when received.feed is null then expected_deliveries.feed end)
            as first_missing_feed
    from basel_dates
    inner join expected_deliveries
        on
            basel_dates.reporting_date >= expected_deliveries.valid_from
            and (
                expected_deliveries.valid_to is null
                or basel_dates.reporting_date < expected_deliveries.valid_to
            )
    left join received
        on
            basel_dates.reporting_date = received.delivery_business_date
            and expected_deliveries.feed = received.feed
    group by basel_dates.reporting_date, expected_deliveries.source_system
),

systems as (
    select
        reporting_date,
        source_system
    from landed
    union distinct
    select
        reporting_date,
        source_system
    from expected
),

final as (
    select
        systems.reporting_date,
        systems.source_system,
        cast(coalesce(landed.deliveries, 0) as int) as deliveries,
        cast(coalesce(landed.late_deliveries, 0) as int) as late_deliveries,
        cast(landed.longest_hours_to_landing as double) as longest_hours_to_landing,
        cast(coalesce(landed.rows_read, 0) as bigint) as rows_read,
        cast(coalesce(landed.rows_loaded, 0) as bigint) as rows_loaded,
        cast(coalesce(landed.rows_quarantined, 0) as bigint) as rows_quarantined,
        cast(coalesce(landed.rows_duplicate, 0) as bigint) as rows_duplicate,
        cast(coalesce(expected.expected_deliveries, 0) as int) as expected_deliveries,
        cast(coalesce(expected.received_deliveries, 0) as int) as received_deliveries,
        expected.first_missing_feed
    from systems
    left join landed
        on
            systems.reporting_date = landed.reporting_date
            and systems.source_system = landed.source_system
    left join expected
        on
            systems.reporting_date = expected.reporting_date
            and systems.source_system = expected.source_system
)

select * from final
