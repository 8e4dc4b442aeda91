with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

reconciliation as (
    select * from {{ ref("fct_ledger_reconciliation") }}
),

deliveries as (
    select * from {{ ref("int_delivery_evidence") }}
),

-- What the project says of itself is known of this build, not of earlier ones.
of_project as (
    {% for part in ["owner", "description", "test", "lineage"] %}
        select
            reporting_date,
            'published_models_with_{{ part }}' as metric,
            cast({{ published_models(part) }} as double) as numerator,
            cast({{ published_models() }} as double) as denominator,
            'dbt project' as evidence_source,
            'tables and views that leave the warehouse, as the project describes them' as note
        from basel_dates
        where is_latest
        {{ "union all" if not loop.last }}
    {% endfor %}
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
                when reconciliation_status = 'difference' then abs(difference_usd)
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

of_ledger as (
    select
        reporting_date,
        'unexplained_difference_to_assets' as metric,
        cast(unexplained_usd as double) as numerator,
        cast(assets_usd as double) as denominator,
        'fct_ledger_reconciliation' as evidence_source,
        'absolute differences above their materiality and not explained' as note
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
),

all_systems as (
    select
        reporting_date,
        sum(deliveries) as deliveries,
        sum(late_deliveries) as late_deliveries,
        sum(rows_read) as rows_read,
        sum(rows_loaded) as rows_loaded,
        sum(rows_quarantined) as rows_quarantined,
        sum(rows_duplicate) as rows_duplicate,
        sum(expected_deliveries) as expected_deliveries,
        sum(received_deliveries) as received_deliveries,
        min(first_missing_feed) as first_missing_feed
    from deliveries
    group by reporting_date
),

of_deliveries as (
    select
        reporting_date,
        'deliveries_received' as metric,
        cast(received_deliveries as double) as numerator,
        cast(expected_deliveries as double) as denominator,
        'int_delivery_evidence' as evidence_source,
        coalesce(
            'no delivery of the date for ' || first_missing_feed,
            'feeds that are due on every reporting date'
        ) as note
    from all_systems
    union all
    select
        reporting_date,
        'rows_accounted_for' as metric,
        cast(rows_loaded + rows_quarantined + rows_duplicate as double) as numerator,
        cast(rows_read as double) as denominator,
        'int_delivery_evidence' as evidence_source,
        'rows loaded, quarantined or repeated, of those read since the last reporting date' as note
    from all_systems
    union all
    select
        reporting_date,
        'rows_loaded' as metric,
        cast(rows_loaded as double) as numerator,
        cast(rows_read - rows_duplicate as double) as denominator,
        'int_delivery_evidence' as evidence_source,
        cast(rows_quarantined as string) || ' rows quarantined since the last reporting date'
            as note
    from all_systems
    union all
    select
        reporting_date,
        'deliveries_on_time' as metric,
        cast(deliveries - late_deliveries as double) as numerator,
        cast(deliveries as double) as denominator,
        'int_delivery_evidence' as evidence_source,
        cast(late_deliveries as string) || ' late since the last reporting date' as note
    from all_systems
    union all
    select
        reporting_date,
        'longest_hours_to_landing_' || source_system as metric,
        longest_hours_to_landing as numerator,
        cast(1 as double) as denominator,
        'int_delivery_evidence' as evidence_source,
        'hours after the end of the business date, weekends left out' as note
    from deliveries
    where deliveries > 0
),

all_values as (
    select * from of_project
    union all
    select * from of_ledger
    union all
    select * from of_deliveries
),

final as (
    select
        reporting_date,
        metric,
        numerator,
        denominator,
        evidence_source,
        note
    from all_values
)

select * from final
