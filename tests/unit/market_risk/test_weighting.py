import numpy as np
import pytest
from scipy import optimize

from python_models.errors import DegenerateError, LevelError, QuantileRuleError, ScenarioError
from python_models.market_risk.historical import expected_shortfall, value_at_risk
from python_models.market_risk.weighting import (
    GarchFit,
    GarchShape,
    age_weighted_risk,
    age_weights,
    ewma_variances,
    filtered_pnl,
    filtered_risk,
    fit_garch,
    garch_shape,
    garch_variances,
    volatility_scaled_pnl,
    volatility_scaled_risk,
    weighted_risk,
)


def garch_path(n: int, omega: float, alpha: float, beta: float, seed: int) -> np.ndarray:
    shocks = np.random.default_rng(seed).standard_normal(n)
    pnl, variance = np.empty(n), omega / (1.0 - alpha - beta)
    for day in range(n):
        pnl[day] = np.sqrt(variance) * shocks[day]
        variance = omega + alpha * pnl[day] ** 2 + beta * variance
    return pnl


def test_ewma_is_its_recursion_and_ends_with_the_next_day() -> None:
    pnl = np.random.default_rng(1).normal(size=(3, 40))
    variances = ewma_variances(pnl, 0.94)
    assert variances.shape == (3, 41)
    assert variances[:, 0] == pytest.approx(pnl.var(axis=1, ddof=1))
    for day in range(40):
        expected = 0.94 * variances[:, day] + 0.06 * pnl[:, day] ** 2
        assert variances[:, day + 1] == pytest.approx(expected, rel=1e-12)
    assert ewma_variances(pnl[2], 0.94) == pytest.approx(variances[2], rel=1e-14)


def test_ewma_starts_from_a_given_variance() -> None:
    pnl = np.random.default_rng(2).normal(size=(2, 30))
    assert ewma_variances(pnl, 0.9, initial=4.0)[:, 0].tolist() == [4.0, 4.0]
    assert ewma_variances(pnl, 0.9, initial=[4.0, 9.0])[:, 0].tolist() == [4.0, 9.0]
    for initial in (np.nan, -1.0, [1.0, 2.0, 3.0]):
        with pytest.raises(ScenarioError, match="initial variance"):
            ewma_variances(pnl, 0.9, initial=initial)


@pytest.mark.parametrize("decay", [0.0, 1.0, -0.1, np.nan])
def test_a_decay_outside_zero_and_one_is_refused(decay: float) -> None:
    for weigh in (lambda: ewma_variances([1.0, 2.0], decay), lambda: age_weights(5, decay)):
        with pytest.raises(ScenarioError, match="The decay"):
            weigh()


def test_age_weights_fall_by_the_decay_and_sum_to_one() -> None:
    weights = age_weights(500, 0.98)
    assert weights.sum() == pytest.approx(1.0, abs=1e-14)
    assert weights[:-1] / weights[1:] == pytest.approx(np.full(499, 0.98))
    assert weights[-1] == pytest.approx(0.02 / (1 - 0.98**500))
    with pytest.raises(ScenarioError, match="at least 1"):
        age_weights(0, 0.98)


def test_weighted_quantile_by_hand() -> None:
    # Sorted losses 1, 2, 3, 4 have the weights 0.4, 0.3, 0.2, 0.1: 0.4, 0.7, 0.9, 1 added up.
    pnl, weights = [-3.0, -1.0, -4.0, -2.0], [0.2, 0.4, 0.1, 0.3]
    risk = weighted_risk(pnl, weights, 0.8)
    assert risk.value_at_risk == pytest.approx(2.5)  # halfway from 0.7 to 0.9
    assert risk.expected_shortfall == pytest.approx((0.2 * 3.0 + 0.1 * 4.0) / 0.3)
    assert weighted_risk(pnl, weights, 0.95).value_at_risk == pytest.approx(3.5)
    assert weighted_risk(pnl, weights, 0.6997).value_at_risk == pytest.approx(1.999)
    assert weighted_risk(pnl, weights, 0.7002).value_at_risk == pytest.approx(2.001)
    assert weighted_risk(pnl, [10.0 * weight for weight in weights], 0.8) == risk


