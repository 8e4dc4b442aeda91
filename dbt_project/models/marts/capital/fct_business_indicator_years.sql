with items as (
    select * from {{ ref("int_operational_income_items") }}
),

charges as (
    select *
    from {{ ref("int_operational_risk_charges") }}
    where approach = 'standardised'
),

years as (
    select
        items.reporting_date,
        items.fiscal_year,
        max(case when items.item_code = 'interest_income' then items.amount_usd end)
            as interest_income_usd,
        max(case when items.item_code = 'interest_expense' then items.amount_usd end)
            as interest_expense_usd,
        max(case when items.item_code = 'interest_earning_assets' then items.amount_usd end)
            as interest_earning_assets_usd,
        max(case when items.item_code = 'dividend_income' then items.amount_usd end)
            as dividend_income_usd,
        max(case when items.item_code = 'fee_income' then items.amount_usd end)
            as fee_income_usd,
        max(case when items.item_code = 'fee_expense' then items.amount_usd end)
            as fee_expense_usd,
        max(case when items.item_code = 'other_operating_income' then items.amount_usd end)
            as other_operating_income_usd,
        max(case when items.item_code = 'other_operating_expense' then items.amount_usd end)
            as other_operating_expense_usd,
        max(case when items.item_code = 'net_pnl_trading_book' then items.amount_usd end)
            as net_pnl_trading_book_usd,
        max(case when items.item_code = 'net_pnl_banking_book' then items.amount_usd end)
            as net_pnl_banking_book_usd
    from items
    inner join charges on items.reporting_date = charges.reporting_date
    where items.fiscal_year between charges.first_fiscal_year and charges.last_fiscal_year
    group by items.reporting_date, items.fiscal_year
),

final as (
    select
        reporting_date,
        fiscal_year,
        abs(interest_income_usd - interest_expense_usd) as interest_margin_usd,
        interest_earning_assets_usd,
        dividend_income_usd,
        fee_income_usd,
        fee_expense_usd,
        other_operating_income_usd,
        other_operating_expense_usd,
        abs(net_pnl_trading_book_usd) as trading_book_result_usd,
        abs(net_pnl_banking_book_usd) as banking_book_result_usd,
        interest_income_usd
        - interest_expense_usd
        + dividend_income_usd
        + fee_income_usd
        - fee_expense_usd
        + other_operating_income_usd
        + net_pnl_trading_book_usd as gross_income_usd
    from years
)

select * from final
