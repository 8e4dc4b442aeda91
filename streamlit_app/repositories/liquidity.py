"""SQL over liquidity: coverage and stable funding ratios, liquid assets, flows, maturity ladder. Amounts in USD."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader


def reporting_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates with a liquidity coverage ratio, newest first: ``reporting_date``."""
    return reader.query("select distinct reporting_date from fct_lcr order by reporting_date desc")


def coverage(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return the date's liquidity coverage ratio with its parts, which is one row or none."""
    return reader.query(
        """
        select
            level_1_usd, level_2a_usd, level_2b_usd, level_2b_adjustment_usd, level_2_adjustment_usd, hqla_usd,
            outflows_usd, inflows_usd, inflow_limit_usd, inflows_after_cap_usd, net_outflows_usd, lcr_ratio,
            minimum_ratio, surplus_usd, is_met, is_level_2b_cap_binding, is_level_2_cap_binding, is_inflow_cap_binding
        from fct_lcr
        where reporting_date = $date
        """,
        {"date": reporting_date},
    )


def stable_funding(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return the date's net stable funding ratio, which is one row or none."""
    return reader.query(
        """
        select
            available_stable_funding_usd, required_stable_funding_usd, nsfr_ratio, minimum_ratio, surplus_usd, is_met
        from fct_nsfr
        where reporting_date = $date
        """,
        {"date": reporting_date},
    )


def ratio_history(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return both ratios and their minimum up to the date, oldest first."""
    return reader.query(
        """
        select
            coverage.reporting_date, coverage.lcr_ratio, stable.nsfr_ratio, coverage.minimum_ratio
        from fct_lcr as coverage
        left join fct_nsfr as stable on coverage.reporting_date = stable.reporting_date
        where coverage.reporting_date <= $date
        order by coverage.reporting_date
        """,
        {"date": reporting_date},
    )


def by_currency(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return liquid assets and flows by currency, largest outflows first."""
    return reader.query(
        """
        select currency, hqla_usd, outflows_usd, inflows_usd, net_outflows_usd, lcr_ratio
        from fct_lcr_by_currency
        where reporting_date = $date
        order by outflows_usd desc, currency
        """,
        {"date": reporting_date},
    )


def liquid_assets(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return every asset that was looked at, with its level, or the reason why it does not count; largest first."""
    return reader.query(
        """
        select
            source_model, source_row_id, security_name, security_type, issuer_id, currency, maturity_date, rating,
            encumbered_until, is_received_as_collateral, hqla_level, liquidity_factor, is_eligible,
            ineligibility_reason, market_value_usd, weighted_usd, hqla_rule_id
        from fct_hqla
        where reporting_date = $date
        order by market_value_usd desc nulls first, source_row_id
        """,
        {"date": reporting_date},
    )


def flows(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return flows within 30 days by direction, line_item, rate and rule."""
    return reader.query(
        """
        select
            direction, line_item, rate, rate_rule_id, count(*) as contracts, sum(balance_usd) as balance_usd,
            sum(unweighted_usd) as unweighted_usd, sum(weighted_usd) as weighted_usd
        from fct_lcr_flows
        where reporting_date = $date
        group by direction, line_item, rate, rate_rule_id
        order by direction desc, line_item, rate
        """,
        {"date": reporting_date},
    )


def stable_funding_items(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return stable funding by side, line and bucket."""
    return reader.query(
        """
        select
            side, line_item, bucket, sum(unweighted_usd) as unweighted_usd, sum(weighted_usd) as weighted_usd
        from fct_nsfr_items
        where reporting_date = $date
        group by side, line_item, bucket
        order by side, line_item, bucket
        """,
        {"date": reporting_date},
    )


def ladder(reader: Reader, reporting_date: date, currency: str | None) -> pd.DataFrame:
    """Return the maturity ladder of a currency, or of all together, in the order of its buckets."""
    return reader.query(
        """
        select
            bucket, bucket_order, sum(inflow_usd) as inflow_usd, sum(outflow_usd) as outflow_usd,
            sum(gap_usd) as gap_usd, sum(cumulative_gap_usd) as cumulative_gap_usd,
            sum(counterbalancing_capacity_usd) as counterbalancing_capacity_usd
        from fct_maturity_ladder
        where reporting_date = $date and ($currency is null or currency = $currency)
        group by bucket, bucket_order
        order by bucket_order
        """,
        {"date": reporting_date, "currency": currency},
    )


def ladder_currencies(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return the currencies of the maturity ladder: ``currency``."""
    return reader.query(
        "select distinct currency from fct_maturity_ladder where reporting_date = $date order by currency",
        {"date": reporting_date},
    )
