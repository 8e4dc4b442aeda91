-- Without thresholds, materiality or a severity a deficiency would be left out or called too small.
select
    results.control_id,
    results.period_id,
    results.owner,
    deficiencies.severity,
    deficiencies.materiality_usd
from {{ ref("fct_sox_control_results") }} as results
left join {{ ref("fct_sox_deficiencies") }} as deficiencies
    on
        results.control_id = deficiencies.control_id
        and results.period_id = deficiencies.period_id
where
    results.conclusion = 'ineffective'
    and (deficiencies.severity is null or deficiencies.materiality_usd is null)
