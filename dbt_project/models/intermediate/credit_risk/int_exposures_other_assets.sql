-- What no other feed has and no deduction covers: premises and other assets, which the ledger alone
-- keeps, and holdings in financial institutions up to the limit above which they are deducted.
with balances as (
    select * from {{ ref("stg_ledger__gl_balances") }}
),

accounts as (
    select *
    from {{ ref("ledger_account_mapping") }}
    where account_class = 'asset' and source_model is null
),

own_funds_items as (
    select *
    from {{ ref("int_own_funds_items") }}
    where treatment = 'holdings_limit'
),

own_funds_limits as (
    select * from {{ ref("int_own_funds_limits") }}
),

fx_rates as (
    select *
    from {{ ref("int_fx_rates_daily") }}
    where currency = 'EUR'
),

other_assets as (
    select
        balances.as_of_date as reporting_date,
        'GL:' || balances.account_code as exposure_id,
        'other_asset' as exposure_type,
        'stg_ledger__gl_balances' as source_model,
        balances.account_code as source_row_id,
        false as is_private_sector,
        'other_asset' as product_type,
        balances.currency,
        {{ money("balances.balance_amount") }} as on_balance_usd
    from balances
    inner join accounts on balances.account_code = accounts.account_code
),

holdings as (
    select
        own_funds_items.reporting_date,
        'OF:' || own_funds_items.item_code as exposure_id,
        'equity' as exposure_type,
        'stg_ledger__own_funds' as source_model,
        own_funds_items.item_code as source_row_id,
        true as is_private_sector,
        'listed_equity' as product_type,
        'USD' as currency,
        {{ money(
            "own_funds_items.gross_amount_usd"
            ~ " - coalesce(own_funds_limits.over_individual_limit_usd, 0)"
        ) }} as on_balance_usd
    from own_funds_items
    left join own_funds_limits
        on
            own_funds_items.reporting_date = own_funds_limits.reporting_date
            and own_funds_items.item_code = own_funds_limits.item_code
),

assets as (
    select * from other_assets
    union all
    select * from holdings
),

final as (
    select {{ credit_exposure({
        "reporting_date": "assets.reporting_date",
        "exposure_id": "assets.exposure_id",
        "exposure_type": "assets.exposure_type",
        "source_model": "assets.source_model",
        "source_row_id": "assets.source_row_id",
        "country": "'XX'",
        "is_private_sector": "assets.is_private_sector",
        "product_type": "assets.product_type",
        "currency": "assets.currency",
        "usd_per_eur": "fx_rates.fx_rate_usd",
        "on_balance_usd": "assets.on_balance_usd",
    }) }}
    from assets
    left join fx_rates on assets.reporting_date = fx_rates.business_date
)

select * from final
