with quarters as (
    select * from {{ ref("int_sox_periods") }}
    where frequency = 'quarterly'
),

controls as (
    select * from {{ ref("sox_controls") }}
),

deficiencies as (
    select * from {{ ref("fct_sox_deficiencies") }}
),

materiality as (
    select * from {{ ref("int_sox_materiality") }}
),

reliance as (
    select * from {{ ref("sox_control_reliance") }}
),

-- What has been put right by the end of the quarter does not count: internal control is judged as
-- of that day.
standing as (
    select
        quarters.period_id,
        deficiencies.control_id,
        deficiencies.process,
        deficiencies.severity,
        deficiencies.rule_kind,
        deficiencies.is_compensated,
        deficiencies.is_indirect,
        deficiencies.likelihood,
        deficiencies.magnitude_usd,
        row_number() over (
            partition by quarters.period_id, deficiencies.control_id
            order by deficiencies.as_of_date desc, deficiencies.period_id desc
        ) as recency
    from quarters
    inner join deficiencies on quarters.as_of_date >= deficiencies.as_of_date
    where deficiencies.closed_on is null or deficiencies.closed_on > quarters.as_of_date
),

latest as (
    select
        *,
        case
            when
                rule_kind = 'exact'
                and likelihood = 'reasonably_possible'
                and not is_compensated
                then magnitude_usd
        end as counted_usd
    from standing
    where recency = 1
),

-- A general control that fails together with a control over amounts that relies on it.
undermined as (
    select
        general.period_id,
        general.process,
        min(general.control_id || ' and ' || relying.control_id) as controls_together
    from latest as general
    inner join reliance on general.control_id = reliance.relies_on
    inner join latest as relying
        on
            reliance.control_id = relying.control_id
            and general.period_id = relying.period_id
    where
        general.is_indirect
        and general.severity <> 'deficiency'
        and relying.severity <> 'deficiency'
        and not relying.is_indirect
    group by general.period_id, general.process
),

summed as (
    select
        period_id,
        process,
        count(*) as deficiencies,
        count(case when severity = 'significant_deficiency' then 1 end) as significant_deficiencies,
        count(case when severity = 'material_weakness' then 1 end) as material_weaknesses,
        {{ money("sum(counted_usd)") }} as magnitude_usd
    from latest
    group by period_id, process
),

processes as (
    select
        process,
        count(*) as controls
    from controls
    group by process
),

evaluated as (
    select
        processes.process,
        quarters.period_id,
        quarters.as_of_date,
        quarters.is_closed,
        processes.controls,
        coalesce(summed.deficiencies, 0) as deficiencies,
        coalesce(summed.significant_deficiencies, 0) as significant_deficiencies,
        coalesce(summed.material_weaknesses, 0) as material_weaknesses,
        summed.magnitude_usd,
        materiality.materiality_usd,
        materiality.significant_usd,
        undermined.controls_together,
        case
            when summed.deficiencies is null then 'none'
            when summed.material_weaknesses > 0 then 'material'
            when summed.magnitude_usd >= materiality.materiality_usd then 'material_in_sum'
            when undermined.controls_together is not null then 'material_together'
            when summed.significant_deficiencies > 0 then 'significant'
            when summed.magnitude_usd >= materiality.significant_usd then 'significant_in_sum'
            else 'minor'
        end as severity_rule
    from quarters
    cross join processes
    left join materiality on quarters.period_id = materiality.period_id
    left join summed
        on quarters.period_id = summed.period_id and processes.process = summed.process
    left join undermined
        on quarters.period_id = undermined.period_id and processes.process = undermined.process
),

final as (
    select
        process,
        period_id,
        as_of_date,
        is_closed,
        cast(controls as int) as controls,
        cast(deficiencies as int) as deficiencies,
        cast(significant_deficiencies as int) as significant_deficiencies,
        cast(material_weaknesses as int) as material_weaknesses,
        magnitude_usd,
        materiality_usd,
        significant_usd,
        case
            when severity_rule in ('material', 'material_in_sum', 'material_together')
                then 'material_weakness'
            when severity_rule in ('significant', 'significant_in_sum')
                then 'significant_deficiency'
            when severity_rule = 'minor' then 'deficiency'
        end as aggregated_severity,
        case severity_rule
            when 'none' then 'no deficiency stands at the end of the period'
            when 'material' then 'a deficiency is a material weakness by itself'
            when 'material_in_sum' then 'together the deficiencies reach materiality'
            when 'material_together'
                then controls_together || ' fail together, and the second relies on the first'
            when 'significant' then 'a deficiency is significant by itself'
            when 'significant_in_sum' then 'together the deficiencies merit attention'
            else 'neither by itself nor together do the deficiencies merit attention'
        end as reason
    from evaluated
)

select * from final
