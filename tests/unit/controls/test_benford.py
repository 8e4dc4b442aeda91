"""Leading digits as written, statistics on worked counts, and the edges of both."""

import numpy as np
import pytest

from python_models.controls.benford import (
    DIGITS,
    ConformityLimits,
    Digits,
    conformity,
    digit_counts,
    digit_statistics,
    digits_tested,
    distortion_factor,
    expected_proportions,
    leading_digits,
    mantissa_statistics,
    z_statistics,
)
from python_models.errors import BenfordError

LIMITS = ConformityLimits(0.0012, 0.0018, 0.0022)
GEOMETRIC = 10.0 ** (2.0 + np.arange(10_000) / 2_500.0)
"""Four decades in equal steps of the logarithm: as near to Benford's law as amounts can be."""


@pytest.mark.parametrize(
    ("amount", "first_two"),
    # Binary fractions of 0.29, 0.58 and 1,500,000 times their power of ten are just below the digits that are written.
    [(0.29, 29), (0.58, 58), (1_500_000.0, 15), (0.01, 10), (0.1, 10), (9.99, 99), (10.0, 10), (99.99, 99), (1000, 10)],
)
def test_digits_are_those_that_are_written(amount: float, first_two: int) -> None:
    assert leading_digits([amount], "first_two").tolist() == [first_two]
    assert leading_digits([amount], "first").tolist() == [first_two // 10]
    assert leading_digits([amount], "second").tolist() == [first_two % 10]


def test_a_unit_of_the_last_decimal_is_the_smallest_amount() -> None:
    assert leading_digits([0.001], "first_two", decimals=3).tolist() == [10]
    with pytest.raises(BenfordError, match="less than a unit"):
        leading_digits([0.001], "first_two", decimals=2)
    assert leading_digits([9.9e15], "first_two").tolist() == [99]
    with pytest.raises(BenfordError, match="more than 18 digits"):
        leading_digits([1e16], "first_two")


@pytest.mark.parametrize("amounts", [[], [0.0], [-1.0], [np.nan], [np.inf]])
def test_what_has_no_first_digit_is_refused(amounts: list[float]) -> None:
    for function in (mantissa_statistics, distortion_factor):
        with pytest.raises(BenfordError):
            function(amounts)
    with pytest.raises(BenfordError):
        digit_counts(amounts, "first")


@pytest.mark.parametrize("digits", DIGITS)
def test_proportions_sum_to_one_and_agree_with_those_of_two_digits(digits: Digits) -> None:
    expected = expected_proportions(digits)
    assert len(expected) == len(digits_tested(digits))
    assert expected.sum() == pytest.approx(1.0)
    pairs = expected_proportions("first_two").reshape(9, 10)
    assert expected_proportions("first") == pytest.approx(pairs.sum(axis=1))


def test_statistics_of_counts_worked_by_hand() -> None:
    # 100 amounts that all begin with 1: 100 * (1/p - 1), (1 - p) * 2 / 9, and 1 - p after the first digit
    p = np.log10(2.0)
    figures = digit_statistics([100, 0, 0, 0, 0, 0, 0, 0, 0], "first")
    assert figures.amounts == 100
    assert figures.degrees_of_freedom == 8
    assert figures.chi_square == pytest.approx(100.0 * (1.0 / p - 1.0))
    assert figures.mean_absolute_deviation == pytest.approx(2.0 * (1.0 - p) / 9.0)
    assert figures.kolmogorov_smirnov == pytest.approx(1.0 - p)
    assert figures.chi_square_p_value < 1e-40


def test_the_p_value_is_five_per_cent_at_the_printed_critical_value() -> None:
    # Chi-square, 8 degrees of freedom, 5 %: 15.507 in every table
    p = expected_proportions("first")
    shift = np.sqrt(15.507 / 1_000.0 / (1.0 / p[0] + 1.0 / p[1]))
    observed = p + shift * np.array([1, -1, 0, 0, 0, 0, 0, 0, 0])
    assert digit_statistics(observed * 1_000.0, "first").chi_square_p_value == pytest.approx(0.05, abs=1e-5)


def test_counts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(BenfordError, match="9 counts, not 8"):
        digit_statistics([1] * 8, "first")
    with pytest.raises(BenfordError, match="Nothing was counted"):
        z_statistics([0] * 9, "first")


@pytest.mark.parametrize(
    ("deviation", "expected"),
    [
        (0.0, "close_conformity"),
        (0.0012, "close_conformity"),
        (0.00120001, "acceptable_conformity"),
        (0.0018, "acceptable_conformity"),
        (0.00180001, "marginally_acceptable_conformity"),
        (0.0022, "marginally_acceptable_conformity"),
        (0.00220001, "nonconformity"),
    ],
)
def test_a_deviation_at_its_limit_is_in_the_class_below(deviation: float, expected: str) -> None:
    assert conformity(deviation, LIMITS) == expected


def test_limits_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(BenfordError, match="do not ascend"):
        conformity(0.001, ConformityLimits(0.0018, 0.0012, 0.0022))


def test_the_continuity_correction_counts_only_below_the_distance() -> None:
    p = expected_proportions("first")
    counts = 1_000.0 * p
    counts[0] += 10.0
    counts[1] -= 10.0
    counts[2] += 0.4
    counts[3] -= 0.4
    z = z_statistics(counts, "first")
    deviations = np.sqrt(p * (1.0 - p) / 1_000.0)
    assert z[0] == pytest.approx((0.010 - 0.0005) / deviations[0])
    assert z[2] == pytest.approx(0.0004 / deviations[2])
    assert z[8] == pytest.approx(0.0, abs=1e-9)


def test_a_geometric_series_obeys_the_law_and_equal_steps_do_not() -> None:
    obeying = mantissa_statistics(GEOMETRIC)
    assert obeying.mean == pytest.approx(0.5, abs=1e-3)
    assert obeying.variance == pytest.approx(1.0 / 12.0, abs=1e-4)
    assert obeying.arc_squared_length == pytest.approx(0.0, abs=1e-9)
    assert obeying.arc_p_value > 0.99
    assert distortion_factor(GEOMETRIC) == pytest.approx(0.0, abs=1e-3)
    figures = digit_statistics(digit_counts(GEOMETRIC, "first_two"), "first_two")
    assert conformity(figures.mean_absolute_deviation, LIMITS) == "close_conformity"
    even = np.arange(100.0, 1_000.0)
    assert mantissa_statistics(even).arc_p_value < 1e-6
    # Mean of 10.0 to 99.9 over that of a Benford set of 900
    assert distortion_factor(even) == pytest.approx(54.95 * 900.0 * (10.0 ** (1.0 / 900.0) - 1.0) / 90.0 - 1.0)
    figures = digit_statistics(digit_counts(even, "first_two"), "first_two")
    assert conformity(figures.mean_absolute_deviation, LIMITS) == "nonconformity"


def test_amounts_below_ten_have_no_part_in_the_distortion() -> None:
    assert distortion_factor([9.99, 20.0, 30.0]) == pytest.approx(distortion_factor([20.0, 30.0]))
    assert distortion_factor([10.0, 20.0]) != pytest.approx(distortion_factor([20.0]))
    assert np.isnan(distortion_factor([9.99]))
    assert np.isnan(mantissa_statistics([5.0]).variance)
