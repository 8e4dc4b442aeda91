import itertools

import numpy as np
import pytest

from python_models.errors import LevelError, QuantileRuleError, ScenarioError
from python_models.market_risk.historical import (
    QUANTILE_RULES,
    expected_shortfall,
    pnl_quantile,
    pnl_tail_mean,
    tail_risks,
    tail_scenarios,
    value_at_risk,
)


def losses(n: int) -> np.ndarray:
    """P&L of n scenarios whose k-th worst loss is n + 1 - k, in a scrambled order."""
    return -np.random.default_rng(n).permutation(np.arange(1.0, n + 1))


@pytest.mark.parametrize(
    ("n", "level", "rank"),
    [
        (100, 0.95, 5),  # in binary (1 - 0.95) * 100 is more than 5
        (500, 0.99, 5),
        (1000, 0.999, 1),
        (250, 0.975, 6),  # 6.25 is cut to 6
        (199, 0.99, 1),  # 1.99 is cut to 1
        (100, 0.99, 1),
        (10, 0.9, 1),  # in binary 1 - 0.9 is less than 0.1
    ],
)
def test_order_statistic_is_the_kth_worst_loss(n: int, level: float, rank: int) -> None:
    assert value_at_risk(losses(n), level, "order_statistic") == n + 1 - rank


@pytest.mark.parametrize(
    ("n", "level", "rank"), [(100, 0.95, 5), (500, 0.99, 5), (250, 0.975, 7), (715, 0.99, 8), (50, 0.99, 1)]
)
def test_inverted_cdf_is_the_kth_worst_loss_rounded_up(n: int, level: float, rank: int) -> None:
    assert value_at_risk(losses(n), level, "inverted_cdf") == n + 1 - rank


@pytest.mark.parametrize("n", [2, 7, 100, 101, 500, 715])
@pytest.mark.parametrize("probability", [0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 0.95, 0.99])
def test_linear_and_inverted_cdf_agree_with_numpy(n: int, probability: float) -> None:
    pnl = np.random.default_rng(n).normal(size=n)
    assert pnl_quantile(pnl, probability, "linear") == pytest.approx(np.quantile(pnl, probability), rel=1e-12)
    inverted = np.quantile(pnl, probability, method="inverted_cdf")
    assert pnl_quantile(pnl, probability, "inverted_cdf") == inverted


def test_expected_shortfall_of_each_rule() -> None:
    pnl = losses(100)
    assert expected_shortfall(pnl, 0.95, "order_statistic") == np.mean([100, 99, 98, 97])
    assert expected_shortfall(pnl, 0.95, "inverted_cdf") == np.mean([100, 99, 98, 97, 96])
    # VaR lies at 95.05: five losses are as large.
    assert value_at_risk(pnl, 0.95, "linear") == pytest.approx(95.05)
    assert expected_shortfall(pnl, 0.95, "linear") == np.mean([100, 99, 98, 97, 96])


def test_linear_shortfall_counts_every_loss_equal_to_var() -> None:
    pnl = -np.array([9.0, 4.0, 4.0, 4.0, 4.0] + [0.0] * 16)
    assert value_at_risk(pnl, 0.9, "linear") == 4.0
    assert expected_shortfall(pnl, 0.9, "linear") == np.mean([9.0, 4.0, 4.0, 4.0, 4.0])
    assert expected_shortfall(pnl, 0.9, "inverted_cdf") == np.mean([9.0, 4.0, 4.0])


@pytest.mark.parametrize("rule", QUANTILE_RULES)
def test_shortfall_is_never_below_var_and_var_grows_with_the_level(rule: str) -> None:
    pnl = np.round(np.random.default_rng(7).standard_t(3, size=(200, 500)), 1)
    risks = tail_risks(pnl, [0.95, 0.975, 0.99], [rule])
    for risk in risks:
        assert (risk.expected_shortfall >= risk.value_at_risk - 1e-12).all()
    for lower, higher in itertools.pairwise(risks):
        assert (higher.value_at_risk >= lower.value_at_risk).all()


@pytest.mark.parametrize("rule", QUANTILE_RULES)
@pytest.mark.parametrize("level", [0.9, 0.975, 0.99])
def test_tail_scenarios_make_the_var_and_the_contributions_sum_to_it(rule: str, level: float) -> None:
    parts = np.random.default_rng(3).normal(size=(4, 333))
    tail = tail_scenarios(parts.sum(axis=0), level, rule)
    assert tail.weights.sum() == pytest.approx(1.0, abs=1e-15)
    contributions = -(parts[:, tail.indices] * tail.weights).sum(axis=1)
    assert contributions.sum() == pytest.approx(float(value_at_risk(parts.sum(axis=0), level, rule)), rel=1e-12)