def test_the_least_loss_is_var_when_it_alone_weighs_more_than_the_level() -> None:
    risk = weighted_risk([-1.0, -2.0, -3.0], [0.98, 0.01, 0.01], 0.95)
    assert risk.value_at_risk == 1.0
    assert risk.expected_shortfall == pytest.approx(2.5)


def test_var_among_equal_worst_losses_is_its_own_shortfall() -> None:
    assert weighted_risk([-7.0, -7.0, 1.0, 1.0], np.ones(4), 0.9) == (7.0, 7.0)


@pytest.mark.parametrize(("n", "level", "rank"), [(100, 0.95, 6), (1000, 0.99, 11), (200, 0.975, 6)])
def test_with_equal_weights_on_a_boundary_var_is_the_next_loss(n: int, level: float, rank: int) -> None:
    """Both sides of a rounding of the added weights give the same loss, as the interpolation has no jump."""
    pnl = -np.random.default_rng(n).permutation(np.arange(1.0, n + 1))
    assert weighted_risk(pnl, np.ones(n), level).value_at_risk == pytest.approx(n + 1 - rank, abs=1e-9)
    assert weighted_risk(pnl, np.full(n, 1.0 / n), level).value_at_risk == pytest.approx(n + 1 - rank, abs=1e-9)


def test_recent_losses_weigh_more() -> None:
    pnl = np.random.default_rng(3).normal(size=250)
    pnl[[5, 6, 7]] = -10.0
    assert age_weighted_risk(pnl, 0.99).value_at_risk < age_weighted_risk(pnl[::-1], 0.99).value_at_risk
    assert age_weighted_risk(pnl[::-1], 0.99).value_at_risk == pytest.approx(10.0, abs=1e-9)


def test_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ScenarioError, match="do not fit"):
        weighted_risk(np.ones(4), np.ones(3), 0.99)
    for weights in ([1.0, -1.0, 1.0], [np.nan, 1.0, 1.0], np.zeros(3)):
        with pytest.raises(ScenarioError, match="A weight is missing"):
            weighted_risk([1.0, 2.0, 3.0], weights, 0.99)


def test_a_matrix_is_its_rows() -> None:
    pnl = np.random.default_rng(4).standard_t(4, size=(4, 300))
    shape = GarchShape(np.array([0.05, 0.1, 0.02, 0.2]), np.array([0.9, 0.8, 0.97, 0.5]), np.full(4, 0.05))
    together = [
        age_weighted_risk(pnl, 0.99),
        volatility_scaled_risk(pnl, 0.99),
        filtered_risk(pnl, 0.99, shape),
        filtered_risk(pnl, 0.99, shape, bootstrap=500, seed=3, horizon_days=4),
    ]
    for row in range(4):
        own = GarchShape(*(np.asarray(parameter)[row] for parameter in shape))
        alone = [
            age_weighted_risk(pnl[row], 0.99),
            volatility_scaled_risk(pnl[row], 0.99),
            filtered_risk(pnl[row], 0.99, own),
            filtered_risk(pnl[row], 0.99, own, bootstrap=500, seed=3, horizon_days=4),
        ]
        for ours, theirs in zip(alone, together, strict=True):
            assert ours.value_at_risk == pytest.approx(float(theirs.value_at_risk[row]), rel=1e-12)
            assert ours.expected_shortfall == pytest.approx(float(theirs.expected_shortfall[row]), rel=1e-12)


def test_volatility_scaling_ends_at_the_next_or_the_last_day() -> None:
    pnl = np.random.default_rng(5).normal(size=100)
    variances = ewma_variances(pnl, 0.94)
    next_day, last_day = (volatility_scaled_pnl(pnl, scale_to=day) for day in ("next_day", "last_day"))
    assert next_day == pytest.approx(pnl * np.sqrt(variances[-1] / variances[:-1]), rel=1e-12)
    assert last_day[-1] == pytest.approx(pnl[-1], rel=1e-12)
    with pytest.raises(ScenarioError, match="next_day or last_day"):
        volatility_scaled_pnl(pnl, scale_to="today")


def test_volatility_scaled_risk_is_historical_risk_of_scaled_pnl_times_the_root_of_the_days() -> None:
    pnl = np.random.default_rng(6).normal(size=500)
    for rule in ("linear", "order_statistic"):
        risk = volatility_scaled_risk(pnl, 0.975, rule=rule, horizon_days=10)
        scaled = volatility_scaled_pnl(pnl)
        assert risk.value_at_risk == pytest.approx(np.sqrt(10.0) * float(value_at_risk(scaled, 0.975, rule)))
        assert risk.expected_shortfall == pytest.approx(np.sqrt(10.0) * float(expected_shortfall(scaled, 0.975, rule)))


