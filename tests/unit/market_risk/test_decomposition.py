import numpy as np
import pytest

from python_models.errors import DegenerateError, LevelError, ScenarioError
from python_models.market_risk.decomposition import (
    Decomposition,
    comoments,
    component_cornish_fisher_risk,
    component_cornish_fisher_shortfall,
    component_historical_risk,
    component_normal_risk,
    component_normal_shortfall,
    incremental_risk,
)
from python_models.market_risk.historical import QUANTILE_RULES, expected_shortfall, value_at_risk
from python_models.market_risk.parametric import cornish_fisher_risk, moments, normal_risk

WEIGHTS = np.array([0.5, -0.2, 1.3])


@pytest.fixture(scope="module")
def returns() -> np.ndarray:
    generator = np.random.default_rng(6)
    common = generator.standard_t(6, size=500)
    return np.stack([common + generator.gamma(2.0, size=500), common - generator.gamma(1.0, size=500), common**2])


def marginals(returns: np.ndarray, risk_of_portfolio: object) -> np.ndarray:
    step = 1e-5
    return np.array(
        [
            (risk_of_portfolio((WEIGHTS + bump) @ returns) - risk_of_portfolio((WEIGHTS - bump) @ returns)) / (2 * step)
            for bump in step * np.eye(len(WEIGHTS))
        ]
    )


@pytest.mark.parametrize("level", [0.95, 0.99])
def test_normal_components_are_the_derivatives(returns: np.ndarray, level: float) -> None:
    joint = comoments(returns, population=True)
    var = component_normal_risk(WEIGHTS, joint.covariance, level, mean=joint.mean)
    es = component_normal_shortfall(WEIGHTS, joint.covariance, level, mean=joint.mean)
    whole = normal_risk(moments(WEIGHTS @ returns), level)
    assert (var.total, es.total) == pytest.approx((float(whole.value_at_risk), float(whole.expected_shortfall)))
    expected = marginals(returns, lambda pnl: float(normal_risk(moments(pnl), level).value_at_risk))
    assert var.marginals == pytest.approx(expected, rel=1e-6)
    expected = marginals(returns, lambda pnl: float(normal_risk(moments(pnl), level).expected_shortfall))
    assert es.marginals == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("operational", [True, False])
@pytest.mark.parametrize("level", [0.95, 0.99])
def test_modified_components_are_the_derivatives(returns: np.ndarray, level: float, operational: bool) -> None:
    joint = comoments(returns, population=True)
    var = component_cornish_fisher_risk(WEIGHTS, *joint[1:], level, mean=joint.mean)
    es = component_cornish_fisher_shortfall(WEIGHTS, *joint[1:], level, mean=joint.mean, operational=operational)
    whole = cornish_fisher_risk(moments(WEIGHTS @ returns), level, operational=operational)
    assert (var.total, es.total) == pytest.approx((float(whole.value_at_risk), float(whole.expected_shortfall)))
    expected = marginals(returns, lambda pnl: float(cornish_fisher_risk(moments(pnl), level).value_at_risk))
    assert var.marginals == pytest.approx(expected, rel=1e-6, abs=1e-6)
    expected = marginals(
        returns,
        lambda pnl: float(cornish_fisher_risk(moments(pnl), level, operational=operational).expected_shortfall),
    )
    assert es.marginals == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_operational_components_are_those_of_var_where_the_expansion_falls_below_it() -> None:
    losses = -np.random.default_rng(1).gamma(0.4, size=(2, 300))
    joint = comoments(losses, population=True)
    weights = np.array([1.0, 2.0])
    var = component_cornish_fisher_risk(weights, *joint[1:], 0.99, mean=joint.mean)
    plain = component_cornish_fisher_shortfall(weights, *joint[1:], 0.99, mean=joint.mean, operational=False)
    operational = component_cornish_fisher_shortfall(weights, *joint[1:], 0.99, mean=joint.mean)
    assert plain.total < var.total
    assert operational.components == pytest.approx(var.components)


def test_comoments_may_be_flat(returns: np.ndarray) -> None:
    _, covariance, coskewness, cokurtosis = comoments(returns)
    whole = component_cornish_fisher_risk(WEIGHTS, covariance, coskewness, cokurtosis, 0.95)
    flat = component_cornish_fisher_risk(WEIGHTS, covariance, coskewness.reshape(3, 9), cokurtosis.reshape(3, 27), 0.95)
    assert flat.components == pytest.approx(whole.components, rel=1e-12)
    assert covariance == pytest.approx(np.cov(returns))


