-- A node of our curve between two tenors of the standard goes to both, in inverse proportion to its
-- distance; one outside all of them goes to the nearest.
with parameters as (
    select *
    from {{ ref("int_basel_parameters") }}
    where rule_group in ('MAR21.girr_risk_weight', 'MAR21.csr_tenor')
),

nodes as (
    select distinct
        risk_factor_id,
        tenor_years
    from {{ ref("int_zero_curves") }}
),

tenors as (
    select
        reporting_date,
        case rule_group
            when 'MAR21.csr_tenor' then 'credit_spread'
            else 'interest_rate'
        end as risk_class,
        cast(parameter_key as double) as tenor_years
    from parameters
),

neighbours as (
    select
        tenors.reporting_date,
        tenors.risk_class,
        nodes.risk_factor_id,
        nodes.tenor_years as node_years,
        coalesce(
            max(case when tenors.tenor_years <= nodes.tenor_years then tenors.tenor_years end),
            min(tenors.tenor_years)
        ) as lower_years,
        coalesce(
            min(case when tenors.tenor_years >= nodes.tenor_years then tenors.tenor_years end),
            max(tenors.tenor_years)
        ) as upper_years
    from tenors
    cross join nodes
    group by
        tenors.reporting_date,
        tenors.risk_class,
        nodes.risk_factor_id,
        nodes.tenor_years
),

with_shares as (
    select
        *,
        case
            when upper_years > lower_years
                then (node_years - lower_years) / (upper_years - lower_years)
            else 1
        end as upper_share
    from neighbours
),

both_sides as (
    select
        reporting_date,
        risk_class,
        risk_factor_id,
        upper_years as tenor_years,
        upper_share as tenor_weight
    from with_shares
    union all
    select
        reporting_date,
        risk_class,
        risk_factor_id,
        lower_years as tenor_years,
        1 - upper_share as tenor_weight
    from with_shares
),

final as (
    select
        reporting_date,
        risk_class,
        risk_factor_id,
        cast(tenor_years as double) as tenor_years,
        cast(tenor_weight as double) as tenor_weight
    from both_sides
    where tenor_weight > 0
)

select * from final
