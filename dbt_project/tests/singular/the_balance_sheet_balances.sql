with sides as (
    select
        as_of_date,
        sum(case when account_class = 'asset' then balance_amount else 0 end) as assets_usd,
        sum(case when account_class = 'liability' then balance_amount else 0 end)
            as liabilities_usd,
        sum(case when account_class = 'equity' then balance_amount else 0 end) as equity_usd
    from {{ ref("stg_ledger__gl_balances") }}
    group by as_of_date
)

select *
from sides
where assets_usd <> liabilities_usd + equity_usd