def test_among_equal_losses_the_earlier_scenario_is_the_worse() -> None:
    pnl = np.zeros(100)
    pnl[[60, 20, 40]] = -1.0
    assert tail_scenarios(pnl, 0.98, "order_statistic").indices.tolist() == [40]
    assert tail_scenarios(pnl, 0.96, "order_statistic").indices.tolist() == [0]
    many = np.random.default_rng(4).integers(-3, 4, size=2000).astype(np.float64)
    worst = np.flatnonzero(many == -3.0)
    assert tail_scenarios(many, 0.95, "order_statistic").indices.tolist() == [worst[99]]


@pytest.mark.parametrize("rule", QUANTILE_RULES)
def test_a_matrix_is_its_rows(rule: str) -> None:
    pnl = np.random.default_rng(11).normal(size=(5, 250))
    together, shortfalls = value_at_risk(pnl, 0.975, rule), expected_shortfall(pnl, 0.975, rule)
    indices = tail_scenarios(pnl, 0.975, rule).indices
    for row in range(5):
        assert value_at_risk(pnl[row], 0.975, rule) == together[row]
        assert expected_shortfall(pnl[row], 0.975, rule) == shortfalls[row]
        assert tail_scenarios(pnl[row], 0.975, rule).indices.tolist() == indices[row].tolist()


def test_several_levels_and_rules_at_once_are_the_single_ones() -> None:
    pnl = np.random.default_rng(5).normal(size=(3, 500))
    risks = tail_risks(pnl, [0.95, 0.99])
    assert [(risk.level, risk.rule) for risk in risks] == [
        (level, rule) for level in (0.95, 0.99) for rule in QUANTILE_RULES
    ]
    for risk in risks:
        assert risk.value_at_risk.tolist() == value_at_risk(pnl, risk.level, risk.rule).tolist()
        assert risk.expected_shortfall.tolist() == expected_shortfall(pnl, risk.level, risk.rule).tolist()


def test_a_tail_of_gains_is_a_negative_var() -> None:
    assert value_at_risk(np.arange(1.0, 101.0), 0.95, "order_statistic") == -5.0


def test_the_gaining_tail_of_a_pnl_is_signed_as_pnl() -> None:
    pnl = np.arange(1.0, 101.0)
    assert pnl_quantile(pnl, 0.99, "inverted_cdf") == 99.0
    assert pnl_tail_mean(pnl, 0.99, "inverted_cdf") == 50.0
    assert pnl_tail_mean(pnl, 0.05, "inverted_cdf") == 3.0


def test_order_statistic_needs_one_scenario_in_the_tail_and_shortfall_two() -> None:
    with pytest.raises(ScenarioError, match="99 scenarios leave none"):
        value_at_risk(losses(99), 0.99, "order_statistic")
    assert value_at_risk(losses(100), 0.99, "order_statistic") == 100.0
    with pytest.raises(ScenarioError, match="no loss beyond the VaR"):
        expected_shortfall(losses(199), 0.99, "order_statistic")
    assert expected_shortfall(losses(200), 0.99, "order_statistic") == 200.0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_missing_pnl_is_refused(bad: float) -> None:
    pnl = losses(100)
    pnl[3] = bad
    for measure in (value_at_risk, expected_shortfall, tail_scenarios):
        with pytest.raises(ScenarioError, match="missing or infinite"):
            measure(pnl, 0.95, "linear")


@pytest.mark.parametrize("shape", [(0,), (3, 0), (2, 3, 4), ()])
def test_pnl_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ScenarioError, match="scenarios on the last axis"):
        value_at_risk(np.zeros(shape), 0.95, "linear")


@pytest.mark.parametrize("level", [0.5, 1.0, 0.05, 95.0, -0.1, np.nan])
def test_levels_outside_one_half_and_one_are_refused(level: float) -> None:
    with pytest.raises(LevelError, match=r"between 0\.5 and 1"):
        value_at_risk(losses(100), level, "linear")


@pytest.mark.parametrize("probability", [0.0, 1.0, np.nan])
def test_probabilities_outside_zero_and_one_are_refused(probability: float) -> None:
    with pytest.raises(LevelError, match="between 0 and 1"):
        pnl_quantile(losses(100), probability, "linear")


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(QuantileRuleError, match="order_statistic, linear, inverted_cdf"):
        value_at_risk(losses(100), 0.95, "type_6")


def test_a_series_alone_gives_the_same_bits_as_beside_one_with_a_long_tail_of_ties() -> None:
    rng = np.random.default_rng(11)
    series = rng.standard_t(4, (40, 500)) * 1e5
    tied = np.full((1, 500), -1.0)
    for rule in QUANTILE_RULES:
        together = expected_shortfall(np.vstack([series, tied]), 0.975, rule)[:-1]
        assert together.tolist() == [float(expected_shortfall(one, 0.975, rule)) for one in series]
