{#- One column for each rule of `mifid_validation_rules`, true where the event breaks it. A
    condition that cannot be told is null and no finding: what is missing has a rule of its own. -#}
{%- set rules = [] -%}
{%- for rule in mifid_rules() -%}
    {%- do rules.append(rule | lower | replace("-", "_")) -%}
{%- endfor -%}

with events as (
    select * from {{ ref("int_mifid_execution_events") }}
),

eligibility as (
    select * from {{ ref("int_mifid_eligibility") }}
),

reportable as (
    select events.*
    from events
    inner join eligibility
        on
            events.execution_id = eligibility.execution_id
            and events.version = eligibility.version
    where eligibility.is_reportable and events.action <> 'cancel'
),

checked as (
    select
        *,
        not coalesce(
            {{ matches_pattern("transaction_reference", "[A-Z0-9]{1,52}") }}, false
        ) as r02_1,
        is_reference_reused as r02_2,
        is_eea_venue and venue_transaction_id is null as r03_1,
        is_off_venue and venue_transaction_id is not null as r03_2,
        not has_executing_check_digits as r04_1,
        has_executing_check_digits
        and coalesce(executing_lei_status, 'unknown') <> 'ISSUED' as r04_2,

        {{ mifid_party_checks("buyer", 7) }}
        {{ mifid_party_checks("seller", 16) }}

        is_transmitted and capacity in ('DEAL', 'MTCH') as r25_1,
        {%- for side, field in [("buyer", 26), ("seller", 27)] %}
            {{ side }}_transmitting_firm_lei is not null
            and (
                not coalesce(has_transmitter_check_digits, false)
                or coalesce(transmitter_lei_status, 'unknown') not in ('ISSUED', 'LAPSED')
            ) as {{ "r%02d_1" % field }},
        {%- endfor %}

        executed_at_utc is null as r28_1,
        -- Off venue a second is enough, and the form wants that.
        not is_off_venue
        and power(10, 6 - executed_at_fraction_digits) > granularity_us as r28_2,
        cast(executed_at_utc as date) > reporting_date as r28_3,
        cast(executed_at_utc as date) <= reporting_date
        and cast(executed_at_utc as date) <> trade_date as r28_4,
        capacity = 'DEAL'
        and not is_buyer_executing_entity
        and not is_seller_executing_entity as r29_1,
        capacity <> 'DEAL'
        and (is_buyer_executing_entity or is_seller_executing_entity) as r29_2,

        quantity is null or quantity <= 0 as r30_1,
        not is_quantity_type_right as r30_2,
        quantity_type <> 'units' and quantity_currency is null as r31_1,
        quantity_type = 'units' and quantity_currency is not null as r31_2,
        quantity_type <> 'units'
        and quantity_currency is not null
        and not is_quantity_currency_known as r31_3,
        notional_change is not null and not is_derivative as r32_1,
        price is null and price_type not in ('pending', 'not_applicable') as r33_1,
        not is_price_type_right as r33_2,
        price_type = 'monetary' and price_currency is null as r34_1,
        price_type <> 'monetary' and price_currency is not null as r34_2,
        price_type = 'monetary'
        and price_currency is not null
        and not is_price_currency_known as r34_3,
        is_debt and net_amount is null as r35_1,
        not is_debt and net_amount is not null as r35_2,
        is_debt and net_amount < 0 as r35_3,

        not is_venue_known as r36_1,
        is_venue_known and not is_venue_in_force as r36_2,
        venue_mic = 'XXXX' and is_in_reference_data as r36_3,
        venue_mic = 'XOFF' and not is_in_reference_data as r36_4,
        is_trading_venue and membership_country is null as r37_1,
        is_off_venue and membership_country is not null as r37_2,
        up_front_payment is not null
        and notional_change is null
        and coalesce(cfi_code, '') not like 'SC%' as r38_1,
        up_front_payment is not null and not is_up_front_currency_known as r39_1,
        is_single_leg as r40_1,

        isin is null and venue_mic <> 'XXXX' and is_in_reference_data as r41_1,
        isin is not null and not has_isin_check_digit as r41_2,
        not is_in_reference_data and instrument_name is null as r42_1,
        not is_in_reference_data
        and not coalesce({{ matches_pattern("cfi_code", "[A-Z]{6}") }}, false) as r43_1,
        -- Letters two, three and five of an option's classification: type, style and delivery.
        not is_in_reference_data
        and substr(cfi_code, 1, 1) = 'O'
        and (
            (option_type = 'CALL' and substr(cfi_code, 2, 1) <> 'C')
            or (option_type = 'PUTO' and substr(cfi_code, 2, 1) <> 'P')
            or (option_type = 'OTHR' and substr(cfi_code, 2, 1) <> 'M')
            or (exercise_style = 'EURO' and substr(cfi_code, 3, 1) <> 'E')
            or (exercise_style = 'AMER' and substr(cfi_code, 3, 1) <> 'A')
            or (exercise_style = 'BERM' and substr(cfi_code, 3, 1) <> 'B')
            or (delivery_type = 'PHYS' and substr(cfi_code, 5, 1) <> 'P')
            or (delivery_type = 'CASH' and substr(cfi_code, 5, 1) <> 'C')
            or (delivery_type = 'OPTL' and substr(cfi_code, 5, 1) <> 'E')
        ) as r43_2,
        not is_in_reference_data
        and is_derivative
        and coalesce(price_multiplier, 0) <= 0 as r46_1,
        not is_in_reference_data
        and is_derivative
        and not coalesce(has_underlying_check_digit, false) as r47_1,
        not is_in_reference_data and is_option and option_type is null as r50_1,
        not is_in_reference_data and is_option and strike_price is null as r51_1,
        not is_in_reference_data and is_option and not is_strike_currency_known as r52_1,
        not is_in_reference_data and is_option and exercise_style is null as r53_1,
        not is_in_reference_data and is_derivative and expiry_date is null as r55_1,
        not is_in_reference_data and expiry_date < trade_date as r55_2,
        not is_in_reference_data and is_derivative and delivery_type is null as r56_1,

        (capacity = 'DEAL' or coalesce(decision_maker_code = executing_entity_lei, false))
        and (investment_decision_type is null or investment_decision_code is null) as r57_1,
        execution_decision_type is null
        or (execution_decision_type <> 'client' and execution_decision_code is null) as r59_1,
        {%- for decision, field in [("investment", 57), ("execution", 59)] %}
            {{ decision }}_decision_type = 'algorithm'
            and {{ decision }}_decision_code is not null
            and not is_{{ decision }}_algorithm_known as r{{ field }}_2,
            {{ decision }}_decision_type = 'person'
            and {{ decision }}_decision_code is not null
            and not coalesce(is_{{ decision }}_identifier_well_formed, false)
                as r{{ field }}_3,
            {{ decision }}_decision_type = 'person'
            and {{ decision }}_decision_country is null as r{{ field + 1 }}_1,
        {%- endfor %}

        waivers is not null and not is_eea_venue as r61_1,
        has_unknown_waiver as r61_2,
        -- The firm sells when its client does, or to its client.
        is_short_sale_flagged
        and (side = 'sell' or coalesce(is_seller_executing_entity, false))
        and short_selling is null as r62_1,
        short_selling is not null
        and not (
            is_short_sale_flagged
            and (side = 'sell' or coalesce(is_seller_executing_entity, false))
        ) as r62_2,
        short_selling is not null and not is_short_selling_known as r62_3,
        has_unknown_otc_code as r63_1,
        -- Commodities are futures FC, swaps ST, forwards JT, other contracts HT and options O..T.
        is_commodity_hedge is not null
        and substr(coalesce(cfi_code, ''), 1, 2) not in ('FC', 'ST', 'JT', 'HT')
        and coalesce(cfi_code, '') not like 'O__T%' as r64_1
    from reportable
),

final as (
    select
        execution_id,
        version,
        action,
        reporting_date,
        trade_date,
        transaction_reference,
        trim(
            {% for rule in rules | sort -%}
                case when {{ rule }} then '{{ rule | upper | replace("_", "-") }} ' else '' end
                {{- "\n            || " if not loop.last }}
            {%- endfor %}
        ) as rule_ids,
    {%- for rule in rules | sort %}
        coalesce({{ rule }}, false) as {{ rule }}{{ "," if not loop.last }}
    {%- endfor %}
    from checked
    where
    {% for rule in rules -%}
            {{ rule }}{{ "\n        or " if not loop.last }}
    {%- endfor %}
)

select * from final
