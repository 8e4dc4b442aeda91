-- What contracts over the counter that end within the horizon of the LCR pay and receive: their
-- market value, netted where the bank has a legal opinion on the netting agreement.
with positions as (
    select * from {{ ref("fct_positions_daily") }}
),

contracts as (
    select * from {{ ref("int_otc_contracts") }}
),

horizons as (
    select * from {{ ref("int_liquidity_horizons") }}
),

netting_sets as (
    select * from {{ ref("stg_treasury__netting_sets") }}
),

contract_counterparties as (
    select
        instrument_id,
        min(counterparty_lei) as counterparty_lei,
        min(maturity_date) as maturity_date
    from contracts
    group by instrument_id
),

maturing as (
    select
        horizons.reporting_date,
        contract_counterparties.counterparty_lei,
        positions.instrument_id,
        positions.market_value_usd
    from horizons
    inner join positions
        on
            horizons.reporting_date = positions.business_date
            and positions.quantity <> 0
    inner join contract_counterparties
        on positions.instrument_id = contract_counterparties.instrument_id
    where
        {{ days_between("horizons.reporting_date", "contract_counterparties.maturity_date") }}
        <= horizons.lcr_horizon_days
),

netting as (
    select
        as_of_date,
        counterparty_lei,
        min(netting_set_id) as netting_set_id
    from netting_sets
    where has_netting_opinion
    group by as_of_date, counterparty_lei
),

final as (
    select
        maturing.reporting_date,
        maturing.counterparty_lei,
        coalesce(netting.netting_set_id, maturing.instrument_id) as netting_id,
        netting.netting_set_id is not null as is_netted,
        {{ money("sum(maturing.market_value_usd)") }} as net_value_usd
    from maturing
    left join netting
        on
            maturing.reporting_date = netting.as_of_date
            and maturing.counterparty_lei = netting.counterparty_lei
    group by
        maturing.reporting_date,
        maturing.counterparty_lei,
        coalesce(netting.netting_set_id, maturing.instrument_id),
        netting.netting_set_id is not null
)

select * from final
