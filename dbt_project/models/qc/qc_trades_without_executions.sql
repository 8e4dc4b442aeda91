with trades as (
    select * from {{ ref("fct_trades") }}
),

executions as (
    select * from {{ ref("stg_execution__executions") }}
),

executions_ranked as (
    select
        *,
        row_number() over (partition by execution_id order by version desc) as recency
    from executions
),

-- Trades from before the first delivery of executions have none here.
execution_dates as (
    select
        min(delivery_business_date) as first_date,
        max(delivery_business_date) as last_date
    from executions
),

executed as (
    select
        trade_id,
        count(*) as executions,
        sum(quantity) as executed_quantity
    from executions_ranked
    where recency = 1 and action <> 'cancel' and trade_id is not null
    group by trade_id
),

trades_compared as (
    select
        trades.trade_id,
        trades.trade_date,
        trades.portfolio_id,
        trades.trader_id,
        trades.instrument_id,
        trades.product_type,
        trades.is_cancelled,
        case when trades.is_cancelled then 0 else trades.quantity end as trade_quantity,
        coalesce(executed.executions, 0) as executions,
        coalesce(executed.executed_quantity, 0) as executed_quantity
    from trades
    inner join execution_dates
        on
            trades.trade_date >= execution_dates.first_date
            and trades.trade_date <= execution_dates.last_date
    left join executed on trades.trade_id = executed.trade_id
),

final as (
    select
        trade_id,
        trade_date,
        portfolio_id,
        trader_id,
        instrument_id,
        product_type,
        is_cancelled,
        cast(trade_quantity as decimal(38, 4)) as trade_quantity,
        executions,
        cast(executed_quantity as decimal(38, 4)) as executed_quantity,
        cast(trade_quantity - executed_quantity as decimal(38, 4)) as quantity_difference
    from trades_compared
    where trade_quantity <> executed_quantity
)

select * from final
