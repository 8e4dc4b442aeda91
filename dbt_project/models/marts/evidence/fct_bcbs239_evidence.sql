with measured as (
    select * from {{ ref("int_bcbs239_values") }}
),

targets as (
    select * from {{ ref("bcbs239_targets") }}
),

compared as (
    select
        measured.reporting_date,
        targets.principle,
        measured.metric,
        round(measured.numerator / nullif(measured.denominator, 0), 9) as metric_value,
        targets.target_value,
        targets.comparison,
        targets.unit,
        targets.paragraph,
        measured.note,
        measured.evidence_source
    from measured
    inner join targets
        on
            measured.metric = targets.metric
            and measured.reporting_date >= targets.valid_from
            and (targets.valid_to is null or measured.reporting_date < targets.valid_to)
),

final as (
    select
        reporting_date,
        principle,
        metric,
        cast(metric_value as double) as metric_value,
        cast(target_value as double) as target_value,
        comparison,
        unit,
        case comparison
            when 'at_least' then metric_value >= target_value
            else metric_value <= target_value
        end as is_met,
        paragraph,
        evidence_source,
        case
            when metric_value is null then 'there is nothing to measure on the date'
            else note
        end as note
    from compared
)

select * from final
