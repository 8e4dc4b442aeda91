"""The rules of capital and liquidity as the warehouse reads them: values and bands by rule id."""

from __future__ import annotations

from functools import cache

import pandas as pd

from orchestration.lib.environment import DBT_PROJECT
from python_models.capital.bands import Band
from python_models.errors import CapitalError

RULES = DBT_PROJECT / "seeds" / "basel"


@cache
def _rows(jurisdiction: str) -> pd.DataFrame:
    """Rows in force, of all areas, by rule id; own rows of a jurisdiction only."""
    files = sorted(RULES.glob("basel_*_parameters.csv"))
    rows = pd.concat([pd.read_csv(file) for file in files], ignore_index=True)
    in_force = rows[rows["valid_to"].isna() & (rows["jurisdiction"] == jurisdiction)]
    return in_force.set_index("rule_id")


def rule_value(rule_id: str, jurisdiction: str = "BCBS") -> float:
    """Read the value of a rule that is in force.

    Raises
    ------
    CapitalError
        If the rule has no row without an end.
    """
    rows = _rows(jurisdiction)
    if rule_id not in rows.index:
        raise CapitalError(f"No row of the rule {rule_id} is in force for {jurisdiction}: add it to its seed.")
    return float(rows["value"][rule_id])


def rule_bands(rule_group: str, jurisdiction: str = "BCBS") -> list[Band]:
    """Read the bands of a rule that are in force: of a group with one key, or of a group and key.

    Raises
    ------
    CapitalError
        If there is none.
    """
    rows = _rows(jurisdiction)
    keys = rows["rule_group"] + "." + rows["parameter_key"]
    found = rows[(rows["rule_group"] == rule_group) | (keys == rule_group)].sort_values("above", na_position="first")
    if found.empty:
        raise CapitalError(f"No row of the rule {rule_group} is in force for {jurisdiction}: add it to its seed.")
    return [
        Band(_edge(row["above"]), _edge(row["up_to"]), float(row["value"]), str(rule_id))
        for rule_id, row in zip(found.index, found.to_dict("records"), strict=True)
    ]


def _edge(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
