{#- One model per area, each with these columns. -#}
{%- set contribution_models = [] -%}
with contributions as (
    {% for contribution_model in contribution_models %}
    select * from {{ ref(contribution_model) }}
    {{ "union all" if not loop.last }}
    {% else %}
    select
        reporting_date,
        cast(null as string) as measure,
        cast(null as string) as item,
        cast(null as string) as source_model,
        cast(null as string) as source_row_id,
        cast(null as decimal(38, 6)) as amount,
        cast(null as string) as rule_ids
    from {{ ref("int_basel_dates") }}
    where false
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
