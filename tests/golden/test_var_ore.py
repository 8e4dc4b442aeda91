"""Quantiles and expected shortfalls the Open Source Risk Engine prints for a historical P&L vector.

Source: OpenSourceRisk/Engine, its historical simulation VaR example (modified BSD licence). ORE's rule is the inverted
cumulative distribution: the k-th smallest P&L with k = ceil(n p); its shortfall is the mean of those k, that one
included. Both are printed as P&L, so VaR at level L is minus the column for 1 - L.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from python_models.market_risk.historical import (
    expected_shortfall,
    pnl_quantile,
    pnl_tail_mean,
    value_at_risk,
)

PRINTED = 1e-6
MEASURES = {"Quantile": pnl_quantile, "ExpectedShortfall": pnl_tail_mean}


@pytest.fixture(scope="module")
def pnl(reference_folder: Path) -> np.ndarray:
    with (reference_folder / "var" / "ore" / "historical_pnl_interest_rate.csv").open() as lines:
        return np.array([float(row["PLAmount"]) for row in csv.DictReader(lines)])


@pytest.fixture(scope="module")
def expected(reference_folder: Path) -> dict[tuple[str, float], float]:
    with (reference_folder / "var" / "ore" / "expected_var_interest_rate.csv").open() as lines:
        row = next(csv.DictReader(lines))
    figures = {name: float(value) for name, value in row.items() if "_" in name}
    return {(name.split("_")[0], float(name.split("_")[1])): value for name, value in figures.items()}


def test_every_printed_figure(pnl: np.ndarray, expected: dict[tuple[str, float], float]) -> None:
    assert len(expected) >= 8
    ours = {
        (measure, probability): float(MEASURES[measure](pnl, probability, "inverted_cdf"))
        for measure, probability in expected
    }
    assert ours == pytest.approx(expected, abs=PRINTED)


def test_var_and_es_are_minus_the_printed_losing_tail(
    pnl: np.ndarray, expected: dict[tuple[str, float], float]
) -> None:
    assert value_at_risk(pnl, 0.99, "inverted_cdf") == pytest.approx(-expected["Quantile", 0.01], abs=PRINTED)
    assert expected_shortfall(pnl, 0.99, "inverted_cdf") == pytest.approx(
        -expected["ExpectedShortfall", 0.01], abs=PRINTED
    )
