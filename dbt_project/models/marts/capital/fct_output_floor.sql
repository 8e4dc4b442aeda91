with before_floor as (
    select * from {{ ref("int_basel_rwa_before_floor") }}
),

exposures as (
    select * from {{ ref("fct_credit_exposures") }}
),

parameters as (
    select *
    from {{ ref("int_basel_parameters") }}
    where rule_group = 'RBC20.output_floor'
),

in_use as (
    select
        reporting_date,
        {{ money("sum(rwa_usd)") }} as rwa_usd
    from before_floor
    group by reporting_date
),

internal_estimates as (
    select
        reporting_date,
        {{ money("sum(rwa_irb_usd - rwa_usd)") }} as difference_usd
    from exposures
    where rwa_irb_usd is not null
    group by reporting_date
),

-- Every class is reported under the standardised approach; internal estimates are for comparison.
approaches as (
    select
        reporting_date,
        'in_use' as approach,
        rwa_usd as pre_floor_rwa_usd,
        rwa_usd as standardised_rwa_usd
    from in_use
    union all
    select
        in_use.reporting_date,
        'internal_estimates' as approach,
        in_use.rwa_usd + coalesce(internal_estimates.difference_usd, 0) as pre_floor_rwa_usd,
        in_use.rwa_usd as standardised_rwa_usd
    from in_use
    left join internal_estimates on in_use.reporting_date = internal_estimates.reporting_date
),

floored as (
    select
        approaches.reporting_date,
        approaches.approach,
        parameters.parameter_key as floor_basis,
        approaches.pre_floor_rwa_usd,
        approaches.standardised_rwa_usd,
        parameters.value as floor_ratio,
        {{ money("cast(approaches.standardised_rwa_usd as double) * parameters.value") }}
            as floor_rwa_usd,
        parameters.rule_id as rule_ids
    from approaches
    inner join parameters on approaches.reporting_date = parameters.reporting_date
),

final as (
    select
        reporting_date,
        approach,
        floor_basis,
        pre_floor_rwa_usd,
        standardised_rwa_usd,
        floor_ratio,
        floor_rwa_usd,
        greatest(pre_floor_rwa_usd, floor_rwa_usd) as rwa_usd,
        greatest(pre_floor_rwa_usd, floor_rwa_usd) - pre_floor_rwa_usd as floor_adjustment_usd,
        floor_rwa_usd > pre_floor_rwa_usd as is_binding,
        approach = 'in_use' and floor_basis = 'applied' as is_headline,
        rule_ids
    from floored
)

select * from final
