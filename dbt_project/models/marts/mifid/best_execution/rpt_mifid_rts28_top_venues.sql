with orders as (
    select * from {{ ref("fct_order_execution_quality") }}
),

fills as (
    select * from {{ ref("int_best_execution_fills") }}
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

executed_orders as (
    select
        year(order_date) as reporting_year,
        case
            when is_sft then 3
            when client_category = 'retail' then 1
            else 2
        end as table_number,
        client_category,
        rts28_class,
        main_venue_id as venue_id,
        liquidity,
        is_directed
    from orders
    where
        fills > 0
        and rts28_class is not null
        and client_category in ('retail', 'professional')
),

executed_fills as (
    select
        year(order_date) as reporting_year,
        case
            when is_sft then 3
            when client_category = 'retail' then 1
            else 2
        end as table_number,
        client_category,
        rts28_class,
        rts28_class_name,
        venue_id,
        venue_mic,
        volume_usd
    from fills
    where
        rts28_class is not null
        and client_category in ('retail', 'professional')
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

venue_orders as (
    select
        reporting_year,
        table_number,
        client_category,
        rts28_class,
        venue_id,
        count(*) as orders,
        count(case when liquidity = 'passive' then 1 end) as passive_orders,
        count(case when liquidity = 'aggressive' then 1 end) as aggressive_orders,
        count(case when is_directed then 1 end) as directed_orders
    from executed_orders
    group by reporting_year, table_number, client_category, rts28_class, venue_id
),

venue_fills as (
    select
        reporting_year,
        table_number,
        client_category,
        rts28_class,
        venue_id,
        max(rts28_class_name) as rts28_class_name,
        max(case when venue_id = venue_mic then 1 else 0 end) = 1 as is_market,
        sum(volume_usd) as volume_usd,
        count(*) - count(volume_usd) as fills_without_volume
    from executed_fills
    group by reporting_year, table_number, client_category, rts28_class, venue_id
),

venues_ranked as (
    select
        venue_fills.*,
        coalesce(venue_orders.orders, 0) as orders,
        coalesce(venue_orders.passive_orders, 0) as passive_orders,
        coalesce(venue_orders.aggressive_orders, 0) as aggressive_orders,
        coalesce(venue_orders.directed_orders, 0) as directed_orders,
        sum(venue_fills.volume_usd) over (
            partition by
                venue_fills.reporting_year,
                venue_fills.table_number,
                venue_fills.client_category,
                venue_fills.rts28_class
        ) as class_volume_usd,
        sum(venue_fills.fills_without_volume) over (
            partition by
                venue_fills.reporting_year,
                venue_fills.table_number,
                venue_fills.client_category,
                venue_fills.rts28_class
        ) as class_fills_without_volume,
        sum(coalesce(venue_orders.orders, 0)) over (
            partition by
                venue_fills.reporting_year,
                venue_fills.table_number,
                venue_fills.client_category,
                venue_fills.rts28_class
        ) as class_orders,
        row_number() over (
            partition by
                venue_fills.reporting_year,
                venue_fills.table_number,
                venue_fills.client_category,
                venue_fills.rts28_class
            order by coalesce(venue_fills.volume_usd, 0) desc, venue_fills.venue_id asc
        ) as venue_rank
    from venue_fills
    left join venue_orders
        on
            venue_fills.reporting_year = venue_orders.reporting_year
            and venue_fills.table_number = venue_orders.table_number
            and venue_fills.client_category = venue_orders.client_category
            and venue_fills.rts28_class = venue_orders.rts28_class
            and venue_fills.venue_id = venue_orders.venue_id
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
