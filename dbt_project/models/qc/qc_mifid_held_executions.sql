with reports as (
    select * from {{ ref("fct_mifid_transaction_reports") }}
    where state = 'held'
),

eligibility as (
    select * from {{ ref("int_mifid_eligibility") }}
),

errors as (
    select
        execution_id,
        version,
        rule_id,
        field_name,
        message,
        row_number() over (
            partition by execution_id, version
            order by field_number, rule_id
        ) as error_number
    from {{ ref("fct_mifid_validation_results") }}
    where severity = 'error'
),

final as (
    select
        reports.execution_id,
        reports.version,
        reports.transaction_reference,
        reports.trade_date,
        reports.reporting_date,
        reports.deadline_date,
        reports.capacity,
        reports.isin,
        reports.venue_mic,
        reports.validation_errors,
        errors.rule_id as first_rule_id,
        errors.field_name as first_field_name,
        coalesce(
            errors.message,
            case when eligibility.is_reportable is null then eligibility.reason_description end,
            'The executing entity is none that the firm reports for.'
        ) as first_message
    from reports
    left join eligibility
        on
            reports.execution_id = eligibility.execution_id
            and reports.version = eligibility.version
    left join errors
        on
            reports.execution_id = errors.execution_id
            and reports.version = errors.version
            and errors.error_number = 1
)

select * from final
