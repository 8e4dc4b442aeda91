-- First in, first out without pairing every purchase with every sale: number the units bought and
-- the units sold of a position from 1; unit k sold offsets unit k bought. Between two neighbouring
-- boundaries of either numbering all units have the same purchase and the same sale, so sorted
-- boundaries give the lots in n log n.
with movements as (
    select *
    from {{ ref("int_movements") }}
    where quantity <> 0 and instrument_id not like 'CASH:%'
),

sides as (
    select
        portfolio_id,
        instrument_id,
        movement_id,
        business_date,
        quantity > 0 as is_buy,
        abs(quantity) as quantity,
        consideration_usd,
        consideration_local,
        sum(abs(quantity)) over (
            partition by portfolio_id, instrument_id, quantity > 0
            order by
                business_date,
                coalesce(executed_at, cast('9999-01-01' as timestamp)),
                movement_id
            rows between unbounded preceding and current row
        ) as units_to
    from movements
),

boundaries as (
    select
        portfolio_id,
        instrument_id,
        units_to,
        max(case when is_buy then units_to end) as buy_units_to,
        max(case when not is_buy then units_to end) as sell_units_to
    from sides
    group by portfolio_id, instrument_id, units_to
),

runs_of_units as (
    select
        portfolio_id,
        instrument_id,
        lag(units_to, 1, 0) over (
            partition by portfolio_id, instrument_id
            order by units_to
        ) as units_from,
        units_to,
        min(buy_units_to) over (
            partition by portfolio_id, instrument_id
            order by units_to
            rows between current row and unbounded following
        ) as buy_units_to,
        min(sell_units_to) over (
            partition by portfolio_id, instrument_id
            order by units_to
            rows between current row and unbounded following
        ) as sell_units_to
    from boundaries
),

-- A movement's amount is shared out by what has been used up to each boundary, so its shares add up
-- to it exactly.
shares as (
    select
        runs_of_units.portfolio_id,
        runs_of_units.instrument_id,
        runs_of_units.units_from,
        runs_of_units.units_to,
        sides.movement_id,
        sides.business_date,
        sides.is_buy,
        {{ share_of("sides.consideration_usd", "runs_of_units.units_to") }}
        - {{ share_of("sides.consideration_usd", "runs_of_units.units_from") }}
            as consideration_usd,
        {{ share_of("sides.consideration_local", "runs_of_units.units_to") }}
        - {{ share_of("sides.consideration_local", "runs_of_units.units_from") }}
            as consideration_local
    from runs_of_units
    inner join sides
        on
            runs_of_units.portfolio_id = sides.portfolio_id
            and runs_of_units.instrument_id = sides.instrument_id
            and sides.units_to = case
                when sides.is_buy then runs_of_units.buy_units_to
                else runs_of_units.sell_units_to
            end
),

lots as (
    select
        portfolio_id,
        instrument_id,
        units_to - units_from as quantity,
        units_to,
        max(case when is_buy then movement_id end) as buy_movement_id,
        max(case when not is_buy then movement_id end) as sell_movement_id,
        min(business_date) as opened_on,
        max(business_date) as latest_on,
        count(*) = 2 as is_closed,
        sum(consideration_usd) as consideration_usd,
        sum(consideration_local) as consideration_local
    from shares
    group by portfolio_id, instrument_id, units_from, units_to
),

final as (
    select
        portfolio_id,
        instrument_id,
        {{ money("units_to") }} as units_to,
        {{ money("quantity") }} as quantity,
        buy_movement_id,
        sell_movement_id,
        opened_on,
        case when is_closed then latest_on end as closed_on,
        is_closed,
        case when is_closed then {{ money("consideration_usd") }} end as realised_pnl_usd,
        case when is_closed then {{ money("consideration_local") }} end as realised_pnl_local,
        case when not is_closed then {{ money("-consideration_usd") }} end as open_cost_usd,
        case when not is_closed then {{ money("-consideration_local") }} end as open_cost_local
    from lots
)

select * from final
