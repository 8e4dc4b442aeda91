with movements as (
    select * from {{ ref("int_movements") }}
),

lots as (
    select *
    from {{ ref("int_fifo_lots") }}
    where is_closed
),

changes as (
    select
        portfolio_id,
        instrument_id,
        business_date,
        quantity,
        consideration_usd,
        consideration_local,
        income_usd,
        income_local,
        {{ money("0") }} as realised_pnl_usd,
        {{ money("0") }} as realised_pnl_local
    from movements
    union all
    select
        portfolio_id,
        instrument_id,
        closed_on as business_date,
        {{ money("0") }} as quantity,
        {{ money("0") }} as consideration_usd,
        {{ money("0") }} as consideration_local,
        {{ money("0") }} as income_usd,
        {{ money("0") }} as income_local,
        realised_pnl_usd,
        realised_pnl_local
    from lots
),

final as (
    select
        portfolio_id,
        instrument_id,
        business_date,
        {{ money("sum(quantity)") }} as quantity,
        {{ money("sum(consideration_usd)") }} as consideration_usd,
        {{ money("sum(consideration_local)") }} as consideration_local,
        {{ money("sum(income_usd)") }} as income_usd,
        {{ money("sum(income_local)") }} as income_local,
        {{ money("sum(realised_pnl_usd)") }} as realised_pnl_usd,
        {{ money("sum(realised_pnl_local)") }} as realised_pnl_local
    from changes
    group by portfolio_id, instrument_id, business_date
)

select * from final
