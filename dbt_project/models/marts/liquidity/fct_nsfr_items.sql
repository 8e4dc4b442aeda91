with position_items as (
    select * from {{ ref("int_nsfr_position_items") }}
),

derivative_items as (
    select * from {{ ref("int_nsfr_derivative_items") }}
),

other_items as (
    select * from {{ ref("int_nsfr_other_items") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

items as (
    select * from position_items
    union all
    select * from derivative_items
    union all
    select * from other_items
),

-- An encumbered asset needs at least the funding of its encumbrance.
weighed as (
    select
        items.*,
        case
            when encumbrances.value > factors.value then encumbrances.value
            else factors.value
        end as factor,
        coalesce(encumbrances.value > factors.value, false) as is_factor_of_encumbrance,
        encumbrances.rule_id as encumbrance_rule_id
    from items
    left join parameters as factors
        on
            items.reporting_date = factors.reporting_date
            and items.rule_group = factors.rule_group
            and items.parameter_key = factors.parameter_key
    left join parameters as encumbrances
        on
            items.reporting_date = encumbrances.reporting_date
            and encumbrances.rule_group = 'NSF30.encumbrance'
            and items.encumbrance_key = encumbrances.parameter_key
),

final as (
    select
        reporting_date,
        side,
        line_item,
        bucket,
        source_model,
        source_row_id,
        row_part,
        currency,
        unweighted_usd,
        factor,
        {{ money("cast(unweighted_usd as double) * factor") }} as weighted_usd,
        case
            when is_factor_of_encumbrance then encumbrance_rule_id
            else rule_group || '.' || parameter_key
        end as factor_rule_id,
        is_factor_of_encumbrance,
        is_risk_weight_missing
    from weighed
)

select * from final
