-- Own funds and subsidiaries also report figures that are in no account; rows of the bank's
-- business are all in one.
select *
from {{ ref("int_subledger_balances") }}
where
    account_code is null
    and source_model not in ('stg_ledger__own_funds', 'stg_ledger__subsidiary_capital')
