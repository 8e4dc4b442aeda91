-- The financial years that are closed on a reporting date: its own year is not.
with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

income as (
    select * from {{ ref("stg_ledger__income_statement") }}
),

final as (
    select
        basel_dates.reporting_date,
        income.fiscal_year,
        income.item_code,
        {{ money("income.amount") }} as amount_usd
    from basel_dates
    inner join income
        on income.fiscal_year < cast(extract(year from basel_dates.reporting_date) as int)
)

select * from final
