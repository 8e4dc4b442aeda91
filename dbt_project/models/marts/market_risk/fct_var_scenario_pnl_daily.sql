{{ config(materialized="view") }}

with scenario_pnl as (
    select * from {{ ref("int_var_scenario_pnl") }}
),

final as (
    select
        cast(business_date as date) as business_date,
        portfolio_id,
        scenario_number,
        cast(scenario_date as date) as scenario_date,
        {{ money("pnl_usd") }} as pnl_usd
    from scenario_pnl
)

select * from final
