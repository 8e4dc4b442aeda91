-- Total risk-weighted assets without one of their parts would be too low without looking so.
with wanted_parts as (
    select
        reporting_date,
        'credit' as risk
    from {{ ref("int_basel_dates") }}
    union all
    select
        reporting_date,
        'operational' as risk
    from {{ ref("int_basel_dates") }}
    union all
    select distinct
        basel_dates.reporting_date,
        'market' as risk
    from {{ ref("int_basel_dates") }} as basel_dates
    inner join {{ ref("fct_positions_daily") }} as positions
        on basel_dates.reporting_date = positions.business_date
),

found_parts as (
    select distinct
        reporting_date,
        case
            when component like 'credit.%' then 'credit'
            when component like 'market.%' then 'market'
            else component
        end as risk
    from {{ ref("int_basel_rwa_before_floor") }}
    where rwa_usd is not null
)

select wanted_parts.*
from wanted_parts
left join found_parts
    on
        wanted_parts.reporting_date = found_parts.reporting_date
        and wanted_parts.risk = found_parts.risk
where found_parts.risk is null
