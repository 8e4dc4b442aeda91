import numpy as np
import pytest

from python_models.credit_risk.trades import (
    currency_notional,
    margin_period,
    margined_maturity_factor,
    option_delta,
    supervisory_duration,
    tranche_delta,
    unmargined_maturity_factor,
)
from python_models.errors import CapitalError

FLOOR = 10 / 250


def duration(start: float, end: float) -> float:
    return float(supervisory_duration([start], [end], rate=0.05, floor_years=FLOOR)[0])


def test_duration_of_a_swap_of_ten_years() -> None:
    assert duration(0.0, 10.0) == pytest.approx(7.869386805747332)


def test_a_start_that_has_passed_counts_as_today() -> None:
    assert duration(-3.0, 4.0) == duration(0.0, 4.0)


@pytest.mark.parametrize(("end", "expected"), [(0.0399, FLOOR), (0.0, FLOOR), (0.05, 0.04993754)])
def test_duration_is_floored_at_ten_business_days(end: float, expected: float) -> None:
    assert duration(0.0, end) == pytest.approx(expected)


@pytest.mark.parametrize(("start", "end"), [(2.0, 1.0), (0.0, -0.1), (0.0, np.nan)])
def test_an_impossible_period_is_refused(start: float, end: float) -> None:
    with pytest.raises(CapitalError):
        duration(start, end)


@pytest.mark.parametrize(("years", "expected"), [(0.0, 0.2), (0.04, 0.2), (0.25, 0.5), (1.0, 1.0), (1.01, 1.0)])
def test_maturity_factor_between_ten_days_and_a_year(years: float, expected: float) -> None:
    assert unmargined_maturity_factor([years], floor_days=10, business_days_per_year=250)[0] == pytest.approx(expected)


def test_margined_maturity_factor() -> None:
    assert margined_maturity_factor([10.0], multiplier=1.5, business_days_per_year=250)[0] == pytest.approx(0.3)
    with pytest.raises(CapitalError, match="floor"):
        margined_maturity_factor([0.0], multiplier=1.5, business_days_per_year=250)


@pytest.mark.parametrize(("calls", "expected"), [(1, 10), (2, 11), (5, 14)])
def test_rarer_margin_calls_lengthen_the_margin_period(calls: float, expected: float) -> None:
    assert margin_period([calls], [10.0])[0] == expected


def test_deltas_of_the_four_options() -> None:
    delta = option_delta([True, False, True, False], [True, True, False, False], 0.06, 0.05, 1.0, 0.5)
    call = 0.7306047822894673
    assert delta == pytest.approx([call, -call, call - 1.0, 1.0 - call])


def test_a_shift_allows_negative_rates() -> None:
    with pytest.raises(CapitalError, match="shift"):
        option_delta([True], [True], -0.01, 0.01, 1.0, 0.5)
    shifted = option_delta([True], [True], -0.01, 0.01, 1.0, 0.5, 0.02)
    assert shifted == pytest.approx(option_delta([True], [True], 0.01, 0.03, 1.0, 0.5))


def test_tranche_delta() -> None:
    delta = tranche_delta([True, False], [0.0, 0.03], [0.03, 0.06], numerator=15, slope=14)
    assert delta == pytest.approx([15 / 1.42, -15 / (1.42 * 1.84)])
    with pytest.raises(CapitalError, match="detachment"):
        tranche_delta([True], [0.06], [0.06], numerator=15, slope=14)


def test_the_foreign_leg_is_the_notional_and_of_two_the_larger() -> None:
    notional = currency_notional(
        [-100.0, 100.0, 100.0, 120.0],
        [101.0, -99.0, 110.0, 110.0],
        [True, False, False, False],
        [False, True, False, False],
    )
    assert notional.tolist() == [101.0, 100.0, 110.0, 120.0]
