"""Trades and netting sets of the SA-CCR tests, with the parameters of the seed."""

from __future__ import annotations

import pandas as pd

from orchestration.validation.parameters import basel_rules

RULES = basel_rules("counterparty")


def trade(underlying: str, delta: float = 1.0, notional: float = 10_000.0, **terms: object) -> dict[str, object]:
    """A trade of a year in one netting set, with other terms where they are given."""
    name, _, grade = underlying.partition(".")
    row: dict[str, object] = {
        "netting_set_id": "N1",
        "underlying_class": name,
        "underlying_grade": grade or None,
        "hedging_set": "USD",
        "entity": "one",
        "transaction_kind": "outright",
        "notional": notional,
        "start_years": 0.0,
        "end_years": 1.0,
        "maturity_years": 1.0,
        "delta": delta,
        "market_value": 0.0,
    }
    return row | terms


def book(*trades: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([{"trade_id": f"T{number}"} | each for number, each in enumerate(trades)])


def netting_set(name: str = "N1", **terms: object) -> pd.DataFrame:
    row = {
        "netting_set_id": name,
        "is_margined": False,
        "margin_period_days": None,
        "threshold": 0.0,
        "minimum_transfer_amount": 0.0,
        "independent_collateral": 0.0,
        "collateral": 0.0,
    }
    return pd.DataFrame([row | terms])
