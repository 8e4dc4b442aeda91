with reconciliation as (
    select *
    from {{ ref("fct_ledger_reconciliation") }}
    where
        source_model in ('stg_lending__credit_facilities', 'stg_treasury__securities')
        and account_class in ('asset', 'off_balance')
),

exposure_accounts as (
    select * from {{ ref("int_exposure_accounts") }}
),

exposures as (
    select
        reporting_date,
        account_code,
        count(distinct exposure_id) as exposure_count,
        {{ money("sum(amount_usd)") }} as exposures_usd
    from exposure_accounts
    group by reporting_date, account_code
),

compared as (
    select
        reconciliation.reporting_date,
        reconciliation.account_code,
        reconciliation.account_name,
        reconciliation.account_class,
        reconciliation.ledger_usd,
        reconciliation.subledger_usd,
        coalesce(exposures.exposures_usd, {{ money("0") }}) as exposures_usd,
        cast(coalesce(exposures.exposure_count, 0) as int) as exposure_count,
        reconciliation.materiality_usd,
        reconciliation.reconciliation_status as ledger_status
    from reconciliation
    left join exposures
        on
            reconciliation.reporting_date = exposures.reporting_date
            and reconciliation.account_code = exposures.account_code
),

measured as (
    select
        *,
        {{ money("ledger_usd - exposures_usd") }} as difference_usd,
        abs(subledger_usd - exposures_usd) <= materiality_usd as is_whole
    from compared
),

final as (
    select
        reporting_date,
        account_code,
        account_name,
        account_class,
        ledger_usd,
        exposures_usd,
        exposure_count,
        difference_usd,
        materiality_usd,
        coalesce(abs(difference_usd) <= materiality_usd, exposures_usd = 0) as is_tied,
        case
            when coalesce(abs(difference_usd) <= materiality_usd, exposures_usd = 0) then null
            when is_whole and ledger_status in ('difference', 'missing')
                then 'the ledger differs from its sub-ledger; the exposures hold all of the latter'
            else 'the exposures do not hold all of the sub-ledger'
        end as note
    from measured
)

select * from final
