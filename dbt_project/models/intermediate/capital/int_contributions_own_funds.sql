with own_funds as (
    select * from {{ ref("fct_own_funds") }}
),

included as (
    select *
    from {{ ref("int_subsidiary_capital_included") }}
    where included_usd <> 0
),

amounts as (
    select
        reporting_date,
        'own_funds' as measure,
        case
            when item_type = 'deduction' then lower(tier) || '.deduction.' || item_code
            else lower(tier) || '.' || item_code
        end as item,
        'fct_own_funds' as source_model,
        item_code as source_row_id,
        amount_usd as amount,
        rule_ids
    from own_funds
    where item_type <> 'third_party' and amount_usd <> 0
),

third_parties as (
    select
        reporting_date,
        'own_funds' as measure,
        case
            when tier = 'CET1' then 'cet1.minority_interest'
            else lower(tier) || '.subsidiary_instruments'
        end as item,
        'int_subsidiary_capital_included' as source_model,
        subsidiary_id || '|' || tier as source_row_id,
        included_usd as amount,
        rule_ids
    from included
),

below_thresholds as (
    select
        reporting_date,
        'rwa' as measure,
        'below_thresholds_250' as item,
        'fct_own_funds' as source_model,
        item_code as source_row_id,
        rwa_usd as amount,
        rule_ids
    from own_funds
    where rwa_usd <> 0
),

final as (
    select * from amounts
    union all
    select * from third_parties
    union all
    select * from below_thresholds
)

select * from final
