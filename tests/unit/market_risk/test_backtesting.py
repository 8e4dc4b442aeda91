import numpy as np
import pytest
from scipy import stats

from python_models.errors import BacktestError
from python_models.market_risk.backtesting import (
    ExceptionZone,
    acerbi_szekely_z2,
    acerbi_szekely_z2_of_sum,
    binomial_test,
    christoffersen_independence,
    conditional_coverage,
    cumulative_probability,
    kupiec,
    pnl_attribution_statistics,
    proportion_test,
    time_until_first_failure,
    traffic_light,
    traffic_light_increase,
)

ZONES = [
    ExceptionZone(0, 4, "green", 1.5),
    ExceptionZone(5, 9, "amber", 1.7),
    ExceptionZone(10, None, "red", 2.0),
]


def kupiec_by_the_formula(n: int, x: int, p: float) -> float:
    """The printed formula, safe for counts that are neither 0 nor n."""
    return -2 * ((n - x) * np.log(1 - p) + x * np.log(p) - (n - x) * np.log(1 - x / n) - x * np.log(x / n))


@pytest.mark.parametrize(("n", "x", "p"), [(250, 1, 0.01), (250, 249, 0.01), (500, 40, 0.05), (10**6, 10_400, 0.01)])
def test_kupiec_is_the_printed_formula(n: int, x: int, p: float) -> None:
    result = kupiec(n, x, p)
    assert result.statistic == pytest.approx(kupiec_by_the_formula(n, x, p), rel=1e-9)
    assert result.p_value == pytest.approx(stats.chi2.sf(result.statistic, 1), rel=1e-12)


def test_kupiec_holds_at_the_ends_and_for_a_million_days() -> None:
    assert kupiec(250, 0, 0.01).statistic == pytest.approx(-2 * 250 * np.log(0.99), rel=1e-12)
    assert kupiec(250, 250, 0.01).statistic == pytest.approx(-2 * 250 * np.log(0.01), rel=1e-12)
    assert kupiec(10**6, 0, 0.01).statistic == pytest.approx(-2 * 10**6 * np.log(0.99), rel=1e-12)
    assert kupiec(10**6, 10**6, 0.01).statistic == pytest.approx(-2 * 10**6 * np.log(0.01), rel=1e-12)
    exact = kupiec(10**6, 10**4, 0.01)
    assert (exact.statistic, exact.p_value) == (pytest.approx(0.0, abs=1e-9), pytest.approx(1.0))


def test_many_series_are_tested_at_once() -> None:
    exceptions = np.array([[0, 2, 5], [10, 20, 250]])
    result = kupiec(250, exceptions, [0.01, 0.025, 0.05])
    assert result.statistic.shape == result.p_value.shape == (2, 3)
    assert result.statistic[1, 0] == kupiec(250, 10, 0.01).statistic


def test_independence_is_the_printed_formula() -> None:
    n00, n01, n10, n11 = 200, 20, 18, 11
    pi, p01, p11 = (n01 + n11) / 249, n01 / (n00 + n01), n11 / (n10 + n11)
    one_share = (n00 + n10) * np.log(1 - pi) + (n01 + n11) * np.log(pi)
    two_shares = n00 * np.log(1 - p01) + n01 * np.log(p01) + n10 * np.log(1 - p11) + n11 * np.log(p11)
    result = christoffersen_independence(n00, n01, n10, n11)
    assert result.statistic == pytest.approx(-2 * (one_share - two_shares), rel=1e-10)
    assert result.p_value < 0.001


@pytest.mark.parametrize("counts", [(249, 0, 0, 0), (0, 0, 0, 249), (248, 0, 1, 0), (10**6, 0, 0, 0)])
def test_independence_without_both_kinds_of_day_says_nothing(counts: tuple[int, int, int, int]) -> None:
    result = christoffersen_independence(*counts)
    assert result.statistic == pytest.approx(0.0, abs=1e-9)
    assert result.p_value == pytest.approx(1.0)


def test_exceptions_in_one_cluster_are_not_independent() -> None:
    clustered = christoffersen_independence(239, 1, 1, 8)
    spread = christoffersen_independence(231, 9, 9, 0)
    assert clustered.p_value < 1e-6 < spread.p_value


def test_conditional_coverage_adds_the_two_up() -> None:
    both = conditional_coverage(250, 9, 0.01, 233, 8, 8, 0)
    parts = kupiec(250, 9, 0.01).statistic + christoffersen_independence(233, 8, 8, 0).statistic
    assert both.statistic == pytest.approx(parts)
    assert both.p_value == pytest.approx(stats.chi2.sf(parts, 2))


def test_first_failure_as_expected_is_no_evidence() -> None:
    assert time_until_first_failure(100, 0.01).statistic == pytest.approx(0.0, abs=1e-12)
    early, late = time_until_first_failure([1, 1000], 0.01).statistic
    assert early == pytest.approx(-2 * np.log(0.01))
    assert late > 5


def test_proportion_within_half_an_exception_is_no_evidence() -> None:
    assert proportion_test(293, 15, 0.05).p_value == 1.0
    beyond = proportion_test(300, 16, 0.05)
    assert beyond.statistic == pytest.approx(0.5**2 * (1 / 15 + 1 / 285))