@pytest.mark.parametrize("rule", QUANTILE_RULES)
@pytest.mark.parametrize("level", [0.95, 0.99])
def test_historical_components_sum_to_var_and_es(returns: np.ndarray, rule: str, level: float) -> None:
    members = WEIGHTS[:, np.newaxis] * returns
    parts = component_historical_risk(members, level, rule)
    portfolio = members.sum(axis=0)
    assert parts.total.value_at_risk == value_at_risk(portfolio, level, rule)
    assert parts.total.expected_shortfall == expected_shortfall(portfolio, level, rule)
    assert parts.components.value_at_risk.sum() == pytest.approx(float(parts.total.value_at_risk), rel=1e-12)
    assert parts.components.expected_shortfall.sum() == pytest.approx(float(parts.total.expected_shortfall), rel=1e-12)


def test_historical_components_are_the_losses_in_the_tail_scenarios() -> None:
    members = np.array([[-3.0, -1.0, 0.0, 2.0], [-1.0, -2.0, 1.0, 0.0]])
    parts = component_historical_risk(members, 0.75, "inverted_cdf")
    assert parts.components.value_at_risk.tolist() == [3.0, 1.0]
    parts = component_historical_risk(members, 0.51, "inverted_cdf")
    assert parts.components.value_at_risk.tolist() == [1.0, 2.0]
    assert parts.components.expected_shortfall.tolist() == [2.0, 1.5]


def test_incremental_risk_is_what_leaves_with_a_member() -> None:
    members = np.random.default_rng(8).normal(size=(3, 250))
    ours = incremental_risk(members, 0.975, "linear")
    for member in range(3):
        without = np.delete(members, member, axis=0).sum(axis=0)
        expected = value_at_risk(members.sum(axis=0), 0.975, "linear") - value_at_risk(without, 0.975, "linear")
        assert ours.value_at_risk[member] == pytest.approx(float(expected), rel=1e-9)
        expected = expected_shortfall(members.sum(axis=0), 0.975, "linear") - expected_shortfall(
            without, 0.975, "linear"
        )
        assert ours.expected_shortfall[member] == pytest.approx(float(expected), rel=1e-9)


def test_a_hedge_has_negative_incremental_and_component_risk() -> None:
    position = np.random.default_rng(9).normal(size=300)
    members = np.stack([position, -0.5 * position])
    assert (incremental_risk(members, 0.95, "linear").value_at_risk < [np.inf, 0.0]).all()
    assert component_historical_risk(members, 0.95, "linear").components.value_at_risk[1] < 0.0
    assert component_normal_risk([1.0, -0.5], np.ones((2, 2)), 0.95).components[1] < 0.0


def test_a_portfolio_without_variance_has_no_components() -> None:
    for decompose in (component_normal_risk, component_normal_shortfall):
        with pytest.raises(DegenerateError, match="no components"):
            decompose([1.0, -1.0], np.ones((2, 2)), 0.99)
        with pytest.raises(DegenerateError, match="no components"):
            decompose([0.1 + 0.2, -0.3], np.ones((2, 2)), 0.99)
        with pytest.raises(DegenerateError, match="no components"):
            decompose([0.0, 0.0], np.eye(2), 0.99)
        with pytest.raises(DegenerateError, match="no components"):
            decompose([1.0, -1.0], [[1.0, 2.0], [2.0, 1.0]], 0.99)


def test_what_does_not_fit_is_refused(returns: np.ndarray) -> None:
    with pytest.raises(ScenarioError, match="do not fit"):
        component_normal_risk([1.0], np.eye(2), 0.99)
    with pytest.raises(ScenarioError, match="missing or infinite"):
        component_normal_risk([1.0, np.nan], np.eye(2), 0.99)
    with pytest.raises(LevelError):
        component_normal_risk([1.0, 1.0], np.eye(2), 0.01)
    with pytest.raises(ScenarioError, match="does not fit 3 members"):
        component_cornish_fisher_risk(WEIGHTS, np.eye(3), np.zeros((2, 2, 2)), np.zeros((3,) * 4), 0.99)
    for measure in (component_historical_risk, incremental_risk):
        with pytest.raises(ScenarioError, match="one row per member"):
            measure(returns[0], 0.99, "linear")
        with pytest.raises(ScenarioError, match="missing or infinite"):
            measure(np.full((2, 100), np.nan), 0.99, "linear")
    with pytest.raises(ScenarioError, match="at least 2"):
        comoments([[1.0], [2.0]])


def test_marginals_times_weights_are_the_components() -> None:
    parts: Decomposition = component_normal_risk([2.0, 3.0], [[1.0, 0.2], [0.2, 2.0]], 0.99)
    assert parts.components == pytest.approx(parts.marginals * [2.0, 3.0])
