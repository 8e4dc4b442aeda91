with transaction_risk as (
    select *
    from {{ ref("fct_transaction_risk") }}
    where is_market_risk_missing
),

final as (
    select
        trade_id,
        business_date,
        portfolio_id,
        trader_id,
        instrument_id,
        product_type,
        notional_usd,
        note
    from transaction_risk
)

select * from final
