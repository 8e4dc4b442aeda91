import numpy as np
import pytest
from scipy import integrate, stats

from python_models.errors import DegenerateError, LevelError, ScenarioError
from python_models.market_risk.parametric import (
    MAX_DEGREES_OF_FREEDOM,
    MIN_DEGREES_OF_FREEDOM,
    Moments,
    cornish_fisher_quantile,
    cornish_fisher_risk,
    degrees_of_freedom_from_kurtosis,
    delta_gamma_moments,
    edgeworth_tail_mean,
    fit_student_t,
    is_in_cornish_fisher_domain,
    moments,
    normal_risk,
    student_t_risk,
)

LEVELS = [0.9, 0.95, 0.975, 0.99, 0.999]


def shape(skewness: float, excess_kurtosis: float, mean: float = 0.0, deviation: float = 1.0) -> Moments:
    return Moments(*(np.array(moment) for moment in (mean, deviation, skewness, excess_kurtosis)))


def test_moments_agree_with_scipy() -> None:
    pnl = np.random.default_rng(1).gamma(2.0, size=(3, 400))
    population, sample = moments(pnl), moments(pnl, population=False)
    assert population.standard_deviation == pytest.approx(pnl.std(axis=1))
    assert population.skewness == pytest.approx(stats.skew(pnl, axis=1))
    assert population.excess_kurtosis == pytest.approx(stats.kurtosis(pnl, axis=1))
    assert sample.standard_deviation == pytest.approx(pnl.std(axis=1, ddof=1))
    assert sample.skewness == pytest.approx(stats.skew(pnl, axis=1, bias=False))
    assert sample.excess_kurtosis == pytest.approx(stats.kurtosis(pnl, axis=1, bias=False))
    assert moments(pnl[1]).mean == population.mean[1]


@pytest.mark.parametrize("level", LEVELS)
def test_normal_risk_is_the_quantile_and_the_mean_beyond_it(level: float) -> None:
    risk = normal_risk(shape(0.0, 0.0, mean=0.3, deviation=2.0), level)
    losses = stats.norm(-0.3, 2.0)
    assert risk.value_at_risk == pytest.approx(losses.ppf(level))
    assert risk.expected_shortfall == pytest.approx(losses.expect(lambda x: x, lb=losses.ppf(level)) / (1 - level))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("nu", [2.5, 4.0, 12.0])
def test_student_t_risk_is_the_quantile_and_the_mean_beyond_it(level: float, nu: float) -> None:
    risk = student_t_risk(shape(0.0, 0.0, mean=0.3, deviation=2.0), level, nu)
    losses = stats.t(nu, -0.3, 2.0 * np.sqrt((nu - 2.0) / nu))
    beyond, _ = integrate.quad(losses.ppf, level, 1.0)
    assert losses.std() == pytest.approx(2.0)
    assert risk.value_at_risk == pytest.approx(losses.ppf(level))
    assert risk.expected_shortfall == pytest.approx(beyond / (1 - level), rel=1e-6)


def test_degrees_of_freedom_from_kurtosis_and_its_bounds() -> None:
    degrees = degrees_of_freedom_from_kurtosis([6.0, 1.0, 0.02, 0.0, -1.0])
    assert degrees.tolist() == [5.0, 10.0, MAX_DEGREES_OF_FREEDOM, MAX_DEGREES_OF_FREEDOM, MAX_DEGREES_OF_FREEDOM]
    assert degrees_of_freedom_from_kurtosis(1e9) == pytest.approx(4.0)
    assert degrees_of_freedom_from_kurtosis(0.0, maximum=50.0) == 50.0
    with pytest.raises(ScenarioError, match="kurtosis is missing"):
        degrees_of_freedom_from_kurtosis([1.0, np.nan])


def test_student_t_fit_is_the_maximum_scipy_finds() -> None:
    pnl = 100.0 * np.random.default_rng(3).standard_t(4.0, size=(2, 600)) + 7.0
    fit = fit_student_t(pnl)
    for row in range(2):
        nu, location, scale = stats.t.fit(pnl[row])
        assert fit.degrees_of_freedom[row] == pytest.approx(nu, rel=1e-3)
        assert fit.location[row] == pytest.approx(location, abs=0.05)
        assert fit.scale[row] == pytest.approx(scale, rel=1e-3)
        assert fit.log_likelihood[row] >= stats.t.logpdf(pnl[row], nu, location, scale).sum() - 1e-6
        risk = student_t_risk(fit.moments, 0.99, fit.degrees_of_freedom)
        assert risk.value_at_risk[row] == pytest.approx(-stats.t.ppf(0.01, nu, location, scale), rel=1e-3)


def test_student_t_fit_stops_at_the_bounds_of_its_degrees_of_freedom() -> None:
    generator = np.random.default_rng(5)
    assert fit_student_t(generator.uniform(size=500)).degrees_of_freedom == pytest.approx(MAX_DEGREES_OF_FREEDOM)
    assert fit_student_t(generator.standard_cauchy(500)).degrees_of_freedom == pytest.approx(MIN_DEGREES_OF_FREEDOM)


