"""Laws that hold for every P&L, looked for by Hypothesis: what a measure must do when P&L is moved, scaled or added up.

P&L are whole cents up to a million, so that sums and comparisons are exact and ties are common.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from python_models.errors import ScenarioError
from python_models.market_risk.decomposition import (
    comoments,
    component_cornish_fisher_risk,
    component_cornish_fisher_shortfall,
    component_historical_risk,
    component_normal_risk,
    component_normal_shortfall,
    incremental_risk,
)
from python_models.market_risk.extreme_values import fit_generalised_pareto, generalised_pareto_risk, has_tail
from python_models.market_risk.historical import (
    QUANTILE_RULES,
    expected_shortfall,
    shortfall_weights,
    tail_risks,
    tail_scenarios,
    value_at_risk,
)
from python_models.market_risk.inputs import is_constant
from python_models.market_risk.monte_carlo import factor_covariance, simulate_factor_moves
from python_models.market_risk.parametric import (
    Risk,
    cornish_fisher_risk,
    degrees_of_freedom_from_kurtosis,
    fit_student_t,
    is_in_cornish_fisher_domain,
    moments,
    normal_risk,
    student_t_risk,
)
from python_models.market_risk.weighting import (
    GarchShape,
    age_weighted_risk,
    ewma_variances,
    filtered_risk,
    fit_garch,
    volatility_scaled_risk,
    weighted_risk,
)

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=100, database=None)
settings.load_profile("repeatable")

FIXED_COUNT = ("order_statistic", "inverted_cdf")
LEVELS = st.sampled_from([0.75, 0.9, 0.95, 0.975, 0.99])
RULES = st.sampled_from(QUANTILE_RULES)
CENTS = st.integers(-100_000_000, 100_000_000)
SHAPE = GarchShape(0.1, 0.85, 0.05)


def samples(least: int = 2, most: int = 120) -> st.SearchStrategy[np.ndarray]:
    """P&L of one series, with few distinct values in some examples and many in others."""
    cents = st.one_of(CENTS, st.integers(-3, 3))
    return arrays.arrays(np.int64, st.integers(least, most), elements=cents).map(lambda values: values / 100.0)


def varying(least: int = 60, most: int = 200) -> st.SearchStrategy[np.ndarray]:
    """P&L with a bell-shaped bulk and a few amounts of any size, as the parametric measures meet it."""
    bulk = st.builds(
        lambda seed, n, scale: np.round(scale * np.random.default_rng(seed).standard_t(5, size=n), 2),
        st.integers(0, 2**32 - 1),
        st.integers(least, most),
        st.sampled_from([1.0, 100.0, 1e6]),
    )
    return bulk.filter(lambda pnl: not is_constant(pnl))


def enough(pnl: np.ndarray, level: float, rule: str) -> None:
    try:
        expected_shortfall(pnl, level, rule)
    except ScenarioError:
        assume(False)


def student_t(pnl: np.ndarray, level: float) -> Risk:
    shape = moments(pnl)
    return student_t_risk(shape, level, degrees_of_freedom_from_kurtosis(shape.excess_kurtosis))


PARAMETRIC: dict[str, Callable[[np.ndarray, float], Risk]] = {
    "normal": lambda pnl, level: normal_risk(moments(pnl), level),
    "student_t": student_t,
    "cornish_fisher": lambda pnl, level: cornish_fisher_risk(moments(pnl), level),
    "age_weighted": age_weighted_risk,
    "filtered": lambda pnl, level: filtered_risk(pnl, level, SHAPE),
}
# EWMA takes the mean as zero: moved P&L has another volatility.
SCALED = PARAMETRIC | {"volatility_scaled": volatility_scaled_risk}


@given(samples(), CENTS, LEVELS, RULES)
def test_historical_risk_falls_by_a_certain_gain(pnl: np.ndarray, cents: int, level: float, rule: str) -> None:
    enough(pnl, level, rule)
    gain = cents / 100.0
    assert value_at_risk(pnl + gain, level, rule) == pytest.approx(value_at_risk(pnl, level, rule) - gain, abs=1e-6)
    assert expected_shortfall(np.round(pnl + gain, 2), level, rule) == pytest.approx(
        expected_shortfall(pnl, level, rule) - gain, abs=1e-6
    )


@given(samples(), st.integers(0, 1000), LEVELS, RULES)
def test_historical_risk_grows_with_the_position(pnl: np.ndarray, factor: int, level: float, rule: str) -> None:
    enough(pnl, level, rule)
    for measure in (value_at_risk, expected_shortfall):
        assert measure(factor * pnl, level, rule) == pytest.approx(factor * measure(pnl, level, rule), rel=1e-9)


@given(samples(), st.data(), LEVELS, RULES)
def test_historical_var_never_grows_when_no_scenario_is_worse(
    pnl: np.ndarray, data: st.DataObject, level: float, rule: str
) -> None:
    enough(pnl, level, rule)
    gains = data.draw(arrays.arrays(np.int64, len(pnl), elements=st.integers(0, 1_000_000))) / 100.0
    assert value_at_risk(pnl + gains, level, rule) <= value_at_risk(pnl, level, rule)
    if rule in FIXED_COUNT:  # `linear` counts ties with VaR into its shortfall: the count changes with the ties
        assert expected_shortfall(pnl + gains, level, rule) <= expected_shortfall(pnl, level, rule) + 1e-6


@given(samples(), st.data(), LEVELS, st.sampled_from(FIXED_COUNT))
def test_shortfall_of_a_sum_is_not_more_than_the_sum_of_shortfalls(
    pnl: np.ndarray, data: st.DataObject, level: float, rule: str
) -> None:
    enough(pnl, level, rule)
    other = data.draw(samples(len(pnl), len(pnl)))
    separate = expected_shortfall(pnl, level, rule) + expected_shortfall(other, level, rule)
    assert expected_shortfall(pnl + other, level, rule) <= separate + 1e-6


@given(st.integers(0, 2**32 - 1), st.integers(30, 120), LEVELS)
def test_linear_shortfall_is_sub_additive_without_ties(seed: int, n: int, level: float) -> None:
    first, second = np.random.default_rng(seed).standard_t(3, size=(2, n))
    separate = expected_shortfall(first, level, "linear") + expected_shortfall(second, level, "linear")
    assert expected_shortfall(first + second, level, "linear") <= separate + 1e-9


def test_linear_shortfall_is_not_sub_additive_among_ties() -> None:
    """One loss of 10 and nineteen of 1: all twenty are as bad as VaR, until a cent tells them apart."""
    ties = -np.r_[10.0, np.ones(19)]
    cents = -0.01 * np.arange(20.0)
    separate = expected_shortfall(ties, 0.9, "linear") + expected_shortfall(cents, 0.9, "linear")
    assert expected_shortfall(ties, 0.9, "linear") == pytest.approx(1.45)
    assert expected_shortfall(ties + cents, 0.9, "linear") > separate + 3.0


def test_var_is_not_sub_additive() -> None:
    """Two loans that each fail in another 4 of 100 scenarios have no VaR at 95 % apart, and one together."""
    first, second = np.zeros(100), np.zeros(100)
    first[:4], second[4:8] = -1.0, -1.0
    for rule in QUANTILE_RULES:
        assert value_at_risk(first, 0.95, rule) == value_at_risk(second, 0.95, rule) == 0.0
        assert value_at_risk(first + second, 0.95, rule) == 1.0


@given(samples(), LEVELS, RULES)
def test_scenarios_and_weights_make_the_figures(pnl: np.ndarray, level: float, rule: str) -> None:
    enough(pnl, level, rule)
    tail, weights = tail_scenarios(pnl, level, rule), shortfall_weights(pnl, level, rule)
    assert -(pnl[tail.indices] * tail.weights).sum() == pytest.approx(value_at_risk(pnl, level, rule), abs=1e-6)
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert -(pnl * weights).sum() == pytest.approx(expected_shortfall(pnl, level, rule), abs=1e-6)


@pytest.mark.parametrize(("n", "level"), [(100, 0.95), (1000, 0.99), (200, 0.99), (500, 0.975), (40, 0.95)])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_sizes_on_the_boundary_of_a_quantile(n: int, level: float, seed: int) -> None:
    pnl = -np.random.default_rng(seed).permutation(np.arange(1.0, n + 1))
    tail = round(n * (1.0 - level), 6)
    count = int(tail)
    for rule in FIXED_COUNT:
        if tail == count:
            assert value_at_risk(pnl, level, rule) == n + 1 - count
    assert value_at_risk(pnl, level, "linear") == pytest.approx(n - (n - 1) * (1.0 - level), abs=1e-9)
    if tail == count:
        assert expected_shortfall(pnl, level, "inverted_cdf") == pytest.approx(n - (count - 1) / 2.0)
        assert expected_shortfall(pnl, level, "order_statistic") == pytest.approx(n - (count - 2) / 2.0)


@pytest.mark.parametrize("method", PARAMETRIC)
@given(pnl=varying(), shift=st.integers(-5, 5), level=LEVELS)
@settings(max_examples=40)
def test_risk_falls_by_a_certain_gain(method: str, pnl: np.ndarray, shift: int, level: float) -> None:
    gain = shift * float(pnl.std())
    before, after = PARAMETRIC[method](pnl, level), PARAMETRIC[method](pnl + gain, level)
    tolerance = 1e-7 * float(np.abs(pnl).max())
    assert after.value_at_risk == pytest.approx(before.value_at_risk - gain, abs=tolerance)
    assert after.expected_shortfall == pytest.approx(before.expected_shortfall - gain, abs=tolerance)


@pytest.mark.parametrize("method", SCALED)
@given(pnl=varying(), factor=st.sampled_from([1e-3, 0.5, 3.0, 1e4]), level=LEVELS)
@settings(max_examples=40)
def test_risk_grows_with_the_position(method: str, pnl: np.ndarray, factor: float, level: float) -> None:
    one, many = SCALED[method](pnl, level), SCALED[method](factor * pnl, level)
    tolerance = 1e-9 * factor * float(np.abs(pnl).max())
    assert many.value_at_risk == pytest.approx(factor * one.value_at_risk, abs=tolerance)
    assert many.expected_shortfall == pytest.approx(factor * one.expected_shortfall, abs=tolerance)


@given(varying(150, 300), st.integers(-5, 5), st.sampled_from([1e-3, 0.5, 3.0, 1e4]))
@settings(max_examples=40)
def test_the_fitted_tail_moves_and_grows_with_the_pnl(pnl: np.ndarray, shift: int, factor: float) -> None:
    assume(bool(has_tail(pnl)))
    tail = fit_generalised_pareto(pnl)
    moved = fit_generalised_pareto(factor * (pnl + shift * pnl.std()))
    assert moved.shape == pytest.approx(tail.shape, abs=1e-6)
    assert moved.scale == pytest.approx(factor * tail.scale, rel=1e-6)
    expected = factor * (generalised_pareto_risk(tail, 0.99).value_at_risk - shift * pnl.std())
    assert generalised_pareto_risk(moved, 0.99).value_at_risk == pytest.approx(
        expected, abs=1e-6 * factor * float(np.abs(pnl).max())
    )


@pytest.mark.parametrize("method", SCALED)
@given(pnl=varying())
@settings(max_examples=40)
def test_es_is_not_below_var_and_var_grows_with_the_level(method: str, pnl: np.ndarray) -> None:
    risks = [SCALED[method](pnl, level) for level in (0.95, 0.975, 0.99)]
    tolerance = 1e-9 * float(np.abs(pnl).max())
    for risk in risks:
        assert risk.expected_shortfall >= risk.value_at_risk - tolerance
    if method != "cornish_fisher" or is_in_cornish_fisher_domain(moments(pnl)):
        assert np.diff([float(risk.value_at_risk) for risk in risks]).min() >= -tolerance


@given(st.integers(2, 5), st.integers(0, 2**32 - 1), LEVELS, st.data())
@settings(max_examples=60)
def test_components_sum_to_the_risk_of_the_portfolio(n: int, seed: int, level: float, data: st.DataObject) -> None:
    returns = np.random.default_rng(seed).standard_t(6, size=(n, 80)) * 0.01
    weights = data.draw(arrays.arrays(np.int64, n, elements=st.integers(-1000, 1000))).astype(np.float64)
    portfolio = weights @ returns
    assume(np.ptp(portfolio) > 1e-6)
    joint = comoments(returns, population=True)
    shape = moments(portfolio)
    expected = [
        (component_normal_risk(weights, joint.covariance, level, mean=joint.mean), normal_risk(shape, level)[0]),
        (component_normal_shortfall(weights, joint.covariance, level, mean=joint.mean), normal_risk(shape, level)[1]),
        (
            component_cornish_fisher_risk(weights, *joint[1:], level, mean=joint.mean),
            cornish_fisher_risk(shape, level)[0],
        ),
        (
            component_cornish_fisher_shortfall(weights, *joint[1:], level, mean=joint.mean),
            cornish_fisher_risk(shape, level)[1],
        ),
    ]
    tolerance = 1e-9 * float(np.abs(weights).sum())
    for parts, whole in expected:
        assert parts.components.sum() == pytest.approx(float(whole), abs=tolerance)
        assert parts.total == pytest.approx(float(whole), abs=tolerance)


@given(arrays.arrays(np.int64, st.tuples(st.integers(1, 5), st.integers(40, 80)), elements=CENTS), LEVELS, RULES)
@settings(max_examples=60)
def test_historical_components_sum_to_the_risk_of_the_portfolio(cents: np.ndarray, level: float, rule: str) -> None:
    members = cents / 100.0
    enough(members[0], level, rule)
    parts = component_historical_risk(members, level, rule)
    assert parts.components.value_at_risk.sum() == pytest.approx(float(parts.total.value_at_risk), abs=1e-5)
    assert parts.components.expected_shortfall.sum() == pytest.approx(float(parts.total.expected_shortfall), abs=1e-5)
    everything = incremental_risk(members[:1], level, rule)
    assert everything.value_at_risk == pytest.approx([float(value_at_risk(members[0], level, rule))], abs=1e-6)


@given(st.integers(0, 2**32 - 1), st.integers(0, 40_000), st.booleans())
@settings(max_examples=30)
def test_a_seed_and_a_day_repeat_their_draws(seed: int, day: int, fat: bool) -> None:
    covariance = np.array([[2.0, 0.5], [0.5, 1.0]])
    degrees = 5.0 if fat else None
    draws = [simulate_factor_moves(covariance, 20, seed=(seed, day), degrees_of_freedom=degrees) for _ in range(2)]
    assert draws[0].tobytes() == draws[1].tobytes()
    assert (
        draws[0].tobytes()
        != simulate_factor_moves(covariance, 20, seed=(seed, day + 1), degrees_of_freedom=degrees).tobytes()
    )


REFUSES: dict[str, Callable[[np.ndarray], object]] = {
    "value_at_risk": lambda pnl: value_at_risk(pnl, 0.95, "linear"),
    "expected_shortfall": lambda pnl: expected_shortfall(pnl, 0.95, "linear"),
    "shortfall_weights": lambda pnl: shortfall_weights(pnl, 0.95, "linear"),
    "tail_risks": lambda pnl: tail_risks(pnl, [0.95]),
    "moments": moments,
    "fit_student_t": fit_student_t,
    "ewma_variances": lambda pnl: ewma_variances(pnl, 0.94),
    "weighted_risk": lambda pnl: weighted_risk(pnl, np.ones(len(pnl)), 0.95),
    "age_weighted_risk": lambda pnl: age_weighted_risk(pnl, 0.95),
    "volatility_scaled_risk": lambda pnl: volatility_scaled_risk(pnl, 0.95),
    "filtered_risk": lambda pnl: filtered_risk(pnl, 0.95, SHAPE),
    "fit_garch": fit_garch,
    "fit_generalised_pareto": fit_generalised_pareto,
    "component_historical_risk": lambda pnl: component_historical_risk(np.stack([pnl, pnl]), 0.95, "linear"),
    "incremental_risk": lambda pnl: incremental_risk(np.stack([pnl, pnl]), 0.95, "linear"),
    "comoments": lambda pnl: comoments(np.stack([pnl, pnl])),
    "factor_covariance": lambda pnl: factor_covariance(pnl[:, np.newaxis]),
}


@pytest.mark.parametrize("measure", REFUSES)
@given(pnl=varying(120, 150), position=st.integers(0, 119), hole=st.sampled_from([np.nan, np.inf, -np.inf]))
@settings(max_examples=10)
def test_a_missing_or_infinite_pnl_is_refused_wherever_it_is(
    measure: str, pnl: np.ndarray, position: int, hole: float
) -> None:
    REFUSES[measure](pnl)
    pnl[position] = hole
    with pytest.raises(ScenarioError, match=r"missing|has no move"):
        REFUSES[measure](pnl)


WITH_ONE = {"value_at_risk", "expected_shortfall", "shortfall_weights", "component_historical_risk", "incremental_risk"}


@pytest.mark.parametrize("measure", sorted(set(REFUSES) - WITH_ONE))
@given(cents=CENTS)
@settings(max_examples=10)
def test_one_scenario_is_too_few(measure: str, cents: int) -> None:
    with pytest.raises(ScenarioError):
        REFUSES[measure](np.array([cents / 100.0]))
