with exposures as (
    select * from {{ ref("fct_ccr_exposures") }}
),

cva_capital as (
    select *
    from {{ ref("fct_cva_capital") }}
    where is_headline
),

items as (
    select
        'sa_ccr' as method,
        'sa_ccr.replacement_cost' as item
    union all
    select
        'sa_ccr' as method,
        'sa_ccr.pfe' as item
    union all
    select
        'sa_ccr' as method,
        'sa_ccr.ead' as item
    union all
    select
        'sft_comprehensive' as method,
        'sft.ead' as item
),

final as (
    select
        exposures.reporting_date,
        'ccr' as measure,
        items.item,
        'fct_ccr_exposures' as source_model,
        exposures.netting_set_id as source_row_id,
        case items.item
            when 'sa_ccr.replacement_cost' then exposures.replacement_cost_usd
            when 'sa_ccr.pfe' then exposures.pfe_usd
            else exposures.ead_usd
        end as amount,
        exposures.rule_ids
    from exposures
    inner join items on exposures.method = items.method
    union all
    select
        reporting_date,
        'rwa' as measure,
        'cva' as item,
        'fct_cva_capital' as source_model,
        counterparty_lei as source_row_id,
        rwa_usd as amount,
        rule_ids
    from cva_capital
)

select * from final
