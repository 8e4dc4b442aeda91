with reconciliation as (
    select * from {{ ref("fct_ledger_reconciliation") }}
),

balance_sheets as (
    select
        reporting_date,
        sum(case when account_class = 'asset' then ledger_usd else 0 end) as assets_usd,
        sum(
            case
                when account_class = 'asset' then ledger_usd
                when account_class in ('liability', 'equity') then -ledger_usd
                else 0
            end
        ) as imbalance_usd,
        sum(
            case
                when reconciliation_status in ('difference', 'missing')
                    then abs(coalesce(difference_usd, ledger_usd, subledger_usd))
                else 0
            end
        ) as unexplained_usd,
        sum(abs(ledger_usd)) as gross_usd,
        sum(case when source_model is not null then abs(ledger_usd) else 0 end) as automated_usd,
        count(*) as account_count,
        count(case when reconciliation_status in ('tied', 'explained') then 1 end) as tied_accounts
    from reconciliation
    group by reporting_date
),

final as (
    select
        reporting_date,
        'unexplained_difference_to_assets' as metric,
        cast(unexplained_usd as double) as numerator,
        cast(assets_usd as double) as denominator,
        'fct_ledger_reconciliation' as evidence_source,
        'differences above their materiality and not explained, without regard to sign' as note
    from balance_sheets
    union all
    select
        reporting_date,
        'accounts_tied_or_explained' as metric,
        cast(tied_accounts as double) as numerator,
        cast(account_count as double) as denominator,
        'fct_ledger_reconciliation' as evidence_source,
        'accounts, all of the same weight' as note
    from balance_sheets
    union all
    select
        reporting_date,
        'automated_reconciliation' as metric,
        cast(automated_usd as double) as numerator,
        cast(gross_usd as double) as denominator,
        'fct_ledger_reconciliation' as evidence_source,
        'balances that a sub-ledger stands behind' as note
    from balance_sheets
    union all
    select
        reporting_date,
        'balance_sheet_imbalance' as metric,
        abs(cast(imbalance_usd as double)) as numerator,
        cast(1 as double) as denominator,
        'fct_ledger_reconciliation' as evidence_source,
        'assets less liabilities and equity' as note
    from balance_sheets
)

select * from final
