{{ config(materialized="view") }}

with scenario_pnl as (
    select * from {{ ref("int_var_scenario_pnl") }}
),

final as (
    select
        business_date,
        portfolio_id,
        scenario_number,
        scenario_date,
        {{ money("pnl_usd") }} as pnl_usd
    from scenario_pnl
)

select * from final
