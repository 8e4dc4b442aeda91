-- Own funds, undrawn amounts and what only the ledger has, in the NSFR.
with own_funds as (
    select *
    from {{ ref("int_contributions_own_funds") }}
    where measure = 'own_funds' and item not like '%.deduction.%' and amount > 0
),

facilities as (
    select * from {{ ref("int_liquidity_facilities") }}
),

ledger_balances as (
    select * from {{ ref("stg_ledger__gl_balances") }}
),

ledger_accounts as (
    select * from {{ ref("nsfr_ledger_accounts") }}
),

basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

own_fund_items as (
    select
        reporting_date,
        'asf' as side,
        'regulatory_capital' as line_item,
        'no_maturity' as bucket,
        source_model,
        source_row_id,
        item as row_part,
        'USD' as currency,
        amount as unweighted_usd,
        'NSF30.asf' as rule_group,
        'regulatory_capital.no_maturity' as parameter_key,
        cast(null as string) as encumbrance_key,
        false as is_risk_weight_missing
    from own_funds
),

commitment_items as (
    select
        reporting_date,
        'rsf' as side,
        'off_balance' as line_item,
        'no_maturity' as bucket,
        'stg_lending__credit_facilities' as source_model,
        facility_id as source_row_id,
        'undrawn' as row_part,
        currency,
        undrawn_usd as unweighted_usd,
        'NSF30.rsf' as rule_group,
        case
            when
                is_unconditionally_cancellable
                or product_type in (
                    'trade_letter_of_credit', 'performance_guarantee', 'financial_guarantee'
                )
                then 'contingent.no_maturity'
            else 'commitments.no_maturity'
        end as parameter_key,
        cast(null as string) as encumbrance_key,
        false as is_risk_weight_missing
    from facilities
    where undrawn_usd <> 0
),

-- What no other system has contract by contract.
ledger_items as (
    select
        basel_dates.reporting_date,
        ledger_accounts.side,
        ledger_accounts.line_item,
        'no_maturity' as bucket,
        'stg_ledger__gl_balances' as source_model,
        ledger_balances.account_code as source_row_id,
        'whole' as row_part,
        ledger_balances.currency,
        {{ money("ledger_balances.balance_amount") }} as unweighted_usd,
        case when ledger_accounts.side = 'rsf' then 'NSF30.rsf' else 'NSF30.asf' end
            as rule_group,
        ledger_accounts.parameter_key,
        cast(null as string) as encumbrance_key,
        false as is_risk_weight_missing
    from ledger_balances
    inner join ledger_accounts on ledger_balances.account_code = ledger_accounts.account_code
    inner join basel_dates on ledger_balances.as_of_date = basel_dates.reporting_date
    where ledger_balances.balance_amount <> 0
),

final as (
    select * from own_fund_items
    union all
    select * from commitment_items
    union all
    select * from ledger_items
)

select * from final
