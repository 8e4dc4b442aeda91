with source as (
    {{ latest_rows(source("trading", "trades"), ["trade_id", "version"]) }}
),

renamed as (
    select
        trade_id,
        version,
        action,
        product_type,
        executed_at,
        trade_date,
        portfolio_id,
        trader_id,
        counterparty_lei,
        instrument_id,
        side,
        quantity,
        price,
        currency,
        contract_base_currency,
        contract_start_date,
        contract_maturity_date,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
