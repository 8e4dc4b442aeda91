with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

ledger_values as (
    select * from {{ ref("int_bcbs239_ledger_values") }}
),

deliveries as (
    select * from {{ ref("int_delivery_evidence") }}
),

exposure_reconciliation as (
    select * from {{ ref("fct_exposure_reconciliation") }}
),

report_ties as (
    select * from {{ ref("int_report_ties") }}
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

exposure_totals as (
    select
        reporting_date,
        count(*) as account_count,
        count(case when is_tied then 1 end) as tied_count
    from exposure_reconciliation
    group by reporting_date
),

of_exposures as (
    select
        reporting_date,
        'accounts_whole_in_exposures' as metric,
        cast(tied_count as double) as numerator,
        cast(account_count as double) as denominator,
        'fct_exposure_reconciliation' as evidence_source,
        'accounts of the banking book whose balance the credit exposures hold' as note
    from exposure_totals
),

report_totals as (
    select
        reporting_date,
        count(*) as total_count,
        count(case when is_tied then 1 end) as tied_count,
        max(abs(round(difference_usd, 2))) as largest_usd
    from report_ties
    group by reporting_date
),

of_reports as (
    select
        reporting_date,
        'reported_totals_tied' as metric,
        cast(tied_count as double) as numerator,
        cast(total_count as double) as denominator,
        'int_report_ties' as evidence_source,
        'totals of the Pillar 3 templates that equal the figure of their mart to the cent' as note
    from report_totals
    union all
    select
        reporting_date,
        'largest_reported_difference' as metric,
        cast(largest_usd as double) as numerator,
        cast(1 as double) as denominator,
        'int_report_ties' as evidence_source,
        'largest difference between a template and a mart' as note
    from report_totals
),

all_values as (
    select * from of_project
    union all
    select * from ledger_values
    union all
    select * from of_deliveries
    union all
    select * from of_exposures
    union all
    select * from of_reports
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
