with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

facilities as (
    select * from {{ ref("stg_lending__credit_facilities") }}
),

securities as (
    select * from {{ ref("stg_treasury__securities") }}
),

securities_financing as (
    select * from {{ ref("stg_treasury__securities_financing") }}
),

netting_sets as (
    select * from {{ ref("stg_treasury__netting_sets") }}
),

funding as (
    select * from {{ ref("stg_treasury__funding") }}
),

own_funds as (
    select * from {{ ref("stg_ledger__own_funds") }}
),

subsidiaries as (
    select * from {{ ref("stg_ledger__subsidiary_capital") }}
),

trading_balances as (
    select * from {{ ref("int_trading_balances") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

account_mapping as (
    select *
    from {{ ref("ledger_account_mapping") }}
    where source_model is not null
),

amounts as (
    select
        as_of_date,
        'stg_lending__credit_facilities' as source_model,
        facility_id as source_row_id,
        product_type as category,
        'drawn_and_accrued' as measure,
        currency,
        drawn_amount + accrued_interest_amount as amount
    from facilities
    union all
    select
        as_of_date,
        'stg_lending__credit_facilities' as source_model,
        facility_id as source_row_id,
        'all' as category,
        'specific_provision_amount' as measure,
        currency,
        specific_provision_amount as amount
    from facilities
    union all
    select
        as_of_date,
        'stg_lending__credit_facilities' as source_model,
        facility_id as source_row_id,
        product_type as category,
        'undrawn_amount' as measure,
        currency,
        case when limit_amount > drawn_amount then limit_amount - drawn_amount else 0 end
            as amount
    from facilities
    union all
    select
        as_of_date,
        'stg_treasury__securities' as source_model,
        security_id as source_row_id,
        security_type as category,
        'carrying_amount' as measure,
        currency,
        carrying_amount as amount
    from securities
    union all
    select
        as_of_date,
        'stg_treasury__securities_financing' as source_model,
        transaction_id as source_row_id,
        direction as category,
        'cash_amount' as measure,
        currency,
        cash_amount as amount
    from securities_financing
    union all
    select
        as_of_date,
        'stg_treasury__netting_sets' as source_model,
        netting_set_id as source_row_id,
        'all' as category,
        case
            when variation_margin_amount < 0 then 'margin_posted'
            else 'margin_received'
        end as measure,
        currency,
        abs(variation_margin_amount) as amount
    from netting_sets
    union all
    select
        as_of_date,
        'stg_treasury__funding' as source_model,
        funding_id as source_row_id,
        product_type as category,
        'balance_amount' as measure,
        currency,
        balance_amount as amount
    from funding
    union all
    select
        as_of_date,
        'stg_ledger__own_funds' as source_model,
        item_code as source_row_id,
        item_code as category,
        'amount' as measure,
        'USD' as currency,
        amount
    from own_funds
    union all
    select
        as_of_date,
        'stg_ledger__subsidiary_capital' as source_model,
        subsidiary_id as source_row_id,
        'all' as category,
        't2_third_party' as measure,
        'USD' as currency,
        t2_third_party as amount
    from subsidiaries
    union all
    select
        as_of_date,
        'stg_ledger__subsidiary_capital' as source_model,
        subsidiary_id as source_row_id,
        'all' as category,
        'cet1_and_at1_third_party' as measure,
        'USD' as currency,
        cet1_third_party + at1_third_party as amount
    from subsidiaries
    union all
    select
        as_of_date,
        'fct_positions_daily' as source_model,
        source_row_id,
        category,
        case
            when market_value_usd < 0 then 'market_value_short'
            else 'market_value_long'
        end as measure,
        'USD' as currency,
        abs(market_value_usd) as amount
    from trading_balances
),

final as (
    select
        basel_dates.reporting_date,
        account_mapping.account_code,
        amounts.source_model,
        amounts.source_row_id,
        amounts.category,
        amounts.measure,
        {{ money(
            "cast(amounts.amount as double) * fx_rates.fx_rate_usd"
            ~ " * coalesce(account_mapping.sign, 1)"
        ) }} as amount_usd
    from basel_dates
    inner join amounts on basel_dates.reporting_date = amounts.as_of_date
    left join fx_rates
        on
            amounts.as_of_date = fx_rates.business_date
            and amounts.currency = fx_rates.currency
    left join account_mapping
        on
            amounts.source_model = account_mapping.source_model
            and amounts.category = account_mapping.category
            and amounts.measure = account_mapping.measure
    where amounts.amount <> 0
)

select * from final
