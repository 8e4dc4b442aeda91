"""SQL over stress results: what a scenario would do to the book, per position and in sum. A loss is negative."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader


def business_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates on which the book was stressed, newest first: ``business_date``."""
    return reader.query(
        """
        select distinct business_date
        from fct_stress_summary_daily
        where scope_type = 'firm'
        order by business_date desc
        """
    )


def ladder(reader: Reader, business_date: date, scope_type: str, scope_id: str) -> pd.DataFrame:
    """Return one row per scenario, worst first; a scenario without a result has a null ``pnl_usd``."""
    return reader.query(
        """
        select
            scenarios.scenario_id, scenarios.scenario_name, scenarios.scenario_type, scenarios.description,
            scenarios.window_start, scenarios.window_end, scenarios.source, results.pnl_usd,
            results.positions, results.missing_positions, results.proxied_positions
        from dim_stress_scenarios as scenarios
        left join fct_stress_summary_daily as results
            on
                scenarios.scenario_id = results.scenario_id
                and results.business_date = $date
                and results.scope_type = $scope_type
                and results.scope_id = $scope_id
        order by results.pnl_usd nulls last, scenarios.scenario_id
        """,
        {"date": business_date, "scope_type": scope_type, "scope_id": scope_id},
    )


def positions(
    reader: Reader, business_date: date, scenario_id: str, desk: str | None, portfolio: str | None
) -> pd.DataFrame:
    """Return one row per portfolio and instrument under the scenario, largest loss first."""
    return reader.query(
        """
        select
            results.desk_id, results.portfolio_id, results.instrument_id, instruments.instrument_name,
            instruments.instrument_type, results.base_value_usd, results.stressed_value_usd, results.pnl_usd,
            results.is_proxied, results.missing_reason
        from fct_stress_results_daily as results
        left join dim_instruments as instruments on results.instrument_id = instruments.instrument_id
        where
            results.business_date = $date
            and results.scenario_id = $scenario
            and ($desk is null or results.desk_id = $desk)
            and ($portfolio is null or results.portfolio_id = $portfolio)
        order by results.pnl_usd nulls first, results.portfolio_id, results.instrument_id
        """,
        {"date": business_date, "scenario": scenario_id, "desk": desk, "portfolio": portfolio},
    )


def positions_less_total(
    reader: Reader,
    business_date: date,
    scenario_id: str,
    scope_type: str,
    scope_id: str,
    desk: str | None,
    portfolio: str | None,
) -> pd.DataFrame:
    """Return ``difference_usd``: the positions' P&L less the scenario's total, exact; null when either is missing."""
    return reader.query(
        """
        select
            (
                select sum(pnl_usd)
                from fct_stress_results_daily
                where
                    business_date = $date
                    and scenario_id = $scenario
                    and ($desk is null or desk_id = $desk)
                    and ($portfolio is null or portfolio_id = $portfolio)
            )
            - (
                select sum(pnl_usd)
                from fct_stress_summary_daily
                where
                    business_date = $date
                    and scenario_id = $scenario
                    and scope_type = $scope_type
                    and scope_id = $scope_id
            ) as difference_usd
        """,
        {
            "date": business_date,
            "scenario": scenario_id,
            "scope_type": scope_type,
            "scope_id": scope_id,
            "desk": desk,
            "portfolio": portfolio,
        },
    )


def reverse_stress(reader: Reader, business_date: date, scope_type: str, scope_id: str) -> pd.DataFrame:
    """Return how far each scenario must be scaled until the scope loses the target, nearest first."""
    return reader.query(
        """
        select
            reverse.scenario_id, scenarios.scenario_name, reverse.loss_target_usd, reverse.scale,
            reverse.loss_at_scale_usd, reverse.is_reached, reverse.note
        from fct_reverse_stress_daily as reverse
        left join dim_stress_scenarios as scenarios on reverse.scenario_id = scenarios.scenario_id
        where
            reverse.business_date = $date
            and reverse.scope_type = $scope_type
            and reverse.scope_id = $scope_id
        order by reverse.loss_target_usd, reverse.is_reached desc, reverse.scale nulls last, reverse.scenario_id
        """,
        {"date": business_date, "scope_type": scope_type, "scope_id": scope_id},
    )


def history(reader: Reader, scenario_id: str, scope_type: str, scope_id: str) -> pd.DataFrame:
    """Return a scenario's P&L for the scope on every date it was run on, oldest first: ``business_date, pnl_usd``."""
    return reader.query(
        """
        select business_date, pnl_usd
        from fct_stress_summary_daily
        where scenario_id = $scenario and scope_type = $scope_type and scope_id = $scope_id
        order by business_date
        """,
        {"scenario": scenario_id, "scope_type": scope_type, "scope_id": scope_id},
    )
