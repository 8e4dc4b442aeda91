{{ config(materialized="view") }}

{#- Our side is the client whose order it is, or the executing entity itself. Only our side has a
    client's data, a decision maker and a transmitting firm; the other side is a LEI, a MIC or INTC. -#}
{%- set own_columns = [
    "is_own_client", "own_branch_country", "is_own_identifier_type_allowed", "is_own_identifier_well_formed",
    "is_own_concat_consistent", "is_own_name_upper", "is_own_birth_date_plausible", "own_decision_maker_type",
    "own_decision_maker_code",
] -%}
{%- for column in [
    "identifier_type", "national_id_token", "national_id_masked", "first_name_token", "first_name_masked",
    "surname_token", "surname_masked", "birth_date_token", "birth_date_masked",
] -%}
    {%- do own_columns.extend(["own_" ~ column, "own_decision_maker_" ~ column]) -%}
{%- endfor -%}
{%- set side_columns = [
    "own_type", "own_code", "has_own_check_digits", "own_lei_status", "is_own_executing_entity",
] -%}

with executions as (
    select * from {{ ref("int_mifid_executions_enriched") }}
),

final as (
    select
        execution_id,
        version,
        action,
        reporting_date,
        trade_date,
        product_type,
        order_id,
        trade_id,
        side,
        client_party_id,
        other_code as counterparty_code,
        decision_maker_code,
        transmitting_firm_lei,
        transaction_reference,
        venue_transaction_id,
        executing_entity_lei,
        is_entity_known,
        submitting_lei,
        max_reports_per_file,
        has_executing_check_digits,
        executing_lei_status,
        is_reference_reused,
        {%- for side, our_side in [("buyer", "buy"), ("seller", "sell")] %}
            {%- for column in side_columns %}
                case
                    when side = '{{ our_side }}' then {{ column }}
                    else {{ column | replace("own", "other") }}
                end as {{ column | replace("own", side) }},
            {%- endfor %}
            case
                when side <> '{{ our_side }}' then is_other_mic_in_force
            end as is_{{ side }}_mic_in_force,
            case
                when side = '{{ our_side }}' then transmitting_firm_lei
            end as {{ side }}_transmitting_firm_lei,
            {%- for column in own_columns %}
                case
                    when side = '{{ our_side }}' then {{ column }}
                end as {{ column | replace("own", side) }},
            {%- endfor %}
        {%- endfor %}
        is_decision_maker_party,
        is_decision_maker_identifier_well_formed,
        has_decision_maker_check_digits,
        decision_maker_lei_status,
        has_transmitter_check_digits,
        transmitter_lei_status,
        is_transmitted,
        executed_at,
        executed_at_utc,
        executed_at_fraction_digits,
        activity,
        granularity_us,
        capacity,
        quantity,
        quantity_type,
        is_quantity_type_right,
        quantity_currency,
        is_quantity_currency_known,
        notional_change,
        price,
        price_type,
        is_price_type_right,
        price_currency,
        is_price_currency_known,
        net_amount,
        venue_mic,
        is_venue_known,
        is_venue_in_force,
        is_trading_venue,
        is_eea_venue,
        is_off_venue,
        membership_country,
        up_front_payment,
        up_front_payment_currency,
        is_up_front_currency_known,
        complex_trade_id,
        is_single_leg,
        instrument_id,
        is_instrument_known,
        is_admitted_in_eea,
        is_in_reference_data,
        is_underlying_admitted,
        is_debt,
        is_derivative,
        is_option,
        is_short_sale_flagged,
        is_spot_currency,
        is_otc_contract,
        isin,
        has_isin_check_digit,
        instrument_name,
        cfi_code,
        notional_currency,
        price_multiplier,
        underlying_isin,
        has_underlying_check_digit,
        option_type,
        strike_price,
        strike_currency,
        is_strike_currency_known,
        exercise_style,
        maturity_date,
        expiry_date,
        delivery_type,
        {%- for decision in ["investment", "execution"] %}
            {{ decision }}_decision_type,
            {{ decision }}_decision_code,
            is_{{ decision }}_algorithm_known,
            {{ decision }}_identifier_type,
            {{ decision }}_national_id_token,
            {{ decision }}_national_id_masked,
            is_{{ decision }}_identifier_well_formed,
            {{ decision }}_decision_country,
        {%- endfor %}
        waivers,
        has_unknown_waiver,
        short_selling,
        is_short_selling_known,
        otc_post_trade,
        has_unknown_otc_code,
        is_commodity_hedge,
        is_sft,
        delivery_id,
        delivery_line
    from executions
)

select * from final
