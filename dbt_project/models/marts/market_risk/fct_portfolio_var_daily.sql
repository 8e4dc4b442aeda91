{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with historical as (
    select *
    from {{ ref("int_var_estimates") }}
    where {{ in_window("business_date") }}
),

series_estimates as (
    select *
    from {{ ref("int_var_series_estimates") }}
    where {{ in_window("business_date") }}
),

delta_gamma_estimates as (
    select *
    from {{ ref("int_var_delta_gamma_estimates") }}
    where {{ in_window("business_date") }}
),

stressed_estimates as (
    select *
    from {{ ref("int_var_stressed_estimates") }}
    where {{ in_window("business_date") }}
),

full_revaluation_estimates as (
    select *
    from {{ ref("int_var_full_revaluation_estimates") }}
    where {{ in_window("business_date") }}
),

contributions as (
    select *
    from {{ ref("fct_var_contributions_daily") }}
    where {{ in_window("business_date") }}
),

data_quality as (
    select *
    from {{ ref("int_scope_factor_quality") }}
    where {{ in_window("business_date") }}
),

contribution_quality as (
    select
        business_date,
        scope_type,
        scope_id,
        'historical_delta_gamma' as method,
        1 as horizon_days,
        confidence_level,
        quantile_rule,
        sum(abs(contribution_usd)) as gross_usd,
        sum(case when is_stale then abs(contribution_usd) else 0 end) as stale_usd,
        sum(case when is_proxied then abs(contribution_usd) else 0 end) as proxied_usd
    from contributions
    group by business_date, scope_type, scope_id, confidence_level, quantile_rule
),

-- Where the rule reads VaR from between two scenarios, the one with the greater weight is named.
historical_ranked as (
    select
        *,
        row_number() over (
            partition by
                business_date,
                scope_type,
                scope_id,
                horizon_days,
                confidence_level,
                quantile_rule
            order by scenario_weight desc, scenario_number asc
        ) as weight_rank
    from historical
),

measures as (
    select
        business_date,
        scope_type,
        scope_id,
        'historical_delta_gamma' as method,
        confidence_level,
        horizon_days,
        quantile_rule,
        scenarios,
        var_usd,
        es_usd,
        scenario_date,
        window_start,
        window_end,
        cast(null as string) as note
    from historical_ranked
    where weight_rank = 1
    union all
    select * from series_estimates
    union all
    select * from delta_gamma_estimates
    union all
    select * from stressed_estimates
    union all
    select * from full_revaluation_estimates
),

final as (
    select
        measures.business_date,
        measures.scope_type,
        measures.scope_id,
        measures.method,
        measures.confidence_level,
        measures.horizon_days,
        measures.quantile_rule,
        measures.scenarios,
        {{ money("measures.var_usd") }} as var_usd,
        {{ money("measures.es_usd") }} as es_usd,
        measures.scenario_date,
        measures.window_start,
        measures.window_end,
        data_quality.stale_share,
        data_quality.proxied_share,
        case
            when contribution_quality.gross_usd > 0 then
                cast(contribution_quality.stale_usd as double)
                / cast(contribution_quality.gross_usd as double)
        end as stale_var_share,
        case
            when contribution_quality.gross_usd > 0 then
                cast(contribution_quality.proxied_usd as double)
                / cast(contribution_quality.gross_usd as double)
        end as proxied_var_share,
        measures.method = 'historical_delta_gamma'
        and measures.horizon_days = 1
        and measures.quantile_rule = 'order_statistic' as is_headline,
        measures.note
    from measures
    left join data_quality
        on
            measures.business_date = data_quality.business_date
            and measures.scope_type = data_quality.scope_type
            and measures.scope_id = data_quality.scope_id
    left join contribution_quality
        on
            measures.business_date = contribution_quality.business_date
            and measures.scope_type = contribution_quality.scope_type
            and measures.scope_id = contribution_quality.scope_id
            and measures.method = contribution_quality.method
            and measures.confidence_level = contribution_quality.confidence_level
            and measures.horizon_days = contribution_quality.horizon_days
            and measures.quantile_rule = contribution_quality.quantile_rule
)

select * from final
