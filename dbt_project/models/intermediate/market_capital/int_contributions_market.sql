with contributions as (
    select * from {{ ref("fct_sbm_delta_contributions") }}
),

final as (
    select
        reporting_date,
        'rwa' as measure,
        'market.sbm_delta' as item,
        'fct_sbm_delta_contributions' as source_model,
        risk_factor_key as source_row_id,
        rwa_usd as amount,
        rule_ids
    from contributions
)

select * from final
