-- What must agree for a day's files: what landing wrote down, what lies in the raw table, and what
-- of it, corrections taken, is in the mart.
with deliveries as (
    select * from {{ ref("stg_landing__deliveries") }}
    where delivery_status = 'loaded' and feed in ('trades', 'payments')
),

landed as (
    select * from {{ ref("stg_landing__landed_rows") }}
),

standing_payments as (
    select
        delivery_business_date,
        count(*) as row_count,
        sum(amount) as amount
    from {{ ref("stg_banking__payments") }}
    group by delivery_business_date
),

ranked_trades as (
    select
        delivery_business_date,
        row_number() over (partition by trade_id order by version desc) as recency,
        count(*) over (partition by trade_id) as version_count,
        sum(quantity) over (partition by trade_id) as quantity_of_versions
    from {{ ref("stg_trading__trades") }}
),

-- All versions of a trade count on the day of its last.
standing as (
    select
        'payments' as feed,
        delivery_business_date,
        row_count,
        amount
    from standing_payments
    union all
    select
        'trades' as feed,
        delivery_business_date,
        sum(version_count) as row_count,
        sum(quantity_of_versions) as amount
    from ranked_trades
    where recency = 1
    group by delivery_business_date
),

written_down as (
    select
        feed,
        delivery_business_date,
        sum(rows_loaded) as rows_loaded,
        sum(sum_loaded) as sum_loaded
    from deliveries
    group by feed, delivery_business_date
),

delivery_dates as (
    select distinct
        delivery_id,
        feed,
        delivery_business_date
    from deliveries
),

in_mart as (
    select
        'payments' as feed,
        delivery_id,
        count(*) as row_count,
        sum(amount) as amount
    from {{ ref("fct_payments") }}
    group by delivery_id
    union all
    select
        'trades' as feed,
        delivery_id,
        sum(version_count) as row_count,
        sum(quantity_of_versions) as amount
    from {{ ref("fct_trades") }}
    group by delivery_id
),

in_mart_by_date as (
    select
        in_mart.feed,
        delivery_dates.delivery_business_date,
        sum(in_mart.row_count) as row_count,
        sum(in_mart.amount) as amount
    from in_mart
    inner join delivery_dates
        on in_mart.feed = delivery_dates.feed and in_mart.delivery_id = delivery_dates.delivery_id
    group by in_mart.feed, delivery_dates.delivery_business_date
),

compared as (
    select
        written_down.feed,
        written_down.delivery_business_date,
        written_down.rows_loaded,
        coalesce(landed.row_count, 0) as rows_landed,
        coalesce(standing.row_count, 0) as rows_standing,
        coalesce(in_mart_by_date.row_count, 0) as rows_in_mart,
        coalesce(written_down.sum_loaded, 0) - coalesce(landed.amount, 0) as sum_not_landed,
        coalesce(standing.amount, 0) - coalesce(in_mart_by_date.amount, 0) as sum_not_in_mart
    from written_down
    left join landed
        on
            written_down.feed = landed.feed
            and written_down.delivery_business_date = landed.delivery_business_date
    left join standing
        on
            written_down.feed = standing.feed
            and written_down.delivery_business_date = standing.delivery_business_date
    left join in_mart_by_date
        on
            written_down.feed = in_mart_by_date.feed
            and written_down.delivery_business_date = in_mart_by_date.delivery_business_date
),

judged as (
    select
        *,
        rows_loaded <> rows_landed
        or rows_standing <> rows_in_mart
        or sum_not_landed <> 0
        or sum_not_in_mart <> 0 as is_exception
    from compared
),

final as (
    select
        {{ sox_control_item(
            control_id="PL-04",
            item_id="feed || '|' || cast(delivery_business_date as string)",
            item_date="delivery_business_date",
            is_exception="is_exception",
            reason="cast(rows_loaded - rows_landed as string) || ' loaded rows have not landed, '"
            ~ " || cast(rows_standing - rows_in_mart as string) || ' standing rows are not in the mart;"
            ~ " amounts differ by ' || cast(sum_not_landed as string) || ' and '"
            ~ " || cast(sum_not_in_mart as string)",
            detail="cast(rows_loaded as string) || ' rows loaded, ' || cast(rows_in_mart as string)"
            ~ " || ' in the mart'",
        ) }}
    from judged
)

select * from final