def test_binomial_score_is_symmetric() -> None:
    few, many = binomial_test(1000, [40, 60], 0.05).statistic
    assert few == pytest.approx(-many)
    assert binomial_test(1000, 50, 0.05).p_value == pytest.approx(1.0)


def test_cumulative_probability_splits_the_zones() -> None:
    green, amber, last_amber, red = cumulative_probability(250, [4, 5, 9, 10], 0.01)
    assert green < 0.95 <= amber
    assert last_amber < 0.9999 <= red


def test_zones_turn_at_five_and_at_ten_exceptions() -> None:
    zone, multiplier = traffic_light([0, 4, 5, 9, 10, 250], ZONES)
    assert zone.tolist() == ["green", "green", "amber", "amber", "red", "red"]
    assert multiplier.tolist() == [1.5, 1.5, 1.7, 1.7, 2.0, 2.0]


@pytest.mark.parametrize(
    "zones",
    [
        [],
        ZONES[:2],
        ZONES[1:],
        [ZONES[0], ExceptionZone(6, None, "red", 2.0)],
        [ZONES[0], ExceptionZone(4, None, "red", 2.0)],
    ],
)
def test_a_zone_table_with_a_gap_an_overlap_or_an_end_is_refused(zones: list[ExceptionZone]) -> None:
    with pytest.raises(BacktestError, match="zone table"):
        traffic_light(3, zones)


def test_increase_is_the_plus_factor_of_the_amber_zone() -> None:
    plus = traffic_light_increase(250, [5, 6, 7, 8, 9], 0.01)
    assert plus == pytest.approx([0.40, 0.50, 0.65, 0.75, 0.85], abs=0.031)
    with pytest.raises(BacktestError, match="Half"):
        traffic_light_increase(250, 125, 0.01)


def test_z2_counts_losses_in_units_of_shortfall() -> None:
    losses = np.array([5.0, -3.0, 12.0, 20.0])
    hits = np.array([False, False, True, True])
    shortfalls = np.array([np.nan, 10.0, 10.0, 10.0])
    assert acerbi_szekely_z2(losses, shortfalls, hits, 0.5) == pytest.approx(1 - (1.2 + 2.0) / 2)
    assert acerbi_szekely_z2(losses, shortfalls, np.zeros(4, dtype=bool), 0.5) == 1.0
    assert acerbi_szekely_z2_of_sum([3.2, np.nan], 4, 0.5) == pytest.approx([1 - 1.6, np.nan], nan_ok=True)


def test_z2_refuses_an_exception_without_a_shortfall() -> None:
    for shortfall in (np.nan, 0.0, np.inf):
        with pytest.raises(BacktestError, match="shortfall"):
            acerbi_szekely_z2([1.0, 12.0], [10.0, shortfall], [False, True], 0.01)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: kupiec(250, 251, 0.01), "no more exceptions"),
        (lambda: kupiec(0, 0, 0.01), "at least one observation"),
        (lambda: kupiec(250, np.nan, 0.01), "not zero"),
        (lambda: kupiec(250, 2.5, 0.01), "whole numbers"),
        (lambda: kupiec(250, 2, 1.0), "write 1 % as 0.01"),
        (lambda: christoffersen_independence(0, 0, 0, 0), "two observations"),
        (lambda: christoffersen_independence(-1, 1, 1, 1), "n00"),
        (lambda: traffic_light(-1, ZONES), "exceptions"),
        (lambda: acerbi_szekely_z2([], [], [], 0.01), "no day"),
        (lambda: pnl_attribution_statistics([1.0, 2.0], [1.0, 2.0, 3.0]), "do not fit"),
        (lambda: pnl_attribution_statistics([1.0, np.nan], [1.0, 2.0]), "missing"),
    ],
)
def test_what_cannot_be_tested_is_refused(call, message: str) -> None:
    with pytest.raises(BacktestError, match=message):
        call()


def test_attribution_statistics_are_scipys_for_every_series() -> None:
    generator = np.random.default_rng(4)
    hypothetical = np.round(generator.normal(size=(6, 250)), 1)
    theoretical = np.round(0.8 * hypothetical + generator.normal(scale=0.4, size=(6, 250)), 1)
    result = pnl_attribution_statistics(hypothetical, theoretical)
    for number in range(6):
        rank = stats.spearmanr(hypothetical[number], theoretical[number]).statistic
        distance = stats.ks_2samp(hypothetical[number], theoretical[number]).statistic
        assert result.spearman_correlation[number] == pytest.approx(rank)
        assert result.kolmogorov_smirnov[number] == pytest.approx(distance)
        alone = pnl_attribution_statistics(hypothetical[number], theoretical[number])
        assert alone.spearman_correlation == result.spearman_correlation[number]


def test_a_model_that_explains_everything_is_perfect_and_a_flat_one_has_no_ranks() -> None:
    pnl = np.arange(250.0)
    same = pnl_attribution_statistics(pnl, pnl)
    assert (same.spearman_correlation, same.kolmogorov_smirnov) == (pytest.approx(1.0), 0.0)
    flat = pnl_attribution_statistics(pnl, np.zeros(250))
    assert np.isnan(flat.spearman_correlation)
    assert flat.kolmogorov_smirnov == pytest.approx(0.996)
