with reports as (
    select * from {{ ref("fct_mifid_transaction_reports") }}
    where is_late
),

final as (
    select
        submission_id,
        transaction_reference,
        execution_id,
        version,
        trade_date,
        deadline_date,
        reporting_date,
        {{ days_between("deadline_date", "reporting_date") }} as days_late,
        state
    from reports
)

select * from final
