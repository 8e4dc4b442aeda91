{%- set values = mifid_rules() -%}

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
