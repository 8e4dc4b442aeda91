"""SQL over credit exposures and counterparty credit risk. Amounts in USD, weights and factors are shares."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader


def reporting_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates with credit exposures, newest first: ``reporting_date``."""
    return reader.query("select distinct reporting_date from fct_credit_exposures order by reporting_date desc")


def by_class(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per exposure class: amounts, RWA, RWA by internal estimates where there are any, fallbacks."""
    return reader.query(
        """
        select
            exposure_class, count(*) as exposures, sum(on_balance_usd) as on_balance_usd,
            sum(off_balance_usd) as off_balance_usd, sum(provisions_usd) as provisions_usd, sum(ead_usd) as ead_usd,
            sum(rwa_usd) as rwa_usd, count(rwa_irb_usd) as exposures_irb,
            sum(case when rwa_irb_usd is not null then rwa_usd end) as rwa_where_irb_usd,
            sum(rwa_irb_usd) as rwa_irb_usd, sum(expected_loss_usd) as expected_loss_usd,
            count(*) filter (where is_rating_missing or is_class_defaulted or is_ltv_missing) as fallbacks
        from fct_credit_exposures
        where reporting_date = $date
        group by exposure_class
        order by rwa_usd desc, exposure_class
        """,
        {"date": reporting_date},
    )


def exposures(
    reader: Reader, reporting_date: date, exposure_class: str | None, is_fallback_only: bool, rows: int
) -> pd.DataFrame:
    """Return the largest exposures of a class, or of all, by RWA; ``exposures_in_all`` says how many there are."""
    return reader.query(
        """
        select
            exposure_id, exposure_type, exposure_class, obligor_id, country, currency, on_balance_usd, off_balance_usd,
            ccf, ead_before_mitigation_usd, ead_usd, risk_weight, rwa_usd, rwa_irb_usd, is_rating_missing,
            is_class_defaulted, is_ltv_missing, is_defaulted, remaining_maturity_years, rule_ids, note,
            count(*) over () as exposures_in_all
        from fct_credit_exposures
        where
            reporting_date = $date
            and ($class is null or exposure_class = $class)
            and (not $fallback or is_rating_missing or is_class_defaulted or is_ltv_missing)
        order by rwa_usd desc nulls first, exposure_id
        limit $rows
        """,
        {"date": reporting_date, "class": exposure_class, "fallback": is_fallback_only, "rows": rows},
    )


def netting_sets(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per netting set or securities financing transaction, largest exposure at default first."""
    return reader.query(
        """
        select
            exposures.netting_set_id, exposures.method, exposures.counterparty_lei,
            coalesce(counterparties.counterparty_name, exposures.counterparty_lei) as counterparty_name,
            exposures.is_margined, exposures.is_netting_set_missing, exposures.trade_count,
            exposures.market_value_usd, exposures.collateral_usd,
            exposures.replacement_cost_usd, exposures.multiplier, exposures.aggregate_add_on_usd, exposures.pfe_usd,
            exposures.ead_usd, exposures.rule_ids
        from fct_ccr_exposures as exposures
        left join dim_counterparties as counterparties
            on exposures.counterparty_lei = counterparties.counterparty_lei
        where exposures.reporting_date = $date
        order by exposures.ead_usd desc nulls first, exposures.netting_set_id
        """,
        {"date": reporting_date},
    )
