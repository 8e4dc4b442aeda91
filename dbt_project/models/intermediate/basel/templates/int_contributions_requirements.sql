-- What ratios must be, as shares: the templates print them beside the ratios.
with buffers as (
    select * from {{ ref("fct_capital_buffers") }}
),

capital_ratios as (
    select *
    from {{ ref("fct_capital_ratios") }}
    where tier = 'cet1'
),

leverage_ratios as (
    select * from {{ ref("fct_leverage_ratio") }}
),

output_floors as (
    select *
    from {{ ref("fct_output_floor") }}
    where is_headline
),

requirements as (
    select
        reporting_date,
        buffer_type || '_buffer' as item,
        'fct_capital_buffers' as source_model,
        buffer_type || '|' || country as source_row_id,
        buffer_rate as rate,
        rule_ids
    from buffers

    union all

    select
        reporting_date,
        'cet1_after_minimum' as item,
        'fct_capital_ratios' as source_model,
        tier as source_row_id,
        cet1_available_ratio as rate,
        rule_ids
    from capital_ratios

    union all

    select
        reporting_date,
        'leverage_minimum' as item,
        'fct_leverage_ratio' as source_model,
        'minimum_ratio' as source_row_id,
        minimum_ratio as rate,
        rule_ids
    from leverage_ratios

    union all

    select
        reporting_date,
        'leverage_buffer' as item,
        'fct_leverage_ratio' as source_model,
        'buffer_ratio' as source_row_id,
        buffer_ratio as rate,
        rule_ids
    from leverage_ratios

    union all

    select
        reporting_date,
        'output_floor' as item,
        'fct_output_floor' as source_model,
        approach || '|' || floor_basis as source_row_id,
        floor_ratio as rate,
        rule_ids
    from output_floors
),

final as (
    select
        reporting_date,
        'ratio_requirements' as measure,
        item,
        source_model,
        source_row_id,
        {{ money("rate") }} as amount,
        rule_ids
    from requirements
)

select * from final
