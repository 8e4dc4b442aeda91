with items as (
    select * from {{ ref("int_own_funds_items") }}
),

included as (
    select * from {{ ref("int_subsidiary_capital_included") }}
),

final as (
    select
        reporting_date,
        item_code,
        treatment,
        case
            when treatment in ('holdings_limit', 'threshold') then gross_amount_usd
            else amount_usd
        end as amount_usd
    from items
    where tier = 'CET1'
    union all
    select
        reporting_date,
        'minority_interest:' || subsidiary_id as item_code,
        'third_party' as treatment,
        included_usd as amount_usd
    from included
    where tier = 'CET1'
)

select * from final
