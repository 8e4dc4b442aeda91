"""Hull's four-index historical simulation: 500 scenarios up to 25 September 2008, 10 million USD.

Source: J. Hull, Risk Management and Financial Institutions (the chapter on historical simulation); data and the figures
of R from the tutorial mlozanoqf/tutorial_pmf (dataR.txt and its chapter on value at risk). Printed to the digits below.
"""

from pathlib import Path

import numpy as np
import pytest

from python_models.market_risk.decomposition import component_normal_risk
from python_models.market_risk.historical import expected_shortfall, tail_scenarios, value_at_risk
from python_models.market_risk.monte_carlo import factor_covariance
from python_models.market_risk.parametric import cornish_fisher_risk, delta_gamma_moments
from python_models.market_risk.scenarios import delta_gamma_pnl, historical_scenarios

PRINTED = 1e-3
AMOUNTS_KUSD = np.array([[4000.0, 3000.0, 1000.0, 2000.0]])
WORST = {494: 477.841, 339: 345.435, 349: 282.204, 329: 277.041, 487: 253.385}
SCENARIO_LOSSES = {1: -14.33385, 2: -27.48131, 3: 53.26406, 499: 142.53549, 500: -126.43897}


@pytest.fixture(scope="module")
def returns(reference_folder: Path) -> np.ndarray:
    """Returns in USD; prices in local currency are turned into USD before returns are taken."""
    path = reference_folder / "var" / "hull" / "hull_four_index_502d.txt"
    djia, ftse, usd_per_gbp, cac, eur_per_usd, nikkei, yen_per_usd = np.loadtxt(path, skiprows=1, max_rows=501).T
    usd_prices = np.column_stack([djia, ftse * usd_per_gbp, cac / eur_per_usd, nikkei / yen_per_usd])
    return usd_prices[1:] / usd_prices[:-1] - 1.0


@pytest.fixture(scope="module")
def pnl(returns: np.ndarray) -> np.ndarray:
    """P&L in thousands of USD."""
    scenarios = historical_scenarios(returns, as_of_index=499, window=500)
    return delta_gamma_pnl(AMOUNTS_KUSD, np.zeros_like(AMOUNTS_KUSD), scenarios)[0]


def test_losses_of_the_first_and_last_scenarios(pnl: np.ndarray) -> None:
    losses = {number: -pnl[number - 1] for number in SCENARIO_LOSSES}
    assert losses == pytest.approx(SCENARIO_LOSSES, abs=PRINTED)


def test_the_five_worst_scenarios(pnl: np.ndarray) -> None:
    order = np.argsort(pnl)[:5]
    assert [int(index) + 1 for index in order] == list(WORST)
    assert -pnl[order] == pytest.approx(list(WORST.values()), abs=PRINTED)


def test_var_99_is_the_fifth_worst_loss(pnl: np.ndarray) -> None:
    assert value_at_risk(pnl, 0.99, "order_statistic") == pytest.approx(253.385, abs=PRINTED)
    assert tail_scenarios(pnl, 0.99, "order_statistic").indices.tolist() == [486]


def test_var_99_of_type_7_lies_between_the_fifth_and_sixth(pnl: np.ndarray) -> None:
    assert value_at_risk(pnl, 0.99, "linear") == pytest.approx(218.3281, abs=PRINTED)


def test_es_99_is_the_mean_of_the_four_losses_beyond_var(pnl: np.ndarray) -> None:
    beyond = list(WORST.values())[:4]
    assert expected_shortfall(pnl, 0.99, "order_statistic") == pytest.approx(np.mean(beyond), abs=PRINTED)


def test_volatilities_and_correlations_of_the_indices(returns: np.ndarray) -> None:
    covariance = factor_covariance(returns)
    deviation = np.sqrt(np.diag(covariance))
    correlation = covariance / deviation / deviation[:, np.newaxis]
    assert 100.0 * deviation == pytest.approx([1.108839, 1.419145, 1.397679, 1.383159], abs=1e-6)
    assert correlation[np.triu_indices(4, 1)] == pytest.approx(
        [0.48910594, 0.49570963, -0.06189921, 0.9181083, 0.2009422, 0.210951], abs=1e-7
    )


def test_normal_var_99_of_the_sample_covariance_and_its_components(returns: np.ndarray) -> None:
    covariance = factor_covariance(returns)
    parts = component_normal_risk(AMOUNTS_KUSD[0], covariance, 0.99)
    assert AMOUNTS_KUSD[0] @ covariance @ AMOUNTS_KUSD[0] == pytest.approx(8779.392, abs=PRINTED)
    assert parts.total == pytest.approx(217.9751, abs=1e-4)
    assert parts.components.sum() == pytest.approx(parts.total, rel=1e-12)


def test_hulls_own_normal_var_takes_the_mean_as_zero(returns: np.ndarray) -> None:
    parts = component_normal_risk(AMOUNTS_KUSD[0], returns.T @ returns / len(returns), 0.99)
    assert parts.total == pytest.approx(217.757, rel=5e-4)


def test_delta_gamma_without_gamma_is_the_normal_var(returns: np.ndarray) -> None:
    shape = delta_gamma_moments(AMOUNTS_KUSD, np.zeros_like(AMOUNTS_KUSD), factor_covariance(returns))
    assert cornish_fisher_risk(shape, 0.99).value_at_risk == pytest.approx([217.9751], abs=1e-4)
