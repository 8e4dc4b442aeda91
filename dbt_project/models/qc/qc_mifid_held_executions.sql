with reports as (
    select * from {{ ref("fct_mifid_transaction_reports") }}
    where state = 'held'
),

unknown_events as (
    select * from {{ ref("int_mifid_report_events") }}
    where outcome = 'exempt' and reason_code = 'UNKNOWN_INSTRUMENT' and replaced_on is null
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
        coalesce(errors.message, 'The executing entity is none that the firm reports for.')
            as first_message
    from reports
    left join errors
        on
            reports.execution_id = errors.execution_id
            and reports.version = errors.version
            and errors.error_number = 1
    union all
    select
        execution_id,
        version,
        transaction_reference,
        trade_date,
        reporting_date,
        deadline_date,
        cast(null as varchar) as capacity,
        cast(null as varchar) as isin,
        cast(null as varchar) as venue_mic,
        validation_errors,
        cast(null as varchar) as first_rule_id,
        cast(null as varchar) as first_field_name,
        'Nobody knows the instrument, so whether it is to be reported cannot be told.'
            as first_message
    from unknown_events
)

select * from final
