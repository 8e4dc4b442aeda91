"""The regulatory seeds of the dbt project, as the warehouse reads them."""

from __future__ import annotations

import re

import pandas as pd

from orchestration.lib.environment import DBT_PROJECT
from python_models.capital import delta_charges
from python_models.capital.sensitivities import EquityDeltaParameters
from python_models.credit_risk.parameters import RuleValues
from python_models.market_risk.backtesting import ExceptionZone

SEEDS = DBT_PROJECT / "seeds" / "regulatory"
BASEL_SEEDS = DBT_PROJECT / "seeds" / "basel"


def seed(name: str) -> pd.DataFrame:
    """Rows of a regulatory seed that are in force."""
    rows = pd.read_csv(SEEDS / f"{name}.csv", dtype={"key": str, "bucket": str})
    return rows[rows["valid_to"].isna()]


def basel_rules(area: str, jurisdiction: str = "BCBS") -> RuleValues:
    """Values by rule id of a seed ``basel_<area>_parameters``: a jurisdiction's own rows that are in force."""
    rows = pd.read_csv(BASEL_SEEDS / f"basel_{area}_parameters.csv")
    return RuleValues.of_frame(rows[rows["valid_to"].isna() & (rows["jurisdiction"] == jurisdiction)])


def zones() -> list[ExceptionZone]:
    """Read the traffic light."""
    return [
        ExceptionZone(
            int(row["exceptions_from"]),
            None if pd.isna(row["exceptions_to"]) else int(row["exceptions_to"]),
            str(row["zone"]),
            float(row["multiplier"]),
        )
        for row in seed("traffic_light_zones").to_dict("records")
    ]


def plus_factor(exceptions: int) -> float:
    """Read the plus factor of January 1996 for a count of exceptions in 250 days."""
    rows = seed("traffic_light_zones").sort_values("exceptions_from")
    return float(rows.loc[rows["exceptions_from"] <= exceptions, "plus_factor"].iloc[-1])


def parameter_values() -> dict[str, dict[str, float]]:
    """Values of the Basel Committee's market risk rules by name of the rule group, without its chapter, and key."""
    return {
        group.partition(".")[2]: dict(keys)
        for group, keys in _values().items()
        if group.startswith(("MAR21.", "MAR33."))
    }


def liquidity_horizons() -> dict[str, int]:
    """Liquidity horizons by risk category, in days."""
    return {category: int(days) for category, days in _values()["MAR33.liquidity_horizon"].items()}


def risk_category(name: str) -> str:
    """Key of a risk category from its name: ``IR specified ccy`` is ``ir_specified_ccy``."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def equity_delta_parameters() -> EquityDeltaParameters:
    """Weights and correlations of the equity buckets, made as the warehouse makes them."""
    return delta_charges.equity_delta_parameters(_values(), seed("frtb_equity_buckets"))


def _values() -> delta_charges.ParameterValues:
    rows = pd.read_csv(SEEDS.parent / "basel" / "basel_market_parameters.csv", dtype={"parameter_key": str})
    in_force = rows[rows["valid_to"].isna() & (rows["jurisdiction"] == "BCBS")]
    return delta_charges.parameter_values(in_force)
