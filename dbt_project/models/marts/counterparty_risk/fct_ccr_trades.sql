with trades as (
    select * from {{ ref("int_saccr_trades") }}
),

add_ons as (
    select * from {{ ref("int_saccr_add_ons") }}
),

final as (
    select
        trades.reporting_date,
        trades.trade_id,
        trades.exposure_set_id as netting_set_id,
        trades.margin_agreement_id,
        trades.counterparty_lei,
        trades.instrument_id,
        add_ons.asset_class,
        trades.hedging_set,
        add_ons.maturity_bucket,
        trades.maturity_date,
        trades.maturity_years,
        trades.market_value_usd,
        add_ons.notional_usd,
        add_ons.adjusted_notional_usd,
        trades.delta,
        add_ons.maturity_factor,
        add_ons.effective_notional_usd,
        add_ons.supervisory_factor,
        add_ons.supervisory_rule_id,
        add_ons.signed_add_on_usd,
        add_ons.add_on_contribution_usd,
        trades.is_netting_set_missing,
        trades.is_netting_recognised,
        trades.is_market_value_defaulted
    from trades
    inner join add_ons
        on
            trades.reporting_date = add_ons.reporting_date
            and trades.trade_id = add_ons.trade_id
)

select * from final
