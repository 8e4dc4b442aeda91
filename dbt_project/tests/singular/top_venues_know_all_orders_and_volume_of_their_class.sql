-- Orders and volumes of clients straight from the orders: no class is missing in the report, and
-- none is larger or smaller there.
with reported as (
    select
        reporting_year,
        client_category,
        rts28_class,
        sum(orders) as orders_of_top_venues,
        sum(volume_usd) as volume_of_top_venues_usd
    from {{ ref("rpt_mifid_rts28_top_venues") }}
    group by reporting_year, client_category, rts28_class
),

classes as (
    select
        reporting_year,
        client_category,
        rts28_class,
        sum(class_orders) as class_orders,
        sum(class_volume_usd) as class_volume_usd
    from {{ ref("rpt_mifid_rts28_top_venues") }}
    where venue_rank = 1
    group by reporting_year, client_category, rts28_class
),

ordered as (
    select
        year(order_date) as reporting_year,
        client_category,
        rts28_class,
        count(*) as orders,
        sum(volume_usd) as volume_usd
    from {{ ref("fct_order_execution_quality") }}
    where
        fills > 0
        and rts28_class is not null
        and client_category in ('retail', 'professional')
    group by year(order_date), client_category, rts28_class
)

select
    ordered.*,
    classes.class_orders,
    classes.class_volume_usd,
    reported.orders_of_top_venues,
    reported.volume_of_top_venues_usd
from ordered
full join classes
    on
        ordered.reporting_year = classes.reporting_year
        and ordered.client_category = classes.client_category
        and ordered.rts28_class = classes.rts28_class
left join reported
    on
        classes.reporting_year = reported.reporting_year
        and classes.client_category = reported.client_category
        and classes.rts28_class = reported.rts28_class
where
    ordered.orders is null
    or classes.class_orders is null
    or ordered.orders <> classes.class_orders
    or coalesce(ordered.volume_usd, 0) <> coalesce(classes.class_volume_usd, 0)
    or reported.orders_of_top_venues > classes.class_orders
    or reported.volume_of_top_venues_usd > classes.class_volume_usd
