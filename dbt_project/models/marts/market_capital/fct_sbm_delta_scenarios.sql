with contributions as (
    select * from {{ ref("int_sbm_delta_contributions") }}
),

class_charges as (
    select
        reporting_date,
        scenario,
        risk_class,
        {{ money("sum(contribution_usd)") }} as charge_usd
    from contributions
    group by reporting_date, scenario, risk_class
),

scenario_charges as (
    select
        reporting_date,
        scenario,
        {{ money("sum(charge_usd)") }} as scenario_charge_usd,
        -- Of equal scenarios the first of low, medium and high is named.
        case scenario
            when 'low' then 1
            when 'medium' then 2
            else 3
        end as scenario_order
    from class_charges
    group by reporting_date, scenario
),

ranked as (
    select
        *,
        row_number() over (
            partition by reporting_date
            order by scenario_charge_usd desc, scenario_order asc
        ) as charge_rank
    from scenario_charges
),

final as (
    select
        class_charges.reporting_date,
        class_charges.scenario,
        class_charges.risk_class,
        class_charges.charge_usd,
        ranked.scenario_charge_usd,
        ranked.charge_rank = 1 as is_selected
    from class_charges
    inner join ranked
        on
            class_charges.reporting_date = ranked.reporting_date
            and class_charges.scenario = ranked.scenario
)

select * from final