def test_a_calm_of_zeros_with_a_zero_start_cannot_be_scaled() -> None:
    with pytest.raises(DegenerateError, match="EWMA volatility of a day is zero"):
        volatility_scaled_risk([0.0, 0.0, 1.0, -1.0], 0.75, initial=0.0)


def test_garch_variances_are_their_recursion() -> None:
    pnl = np.random.default_rng(7).normal(size=60)
    variances = garch_variances(pnl, 0.1, 0.2, 0.15, 0.7)
    assert variances[0] == pytest.approx(((pnl - 0.1) ** 2).mean())
    for day in range(60):
        expected = 0.2 + 0.15 * (pnl[day] - 0.1) ** 2 + 0.7 * variances[day]
        assert variances[day + 1] == pytest.approx(expected, rel=1e-12)
    with pytest.raises(ScenarioError, match="GARCH parameter"):
        garch_variances(pnl, 0.0, -1.0, 0.1, 0.8)


def test_garch_fit_finds_the_parameters_of_a_long_path() -> None:
    fit = fit_garch(1000.0 * garch_path(20_000, 0.02, 0.08, 0.9, seed=11))
    assert fit.converged
    assert (fit.alpha, fit.beta) == pytest.approx((0.08, 0.9), abs=0.015)
    assert fit.omega == pytest.approx(0.02e6, rel=0.25)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_garch_fit_is_the_best_of_many_starts(seed: int) -> None:
    pnl = garch_path(500, 0.05, 0.15, 0.8, seed)
    fit = fit_garch(pnl)

    def minus_log_likelihood(point: np.ndarray) -> float:
        mean, omega, alpha, beta = point
        if omega <= 0.0 or alpha < 0.0 or beta < 0.0 or alpha + beta >= 1.0:
            return np.inf
        variances = garch_variances(pnl, mean, omega, alpha, beta)[:-1]
        return 0.5 * float(np.sum(np.log(2.0 * np.pi * variances) + (pnl - mean) ** 2 / variances))

    assert fit.log_likelihood == pytest.approx(-minus_log_likelihood(np.array(fit[:4])), abs=1e-8)
    for start in ([0.0, 0.05, 0.1, 0.8], [0.0, 0.5, 0.3, 0.3], [0.0, 0.01, 0.02, 0.97]):
        search = optimize.minimize(
            minus_log_likelihood, start, method="Nelder-Mead", options={"maxiter": 4000, "maxfev": 4000, "fatol": 1e-9}
        )
        assert fit.log_likelihood >= -search.fun - 1e-6


def test_garch_fit_does_not_depend_on_the_unit_of_the_pnl() -> None:
    pnl = garch_path(500, 0.05, 0.1, 0.85, seed=4)
    one, million = fit_garch(pnl), fit_garch(1e6 * pnl)
    assert garch_shape(million) == pytest.approx(garch_shape(one), rel=1e-9)


def test_filtering_with_a_fit_is_filtering_without_one() -> None:
    pnl = np.stack([garch_path(300, 0.05, 0.1, 0.85, seed) for seed in (5, 6)])
    alone = filtered_risk(pnl, 0.99)
    for row in range(2):
        assert filtered_risk(pnl[row], 0.99, fit_garch(pnl[row])).value_at_risk == alone.value_at_risk[row]


def test_a_shape_from_a_fit_filters_nearly_alike() -> None:
    """It takes the sample's mean and variance in the place of the fitted mean."""
    pnl = 1000.0 * garch_path(500, 0.05, 0.1, 0.85, seed=8)
    fit = fit_garch(pnl)
    ours, theirs = filtered_risk(pnl, 0.99, garch_shape(fit)), filtered_risk(pnl, 0.99, fit)
    assert ours.value_at_risk == pytest.approx(float(theirs.value_at_risk), rel=0.05)


