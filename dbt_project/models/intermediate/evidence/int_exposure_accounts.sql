with exposures as (
    select *
    from {{ ref("fct_credit_exposures") }}
    where exposure_type not in ('derivative', 'securities_financing')
),

subledger_rows as (
    select * from {{ ref("int_subledger_balances") }}
),

-- An account that the ledger alone keeps is its own exposure.
ledger_accounts as (
    select
        exposures.reporting_date,
        exposures.exposure_id,
        exposures.source_row_id as account_code,
        'balance' as measure,
        exposures.on_balance_usd as amount_usd
    from exposures
    where exposures.source_model = 'stg_ledger__gl_balances'
),

business as (
    select
        exposures.reporting_date,
        exposures.exposure_id,
        subledger_rows.account_code,
        subledger_rows.measure,
        case subledger_rows.measure
            when 'specific_provision_amount' then -exposures.provisions_usd
            when 'undrawn_amount' then exposures.off_balance_usd
            else exposures.on_balance_usd
        end as amount_usd
    from exposures
    inner join subledger_rows
        on
            exposures.reporting_date = subledger_rows.reporting_date
            and exposures.source_model = subledger_rows.source_model
            and exposures.source_row_id = subledger_rows.source_row_id
    where subledger_rows.account_code is not null
),

account_amounts as (
    select * from ledger_accounts
    union all
    select * from business
),

final as (
    select
        reporting_date,
        exposure_id,
        account_code,
        measure,
        {{ money("amount_usd") }} as amount_usd
    from account_amounts
    where amount_usd <> 0
)

select * from final