def test_a_fitted_t_with_few_degrees_of_freedom_has_infinite_kurtosis() -> None:
    fit = fit_student_t(np.random.default_rng(5).standard_t(3.0, size=500))
    assert fit.degrees_of_freedom < 4.0
    assert np.isinf(fit.moments.excess_kurtosis)


@pytest.mark.parametrize("level", LEVELS)
def test_without_skewness_and_kurtosis_cornish_fisher_is_normal(level: float) -> None:
    normal, modified = (risk(shape(0.0, 0.0, 0.1, 3.0), level) for risk in (normal_risk, cornish_fisher_risk))
    assert modified.value_at_risk == pytest.approx(float(normal.value_at_risk))
    assert modified.expected_shortfall == pytest.approx(float(normal.expected_shortfall))


def cornish_fisher_transform(z: np.ndarray, skewness: float, excess_kurtosis: float) -> np.ndarray:
    return z + (z**2 - 1) * skewness / 6 + (z**3 - 3 * z) * excess_kurtosis / 24 - (2 * z**3 - 5 * z) * skewness**2 / 36


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("skewness", "excess_kurtosis"), [(-0.6, 1.5), (0.4, 0.8), (0.0, 3.0)])
def test_modified_var_is_the_transform_of_the_normal_quantile(
    skewness: float, excess_kurtosis: float, level: float
) -> None:
    quantile = cornish_fisher_transform(stats.norm.ppf(1.0 - level), skewness, excess_kurtosis)
    risk = cornish_fisher_risk(shape(skewness, excess_kurtosis, mean=0.3, deviation=2.0), level)
    assert risk.value_at_risk == pytest.approx(-0.3 - 2.0 * quantile)


@pytest.mark.parametrize(("skewness", "excess_kurtosis"), [(-0.6, 1.5), (0.4, 0.8), (0.0, 3.0)])
def test_modified_shortfall_is_the_integral_of_the_edgeworth_density(skewness: float, excess_kurtosis: float) -> None:
    def density(z: float) -> float:
        return stats.norm.pdf(z) * (
            1.0
            + skewness * (z**3 - 3 * z) / 6
            + excess_kurtosis * (z**4 - 6 * z**2 + 3) / 24
            + skewness**2 * (z**6 - 15 * z**4 + 45 * z**2 - 15) / 72
        )

    quantile = float(cornish_fisher_quantile(skewness, excess_kurtosis, 0.95))
    integral, _ = integrate.quad(lambda z: -z * density(z), -40.0, quantile)
    assert edgeworth_tail_mean(quantile, skewness, excess_kurtosis) == pytest.approx(integral, rel=1e-9)


def test_operational_shortfall_is_never_below_var() -> None:
    wild = shape(-1.0, 10.0)
    plain = cornish_fisher_risk(wild, 0.99, operational=False)
    assert plain.expected_shortfall < plain.value_at_risk
    assert cornish_fisher_risk(wild, 0.99).expected_shortfall == plain.value_at_risk


@pytest.mark.parametrize(
    ("skewness", "excess_kurtosis", "inside"),
    [
        (0.0, 0.0, True),
        (0.0, 8.0, True),
        (0.0, 8.01, False),
        (0.0, -0.01, False),
        (-1.0, 3.0, True),
        (-1.0, 1.0, False),
        (3.0, 20.0, False),
    ],
)
def test_domain_of_cornish_fisher(skewness: float, excess_kurtosis: float, inside: bool) -> None:
    transform = cornish_fisher_transform(np.linspace(-30.0, 30.0, 60_001), skewness, excess_kurtosis)
    assert bool((np.diff(transform) > -1e-9).all()) == inside
    assert bool(is_in_cornish_fisher_domain(shape(skewness, excess_kurtosis))) == inside


@pytest.mark.parametrize("within", [2.0, 5.0])
def test_domain_within_a_range_is_where_the_transform_rises_there(within: float) -> None:
    z = np.linspace(-within, within, 20_001)
    verdicts = set()
    for skewness in np.linspace(-3.0, 3.0, 13):
        for excess_kurtosis in np.linspace(-2.0, 12.0, 15):
            slope = 1 + z * skewness / 3 + (3 * z**2 - 3) * excess_kurtosis / 24 - (6 * z**2 - 5) * skewness**2 / 36
            inside = bool(is_in_cornish_fisher_domain(shape(skewness, excess_kurtosis), within=within))
            if abs(slope.min()) > 1e-6:
                assert inside == bool(slope.min() > 0.0), (skewness, excess_kurtosis)
                verdicts.add(inside)
    assert verdicts == {True, False}


def test_moments_that_are_missing_are_outside_the_domain() -> None:
    assert not is_in_cornish_fisher_domain(shape(np.nan, 1.0))
    assert not is_in_cornish_fisher_domain(shape(np.nan, 1.0), within=5.0)


