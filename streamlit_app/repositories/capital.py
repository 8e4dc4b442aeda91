"""SQL over capital: ratios, own funds, buffers, distributions, operational and market risk, output floor."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader


def reporting_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates with capital ratios, newest first: ``reporting_date``."""
    return reader.query("select distinct reporting_date from fct_capital_ratios order by reporting_date desc")


def ratios(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per tier: amount, ratio, minimum, buffers and what is left."""
    return reader.query(
        """
        select
            tier, amount_usd, rwa_usd, ratio, minimum_ratio, combined_buffer_rate, requirement_ratio,
            surplus_usd, surplus_over_buffers_usd, is_met, is_buffer_met
        from fct_capital_ratios
        where reporting_date = $date
        order by tier
        """,
        {"date": reporting_date},
    )


def ratio_history(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return ``reporting_date, tier, ratio, requirement_ratio`` up to the date, oldest first."""
    return reader.query(
        """
        select reporting_date, tier, ratio, requirement_ratio
        from fct_capital_ratios
        where reporting_date <= $date
        order by reporting_date, tier
        """,
        {"date": reporting_date},
    )


def own_funds(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per item of own funds: what was delivered, what counts and why; deductions are negative."""
    return reader.query(
        """
        select item_code, tier, item_type, gross_amount_usd, amount_usd, not_counted_usd, rwa_usd, explanation, rule_ids
        from fct_own_funds
        where reporting_date = $date
        order by item_order
        """,
        {"date": reporting_date},
    )


def buffers(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per buffer, the countercyclical one by country, largest first; rates are shares of RWA."""
    return reader.query(
        """
        select
            buffer_type, country, private_credit_rwa_usd, rwa_share, applied_rate, buffer_rate, is_rate_defaulted, note,
            rule_ids
        from fct_capital_buffers
        where reporting_date = $date
        order by buffer_type, buffer_rate desc, country
        """,
        {"date": reporting_date},
    )


def distributions(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return the date's row on what may be distributed, which is one or none."""
    return reader.query(
        """
        select
            cet1_available_ratio, combined_buffer_rate, buffer_quarter, conservation_ratio, distributable_profit_usd,
            maximum_distributable_usd, planned_distributions_usd, is_restricted, is_plan_within_limit, note
        from fct_distribution_limits
        where reporting_date = $date
        """,
        {"date": reporting_date},
    )


def operational_risk(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per approach to operational risk, the one that counts first."""
    return reader.query(
        """
        select
            approach, first_fiscal_year, last_fiscal_year, business_indicator_usd, bucket, indicator_component_usd,
            loss_component_usd, loss_multiplier, capital_usd, rwa_usd, is_headline, note, rule_ids
        from fct_operational_risk_capital
        where reporting_date = $date
        order by is_headline desc, approach
        """,
        {"date": reporting_date},
    )


def market_risk(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per approach and component of capital for market risk, the approach that counts first."""
    return reader.query(
        """
        select approach, component, capital_usd, rwa_usd, is_headline, note
        from fct_market_risk_capital
        where reporting_date = $date
        order by is_headline desc, approach, component
        """,
        {"date": reporting_date},
    )


def output_floor(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per approach and floor, the one that counts first."""
    return reader.query(
        """
        select
            approach, floor_basis, pre_floor_rwa_usd, standardised_rwa_usd, floor_ratio, floor_rwa_usd, rwa_usd,
            floor_adjustment_usd, is_binding, is_headline
        from fct_output_floor
        where reporting_date = $date
        order by is_headline desc, approach, floor_basis
        """,
        {"date": reporting_date},
    )
