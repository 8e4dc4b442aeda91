import numpy as np
import pytest
from scipy import stats

from python_models.errors import DegenerateError, ScenarioError
from python_models.market_risk.monte_carlo import factor_covariance, simulate_factor_moves

COVARIANCE = np.array([[4e-4, 1e-4, -2e-8], [1e-4, 1e-4, 0.0], [-2e-8, 0.0, 1e-10]])


def test_covariance_is_numpys() -> None:
    moves = np.random.default_rng(1).normal(size=(50, 3))
    assert factor_covariance(moves) == pytest.approx(np.cov(moves.T), rel=1e-12)


def test_a_factor_without_moves_is_named() -> None:
    moves = np.random.default_rng(1).normal(size=(50, 3))
    moves[:, 1] = np.nan
    with pytest.raises(ScenarioError, match="factor FX:GBP has no move on 50 of 50 dates"):
        factor_covariance(moves, names=["EQ:A", "FX:GBP", "IR:10Y"])
    with pytest.raises(ScenarioError, match="factor number 1 has no move"):
        factor_covariance(moves)
    covariance = COVARIANCE.copy()
    covariance[1], covariance[:, 1] = np.nan, np.nan
    with pytest.raises(ScenarioError, match="covariance or mean of the factor FX:GBP"):
        simulate_factor_moves(covariance, 10, seed=1, names=["EQ:A", "FX:GBP", "IR:10Y"])
    with pytest.raises(ScenarioError, match="covariance or mean of the factor number 2"):
        simulate_factor_moves(COVARIANCE, 10, seed=1, mean=[0.0, 0.0, np.inf])


@pytest.mark.parametrize("degrees", [None, 5.0])
def test_moves_have_the_covariance_and_the_mean(degrees: float | None) -> None:
    mean = np.array([1e-3, -2e-3, 1e-6])
    moves = simulate_factor_moves(COVARIANCE, 400_000, seed=3, degrees_of_freedom=degrees, mean=mean)
    deviation = np.sqrt(np.diag(COVARIANCE))
    assert moves.mean(axis=0) == pytest.approx(mean, abs=1e-12)
    scaled = factor_covariance(moves) / deviation / deviation[:, np.newaxis]
    assert scaled == pytest.approx(COVARIANCE / deviation / deviation[:, np.newaxis], abs=0.03)


def test_normal_and_t_moves_have_their_distributions() -> None:
    normal = simulate_factor_moves(COVARIANCE, 20_000, seed=4, antithetic=False)[:, 0] / 0.02
    fat = simulate_factor_moves(COVARIANCE, 20_000, seed=4, antithetic=False, degrees_of_freedom=4.0)[:, 0] / 0.02
    assert stats.kstest(normal, stats.norm().cdf).pvalue > 0.01
    assert stats.kstest(fat, stats.t(4.0, 0.0, np.sqrt(0.5)).cdf).pvalue > 0.01
    assert stats.kstest(fat, stats.norm().cdf).pvalue < 0.01


def test_factors_of_the_t_share_their_bad_days() -> None:
    moves = simulate_factor_moves(np.eye(2), 50_000, seed=5, degrees_of_freedom=4.0)
    assert np.corrcoef(np.abs(moves).T)[0, 1] > 0.1
    assert np.corrcoef(np.abs(simulate_factor_moves(np.eye(2), 50_000, seed=5)).T)[0, 1] == pytest.approx(0.0, abs=0.03)


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, again, other, third = (
        simulate_factor_moves(COVARIANCE, 100, seed=seed, degrees_of_freedom=6.0)
        for seed in ([7, 18262], [7, 18262], [7, 18263], [8, 18262])
    )
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()
    assert first.tobytes() != third.tobytes()


def test_antithetic_moves_come_in_mirrored_pairs() -> None:
    moves = simulate_factor_moves(COVARIANCE, 7, seed=1, degrees_of_freedom=5.0)
    assert moves.shape == (7, 3)
    assert moves[1:6:2].tolist() == (-moves[0:5:2]).tolist()


def test_a_singular_covariance_is_drawn_from() -> None:
    twins = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    moves = simulate_factor_moves(twins, 1000, seed=2)
    assert moves[:, 0] == pytest.approx(moves[:, 1], abs=1e-7)
    assert (moves[:, 2] == 0.0).all()
    assert moves[:, 0].std() == pytest.approx(1.0, abs=0.1)
    fewer_dates_than_factors = factor_covariance(np.random.default_rng(3).normal(size=(5, 20)))
    assert np.isfinite(simulate_factor_moves(fewer_dates_than_factors, 10, seed=1)).all()


@pytest.mark.parametrize(
    ("covariance", "message"),
    [
        ([[1.0, 1.1], [1.1, 1.0]], "not positive semi-definite"),
        ([[-1.0]], "not positive semi-definite"),
        ([[0.0, 1e-6], [1e-6, 1.0]], "not positive semi-definite"),
        ([[1.0, 0.5], [0.4, 1.0]], "not symmetric"),
    ],
)
def test_a_matrix_that_is_no_covariance_is_refused(covariance: list[list[float]], message: str) -> None:
    with pytest.raises(DegenerateError, match=message):
        simulate_factor_moves(covariance, 10, seed=1)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(DegenerateError, match="more than 2"):
        simulate_factor_moves(COVARIANCE, 10, seed=1, degrees_of_freedom=2.0)
    for covariance, n in ((np.ones((2, 3)), 10), (np.ones(3), 10), (np.empty((0, 0)), 10), (COVARIANCE, 0)):
        with pytest.raises(ScenarioError, match="cannot be drawn"):
            simulate_factor_moves(covariance, n, seed=1)
    with pytest.raises(ScenarioError, match="does not fit 3 factors"):
        simulate_factor_moves(COVARIANCE, 10, seed=1, mean=[0.0])
    with pytest.raises(ScenarioError, match="at least 2 dates"):
        factor_covariance(np.ones((1, 3)))
