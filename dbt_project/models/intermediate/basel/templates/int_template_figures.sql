with sums as (
    select * from {{ ref("int_template_sums") }}
),

formulas as (
    select * from {{ ref("basel_template_formulas") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

parts as (
    select
        basel_dates.reporting_date,
        formulas.template_id,
        formulas.row_number,
        formulas.column_id,
        formulas.kind,
        formulas.unit,
        formulas.part,
        case when formulas.part <> 'parameter' then sums.amount end as amount,
        case when formulas.part = 'parameter' then parameters.value end as parameter_value,
        sums.data_points,
        coalesce(sums.contribution_count, 0) as contribution_count,
        case
            when formulas.part = 'parameter' and parameters.value is null
                then concat('Rule ', formulas.rule_id, ' is not in force on this date.')
            when formulas.part <> 'parameter' then sums.missing_reason
        end as missing_reason
    from formulas
    cross join basel_dates
    left join sums
        on
            basel_dates.reporting_date = sums.reporting_date
            and formulas.template_id = sums.template_id
            and formulas.of_row_number = sums.row_number
            and formulas.of_column_id = sums.column_id
    left join parameters
        on
            basel_dates.reporting_date = parameters.reporting_date
            and formulas.rule_id = parameters.rule_id
),

combined as (
    select
        reporting_date,
        template_id,
        row_number,
        column_id,
        kind,
        unit,
        sum(case when part = 'numerator' then amount end) as numerator,
        sum(case when part = 'denominator' then amount end) as denominator,
        max(parameter_value) as parameter_value,
        coalesce(min(data_points), 1) as data_points,
        sum(contribution_count) as contribution_count,
        min(missing_reason) as missing_reason
    from parts
    group by reporting_date, template_id, row_number, column_id, kind, unit
),

computed as (
    select
        reporting_date,
        template_id,
        row_number,
        column_id,
        unit,
        case
            when missing_reason is not null then null
            when kind = 'parameter' then {{ money("parameter_value") }}
            when kind = 'scaled' then {{ money("cast(numerator as double) * parameter_value") }}
            when denominator <> 0
                then {{ money("100 * cast(numerator as double) / cast(denominator as double)") }}
        end as amount,
        data_points,
        contribution_count,
        case
            when missing_reason is not null then missing_reason
            when kind = 'ratio' and denominator = 0 then 'The denominator is zero.'
        end as missing_reason
    from combined
),

final as (
    select
        reporting_date,
        template_id,
        row_number,
        column_id,
        unit,
        amount,
        data_points,
        contribution_count,
        missing_reason
    from sums

    union all

    select
        reporting_date,
        template_id,
        row_number,
        column_id,
        unit,
        amount,
        data_points,
        cast(contribution_count as bigint) as contribution_count,
        missing_reason
    from computed
)

select * from final