def test_demeaned_filtering_adds_the_mean_back_and_plain_filtering_scales_pnl() -> None:
    pnl = 5.0 + garch_path(300, 0.05, 0.1, 0.85, seed=9)
    fit = fit_garch(pnl)
    factor = np.sqrt(fit.variances[-1] / fit.variances[:-1])
    assert filtered_pnl(pnl, fit) == pytest.approx(fit.mean + (pnl - fit.mean) * factor, rel=1e-12)
    assert filtered_pnl(pnl, fit, demean=False) == pytest.approx(pnl * factor, rel=1e-12)


def test_a_bootstrap_of_one_day_is_near_the_plain_figure_and_repeats() -> None:
    pnl = garch_path(500, 0.05, 0.1, 0.85, seed=10)
    fit = fit_garch(pnl)
    plain = filtered_risk(pnl, 0.975, fit)
    drawn = filtered_risk(pnl, 0.975, fit, bootstrap=50_000, seed=1)
    assert drawn.value_at_risk == pytest.approx(float(plain.value_at_risk), rel=0.03)
    assert filtered_risk(pnl, 0.975, fit, bootstrap=50_000, seed=1) == drawn
    assert filtered_risk(pnl, 0.975, fit, bootstrap=50_000, seed=2) != drawn
    with pytest.raises(ScenarioError, match="needs a seed"):
        filtered_risk(pnl, 0.975, fit, bootstrap=100)


def test_bootstrapped_days_add_up_to_the_root_of_the_days_without_clustering() -> None:
    pnl = np.random.default_rng(12).normal(size=1000)
    flat = GarchFit(0.0, 1.0, 0.0, 0.0, 0.0, np.ones(1001), True)
    drawn = filtered_risk(pnl, 0.975, flat, bootstrap=40_000, seed=1, horizon_days=10)
    assert drawn.value_at_risk == pytest.approx(1.96 * np.sqrt(10.0), rel=0.05)


def test_bootstrapped_days_follow_the_variance_back_to_its_mean() -> None:
    pnl = garch_path(1000, 0.02, 0.1, 0.88, seed=13)
    pnl[-1] = 12.0 * pnl.std()
    fit = fit_garch(pnl)
    drawn = filtered_risk(pnl, 0.975, fit, bootstrap=20_000, seed=1, horizon_days=50)
    assert drawn.value_at_risk < filtered_risk(pnl, 0.975, fit, horizon_days=50).value_at_risk


@pytest.mark.parametrize(
    "measure",
    [
        lambda pnl, level: age_weighted_risk(pnl, level),
        lambda pnl, level: volatility_scaled_risk(pnl, level),
        lambda pnl, level: filtered_risk(pnl, level),
    ],
)
def test_bad_pnl_and_levels_have_named_errors(measure: object) -> None:
    pnl = np.random.default_rng(14).normal(size=60)
    with pytest.raises(LevelError):
        measure(pnl, 99.0)
    pnl[7] = np.nan
    with pytest.raises(ScenarioError, match="missing or infinite"):
        measure(pnl, 0.99)
    with pytest.raises(ScenarioError, match="too few"):
        measure([1.0], 0.99)


def test_zero_volatility_has_a_named_error() -> None:
    for measure in (volatility_scaled_risk, filtered_risk):
        with pytest.raises(DegenerateError, match="series 1 are the same"):
            measure([np.arange(60.0), np.full(60, 5.0)], 0.99)
    with pytest.raises(DegenerateError, match="are the same"):
        fit_garch(np.zeros(60))


def test_garch_takes_one_series_of_enough_observations() -> None:
    with pytest.raises(ScenarioError, match="at least 50"):
        fit_garch(np.arange(49.0))
    with pytest.raises(ScenarioError, match="one series at a time"):
        fit_garch(np.random.default_rng(1).normal(size=(2, 60)))


def test_horizons_and_rules_that_are_not_known_are_refused() -> None:
    pnl = np.random.default_rng(15).normal(size=100)
    with pytest.raises(ScenarioError, match="horizon of 0"):
        volatility_scaled_risk(pnl, 0.99, horizon_days=0)
    with pytest.raises(ScenarioError, match="horizon of 0"):
        filtered_risk(pnl, 0.99, GarchShape(0.1, 0.8, 0.1), horizon_days=0, bootstrap=10, seed=1)
    with pytest.raises(QuantileRuleError):
        volatility_scaled_risk(pnl, 0.99, rule="type_6")