def test_delta_gamma_moments_are_those_of_the_simulated_portfolio() -> None:
    generator = np.random.default_rng(2)
    root = generator.normal(size=(3, 3))
    deltas, gammas = generator.normal(size=(2, 3)), 0.4 * generator.normal(size=(2, 3))
    moves = generator.normal(size=(1_000_000, 3)) @ root
    simulated = moments(deltas @ moves.T + 0.5 * gammas @ moves.T**2)
    exact = delta_gamma_moments(deltas, gammas, root.T @ root)
    for ours, theirs, tolerance in zip(exact, simulated, (0.02, 0.02, 0.02, 0.1), strict=True):
        assert ours == pytest.approx(theirs, abs=tolerance)


def test_a_pure_gamma_portfolio_is_chi_squared() -> None:
    exact = delta_gamma_moments([0.0], [2.0], [[1.0]])
    chi_squared = [float(moment) for moment in stats.chi2(1).stats("mvsk")]
    assert [float(exact.mean), float(exact.standard_deviation) ** 2] == pytest.approx(chi_squared[:2])
    assert [float(exact.skewness), float(exact.excess_kurtosis)] == pytest.approx(chi_squared[2:])


def test_a_diagonal_gamma_is_the_full_matrix_with_that_diagonal() -> None:
    generator = np.random.default_rng(4)
    root, deltas, gammas = generator.normal(size=(3, 3)), generator.normal(size=(2, 3)), generator.normal(size=(2, 3))
    full = np.stack([np.diag(gamma) for gamma in gammas])
    diagonal = delta_gamma_moments(deltas, gammas, root @ root.T)
    for ours, theirs in zip(diagonal, delta_gamma_moments(deltas, full, root @ root.T), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-12)
    single = delta_gamma_moments(deltas[1], full[1], root @ root.T)
    assert single.excess_kurtosis == pytest.approx(diagonal.excess_kurtosis[1], rel=1e-12)


def test_a_cross_gamma_counts() -> None:
    exact = delta_gamma_moments([0.0, 0.0], [[0.0, 1.0], [1.0, 0.0]], np.eye(2))
    assert exact.mean == 0.0
    assert exact.standard_deviation == pytest.approx(1.0)  # x1 x2 of independent normals
    assert exact.excess_kurtosis == pytest.approx(6.0)


def test_delta_gamma_refuses_what_does_not_fit() -> None:
    with pytest.raises(ScenarioError, match="do not fit"):
        delta_gamma_moments([1.0, 1.0], [1.0], np.eye(2))
    with pytest.raises(ScenarioError, match="missing or infinite"):
        delta_gamma_moments([1.0, np.nan], [0.0, 0.0], np.eye(2))
    with pytest.raises(ScenarioError, match="not symmetric"):
        delta_gamma_moments([1.0, 1.0], [0.0, 0.0], [[1.0, 0.5], [0.4, 1.0]])
    with pytest.raises(DegenerateError, match="no variance"):
        delta_gamma_moments([1.0, 0.0], [0.0, 0.0], [[0.0, 0.0], [0.0, 1.0]])


def test_one_observation_or_the_same_ones_have_no_moments() -> None:
    with pytest.raises(ScenarioError, match="at least 2"):
        moments([1.0])
    with pytest.raises(ScenarioError, match="at least 4"):
        moments([1.0, 2.0, 3.0], population=False)
    with pytest.raises(DegenerateError, match="series 1 are the same"):
        moments([[1.0, 2.0], [3.0, 3.0]])
    with pytest.raises(DegenerateError, match="are the same"):
        moments(0.3 + np.tile([0.0, 1e-16], 50))
    with pytest.raises(DegenerateError, match="are the same"):
        moments([0.0, 0.0, 1e-200])
    assert moments([0.3, 0.3 + 1e-9]).standard_deviation == pytest.approx(5e-10, rel=1e-6)


def test_a_certain_loss_is_its_own_risk() -> None:
    risk = normal_risk(shape(0.0, 0.0, mean=-5.0, deviation=0.0), 0.99)
    assert risk == (5.0, 5.0)


def test_moments_that_are_missing_and_levels_outside_are_refused() -> None:
    with pytest.raises(ScenarioError, match="mean or standard deviation"):
        normal_risk(shape(0.0, 0.0, mean=np.nan), 0.99)
    with pytest.raises(ScenarioError, match="mean or standard deviation"):
        student_t_risk(shape(0.0, 0.0, deviation=-1.0), 0.99, 5.0)
    with pytest.raises(ScenarioError, match="skewness or kurtosis"):
        cornish_fisher_risk(shape(0.0, np.inf), 0.99)
    with pytest.raises(DegenerateError, match="more than 2"):
        student_t_risk(shape(0.0, 0.0), 0.99, [5.0, 2.0])
    for risk in (normal_risk, cornish_fisher_risk):
        with pytest.raises(LevelError, match=r"0\.5 and 1"):
            risk(shape(0.0, 0.0), 99.0)
