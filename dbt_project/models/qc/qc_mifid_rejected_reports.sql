with reports as (
    select * from {{ ref("fct_mifid_transaction_reports") }}
),

final as (
    select
        submission_id,
        transaction_reference,
        report_status,
        execution_id,
        version,
        trade_date,
        deadline_date,
        state_since as rejected_on,
        rejection_rule_code,
        rejection_message
    from reports
    where state = 'rejected' and (is_current or report_status = 'CANC')
)

select * from final
