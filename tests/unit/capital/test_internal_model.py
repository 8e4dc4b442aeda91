import numpy as np
import pytest

from python_models.capital.internal_model import imcc, liquidity_horizon_es, stressed_es
from python_models.errors import CapitalError

HORIZONS = [10, 20, 40, 60, 120]


def test_every_horizon_adds_what_its_factors_still_move_after_the_one_before() -> None:
    assert liquidity_horizon_es([3.0, 2.0, 0.0, 1.0, 0.5], HORIZONS) == pytest.approx(np.sqrt(9 + 4 + 2 + 6 * 0.25))
    assert liquidity_horizon_es([7.0, 0, 0, 0, 0], HORIZONS) == 7.0
    assert liquidity_horizon_es([7.0] * 5, HORIZONS) == pytest.approx(7.0 * np.sqrt(12))


def test_many_portfolios_at_once() -> None:
    shortfalls = np.array([[3.0, 2.0, 0.0, 1.0, 0.5], [1.0, 0.0, 0.0, 0.0, 0.0]])
    assert liquidity_horizon_es(shortfalls, HORIZONS) == pytest.approx([np.sqrt(16.5), 1.0])


@pytest.mark.parametrize(
    ("shortfalls", "horizons", "message"),
    [
        ([1.0, np.nan], [10, 20], "not zero"),
        ([1.0, -0.1], [10, 20], "negative"),
        ([1.0], [10, 20], "do not fit"),
        ([1.0, 1.0], [20, 10], "rise"),
        ([1.0, 1.0], [20, 40], "base horizon of 10"),
    ],
)
def test_figures_that_make_no_charge_are_refused(shortfalls: list, horizons: list, message: str) -> None:
    with pytest.raises(CapitalError, match=message):
        liquidity_horizon_es(shortfalls, horizons)


def test_the_ratio_of_the_stressed_calibration_is_never_below_one() -> None:
    assert stressed_es(10.0, [1.2, 1.0, 0.8], 1.0) == pytest.approx([12.0, 10.0, 10.0])
    assert stressed_es(0.0, 0.0, 0.0) == 0.0
    with pytest.raises(CapitalError, match="reduced set"):
        stressed_es(10.0, 1.0, 0.0)


def test_half_of_the_charge_knows_no_diversification() -> None:
    assert imcc(10.0, [6.0, 8.0], 0.5) == 12.0
    assert imcc(10.0, [6.0, 8.0], 1.0) == 10.0
    for charge, parts, weight in [(10.0, [6.0, np.nan], 0.5), (10.0, [6.0], 1.5), (-1.0, [6.0], 0.5)]:
        with pytest.raises(CapitalError):
            imcc(charge, parts, weight)
