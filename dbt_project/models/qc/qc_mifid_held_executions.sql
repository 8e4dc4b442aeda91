with reports as (
    select * from {{ ref("fct_mifid_transaction_reports") }}
    where state = 'held'
),

errors as (
    select
        execution_id,
        version,
        rule_id,
        field_name,
        message,
        row_number() over (partition by execution_id, version order by field_number, rule_id) as rank
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
            'The executing entity is not one that the firm reports for.'
        ) as first_message
    from reports
    left join errors
        on
            reports.execution_id = errors.execution_id
            and reports.version = errors.version
            and errors.rank = 1
)

select * from final
