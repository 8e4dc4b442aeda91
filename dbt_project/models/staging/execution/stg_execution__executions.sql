{#- Seconds and up to six decimals of them, in UTC: RTS 22 Annex I, table 2, field 28. -#}
{%- set field_28_form = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?Z" -%}
with source as (
    {{
        first_rows(
            source("execution", "executions"),
            ["execution_id", "version"]
        )
    }}
),

with_time as (
    select
        *,
        case
            when {{ matches_pattern("executed_at", field_28_form) }}
                then try_cast(replace(replace(executed_at, 'T', ' '), 'Z', '') as timestamp)
        end as executed_at_utc
    from source
),

renamed as (
    select
        execution_id,
        version,
        action,
        order_id,
        trade_id,
        transaction_reference,
        venue_transaction_id,
        executing_entity_lei,
        executed_at,
        executed_at_utc,
        case
            -- 20 characters are without a fraction, which begins with a point. A day that is not in
            -- the calendar has the form of a time and is none.
            when executed_at_utc is not null then greatest(length(executed_at) - 21, 0)
        end as executed_at_fraction_digits,
        trade_date,
        activity,
        capacity,
        side,
        client_party_id,
        counterparty_code,
        decision_maker_code,
        is_transmitted,
        transmitting_firm_lei,
        quantity,
        quantity_type,
        quantity_currency,
        notional_change,
        price,
        price_type,
        price_currency,
        net_amount,
        venue_mic,
        membership_country,
        up_front_payment,
        up_front_payment_currency,
        complex_trade_id,
        instrument_id,
        product_type,
        isin,
        instrument_name,
        cfi_code,
        notional_currency,
        price_multiplier,
        underlying_isin,
        option_type,
        strike_price,
        strike_currency,
        exercise_style,
        maturity_date,
        expiry_date,
        delivery_type,
        investment_decision_type,
        investment_decision_code,
        investment_decision_country,
        execution_decision_type,
        execution_decision_code,
        execution_decision_country,
        waivers,
        short_selling,
        otc_post_trade,
        is_commodity_hedge,
        is_sft,
        liquidity,
        bid,
        ask,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from with_time
)

select * from renamed
