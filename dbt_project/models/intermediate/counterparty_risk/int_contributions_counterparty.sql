with exposures as (
    select * from {{ ref("fct_ccr_exposures") }}
),

cva_capital as (
    select * from {{ ref("fct_cva_capital") }}
    where is_headline
),

{% set ccr_items = {
    "sa_ccr.replacement_cost": ["sa_ccr", "replacement_cost_usd"],
    "sa_ccr.pfe": ["sa_ccr", "pfe_usd"],
    "sa_ccr.ead": ["sa_ccr", "ead_usd"],
    "sft.ead": ["sft_comprehensive", "ead_usd"],
} -%}
contributions as (
    {% for item, source in ccr_items.items() %}
    select
        reporting_date,
        'ccr' as measure,
        '{{ item }}' as item,
        'fct_ccr_exposures' as source_model,
        netting_set_id as source_row_id,
        {{ source[1] }} as amount,
        rule_ids
    from exposures
    where method = '{{ source[0] }}'
    union all
    {% endfor %}
    select
        reporting_date,
        'rwa' as measure,
        'cva' as item,
        'fct_cva_capital' as source_model,
        counterparty_lei as source_row_id,
        rwa_usd as amount,
        rule_ids
    from cva_capital
),

final as (
    select
        cast(reporting_date as date) as reporting_date,
        measure,
        item,
        source_model,
        source_row_id,
        {{ money("amount") }} as amount,
        rule_ids
    from contributions
)

select * from final
