with trades as (
    select * from {{ ref("stg_trading__trades") }}
),

calendar_dates as (
    select * from {{ ref("int_calendar_dates") }}
),

versions_ranked as (
    select
        *,
        row_number() over (partition by trade_id order by version desc) as recency,
        count(*) over (partition by trade_id) as version_count,
        sum(quantity) over (partition by trade_id) as quantity_of_versions
    from trades
),

final as (
    select
        versions_ranked.trade_id,
        versions_ranked.version,
        versions_ranked.version_count,
        cast(versions_ranked.quantity_of_versions as decimal(38, 4)) as quantity_of_versions,
        versions_ranked.action = 'cancel' as is_cancelled,
        versions_ranked.product_type,
        versions_ranked.executed_at,
        versions_ranked.trade_date,
        calendar_dates.settlement_date as business_date,
        versions_ranked.portfolio_id,
        versions_ranked.trader_id,
        versions_ranked.counterparty_lei,
        case versions_ranked.product_type
            when 'fx_forward' then 'FW:' || versions_ranked.trade_id
            when 'interest_rate_swap' then 'SW:' || versions_ranked.trade_id
            else versions_ranked.instrument_id
        end as instrument_id,
        versions_ranked.side,
        versions_ranked.quantity,
        case versions_ranked.side
            when 'buy' then versions_ranked.quantity
            else -versions_ranked.quantity
        end as signed_quantity,
        versions_ranked.price,
        versions_ranked.currency,
        versions_ranked.contract_base_currency,
        versions_ranked.contract_start_date,
        versions_ranked.contract_maturity_date,
        versions_ranked.delivery_id,
        versions_ranked.delivery_line
    from versions_ranked
    inner join calendar_dates on versions_ranked.trade_date = calendar_dates.calendar_date
    where versions_ranked.recency = 1
)

select * from final
