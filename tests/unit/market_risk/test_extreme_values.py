import numpy as np
import pytest
from scipy import integrate, stats

from python_models.errors import DegenerateError, LevelError, ScenarioError
from python_models.market_risk.extreme_values import (
    MIN_SHAPE,
    ParetoTail,
    fit_generalised_pareto,
    generalised_pareto_risk,
    has_tail,
)


def tail_of(shape: float, scale: float = 2.0, threshold: float = 5.0) -> ParetoTail:
    return ParetoTail(np.array(threshold), np.array(shape), np.array(scale), 100, 1000)


@pytest.mark.parametrize("degrees", [2.5, 4.0, 30.0])
def test_fit_is_the_maximum_scipy_finds(degrees: float) -> None:
    pnl = 100.0 * np.random.default_rng(3).standard_t(degrees, size=1000)
    tail = fit_generalised_pareto(pnl)
    excesses = np.sort(-pnl)[-100:] - tail.threshold
    shape, _, scale = stats.genpareto.fit(excesses, floc=0)

    def log_likelihood(shape: float, scale: float) -> float:
        return float(stats.genpareto.logpdf(excesses, shape, 0.0, scale).sum())

    assert tail.shape == pytest.approx(shape, abs=1e-3)
    assert tail.scale == pytest.approx(scale, rel=1e-3)
    assert log_likelihood(float(tail.shape), float(tail.scale)) >= log_likelihood(shape, scale) - 1e-9


def test_the_shape_stops_at_its_bound_and_the_scale_is_the_best_for_it() -> None:
    pnl = np.random.default_rng(4).uniform(size=500)
    tail = fit_generalised_pareto(pnl)
    excesses = np.sort(-pnl)[-50:] - tail.threshold
    likelihood = [
        float(stats.genpareto.logpdf(excesses, MIN_SHAPE, 0.0, factor * tail.scale).sum())
        for factor in (0.999, 1.0, 1.001)
    ]
    assert tail.shape == MIN_SHAPE
    assert max(likelihood) == likelihood[1]


@pytest.mark.parametrize(
    ("n", "probability", "exceedances"), [(1000, 0.9, 100), (100, 0.9, 10), (250, 0.95, 12), (500, 0.975, 12)]
)
def test_the_threshold_leaves_the_worst_losses_beyond_it(n: int, probability: float, exceedances: int) -> None:
    pnl = -(np.random.default_rng(n).permutation(np.arange(1.0, n + 1)) ** 2)
    tail = fit_generalised_pareto(pnl, threshold_probability=probability)
    assert (tail.n_exceedances, tail.n) == (exceedances, n)
    assert tail.threshold == (n - exceedances) ** 2


@pytest.mark.parametrize("shape", [-0.3, 0.0, 0.4, 0.9])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_risk_is_the_quantile_of_the_tail_and_the_mean_beyond_it(shape: float, level: float) -> None:
    risk = generalised_pareto_risk(tail_of(shape), level)
    beyond = stats.genpareto(shape, 5.0, 2.0)
    within_tail = 1.0 - (1.0 - level) / 0.1
    mean, _ = integrate.quad(lambda u: beyond.isf((1.0 - within_tail) * u), 0.0, 1.0, limit=500)
    assert risk.value_at_risk == pytest.approx(beyond.ppf(within_tail))
    assert risk.expected_shortfall == pytest.approx(mean, rel=1e-3 if shape == 0.9 else 1e-6)


def test_risk_is_continuous_where_the_tail_is_exponential() -> None:
    exact = generalised_pareto_risk(tail_of(0.0), 0.99)
    for shape in (-1e-9, 1e-9):
        near = generalised_pareto_risk(tail_of(shape), 0.99)
        assert near.value_at_risk == pytest.approx(float(exact.value_at_risk), rel=1e-7)
        assert near.expected_shortfall == pytest.approx(float(exact.expected_shortfall), rel=1e-7)


@pytest.mark.parametrize(("shape", "finite"), [(0.999, True), (1.0, False), (1.5, False)])
def test_an_infinite_shortfall_is_missing_and_flagged(shape: float, finite: bool) -> None:
    risk = generalised_pareto_risk(tail_of(shape), 0.99)
    assert bool(tail_of(shape).has_finite_mean) == finite
    assert bool(np.isnan(risk.expected_shortfall)) != finite
    assert np.isfinite(risk.value_at_risk)


def test_the_exact_distribution_is_found_again() -> None:
    tail = fit_generalised_pareto(-stats.genpareto(0.3, 0.0, 2.0).ppf((np.arange(20_000) + 0.5) / 20_000))
    assert tail.shape == pytest.approx(0.3, abs=0.02)
    # The excesses over u of a generalised Pareto have the scale beta + xi u.
    assert tail.scale == pytest.approx(2.0 + 0.3 * float(tail.threshold), rel=0.02)


def test_a_matrix_is_its_rows() -> None:
    pnl = np.random.default_rng(6).standard_t(4, size=(5, 400))
    together = fit_generalised_pareto(pnl)
    for row in range(5):
        alone = fit_generalised_pareto(pnl[row])
        assert alone.shape == together.shape[row]
        assert alone.scale == pytest.approx(float(together.scale[row]), rel=1e-14)
        risk = generalised_pareto_risk(together, 0.99)
        assert generalised_pareto_risk(alone, 0.99).value_at_risk == pytest.approx(float(risk.value_at_risk[row]))


def test_too_few_losses_beyond_the_threshold_are_refused() -> None:
    pnl = np.random.default_rng(7).normal(size=99)
    with pytest.raises(ScenarioError, match="9 of 99 losses"):
        fit_generalised_pareto(pnl)
    assert fit_generalised_pareto(pnl, threshold_probability=0.89).n_exceedances == 10
    with pytest.raises(ScenarioError, match="missing or infinite"):
        fit_generalised_pareto(np.full(100, np.nan))
    with pytest.raises(ScenarioError, match="9 of 99 losses"):
        has_tail(pnl)


def test_losses_that_are_all_the_same_have_no_tail() -> None:
    flat = np.r_[-np.ones(60), np.zeros(40)]
    one_worse = np.r_[-np.ones(59), -2.0, np.zeros(40)]
    assert has_tail([flat, one_worse]).tolist() == [False, True]
    with pytest.raises(DegenerateError, match="no tail to fit"):
        fit_generalised_pareto([flat, one_worse])


def test_a_level_before_the_threshold_is_refused() -> None:
    with pytest.raises(LevelError, match="before the threshold"):
        generalised_pareto_risk(tail_of(0.1), 0.899)
    assert generalised_pareto_risk(tail_of(0.1), 0.9).value_at_risk == 5.0
    with pytest.raises(LevelError, match=r"0\.5 and 1"):
        generalised_pareto_risk(tail_of(0.1), 0.1)
