with reconciliation as (
    select
        *,
        reconciliation_status in ('difference', 'missing') as is_broken
    from {{ ref("fct_ledger_reconciliation") }}
    -- What is kept in the ledger only has nothing to be reconciled with.
    where source_model is not null or reconciliation_status in ('difference', 'missing')
),

-- Dates of an account that follow each other with the same outcome have the same difference of the
-- two numbers.
runs as (
    select
        *,
        row_number() over (partition by account_code order by reporting_date)
        - row_number() over (partition by account_code, is_broken order by reporting_date) as run
    from reconciliation
),

final as (
    select
        reporting_date,
        account_code,
        account_name,
        ledger_usd,
        subledger_usd,
        difference_usd,
        materiality_usd,
        reconciliation_status,
        note,
        is_broken,
        case
            when is_broken
                then min(reporting_date) over (partition by account_code, is_broken, run)
        end as broken_since
    from runs
)

select * from final
