with template_rows as (
    select * from {{ ref("basel_template_rows") }}
),

observations as (
    select * from {{ ref("int_template_dates") }}
),

cell_values as (
    select * from {{ ref("int_template_values") }}
),

observed as (
    select
        observations.reporting_date,
        cell_values.template_id,
        cell_values.row_number,
        cell_values.column_id,
        template_rows.unit,
        count(*) as observation_dates,
        count(cell_values.amount) as data_points,
        sum(cell_values.amount) as amount,
        sum(cell_values.contribution_count) as contribution_count,
        min(cell_values.missing_reason) as missing_reason
    from cell_values
    inner join template_rows
        on
            cell_values.template_id = template_rows.template_id
            and cell_values.row_number = template_rows.row_number
    inner join observations
        on
            template_rows.observation = observations.observation
            and cell_values.reporting_date = observations.as_of_date
    group by
        observations.reporting_date,
        cell_values.template_id,
        cell_values.row_number,
        cell_values.column_id,
        template_rows.unit
),

final as (
    select
        reporting_date,
        template_id,
        row_number,
        column_id,
        unit,
        case
            when data_points < observation_dates then null
            when unit = 'percent' then {{ money("100 * amount / data_points") }}
            when data_points = 1 then {{ money("amount") }}
            else {{ money("amount / data_points") }}
        end as amount,
        cast(data_points as bigint) as data_points,
        cast(contribution_count as bigint) as contribution_count,
        case
            when data_points < observation_dates and observation_dates > 1
                then concat(
                    'Missing on ',
                    cast(observation_dates - data_points as string),
                    ' of ',
                    cast(observation_dates as string),
                    ' dates of the quarter. ',
                    missing_reason
                )
            else missing_reason
        end as missing_reason
    from observed
)

select * from final
