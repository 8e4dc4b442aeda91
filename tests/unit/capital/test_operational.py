import math

import pytest

from python_models.capital.bands import Band
from python_models.capital.operational import (
    basic_indicator_charge,
    bucket_of,
    business_indicator,
    business_indicator_component,
    internal_loss_multiplier,
    loss_component,
)
from python_models.errors import CapitalError

BILLION = 1e9
BUCKETS = [Band(0.0, BILLION, 0.12), Band(BILLION, 30 * BILLION, 0.15), Band(30 * BILLION, None, 0.18)]


@pytest.mark.parametrize(
    ("indicator", "component", "bucket"),
    [
        (0.0, 0.0, 1),
        (1.0, 0.12, 1),
        (1.1, 0.135, 2),
        (30.0, 0.12 + 29 * 0.15, 2),
        (30.1, 0.12 + 29 * 0.15 + 0.018, 3),
        (35.0, 5.37, 3),
    ],
)
def test_buckets_end_at_1_and_30_billion(indicator: float, component: float, bucket: int) -> None:
    assert business_indicator_component(indicator * BILLION, BUCKETS) == pytest.approx(component * BILLION)
    assert bucket_of(indicator * BILLION, BUCKETS) == bucket


@pytest.mark.parametrize(("share", "expected"), [(0.5, 0.8297), (1, 1.0), (2, 1.24109), (5, 1.675634), (10, 2.082917)])
def test_losses_scale_the_charge(share: float, expected: float) -> None:
    assert internal_loss_multiplier(share * 7.0, 7.0, 0.8) == pytest.approx(expected, abs=5e-5)


def test_a_bank_without_losses_has_the_smallest_multiplier() -> None:
    assert internal_loss_multiplier(0.0, 7.0, 0.8) == pytest.approx(math.log(math.e - 1.0))


@pytest.mark.parametrize(("loss", "component"), [(-1.0, 1.0), (1.0, 0.0), (float("nan"), 1.0), (1.0, float("nan"))])
def test_a_multiplier_needs_both_components(loss: float, component: float) -> None:
    with pytest.raises(CapitalError, match="positive BIC"):
        internal_loss_multiplier(loss, component, 0.8)


def test_losses_are_averaged_over_the_years() -> None:
    assert loss_component([10.0, 0.0, 20.0], 15.0) == pytest.approx(150.0)
    with pytest.raises(CapitalError, match="not missing"):
        loss_component([10.0, float("nan")], 15.0)
    with pytest.raises(CapitalError, match="each year"):
        loss_component([], 15.0)


def indicator_of(**changes: list[float]) -> tuple[float, float, float]:
    items: dict[str, list[float]] = {
        "interest_income": [100.0, 100.0, 100.0],
        "interest_expense": [60.0, 60.0, 60.0],
        "interest_earning_assets": [4000.0, 4000.0, 4000.0],
        "dividend_income": [3.0, 3.0, 3.0],
        "other_operating_income": [5.0, 5.0, 5.0],
        "other_operating_expense": [8.0, 8.0, 8.0],
        "fee_income": [30.0, 30.0, 30.0],
        "fee_expense": [12.0, 12.0, 12.0],
        "trading_book_result": [10.0, -10.0, 10.0],
        "banking_book_result": [2.0, 2.0, -2.0],
    }
    result = business_indicator(**(items | changes), interest_margin_cap=0.0225)
    return result.interest_component, result.services_component, result.financial_component


def test_a_loss_in_the_books_counts_like_a_profit() -> None:
    assert indicator_of() == pytest.approx((43.0, 38.0, 12.0))


def test_absolute_values_are_taken_before_the_mean() -> None:
    assert indicator_of(interest_expense=[60.0, 140.0, 100.0])[0] == pytest.approx(80.0 / 3 + 3.0)


def test_the_margin_is_capped_by_interest_earning_assets() -> None:
    assert indicator_of(interest_earning_assets=[1777.0] * 3)[0] == pytest.approx(1777 * 0.0225 + 3.0)
    assert indicator_of(interest_earning_assets=[1778.0] * 3)[0] == pytest.approx(43.0)


def test_an_item_that_is_missing_for_a_year_is_not_zero() -> None:
    with pytest.raises(CapitalError, match="missing is not zero"):
        indicator_of(fee_income=[30.0, float("nan"), 30.0])
    with pytest.raises(CapitalError, match="same years"):
        indicator_of(fee_income=[30.0, 30.0])


def test_years_of_loss_are_left_out_of_the_basic_indicator() -> None:
    assert basic_indicator_charge([120.0, 20.0, 250.0], 0.15) == pytest.approx(19.5)
    assert basic_indicator_charge([120.0, -20.0, 250.0], 0.15) == pytest.approx(0.15 * 185.0)
    assert basic_indicator_charge([-1.0, 0.0], 0.15) == 0.0
    with pytest.raises(CapitalError, match="one is missing"):
        basic_indicator_charge([1.0, float("nan")], 0.15)
