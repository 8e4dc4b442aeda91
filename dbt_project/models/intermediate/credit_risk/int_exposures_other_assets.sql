-- What the ledger alone knows and no deduction covers: premises, equipment and other assets.
with balances as (
    select * from {{ ref("stg_ledger__gl_balances") }}
),

accounts as (
    select *
    from {{ ref("ledger_account_mapping") }}
    where account_class = 'asset' and source_model is null
),

fx_rates as (
    select *
    from {{ ref("int_fx_rates_daily") }}
    where currency = 'EUR'
),

final as (
    select {{ credit_exposure({
        "reporting_date": "balances.as_of_date",
        "exposure_id": "'GL:' || balances.account_code",
        "exposure_type": "'other_asset'",
        "source_model": "'stg_ledger__gl_balances'",
        "source_row_id": "balances.account_code",
        "country": "'XX'",
        "is_private_sector": "false",
        "product_type": "'other_asset'",
        "currency": "balances.currency",
        "usd_per_eur": "fx_rates.fx_rate_usd",
        "on_balance_usd": "balances.balance_amount",
    }) }}
    from balances
    inner join accounts on balances.account_code = accounts.account_code
    left join fx_rates on balances.as_of_date = fx_rates.business_date
)

select * from final
