with venues_ranked as (
    select * from {{ ref("int_best_execution_venues") }}
),

orders as (
    select * from {{ ref("fct_order_execution_quality") }}
),

business_dates as (
    select * from {{ ref("int_business_dates") }}
),

parameters as (
    select * from {{ ref("mifid_parameters") }}
),

venues as (
    select * from {{ ref("iso_market_identifiers") }}
),

entities as (
    select * from {{ ref("int_mifid_lei_versions") }}
),

-- What the year has of data: the report of a bank that started in December is one on December.
covered as (
    select
        year(business_dates.business_date) as reporting_year,
        min(business_dates.business_date) as covered_from,
        max(business_dates.business_date) as covered_to,
        count(*) as business_days
    from business_dates
    where
        business_dates.business_date >= (select min(orders.order_date) from orders)
        and business_dates.business_date <= (select max(orders.order_date) from orders)
    group by year(business_dates.business_date)
),

with_rules as (
    select
        venues_ranked.*,
        covered.covered_from,
        covered.covered_to,
        covered.business_days,
        top_venues.value as top_venues,
        few_trades.value as few_trades_per_day,
        round(
            cast(venues_ranked.class_orders as double) / covered.business_days, 6
        ) as trades_per_business_day
    from venues_ranked
    inner join covered on venues_ranked.reporting_year = covered.reporting_year
    left join parameters as top_venues
        on
            top_venues.parameter_id = 'RTS28.top_venues'
            and covered.covered_to >= top_venues.valid_from
            and covered.covered_to < coalesce(top_venues.valid_to, cast('9999-01-01' as date))
    left join parameters as few_trades
        on
            few_trades.parameter_id = 'RTS28.few_trades_per_day'
            and covered.covered_to >= few_trades.valid_from
            and covered.covered_to < coalesce(few_trades.valid_to, cast('9999-01-01' as date))
),

final as (
    select
        cast(with_rules.reporting_year as int) as reporting_year,
        cast(with_rules.table_number as int) as table_number,
        with_rules.client_category,
        with_rules.rts28_class,
        with_rules.rts28_class_name,
        with_rules.trades_per_business_day,
        with_rules.trades_per_business_day < with_rules.few_trades_per_day as is_below_one_trade,
        cast(with_rules.venue_rank as int) as venue_rank,
        with_rules.venue_id,
        case when with_rules.is_market then 'mic' else 'lei' end as venue_id_type,
        case
            when with_rules.is_market then venues.market_name
            else entities.legal_name
        end as venue_name,
        cast(with_rules.volume_usd as decimal(38, 6)) as volume_usd,
        round(
            cast(with_rules.volume_usd as double) * 100
            / nullif(cast(with_rules.class_volume_usd as double), 0),
            6
        ) as volume_pct,
        cast(with_rules.orders as int) as orders,
        round(
            cast(with_rules.orders as double) * 100 / nullif(with_rules.class_orders, 0), 6
        ) as orders_pct,
        case
            when with_rules.table_number < 3
                then
                    round(
                        cast(with_rules.passive_orders as double) * 100
                        / nullif(with_rules.orders, 0),
                        6
                    )
        end as passive_pct,
        case
            when with_rules.table_number < 3
                then
                    round(
                        cast(with_rules.aggressive_orders as double) * 100
                        / nullif(with_rules.orders, 0),
                        6
                    )
        end as aggressive_pct,
        case
            when with_rules.table_number < 3
                then
                    round(
                        cast(with_rules.directed_orders as double) * 100
                        / nullif(with_rules.orders, 0),
                        6
                    )
        end as directed_pct,
        cast(with_rules.class_volume_usd as decimal(38, 6)) as class_volume_usd,
        cast(with_rules.class_orders as int) as class_orders,
        cast(with_rules.class_fills_without_volume as int) as class_fills_without_volume,
        with_rules.covered_from,
        with_rules.covered_to,
        cast(with_rules.business_days as int) as business_days,
        'internal_analytics' as purpose
    from with_rules
    left join venues on with_rules.is_market and with_rules.venue_id = venues.mic
    left join entities
        on
            not with_rules.is_market
            and with_rules.venue_id = entities.lei
            and with_rules.covered_to >= entities.valid_from
            and with_rules.covered_to < entities.valid_to
    where with_rules.venue_rank <= with_rules.top_venues
)

select * from final
