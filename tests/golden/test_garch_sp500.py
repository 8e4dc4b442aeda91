"""GARCH(1,1) on 5,523 daily returns of the S&P 500, 1987 to 2009.

Source of the data: R package rugarch, data set sp500ret. The likelihood is rugarch's sGARCH with normal innovations and
constant mean: the first variance is the mean squared residual and counts. The coefficients below were found by a search
without derivatives (Nelder and Mead) over that likelihood, written apart from the model.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from python_models.market_risk.weighting import GarchFit, fit_garch

COEFFICIENTS = {"mean": 5.21807e-4, "omega": 1.375181e-6, "alpha": 0.0891831, "beta": 0.9032771}
LOG_LIKELIHOOD = 17894.8763


@pytest.fixture(scope="module")
def returns(reference_folder: Path) -> np.ndarray:
    return pd.read_parquet(reference_folder / "var" / "rugarch_sp500" / "sp500ret_1987_2009.parquet")["ret"].to_numpy()


@pytest.fixture(scope="module")
def fit(returns: np.ndarray) -> GarchFit:
    return fit_garch(returns)


def log_likelihood(returns: np.ndarray, mean: float, omega: float, alpha: float, beta: float) -> float:
    """The definition, one day after the other."""
    squares = [(float(value) - mean) ** 2 for value in returns]
    variance, total = sum(squares) / len(squares), 0.0
    for square in squares:
        total -= 0.5 * (np.log(2.0 * np.pi * variance) + square / variance)
        variance = omega + alpha * square + beta * variance
    return float(total)


def test_the_coefficients_are_those_of_the_maximum(fit: GarchFit) -> None:
    assert fit.converged
    assert {name: getattr(fit, name) for name in COEFFICIENTS} == pytest.approx(COEFFICIENTS, rel=5e-6)
    assert fit.log_likelihood == pytest.approx(LOG_LIKELIHOOD, abs=1e-4)


def test_the_likelihood_is_the_definition_and_falls_on_every_side(returns: np.ndarray, fit: GarchFit) -> None:
    at_maximum = log_likelihood(returns, *fit[:4])
    assert fit.log_likelihood == pytest.approx(at_maximum, abs=1e-6)
    for position in range(4):
        for factor in (0.99, 1.01):
            coefficients = list(fit[:4])
            coefficients[position] *= factor
            assert log_likelihood(returns, *coefficients) < at_maximum


def test_the_last_variance_is_the_next_days(returns: np.ndarray, fit: GarchFit) -> None:
    expected = fit.omega + fit.alpha * (returns[-1] - fit.mean) ** 2 + fit.beta * fit.variances[-2]
    assert len(fit.variances) == len(returns) + 1
    assert fit.variances[-1] == pytest.approx(expected, rel=1e-12)
