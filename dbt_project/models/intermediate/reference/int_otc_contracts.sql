with trades as (
    select * from {{ ref("int_trades_latest") }}
),

final as (
    select
        trade_id,
        instrument_id,
        case product_type
            when 'fx_forward' then 'fx_forward'
            when 'interest_rate_swap' then 'interest_rate_swap'
        end as instrument_type,
        counterparty_lei,
        currency,
        contract_base_currency as base_currency,
        coalesce(contract_start_date, trade_date) as start_date,
        contract_maturity_date as maturity_date,
        case when product_type = 'fx_forward' then price end as forward_rate,
        case when product_type = 'interest_rate_swap' then price end as fixed_rate_pct
    from trades
    where product_type in ('fx_forward', 'interest_rate_swap')
)

select * from final
