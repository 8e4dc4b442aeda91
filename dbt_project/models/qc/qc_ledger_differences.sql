with reconciliation as (
    select *
    from {{ ref("fct_ledger_reconciliation") }}
    where reconciliation_status in ('difference', 'missing')
),

final as (
    select
        reporting_date,
        account_code,
        account_name,
        account_class,
        source_model,
        ledger_usd,
        subledger_usd,
        difference_usd,
        materiality_usd,
        reconciliation_status,
        note
    from reconciliation
)

select * from final
