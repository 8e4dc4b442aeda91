with trades as (
    select * from {{ ref("int_trades_latest") }}
),

portfolios as (
    select * from {{ ref("stg_reference__portfolios") }}
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

valued as (
    select
        trades.*,
        portfolios.desk_id,
        instruments.is_over_the_counter,
        fx_rates.fx_rate_usd,
        -- A swap's notional is its quantity; every other contract's is what it would cost at its
        -- own price.
        case
            when trades.product_type = 'interest_rate_swap'
                then {{ money("trades.quantity") }}
            else {{ money(
                "cast(trades.quantity as double) * cast(trades.price as double)"
                ~ " * instruments.contract_multiplier"
            ) }}
        end as notional_local
    from trades
    inner join portfolios on trades.portfolio_id = portfolios.portfolio_id
    inner join instruments on trades.instrument_id = instruments.instrument_id
    left join fx_rates
        on
            trades.business_date = fx_rates.business_date
            and trades.currency = fx_rates.currency
),

final as (
    select
        trade_id,
        version,
        version_count,
        quantity_of_versions,
        is_cancelled,
        product_type,
        executed_at,
        trade_date,
        business_date,
        portfolio_id,
        desk_id,
        trader_id,
        counterparty_lei,
        instrument_id,
        is_over_the_counter,
        side,
        quantity,
        price,
        currency,
        notional_local,
        {{ money("cast(notional_local as double) * fx_rate_usd") }} as notional_usd,
        contract_base_currency,
        contract_start_date,
        contract_maturity_date,
        delivery_id,
        delivery_line
    from valued
)

select * from final
