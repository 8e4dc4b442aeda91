with changes as (
    select * from {{ ref("stg_execution__executions_changed") }}
),

executions as (
    select * from {{ ref("stg_execution__executions") }}
),

final as (
    select
        changes.execution_id,
        changes.version,
        executions.transaction_reference,
        executions.trade_date,
        executions.delivery_business_date as first_delivered_on,
        changes.delivery_business_date as changed_on,
        changes.delivery_id,
        changes.delivery_line
    from changes
    inner join executions
        on
            changes.execution_id = executions.execution_id
            and changes.version = executions.version
)

select * from final
