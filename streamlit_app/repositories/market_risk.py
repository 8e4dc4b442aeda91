"""SQL over VaR, its history, its exceptions and its explanation. VaR and ES are positive losses in USD."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader

# The figure of record: VaR in a limit, a backtest, a contribution.
HEADLINE_METHOD = "historical_delta_gamma"
HEADLINE_HORIZON = 1


def business_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates with a VaR for the firm, newest first: ``business_date``."""
    return reader.query(
        """
        select distinct business_date
        from fct_portfolio_var_daily
        where scope_type = 'firm' and method = $method and horizon_days = $horizon
        order by business_date desc
        """,
        {"method": HEADLINE_METHOD, "horizon": HEADLINE_HORIZON},
    )


def methods(reader: Reader) -> pd.DataFrame:
    """Return what the build holds: ``method, horizon_days, quantile_rule``, and the newest date of each."""
    return reader.query(
        """
        select method, horizon_days, quantile_rule, max(business_date) as last_date
        from fct_portfolio_var_daily
        group by method, horizon_days, quantile_rule
        order by method, horizon_days, quantile_rule desc
        """
    )


def var_by_scope(
    reader: Reader, business_date: date, method: str, horizon_days: int, quantile_rule: str
) -> pd.DataFrame:
    """Return one row per scope and confidence level on the date."""
    return reader.query(
        """
        select
            scope_type, scope_id, confidence_level, method, horizon_days, scenarios, var_usd, es_usd,
            scenario_date, window_start, window_end, stale_share, proxied_share, stale_var_share, proxied_var_share,
            note
        from fct_portfolio_var_daily
        where
            business_date = $date
            and method = $method
            and horizon_days = $horizon
            and quantile_rule = $rule
        order by scope_type, scope_id, confidence_level
        """,
        {"date": business_date, "method": method, "horizon": horizon_days, "rule": quantile_rule},
    )


def var_by_method(reader: Reader, business_date: date, scope_type: str, scope_id: str) -> pd.DataFrame:
    """Return one row per method, quantile rule, horizon and confidence level of a scope on the date."""
    return reader.query(
        """
        select
            method, quantile_rule, horizon_days, confidence_level, scenarios, var_usd, es_usd, window_start,
            window_end, note
        from fct_portfolio_var_daily
        where business_date = $date and scope_type = $scope_type and scope_id = $scope_id
        order by method, quantile_rule desc, horizon_days, confidence_level
        """,
        {"date": business_date, "scope_type": scope_type, "scope_id": scope_id},
    )


def decomposition(
    reader: Reader, business_date: date, scope_type: str, scope_id: str, confidence_level: float, quantile_rule: str
) -> pd.DataFrame:
    """Return one row per member of the scope, largest component first."""
    return reader.query(
        """
        select member_type, member_id, standalone_var_usd, component_var_usd, marginal_var, incremental_var_usd
        from fct_var_decomposition_daily
        where
            business_date = $date
            and scope_type = $scope_type
            and scope_id = $scope_id
            and confidence_level = $level
            and quantile_rule = $rule
        order by member_type, abs(component_var_usd) desc, member_id
        """,
        {
            "date": business_date,
            "scope_type": scope_type,
            "scope_id": scope_id,
            "level": confidence_level,
            "rule": quantile_rule,
        },
    )


def exceptions(reader: Reader, business_date: date, scope_type: str, scope_id: str) -> pd.DataFrame:
    """Return each date's P&L and the VaR of the evening before, up to the date, oldest first, a row per level."""
    return reader.query(
        """
        select
            business_date, confidence_level, var_usd, actual_pnl_usd, hypothetical_pnl_usd,
            is_actual_exception, is_hypothetical_exception
        from fct_var_exceptions_daily
        where scope_type = $scope_type and scope_id = $scope_id and business_date <= $date
        order by business_date, confidence_level
        """,
        {"date": business_date, "scope_type": scope_type, "scope_id": scope_id},
    )


def exception_window(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return ``window_observations`` of the backtest on its last date up to the date; no row before the first."""
    return reader.query(
        """
        select window_observations
        from fct_var_backtests_daily
        where business_date <= $date
        order by business_date desc
        limit 1
        """,
        {"date": business_date},
    )


def contributions(
    reader: Reader,
    business_date: date,
    scope_type: str,
    scope_id: str,
    confidence_level: float,
    quantile_rule: str,
    by: str,
) -> pd.DataFrame:
    """Return ``part, contribution_usd``, largest first; a part is a ``portfolio`` or a ``risk_factor``."""
    return reader.query(
        """
        select
            case when $by = 'portfolio' then portfolio_id else risk_factor_id end as part,
            sum(contribution_usd) as contribution_usd
        from fct_var_contributions_daily
        where
            business_date = $date
            and scope_type = $scope_type
            and scope_id = $scope_id
            and confidence_level = $level
            and quantile_rule = $rule
        group by part
        having sum(contribution_usd) <> 0
        order by abs(sum(contribution_usd)) desc, part
        """,
        {
            "date": business_date,
            "scope_type": scope_type,
            "scope_id": scope_id,
            "level": confidence_level,
            "rule": quantile_rule,
            "by": by,
        },
    )


def contributions_less_var(
    reader: Reader, business_date: date, scope_type: str, scope_id: str, confidence_level: float, quantile_rule: str
) -> pd.DataFrame:
    """Return ``difference_usd``: contributions less VaR, exact; null when either is missing."""
    return reader.query(
        """
        select
            (
                select sum(contribution_usd)
                from fct_var_contributions_daily
                where
                    business_date = $date
                    and scope_type = $scope_type
                    and scope_id = $scope_id
                    and confidence_level = $level
                    and quantile_rule = $rule
            )
            - (
                select sum(var_usd)
                from fct_portfolio_var_daily
                where
                    business_date = $date
                    and scope_type = $scope_type
                    and scope_id = $scope_id
                    and confidence_level = $level
                    and quantile_rule = $rule
                    and method = $method
                    and horizon_days = $horizon
            ) as difference_usd
        """,
        {
            "method": HEADLINE_METHOD,
            "horizon": HEADLINE_HORIZON,
            "date": business_date,
            "scope_type": scope_type,
            "scope_id": scope_id,
            "level": confidence_level,
            "rule": quantile_rule,
        },
    )


def scenario_pnl(reader: Reader, business_date: date, desk: str | None, portfolio: str | None) -> pd.DataFrame:
    """Return the scenario P&Ls of a scope on the date, worst first: ``scenario_number, scenario_date, pnl_usd``."""
    return reader.query(
        """
        select scenario_number, scenario_date, sum(pnl_usd) as pnl_usd
        from fct_var_scenario_pnl_daily
        where
            business_date = $date
            and ($portfolio is null or portfolio_id = $portfolio)
            and (
                $desk is null
                or portfolio_id in (select portfolio_id from dim_portfolios where desk_id = $desk)
            )
        group by scenario_number, scenario_date
        order by pnl_usd, scenario_number
        """,
        {"date": business_date, "desk": desk, "portfolio": portfolio},
    )
