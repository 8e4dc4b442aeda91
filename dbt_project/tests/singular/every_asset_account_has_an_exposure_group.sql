-- Names asset accounts of the ledger that no part of the leverage exposure measure stands for.
select
    balances.as_of_date,
    balances.account_code,
    balances.account_name,
    balances.balance_amount
from {{ ref("stg_ledger__gl_balances") }} as balances
left join {{ ref("leverage_account_groups") }} as account_groups
    on balances.account_code = account_groups.account_code
where balances.account_class = 'asset' and account_groups.account_code is null
