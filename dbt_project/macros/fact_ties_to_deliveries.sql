{% macro fact_ties_to_deliveries(feed, raw_table, key, amount, fact, fact_rows, fact_amount) -%}
with ledger as (
    select
        coalesce(sum(rows_loaded), 0) as row_count,
        coalesce(sum(sum_loaded), 0) as amount
    from {{ ref("stg_landing__deliveries") }}
    where feed = '{{ feed }}' and delivery_status = 'loaded'
),

landed as (
    select
        {{ amount }} as amount,
        row_number() over (
            partition by {{ key | join(", ") }}
            order by _load_sequence desc, _line desc
        ) as recency
    from {{ raw_table }}
),

landed_totals as (
    select
        count(*) as row_count,
        coalesce(sum(amount), 0) as amount,
        count(case when recency > 1 then 1 end) as replaced_rows,
        coalesce(sum(case when recency > 1 then amount end), 0) as replaced_amount
    from landed
),

fact_totals as (
    select
        coalesce({{ fact_rows }}, 0) as row_count,
        coalesce({{ fact_amount }}, 0) as amount
    from {{ fact }}
)

select
    '{{ feed }}' as feed,
    ledger.row_count as rows_in_ledger,
    landed_totals.row_count as rows_landed,
    landed_totals.replaced_rows,
    fact_totals.row_count as rows_in_fact,
    ledger.amount as amount_in_ledger,
    landed_totals.amount as amount_landed,
    landed_totals.replaced_amount,
    fact_totals.amount as amount_in_fact
from ledger
cross join landed_totals
cross join fact_totals
where
    ledger.row_count <> landed_totals.row_count
    or ledger.amount <> landed_totals.amount
    or landed_totals.row_count <> fact_totals.row_count + landed_totals.replaced_rows
    or landed_totals.amount <> fact_totals.amount + landed_totals.replaced_amount
{%- endmacro %}
