with output_floor as (
    select *
    from {{ ref("fct_output_floor") }}
    where is_headline and floor_adjustment_usd <> 0
),

leverage_items as (
    select * from {{ ref("int_leverage_items") }}
),

balances as (
    select *
    from {{ ref("stg_ledger__gl_balances") }}
    where account_class = 'asset'
),

reconciliation as (
    select *
    from {{ ref("fct_leverage_reconciliation") }}
    where line_item <> 'total_assets' and amount_usd <> 0
),

floor_adjustments as (
    select
        reporting_date,
        'rwa' as measure,
        'floor_adjustment' as item,
        'fct_output_floor' as source_model,
        approach || '|' || floor_basis as source_row_id,
        floor_adjustment_usd as amount,
        rule_ids
    from output_floor
),

leverage as (
    select
        reporting_date,
        'leverage' as measure,
        item,
        source_model,
        source_row_id,
        amount_usd as amount,
        rule_ids
    from leverage_items
    where amount_usd <> 0
),

total_assets as (
    select
        as_of_date as reporting_date,
        'lr1' as measure,
        'total_assets' as item,
        'stg_ledger__gl_balances' as source_model,
        account_code as source_row_id,
        {{ money("balance_amount") }} as amount,
        cast(null as string) as rule_ids
    from balances
    where balance_amount <> 0
),

adjustments as (
    select
        reporting_date,
        'lr1' as measure,
        line_item as item,
        'fct_leverage_reconciliation' as source_model,
        exposure_group as source_row_id,
        amount_usd as amount,
        cast(null as string) as rule_ids
    from reconciliation
),

final as (
    select * from floor_adjustments
    union all
    select * from leverage
    union all
    select * from total_assets
    union all
    select * from adjustments
)

select * from final
