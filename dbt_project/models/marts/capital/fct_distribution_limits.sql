with positions as (
    select * from {{ ref("int_capital_positions") }}
),

conserved as (
    select * from {{ ref("int_capital_conservation") }}
),

final as (
    select
        positions.reporting_date,
        positions.cet1_usd,
        positions.rwa_usd,
        conserved.available_ratio as cet1_available_ratio,
        positions.combined_buffer_rate,
        conserved.share_of_buffer,
        conserved.buffer_quarter,
        conserved.conservation_ratio,
        positions.distributable_profit_usd,
        conserved.maximum_distributable_usd,
        positions.planned_distributions_usd,
        conserved.buffer_quarter is not null as is_restricted,
        case
            when conserved.maximum_distributable_usd is null then true
            else
                coalesce(positions.planned_distributions_usd, 0)
                <= conserved.maximum_distributable_usd
        end as is_plan_within_limit,
        case
            when conserved.buffer_quarter is null
                then 'The buffer is met: distributions are not restricted.'
            when positions.planned_distributions_usd is null
                then 'No plan for distributions was delivered.'
        end as note,
        conserved.rule_ids
    from positions
    inner join conserved on positions.reporting_date = conserved.reporting_date
)

select * from final
