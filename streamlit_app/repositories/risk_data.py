"""SQL over the ledger's reconciliation and the evidence on risk data aggregation (BCBS 239)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader


def reporting_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates with a reconciliation, newest first: ``reporting_date``."""
    return reader.query("select distinct reporting_date from fct_ledger_reconciliation order by reporting_date desc")


def accounts(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per account of the general ledger, largest difference first; missing ones ahead of all."""
    return reader.query(
        """
        select
            account_code, account_name, account_class, source_model, ledger_usd, subledger_usd, subledger_rows,
            difference_usd, materiality_usd, reconciliation_status, note
        from fct_ledger_reconciliation
        where reporting_date = $date
        order by
            case reconciliation_status
                when 'missing' then 0 when 'difference' then 1 when 'explained' then 2 else 3
            end,
            abs(difference_usd) desc nulls last, account_code
        """,
        {"date": reporting_date},
    )


def evidence(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per metric, by principle: what was measured and what the bank wants to reach."""
    return reader.query(
        """
        select
            principle, metric, metric_value, target_value, comparison, unit, is_met, paragraph, evidence_source, note
        from fct_bcbs239_evidence
        where reporting_date = $date
        order by principle, metric
        """,
        {"date": reporting_date},
    )


def evidence_history(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return how many metrics met their target on every date up to the date, oldest first."""
    return reader.query(
        """
        select
            reporting_date, count(*) filter (where is_met) as metrics_met, count(is_met) as metrics_measured
        from fct_bcbs239_evidence
        where reporting_date <= $date
        group by reporting_date
        order by reporting_date
        """,
        {"date": reporting_date},
    )
