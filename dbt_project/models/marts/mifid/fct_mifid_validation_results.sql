{#- The value that each rule judges; personal data in its masked form only. -#}
{%- set values = {
    "R02-1": "transaction_reference",
    "R02-2": "transaction_reference",
    "R03-1": "venue_transaction_id",
    "R03-2": "venue_transaction_id",
    "R04-1": "executing_entity_lei",
    "R04-2": "executing_entity_lei",
    "R25-1": "is_transmitted",
    "R26-1": "buyer_transmitting_firm_lei",
    "R27-1": "seller_transmitting_firm_lei",
    "R28-1": "executed_at",
    "R28-2": "executed_at",
    "R28-3": "executed_at",
    "R28-4": "executed_at",
    "R29-1": "capacity",
    "R29-2": "capacity",
    "R30-1": "quantity",
    "R30-2": "quantity_type",
    "R31-1": "quantity_currency",
    "R31-2": "quantity_currency",
    "R31-3": "quantity_currency",
    "R32-1": "notional_change",
    "R33-1": "price",
    "R33-2": "price_type",
    "R34-1": "price_currency",
    "R34-2": "price_currency",
    "R34-3": "price_currency",
    "R35-1": "net_amount",
    "R35-2": "net_amount",
    "R35-3": "net_amount",
    "R36-1": "venue_mic",
    "R36-2": "venue_mic",
    "R36-3": "venue_mic",
    "R36-4": "venue_mic",
    "R37-1": "membership_country",
    "R37-2": "membership_country",
    "R38-1": "up_front_payment",
    "R39-1": "up_front_payment_currency",
    "R40-1": "complex_trade_id",
    "R41-1": "isin",
    "R41-2": "isin",
    "R42-1": "instrument_name",
    "R43-1": "cfi_code",
    "R43-2": "cfi_code",
    "R46-1": "price_multiplier",
    "R47-1": "underlying_isin",
    "R50-1": "option_type",
    "R51-1": "strike_price",
    "R52-1": "strike_currency",
    "R53-1": "exercise_style",
    "R55-1": "expiry_date",
    "R55-2": "expiry_date",
    "R56-1": "delivery_type",
    "R57-1": "investment_decision_code",
    "R57-2": "investment_decision_code",
    "R57-3": "investment_decision_code",
    "R58-1": "investment_decision_country",
    "R59-1": "execution_decision_code",
    "R59-2": "execution_decision_code",
    "R59-3": "execution_decision_code",
    "R60-1": "execution_decision_country",
    "R61-1": "waivers",
    "R61-2": "waivers",
    "R62-1": "short_selling",
    "R62-2": "short_selling",
    "R62-3": "short_selling",
    "R63-1": "otc_post_trade",
    "R64-1": "is_commodity_hedge",
} -%}
{%- for side, field in [("buyer", 7), ("seller", 16)] -%}
    {%- for rule, column in [
        ("R%02d-1" % field, side ~ "_code"),
        ("R%02d-2" % field, side ~ "_code"),
        ("R%02d-3" % field, side ~ "_code"),
        ("R%02d-4" % field, side ~ "_code"),
        ("R%02d-5" % field, side ~ "_identifier_type"),
        ("R%02d-6" % field, side ~ "_national_id_masked"),
        ("R%02d-7" % field, side ~ "_national_id_masked"),
        ("R%02d-1" % (field + 1), side ~ "_branch_country"),
        ("R%02d-2" % (field + 1), side ~ "_branch_country"),
        ("R%02d-1" % (field + 2), side ~ "_first_name_masked"),
        ("R%02d-2" % (field + 2), side ~ "_first_name_masked"),
        ("R%02d-1" % (field + 3), side ~ "_surname_masked"),
        ("R%02d-1" % (field + 4), side ~ "_birth_date_masked"),
        ("R%02d-2" % (field + 4), side ~ "_birth_date_masked"),
        ("R%02d-1" % (field + 5), "decision_maker_code"),
        ("R%02d-2" % (field + 5), side ~ "_decision_maker_code"),
        ("R%02d-1" % (field + 6), "decision_maker_code"),
    ] -%}
        {%- do values.update({rule: column}) -%}
    {%- endfor -%}
{%- endfor -%}

with events as (
    select * from {{ ref("int_mifid_execution_events") }}
),

failed_checks as (
    select * from {{ ref("int_mifid_failed_checks") }}
),

rules as (
    select * from {{ ref("mifid_validation_rules") }}
),

fields as (
    select * from {{ ref("mifid_fields") }}
),

failed as (
    select
        failed_checks.*,
    {%- for column in values.values() | unique | reject("equalto", "transaction_reference") %}
        events.{{ column }}{{ "," if not loop.last }}
    {%- endfor %}
    from failed_checks
    inner join events
        on
            failed_checks.execution_id = events.execution_id
            and failed_checks.version = events.version
),

findings as (
    {%- for rule, column in values.items() %}
        select
            execution_id,
            version,
            action,
            reporting_date,
            trade_date,
            transaction_reference,
            '{{ rule }}' as rule_id,
            cast({{ column }} as string) as rule_value
        from failed
        where {{ rule | lower | replace("-", "_") }}
        {{- "\n    union all" if not loop.last }}
    {%- endfor %}
),

final as (
    select
        findings.execution_id,
        findings.version,
        findings.action,
        findings.reporting_date,
        findings.trade_date,
        findings.transaction_reference,
        findings.rule_id,
        rules.field_number,
        fields.field_name,
        rules.severity,
        rules.value_class,
        findings.rule_value as value,
        rules.message
    from findings
    left join rules on findings.rule_id = rules.rule_id
    left join fields on rules.field_number = fields.field_number
)

select * from final
