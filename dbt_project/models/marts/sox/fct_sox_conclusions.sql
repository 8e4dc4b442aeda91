with quarters as (
    select * from {{ ref("int_sox_periods") }}
    where frequency = 'quarterly'
),

results as (
    select * from {{ ref("fct_sox_control_results") }}
),

evaluation as (
    select * from {{ ref("fct_sox_process_evaluation") }}
),

-- A control's last period in the quarter says how it stands at its end.
ranked as (
    select
        *,
        row_number() over (
            partition by control_id, quarter_id
            order by ends_on desc
        ) as recency
    from results
),

-- Nothing to test is no gap; a source that has not come, or items that cannot be judged, are. Any
-- month of a key control counts.
counted as (
    select
        quarter_id,
        count(case when recency = 1 then 1 end) as controls,
        count(case when recency = 1 and conclusion = 'effective' then 1 end)
            as effective_controls,
        count(case when recency = 1 and conclusion = 'ineffective' then 1 end)
            as ineffective_controls,
        count(case when recency = 1 and conclusion = 'not_tested' then 1 end)
            as not_tested_controls,
        count(case when is_key and tested > 0 then 1 end) as key_results_tested,
        count(
            case
                when is_key and not_tested_because in ('source_missing', 'items_untested')
                    then 1
            end
        ) as key_results_missing,
        min(
            case
                when is_key and not_tested_because in ('source_missing', 'items_untested')
                    then control_id || ' of ' || period_id || ': ' || reason
            end
        ) as first_missing
    from ranked
    group by quarter_id
),

evaluated as (
    select
        period_id,
        cast(sum(deficiencies) as int) as deficiencies,
        cast(sum(significant_deficiencies) as int) as significant_deficiencies,
        cast(sum(material_weaknesses) as int) as material_weaknesses,
        cast(count(case when aggregated_severity = 'material_weakness' then 1 end) as int)
            as processes_with_material_weakness,
        min(case when aggregated_severity = 'material_weakness' then process || ': ' || reason end)
            as first_material_weakness
    from evaluation
    group by period_id
),

judged as (
    select
        quarters.period_id,
        quarters.starts_on,
        quarters.ends_on,
        quarters.as_of_date,
        quarters.is_closed,
        coalesce(counted.controls, 0) as controls,
        coalesce(counted.effective_controls, 0) as effective_controls,
        coalesce(counted.ineffective_controls, 0) as ineffective_controls,
        coalesce(counted.not_tested_controls, 0) as not_tested_controls,
        evaluated.deficiencies,
        evaluated.significant_deficiencies,
        evaluated.material_weaknesses,
        evaluated.processes_with_material_weakness,
        evaluated.first_material_weakness,
        counted.first_missing,
        case
            when not quarters.is_closed then 'open'
            when evaluated.processes_with_material_weakness > 0 then 'material'
            when counted.key_results_missing > 0 then 'missing'
            when coalesce(counted.key_results_tested, 0) = 0 then 'untested'
            else 'effective'
        end as conclusion_rule
    from quarters
    left join counted on quarters.period_id = counted.quarter_id
    left join evaluated on quarters.period_id = evaluated.period_id
),

final as (
    select
        period_id,
        starts_on,
        ends_on,
        as_of_date,
        is_closed,
        case conclusion_rule
            when 'material' then 'not_effective'
            when 'effective' then 'effective'
            else 'not_concluded'
        end as conclusion,
        case conclusion_rule
            when 'open' then 'the quarter is not over; known to ' || cast(as_of_date as string)
            when 'material' then 'a material weakness stands: ' || first_material_weakness
            when 'missing' then 'a key control could not be tested: ' || first_missing
            when 'untested' then 'no key control was tested'
            else 'no material weakness stands at the end of the quarter'
        end as reason,
        cast(controls as int) as controls,
        cast(effective_controls as int) as effective_controls,
        cast(ineffective_controls as int) as ineffective_controls,
        cast(not_tested_controls as int) as not_tested_controls,
        deficiencies,
        significant_deficiencies,
        material_weaknesses,
        processes_with_material_weakness
    from judged
)

select * from final
