-- What the ratios must be, for the templates: shares, not amounts. The countercyclical buffer is
-- the sum of its countries.
with buffers as (
    select * from {{ ref("fct_capital_buffers") }}
),

ratios as (
    select *
    from {{ ref("fct_capital_ratios") }}
    where tier = 'cet1'
),

output_floor as (
    select *
    from {{ ref("fct_output_floor") }}
    where is_headline
),

leverage as (
    select * from {{ ref("fct_leverage_ratio") }}
),

final as (
    select
        reporting_date,
        'ratio_requirements' as measure,
        buffer_type || '_buffer' as item,
        'fct_capital_buffers' as source_model,
        buffer_type || '|' || country as source_row_id,
        {{ money("buffer_rate") }} as amount,
        rule_ids
    from buffers
    union all
    select
        reporting_date,
        'ratio_requirements' as measure,
        'cet1_after_minimum' as item,
        'fct_capital_ratios' as source_model,
        tier as source_row_id,
        {{ money("cet1_available_ratio") }} as amount,
        rule_ids
    from ratios
    union all
    select
        reporting_date,
        'ratio_requirements' as measure,
        'output_floor' as item,
        'fct_output_floor' as source_model,
        approach || '|' || floor_basis as source_row_id,
        {{ money("floor_ratio") }} as amount,
        rule_ids
    from output_floor
    union all
    select
        reporting_date,
        'ratio_requirements' as measure,
        'leverage_minimum' as item,
        'fct_leverage_ratio' as source_model,
        'minimum' as source_row_id,
        {{ money("minimum_ratio") }} as amount,
        rule_ids
    from leverage
    union all
    select
        reporting_date,
        'ratio_requirements' as measure,
        'leverage_buffer' as item,
        'fct_leverage_ratio' as source_model,
        'buffer' as source_row_id,
        {{ money("buffer_ratio") }} as amount,
        rule_ids
    from leverage
)

select * from final
