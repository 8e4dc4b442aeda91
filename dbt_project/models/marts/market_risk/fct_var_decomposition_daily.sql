{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with incremental_estimates as (
    select *
    from {{ ref("int_var_incremental_estimates") }}
    where {{ in_window("business_date") }}
),

contributions as (
    select *
    from {{ ref("fct_var_contributions_daily") }}
    where {{ in_window("business_date") }}
),

exposures as (
    select *
    from {{ ref("fct_exposures_daily") }}
    where {{ in_window("business_date") }} and exposure_type = 'asset_class'
),

scope_portfolios as (
    select * from {{ ref("int_scope_portfolios") }}
),

component_var as (
    select
        contributions.business_date,
        contributions.scope_type,
        contributions.scope_id,
        contributions.confidence_level,
        contributions.quantile_rule,
        scope_portfolios.scope_type as member_type,
        scope_portfolios.scope_id as member_id,
        sum(contributions.contribution_usd) as component_var_usd
    from contributions
    inner join scope_portfolios on contributions.portfolio_id = scope_portfolios.portfolio_id
    group by
        contributions.business_date,
        contributions.scope_type,
        contributions.scope_id,
        contributions.confidence_level,
        contributions.quantile_rule,
        scope_portfolios.scope_type,
        scope_portfolios.scope_id
),

gross_exposures as (
    select
        exposures.business_date,
        scope_portfolios.scope_type as member_type,
        scope_portfolios.scope_id as member_id,
        sum(exposures.gross_usd) as gross_usd
    from exposures
    inner join scope_portfolios on exposures.portfolio_id = scope_portfolios.portfolio_id
    group by exposures.business_date, scope_portfolios.scope_type, scope_portfolios.scope_id
),

-- A member none of whose factors moved in the scenario contributes nothing, which is a figure.
final as (
    select
        incremental_estimates.business_date,
        incremental_estimates.scope_type,
        incremental_estimates.scope_id,
        incremental_estimates.confidence_level,
        incremental_estimates.quantile_rule,
        incremental_estimates.member_type,
        incremental_estimates.member_id,
        {{ money("incremental_estimates.standalone_var_usd") }} as standalone_var_usd,
        {{ money("coalesce(component_var.component_var_usd, 0)") }} as component_var_usd,
        {{ money("incremental_estimates.incremental_var_usd") }} as incremental_var_usd,
        case
            when gross_exposures.gross_usd > 0 then round(
                cast(coalesce(component_var.component_var_usd, 0) as double)
                / cast(gross_exposures.gross_usd as double),
                12
            )
        end as marginal_var
    from incremental_estimates
    left join component_var
        on
            incremental_estimates.business_date = component_var.business_date
            and incremental_estimates.scope_type = component_var.scope_type
            and incremental_estimates.scope_id = component_var.scope_id
            and incremental_estimates.confidence_level = component_var.confidence_level
            and incremental_estimates.quantile_rule = component_var.quantile_rule
            and incremental_estimates.member_type = component_var.member_type
            and incremental_estimates.member_id = component_var.member_id
    left join gross_exposures
        on
            incremental_estimates.business_date = gross_exposures.business_date
            and incremental_estimates.member_type = gross_exposures.member_type
            and incremental_estimates.member_id = gross_exposures.member_id
)

select * from final
