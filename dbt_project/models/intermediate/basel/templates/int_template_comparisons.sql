with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

template_columns as (
    select * from {{ ref("basel_template_columns") }}
),

quarters as (
    select
        reporting_date,
        is_quarter_end,
        4 * extract(year from reporting_date)
        + extract(quarter from reporting_date) as quarter_number
    from basel_dates
),

steps as (
    select distinct quarters_back
    from template_columns
),

final as (
    select
        quarters.reporting_date,
        steps.quarters_back,
        case
            when steps.quarters_back = 0 then quarters.reporting_date else compared.reporting_date
        end as compared_date
    from quarters
    cross join steps
    left join quarters as compared
        on
            quarters.quarter_number - steps.quarters_back = compared.quarter_number
            and compared.is_quarter_end
)

select * from final
