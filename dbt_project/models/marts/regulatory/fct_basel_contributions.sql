{#- One model per area, each with these columns. -#}
{%- set contribution_models = [
    "int_contributions_capital",
    "int_contributions_counterparty",
    "int_contributions_large_exposures",
    "int_contributions_liquidity",
    "int_contributions_market",
    "int_contributions_operational",
    "int_contributions_own_funds",
    "int_contributions_requirements",
] -%}
with contributions as (
    {% for contribution_model in contribution_models %}
    select * from {{ ref(contribution_model) }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

final as (
    select
        reporting_date,
        measure,
        item,
        source_model,
        source_row_id,
        amount,
        rule_ids
    from contributions
)

select * from final
