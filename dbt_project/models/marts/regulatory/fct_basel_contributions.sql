-- One model per area, each with these columns.
{%- set areas = [
    "capital",
    "counterparty",
    "credit",
    "large_exposures",
    "liquidity",
    "market",
    "operational",
    "own_funds",
    "requirements",
] %}
with contributions as (
    {% for area in areas %}
        select * from {{ ref("int_contributions_" ~ area) }}
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
