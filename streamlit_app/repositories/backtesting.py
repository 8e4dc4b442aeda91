"""SQL over the record of VaR: exceptions, the tests on them, and the desks' P&L attribution tests."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader


def business_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates on which the firm was backtested, newest first: ``business_date``."""
    return reader.query(
        """
        select distinct business_date
        from fct_var_backtests_daily
        where scope_type = 'firm'
        order by business_date desc
        """
    )


def backtests(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return one row per scope, confidence level and kind of P&L on the date."""
    return reader.query(
        """
        select
            scope_type, scope_id, confidence_level, pnl_type, observations, window_observations, exceptions, missing,
            expected_exceptions, n00, n01, n10, n11, kupiec_statistic, kupiec_p_value, independence_statistic,
            independence_p_value, conditional_coverage_statistic, conditional_coverage_p_value, es_z2_statistic,
            zone, multiplier, desk_exceptions_limit, is_desk_limit_exceeded, note
        from fct_var_backtests_daily
        where business_date = $date
        order by scope_type, scope_id, confidence_level, pnl_type
        """,
        {"date": business_date},
    )


def zones(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return the traffic light in force on the date: one row per confidence level and range of exceptions."""
    return reader.query(
        """
        select confidence_level, exceptions_from, exceptions_to, zone, multiplier, source_paragraph
        from dim_backtest_zones
        where valid_from <= $date and (valid_to is null or valid_to > $date)
        order by confidence_level, exceptions_from
        """,
        {"date": business_date},
    )


def rules_of_tests(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return what each test of the record is judged by on the date."""
    return reader.query(
        """
        select test, confidence_level, observations, significance_level, critical_value
        from dim_backtest_tests
        where valid_from <= $date and (valid_to is null or valid_to > $date)
        order by test
        """,
        {"date": business_date},
    )


def count_history(
    reader: Reader, business_date: date, scope_type: str, scope_id: str, confidence_level: float
) -> pd.DataFrame:
    """Return the count of the window that ends on each date up to the date, per kind of P&L, oldest first."""
    return reader.query(
        """
        select business_date, pnl_type, observations, exceptions
        from fct_var_backtests_daily
        where
            business_date <= $date
            and scope_type = $scope_type
            and scope_id = $scope_id
            and confidence_level = $level
        order by business_date, pnl_type
        """,
        {"date": business_date, "scope_type": scope_type, "scope_id": scope_id, "level": confidence_level},
    )


def compared_days(
    reader: Reader, business_date: date, confidence_level: float, desk: str | None, portfolio: str | None
) -> pd.DataFrame:
    """Return every day compared with its VaR up to the date, oldest first, for a scope and the scopes below it."""
    return reader.query(
        """
        select
            business_date, scope_type, scope_id, var_usd, actual_pnl_usd, hypothetical_pnl_usd, is_actual_exception,
            is_hypothetical_exception, is_var_missing
        from fct_var_exceptions_daily
        where
            business_date <= $date
            and confidence_level = $level
            and (
                ($desk is null and scope_type in ('firm', 'desk'))
                or ($portfolio is null and scope_type = 'desk' and scope_id = $desk)
                or (
                    scope_type = 'portfolio'
                    and scope_id in (select portfolio_id from dim_portfolios where desk_id = $desk)
                    and ($portfolio is null or scope_id = $portfolio)
                )
            )
        order by business_date, scope_type, scope_id
        """,
        {"date": business_date, "level": confidence_level, "desk": desk, "portfolio": portfolio},
    )


def attribution_tests(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return one row per desk: how well risk-theoretical follows hypothetical P&L in the window up to the date."""
    return reader.query(
        """
        select
            desk_id, observations, spearman_correlation, spearman_green_above, spearman_red_below, kolmogorov_smirnov,
            kolmogorov_smirnov_green_below, kolmogorov_smirnov_red_above, zone, note
        from fct_pnl_attribution_tests_daily
        where business_date = $date
        order by desk_id
        """,
        {"date": business_date},
    )
