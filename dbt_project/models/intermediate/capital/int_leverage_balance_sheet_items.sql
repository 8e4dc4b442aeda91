-- What is on the balance sheet, and what CET1 deducts of it: a row per exposure, position, ledger
-- account and deduction.
with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

exposures as (
    select *
    from {{ ref("fct_credit_exposures") }}
    where source_model in ('stg_lending__credit_facilities', 'stg_treasury__securities')
),

balances as (
    select * from {{ ref("stg_ledger__gl_balances") }}
),

account_groups as (
    select * from {{ ref("leverage_account_groups") }}
),

positions as (
    select * from {{ ref("fct_positions_daily") }}
),

instruments as (
    select * from {{ ref("dim_instruments") }}
),

own_funds as (
    select * from {{ ref("fct_own_funds") }}
),

treatments as (
    select * from {{ ref("own_funds_treatments") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

rules as (
    select
        reporting_date,
        max(case when rule_id = 'LEV30.exposure.central_bank_claims_share' then value end)
            as central_bank_claims_share
    from parameters
    where rule_group = 'LEV30.exposure'
    group by reporting_date
),

banking_book as (
    select
        reporting_date,
        'on_balance' as item,
        case
            when source_model = 'stg_treasury__securities' then 'securities'
            else 'loans'
        end as exposure_group,
        'fct_credit_exposures' as source_model,
        exposure_id as source_row_id,
        {{ money("greatest(on_balance_usd - provisions_usd, 0)") }} as amount_usd,
        cast(null as string) as rule_ids
    from exposures
    where on_balance_usd > provisions_usd
),

-- What only the ledger knows: intangible and tax assets, holdings, premises, the general allowance.
ledger_accounts as (
    select
        balances.as_of_date as reporting_date,
        'on_balance' as item,
        'ledger' as exposure_group,
        'stg_ledger__gl_balances' as source_model,
        balances.account_code as source_row_id,
        {{ money("balances.balance_amount") }} as amount_usd,
        cast(null as string) as rule_ids
    from balances
    inner join account_groups on balances.account_code = account_groups.account_code
    where account_groups.exposure_group = 'ledger' and balances.balance_amount <> 0
),

central_bank_claims as (
    select
        exposures.reporting_date,
        'on_balance_deductions' as item,
        'deductions' as exposure_group,
        'fct_credit_exposures' as source_model,
        exposures.exposure_id as source_row_id,
        {{ money(
            "cast(greatest(exposures.on_balance_usd - exposures.provisions_usd, 0) as double)"
            ~ " * (rules.central_bank_claims_share - 1)"
        ) }} as amount_usd,
        'LEV30.exposure.central_bank_claims_share' as rule_ids
    from exposures
    inner join rules on exposures.reporting_date = rules.reporting_date
    where exposures.exposure_type = 'central_bank' and rules.central_bank_claims_share < 1
),

trading_securities as (
    select
        basel_dates.reporting_date,
        'on_balance' as item,
        'trading_securities' as exposure_group,
        'fct_positions_daily' as source_model,
        positions.portfolio_id || '|' || positions.instrument_id as source_row_id,
        positions.market_value_usd as amount_usd,
        cast(null as string) as rule_ids
    from basel_dates
    inner join positions on basel_dates.reporting_date = positions.business_date
    where
        positions.instrument_type in ('equity', 'government_bond')
        and positions.market_value_usd > 0
),

-- Foreign money of the trading book: one balance per currency, an asset when it is positive.
currency_balances as (
    select
        basel_dates.reporting_date,
        case
            when positions.instrument_type = 'cash' then positions.currency
            else instruments.base_currency
        end as currency,
        {{ money("sum(positions.market_value_usd)") }} as balance_usd
    from basel_dates
    inner join positions on basel_dates.reporting_date = positions.business_date
    inner join instruments on positions.instrument_id = instruments.instrument_id
    where positions.instrument_type in ('cash', 'currency_pair')
    group by
        basel_dates.reporting_date,
        case
            when positions.instrument_type = 'cash' then positions.currency
            else instruments.base_currency
        end
),

trading_currencies as (
    select
        reporting_date,
        'on_balance' as item,
        'trading_currencies' as exposure_group,
        'fct_positions_daily' as source_model,
        'currency|' || currency as source_row_id,
        balance_usd as amount_usd,
        cast(null as string) as rule_ids
    from currency_balances
    where currency <> 'USD' and balance_usd > 0
),

deductions as (
    select
        own_funds.reporting_date,
        'on_balance_deductions' as item,
        'deductions' as exposure_group,
        'fct_own_funds' as source_model,
        own_funds.item_code as source_row_id,
        own_funds.amount_usd,
        own_funds.rule_ids
    from own_funds
    inner join treatments on own_funds.item_code = treatments.item_code
    where
        own_funds.item_type = 'deduction'
        and treatments.is_deducted_from_assets
        and own_funds.amount_usd <> 0
),

final as (
    select * from banking_book
    union all
    select * from ledger_accounts
    union all
    select * from central_bank_claims
    union all
    select * from trading_securities
    union all
    select * from trading_currencies
    union all
    select * from deductions
)

select * from final
