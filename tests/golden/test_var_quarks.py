"""A year of rolling VaR and ES of the DAX, and how often they were broken.

Source: R package quarks 1.1.4, the examples of its README: daily closes to 30 December 2021, log returns, windows of
250 days, 250 days out of sample, 97.5 %. quarks scales to the volatility of the last day of the window, takes P&L
without demeaning, and draws 10,000 residuals where all 250 are taken here.
"""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from python_models.market_risk.historical import tail_risks
from python_models.market_risk.parametric import Risk
from python_models.market_risk.weighting import age_weighted_risk, filtered_risk, volatility_scaled_risk

LEVEL = 0.975
DAYS = 250


@pytest.fixture(scope="module")
def returns(reference_folder: Path) -> np.ndarray:
    prices = pd.read_parquet(reference_folder / "var" / "quarks" / "dax_ohlcv_2000_2023.parquet")
    closes = prices.loc[prices["ref_date"] <= "2021-12-30", "price_close"].to_numpy()
    return np.diff(np.log(closes))


@pytest.fixture(scope="module")
def windows(returns: np.ndarray) -> np.ndarray:
    return sliding_window_view(returns, DAYS)[-DAYS - 1 : -1]


def breaches(risk: Risk, returns: np.ndarray) -> tuple[int, int]:
    losses = -returns[-DAYS:]
    return int((losses > risk.value_at_risk).sum()), int((losses > risk.expected_shortfall).sum())


def test_plain_figures_of_every_day(reference_folder: Path, windows: np.ndarray, returns: np.ndarray) -> None:
    with (reference_folder / "var" / "quarks" / "dax_plain_975_250_250.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == DAYS
    (risk,) = tail_risks(windows, [LEVEL], ["linear"])
    assert returns[-DAYS:] == pytest.approx([float(row["ret"]) for row in rows], abs=1e-12)
    assert risk.value_at_risk == pytest.approx([float(row["VaR"]) for row in rows], abs=1e-12)
    assert risk.expected_shortfall == pytest.approx([float(row["ES"]) for row in rows], abs=1e-12)
    assert breaches(Risk(risk.value_at_risk, risk.expected_shortfall), returns) == (4, 1)


def test_age_weighted(windows: np.ndarray, returns: np.ndarray) -> None:
    assert breaches(age_weighted_risk(windows, LEVEL), returns) == (5, 4)


def test_volatility_scaled_by_ewma(windows: np.ndarray, returns: np.ndarray) -> None:
    assert breaches(volatility_scaled_risk(windows, LEVEL, scale_to="last_day"), returns) == (4, 3)


def test_filtered_by_garch(windows: np.ndarray, returns: np.ndarray) -> None:
    assert breaches(filtered_risk(windows, LEVEL, demean=False), returns) == (5, 2)
