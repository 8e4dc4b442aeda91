with outflow_items as (
    select * from {{ ref("int_lcr_outflow_items") }}
),

inflow_items as (
    select * from {{ ref("int_lcr_inflow_items") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

items as (
    select * from outflow_items
    union all
    select * from inflow_items
),

final as (
    select
        items.reporting_date,
        items.direction,
        items.line_item,
        items.source_model,
        items.source_row_id,
        items.row_part,
        items.counterparty_id,
        items.liquidity_class,
        items.product_type,
        items.currency,
        items.maturity_date,
        items.balance_usd,
        items.unweighted_usd,
        parameters.value as rate,
        {{ money("cast(items.unweighted_usd as double) * parameters.value") }} as weighted_usd,
        items.rule_group || '.' || items.parameter_key as rate_rule_id,
        items.liquidity_class is not null and items.liquidity_class = 'unknown'
            as is_class_defaulted
    from items
    left join parameters
        on
            items.reporting_date = parameters.reporting_date
            and items.rule_group = parameters.rule_group
            and items.parameter_key = parameters.parameter_key
)

select * from final
