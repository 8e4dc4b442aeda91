import pytest

from python_models.capital.bands import Band
from python_models.capital.buffers import (
    available_for_buffers,
    conservation,
    leverage_requirement,
    maximum_distributable_amount,
    weighted_buffer_rate,
)
from python_models.errors import CapitalError

MINIMA = (0.045, 0.06, 0.08)
QUARTERS = [
    Band(None, 0.25, 1.0, "q1"),
    Band(0.25, 0.5, 0.8, "q2"),
    Band(0.5, 0.75, 0.6, "q3"),
    Band(0.75, 1.0, 0.4, "q4"),
    Band(1.0, None, 0.0, "met"),
]


def kept_at(cet1_ratio: float) -> tuple[int | None, float]:
    """Quarter and share kept of a bank with ample AT1 and T2."""
    available = available_for_buffers(cet1_ratio, cet1_ratio + 0.015, cet1_ratio + 0.035, MINIMA)
    result = conservation(available, 0.025, QUARTERS)
    return result.quarter, result.conservation_ratio


def test_national_rates_are_weighted_with_private_credit() -> None:
    assert weighted_buffer_rate([60, 25, 15], [0.02, 0.01, 0.015]) == pytest.approx(0.01675)
    assert weighted_buffer_rate([100, 0], [0.01, 0.025]) == pytest.approx(0.01)


def test_a_bank_without_private_credit_has_no_countercyclical_buffer() -> None:
    assert weighted_buffer_rate([], []) == 0.0
    assert weighted_buffer_rate([0.0], [0.025]) == 0.0


@pytest.mark.parametrize(
    ("amounts", "rates", "message"),
    [([1.0], [0.01, 0.02], "do not fit"), ([1.0], [float("nan")], "missing"), ([-1.0], [0.01], "zero or more")],
)
def test_a_missing_rate_is_not_zero(amounts: list[float], rates: list[float], message: str) -> None:
    with pytest.raises(CapitalError, match=message):
        weighted_buffer_rate(amounts, rates)


@pytest.mark.parametrize(
    ("cet1_ratio", "expected"),
    [
        (0.04, (1, 1.0)),
        (0.045, (1, 1.0)),
        (0.05125, (1, 1.0)),
        (0.05126, (2, 0.8)),
        (0.0575, (2, 0.8)),
        (0.05751, (3, 0.6)),
        (0.06375, (3, 0.6)),
        (0.06376, (4, 0.4)),
        (0.07, (4, 0.4)),
        (0.07001, (None, 0.0)),
    ],
)
def test_conservation_on_both_sides_of_each_edge(cet1_ratio: float, expected: tuple[int | None, float]) -> None:
    assert kept_at(cet1_ratio) == expected


def test_cet1_first_makes_good_what_the_other_tiers_lack() -> None:
    assert available_for_buffers(0.09, 0.09, 0.09, MINIMA) == pytest.approx(0.01)
    assert available_for_buffers(0.09, 0.105, 0.105, MINIMA) == pytest.approx(0.025)
    assert available_for_buffers(0.09, 0.105, 0.125, MINIMA) == pytest.approx(0.045)


def test_more_of_the_other_tiers_than_needed_frees_no_cet1() -> None:
    assert available_for_buffers(0.06, 0.20, 0.30, MINIMA) == pytest.approx(0.015)


def test_total_capital_includes_tier_1() -> None:
    with pytest.raises(CapitalError, match="must not fall"):
        available_for_buffers(0.1, 0.09, 0.12, MINIMA)


def test_without_a_buffer_only_the_minimum_restricts() -> None:
    assert conservation(0.01, 0.0, QUARTERS).quarter is None
    assert conservation(-0.01, 0.0, QUARTERS).conservation_ratio == 1.0


def test_a_missing_ratio_is_an_error() -> None:
    with pytest.raises(CapitalError, match="missing"):
        conservation(float("nan"), 0.025, QUARTERS)
    with pytest.raises(CapitalError, match="missing"):
        available_for_buffers(float("nan"), 0.1, 0.1, MINIMA)


def test_what_may_be_paid() -> None:
    assert maximum_distributable_amount(200.0, 0.6) == pytest.approx(80.0)
    assert maximum_distributable_amount(200.0, 1.0) == 0.0
    assert maximum_distributable_amount(-50.0, 0.4) == 0.0
    with pytest.raises(CapitalError, match="between 0 and 1"):
        maximum_distributable_amount(200.0, 1.2)


def test_half_of_the_systemic_add_on_is_the_leverage_buffer() -> None:
    requirement = leverage_requirement(0.03, 0.02, 0.5)
    assert (requirement.buffer, requirement.requirement) == pytest.approx((0.01, 0.04))
    with_countercyclical = leverage_requirement(0.0325, 0.0, 0.35, 0.01, 0.35)
    assert with_countercyclical.requirement == pytest.approx(0.036)
    with pytest.raises(CapitalError, match="zero or more"):
        leverage_requirement(0.03, -0.01, 0.5)
