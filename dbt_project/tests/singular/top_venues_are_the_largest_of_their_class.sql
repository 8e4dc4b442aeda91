-- Volumes straight from the fills: no venue that is left out has more than one that is listed.
with fills as (
    select
        year(orders.order_date) as reporting_year,
        case
            when orders.is_sft then 3
            when orders.client_category = 'retail' then 1
            else 2
        end as table_number,
        orders.client_category,
        orders.rts28_class,
        fills.venue_id,
        coalesce(sum(fills.volume_usd), 0) as volume_usd
    from {{ ref("int_best_execution_fills") }} as fills
    inner join {{ ref("fct_order_execution_quality") }} as orders
        on fills.order_id = orders.order_id
    where
        orders.rts28_class is not null
        and orders.client_category in ('retail', 'professional')
    group by
        year(orders.order_date),
        table_number,
        orders.client_category,
        orders.rts28_class,
        fills.venue_id
),

judged as (
    select
        fills.*,
        listed.venue_rank,
        min(case when listed.venue_rank is not null then fills.volume_usd end) over (
            partition by
                fills.reporting_year,
                fills.table_number,
                fills.client_category,
                fills.rts28_class
        ) as least_listed_volume_usd
    from fills
    left join {{ ref("rpt_mifid_rts28_top_venues") }} as listed
        on
            fills.reporting_year = listed.reporting_year
            and fills.table_number = listed.table_number
            and fills.client_category = listed.client_category
            and fills.rts28_class = listed.rts28_class
            and fills.venue_id = listed.venue_id
)

select *
from judged
where
    venue_rank is null
    and (least_listed_volume_usd is null or volume_usd > least_listed_volume_usd)
