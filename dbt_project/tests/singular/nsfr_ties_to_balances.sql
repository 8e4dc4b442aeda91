with positions as (
    select
        reporting_date,
        source_model,
        source_row_id,
        sum(amount_usd) as amount_usd
    from {{ ref("int_liquidity_positions") }}
    group by reporting_date, source_model, source_row_id
),

items as (
    select
        reporting_date,
        source_model,
        source_row_id,
        sum(unweighted_usd) as unweighted_usd
    from {{ ref("fct_nsfr_items") }}
    where line_item <> 'off_balance'
    group by reporting_date, source_model, source_row_id
)

select
    positions.reporting_date,
    positions.source_model,
    positions.source_row_id,
    positions.amount_usd,
    items.unweighted_usd
from positions
left join items
    on
        positions.reporting_date = items.reporting_date
        and positions.source_model = items.source_model
        and positions.source_row_id = items.source_row_id
where not coalesce(positions.amount_usd = items.unweighted_usd, false)
