with scenarios as (
    select * from {{ ref("fct_sbm_delta_scenarios") }}
),

judged as (
    select
        reporting_date,
        count(distinct case when is_selected then scenario end) as selected_scenarios,
        max(case when is_selected then scenario_charge_usd end) as selected_usd,
        max(scenario_charge_usd) as largest_usd
    from scenarios
    group by reporting_date
)

select *
from judged
where selected_scenarios <> 1 or selected_usd <> largest_usd
