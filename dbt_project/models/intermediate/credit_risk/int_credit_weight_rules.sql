with parameters as (
    select
        reporting_date,
        rule_id,
        rule_group,
        rule_group || '.' || parameter_key as lookup_key,
        parameter_key,
        above,
        up_to,
        value
    from {{ ref("int_basel_parameters") }}
    where rule_group like 'CRE20.%'
),

weights as (
    select *
    from parameters
    where
        rule_group not in (
            'CRE20.share', 'CRE20.cap', 'CRE20.floor', 'CRE20.ccf', 'CRE20.supporting',
            'CRE20.currency_mismatch'
        )
),

-- A bound of a weight holds for the bands that lie within its own.
bounds as (
    select
        weights.reporting_date,
        weights.rule_id,
        max(case when parameters.rule_group = 'CRE20.share' then parameters.value end)
            as secured_share_of_value,
        max(case when parameters.rule_group = 'CRE20.share' then parameters.rule_id end)
            as share_rule_id,
        max(case when parameters.rule_group = 'CRE20.cap' then parameters.value end)
            as max_weight,
        max(case when parameters.rule_group = 'CRE20.floor' then parameters.value end)
            as min_weight
    from weights
    inner join parameters
        on
            weights.reporting_date = parameters.reporting_date
            and weights.lookup_key = 'CRE20.' || parameters.parameter_key
            and parameters.rule_group in ('CRE20.share', 'CRE20.cap', 'CRE20.floor')
            and (parameters.above is null or weights.above >= parameters.above)
            and (parameters.up_to is null or weights.up_to <= parameters.up_to)
    group by weights.reporting_date, weights.rule_id
),

final as (
    select
        weights.reporting_date,
        weights.rule_id,
        weights.lookup_key,
        weights.above,
        weights.up_to,
        weights.value as weight,
        bounds.secured_share_of_value,
        bounds.share_rule_id,
        bounds.max_weight,
        bounds.min_weight,
        weights.rule_group = 'CRE20.commercial'
        and weights.parameter_key like 'general%' as is_capped_by_obligor
    from weights
    left join bounds
        on
            weights.reporting_date = bounds.reporting_date
            and weights.rule_id = bounds.rule_id
)

select * from final
