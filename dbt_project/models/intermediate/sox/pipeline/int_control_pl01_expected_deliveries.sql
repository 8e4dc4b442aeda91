with expected_deliveries as (
    select * from {{ ref("expected_deliveries") }}
),

statement_dates as (
    select as_of_date from {{ ref("int_sox_periods") }}
    where frequency = 'monthly'
),

arrivals as (
    select
        feed,
        delivery_business_date,
        count(case when delivery_status = 'loaded' then 1 end) as files_loaded,
        count(case when delivery_status = 'refused' then 1 end) as files_refused
    from {{ ref("stg_landing__deliveries") }}
    group by feed, delivery_business_date
),

judged as (
    select
        expected_deliveries.feed,
        expected_deliveries.source_system,
        statement_dates.as_of_date,
        coalesce(arrivals.files_loaded, 0) as files_loaded,
        coalesce(arrivals.files_refused, 0) as files_refused
    from expected_deliveries
    inner join statement_dates
        on
            expected_deliveries.valid_from <= statement_dates.as_of_date
            and statement_dates.as_of_date
            < coalesce(expected_deliveries.valid_to, cast('9999-01-01' as date))
    left join arrivals
        on
            expected_deliveries.feed = arrivals.feed
            and statement_dates.as_of_date = arrivals.delivery_business_date
),

final as (
    select
        {{ sox_control_item(
            control_id="PL-01",
            item_id="feed || '|' || cast(as_of_date as string)",
            item_date="as_of_date",
            is_exception="files_loaded = 0",
            reason="case when files_refused > 0 then 'its file was refused and not sent again'"
            ~ " else 'no file arrived' end",
            detail="source_system || ': ' || cast(files_loaded as string) || ' loaded, '"
            ~ " || cast(files_refused as string) || ' refused'",
        ) }}
    from judged
)

select * from final
