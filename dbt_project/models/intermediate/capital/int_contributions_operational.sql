with charges as (
    select *
    from {{ ref("fct_operational_risk_capital") }}
    where is_headline
),

final as (
    select
        reporting_date,
        'rwa' as measure,
        'operational' as item,
        'fct_operational_risk_capital' as source_model,
        approach as source_row_id,
        rwa_usd as amount,
        rule_ids
    from charges
)

select * from final
