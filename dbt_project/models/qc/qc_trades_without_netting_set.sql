with trades as (
    select * from {{ ref("int_saccr_trades") }}
),

final as (
    select
        reporting_date,
        trade_id,
        counterparty_lei,
        instrument_id,
        margin_agreement_id,
        first_leg_usd as notional_usd,
        market_value_usd,
        case
            when is_netting_set_missing
                then 'no netting agreement with the counterparty was delivered'
            when not is_netting_recognised
                then 'the netting agreement has no legal opinion'
            else 'the contract could not be valued and counts as worth nothing'
        end as note
    from trades
    where is_netting_set_missing or not is_netting_recognised or is_market_value_defaulted
)

select * from final
