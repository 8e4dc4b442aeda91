with sensitivities as (
    select * from {{ ref("int_sbm_sensitivities") }}
),

contributions as (
    select * from {{ ref("int_sbm_delta_contributions") }}
),

scenarios as (
    select *
    from {{ ref("fct_sbm_delta_scenarios") }}
    where is_selected
),

multiples as (
    select *
    from {{ ref("int_basel_parameters") }}
    where rule_id = 'RBC20.market_risk_multiple.all'
),

final as (
    select
        sensitivities.reporting_date,
        sensitivities.risk_class || '|' || sensitivities.bucket || '|' || sensitivities.qualifier
        || '|' || sensitivities.factor || coalesce(
            '|' || cast(cast(sensitivities.tenor_years as decimal(9, 2)) as string), ''
        ) as risk_factor_key,
        sensitivities.risk_class,
        sensitivities.bucket,
        sensitivities.qualifier,
        sensitivities.factor,
        sensitivities.tenor_years,
        scenarios.scenario,
        sensitivities.sensitivity_usd,
        sensitivities.risk_weight,
        sensitivities.weighted_sensitivity_usd,
        contributions.bucket_charge_usd,
        contributions.contribution_usd,
        {{ money("contributions.contribution_usd * multiples.value") }} as rwa_usd,
        sensitivities.is_bucket_defaulted,
        sensitivities.rule_ids || '; ' || multiples.rule_id as rule_ids
    from sensitivities
    inner join scenarios
        on
            sensitivities.reporting_date = scenarios.reporting_date
            and sensitivities.risk_class = scenarios.risk_class
    inner join contributions
        on
            scenarios.reporting_date = contributions.reporting_date
            and scenarios.scenario = contributions.scenario
            and scenarios.risk_class = contributions.risk_class
            and sensitivities.bucket = contributions.bucket
            and sensitivities.qualifier = contributions.qualifier
            and sensitivities.factor = contributions.factor
            and coalesce(sensitivities.tenor_years, 0) = coalesce(contributions.tenor_years, 0)
    inner join multiples on sensitivities.reporting_date = multiples.reporting_date
)

select * from final
