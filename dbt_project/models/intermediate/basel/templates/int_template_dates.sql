with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

quarters as (
    select
        reporting_date,
        4 * extract(year from reporting_date)
        + extract(quarter from reporting_date) as quarter_number
    from basel_dates
),

observations as (
    select
        quarters.reporting_date,
        'reporting_date' as observation,
        quarters.reporting_date as as_of_date
    from quarters

    union all

    select
        quarters.reporting_date,
        'quarter_average' as observation,
        observed.reporting_date as as_of_date
    from quarters
    inner join quarters as observed
        on
            quarters.quarter_number = observed.quarter_number
            and quarters.reporting_date >= observed.reporting_date
),

final as (
    select
        reporting_date,
        observation,
        as_of_date
    from observations
)

select * from final
