import numpy as np
import pytest

from python_models.errors import InstrumentError
from python_models.pricing.curves import bootstrap_zero_rates, discount_factors
from python_models.pricing.dates import year_fraction
from python_models.pricing.swaps import accrual_fractions, fixing_dates, settlement_amounts, value_swaps

CURVE = bootstrap_zero_rates([[0.02, 0.03, 0.09, 0.25, 0.66, 1.07, 1.61, 1.92, 2.12, 2.41, 2.69]])
START, MATURITY = ["2020-02-10"], ["2022-02-10"]


def discounts_on(valuation: str, *dates: str) -> np.ndarray:
    return discount_factors(CURVE[0], year_fraction(valuation, np.array(dates, dtype="datetime64[D]")))


def test_value_is_floating_leg_less_fixed_leg() -> None:
    value, _ = value_swaps(["2020-09-01"], START, MATURITY, [1.5], [0.02], CURVE)
    discounts = discounts_on("2020-09-01", "2021-02-10", "2021-08-10", "2022-02-10")
    floating = (1.0 + 0.02 / 2.0) * discounts[0] - discounts[-1]
    fixed = 0.015 / 2.0 * discounts.sum()
    assert value == pytest.approx([floating - fixed], rel=1e-13)


def test_a_swap_at_the_par_rate_is_worth_nothing_at_its_start() -> None:
    discounts = discounts_on("2020-02-10", "2020-08-10", "2021-02-10", "2021-08-10", "2022-02-10")
    par_rate = (1.0 - discounts[-1]) / (discounts.sum() / 2.0)
    fixing = (1.0 / discounts[0] - 1.0) * 2.0
    value, _ = value_swaps(START, START, MATURITY, [par_rate * 100.0], [fixing], CURVE)
    assert value == pytest.approx([0.0], abs=1e-15)


def test_the_payer_of_fixed_gains_when_rates_rise() -> None:
    terms = (["2020-09-01"], START, MATURITY, [0.5], [0.005])
    assert value_swaps(*terms, CURVE + 0.01)[0] > value_swaps(*terms, CURVE)[0]


def test_value_changes_by_the_settlement_on_the_payment_date() -> None:
    curves = np.repeat(CURVE, 2, axis=0)
    fixing_before, fixing_after = 0.03, 0.0009
    eve, day = value_swaps(
        ["2020-08-09", "2020-08-10"], START * 2, MATURITY * 2, [1.0, 1.0], [fixing_before, fixing_after], curves
    )[0]
    assert eve - day == pytest.approx(settlement_amounts(1.0, fixing_before), abs=5e-5)


def test_settlement_is_received_when_the_fixing_is_above_the_fixed_rate() -> None:
    assert settlement_amounts([1.0, 3.0], [0.02, 0.02]) == pytest.approx([0.005, -0.005])
    assert settlement_amounts(1.0, 0.02, 0.25) == pytest.approx(0.0025)


def test_the_rate_is_fixed_on_the_first_day_of_the_period() -> None:
    valuation = ["2020-02-10", "2020-08-09", "2020-08-10", "2021-12-31"]
    fixed_on = fixing_dates(valuation, START * 4, MATURITY * 4)
    assert fixed_on.astype(str).tolist() == ["2020-02-10", "2020-02-10", "2020-08-10", "2021-08-10"]


def test_a_short_first_period_starts_at_the_trade_and_accrues_its_days() -> None:
    assert fixing_dates(["2020-04-01"], ["2020-03-25"], MATURITY).astype(str).tolist() == ["2020-03-25"]
    assert accrual_fractions(["2020-03-25"], ["2020-08-10"]) == pytest.approx([(5 * 30 - 15) / 360])
    value, _ = value_swaps(["2020-04-01"], ["2020-03-25"], MATURITY, [1.0], [0.02], CURVE)
    discounts = discounts_on("2020-04-01", "2020-08-10", "2021-02-10", "2021-08-10", "2022-02-10")
    short = (5 * 30 - 15) / 360
    floating = (1.0 + 0.02 * short) * discounts[0] - discounts[-1]
    fixed = 0.01 * (short * discounts[0] + discounts[1:].sum() / 2.0)
    assert value == pytest.approx([floating - fixed], rel=1e-12)


def test_a_regular_period_is_half_a_year_whatever_its_month_ends() -> None:
    starts, ends = ["2020-08-28", "2020-02-29", "2020-03-31"], ["2021-02-28", "2020-08-31", "2020-09-30"]
    assert accrual_fractions(starts, ends).tolist() == [0.5, 0.5, 0.5]


def test_key_rate_deltas_are_the_derivatives_by_every_node() -> None:
    terms = (["2020-09-01", "2020-09-01"], START * 2, ["2022-02-10", "2049-02-10"], [1.5, 2.0], [0.01, 0.02])
    curves = np.repeat(CURVE, 2, axis=0)
    _, deltas = value_swaps(*terms, curves)
    for node in range(11):
        shift = np.zeros(11)
        shift[node] = 1e-6
        change = value_swaps(*terms, curves + shift)[0] - value_swaps(*terms, curves - shift)[0]
        assert deltas[:, node] == pytest.approx(change / 2e-6, rel=1e-6, abs=1e-8)


def test_a_missing_fixing_gives_a_missing_value() -> None:
    assert np.isnan(value_swaps(["2020-09-01"], START, MATURITY, [1.5], [np.nan], CURVE)[0]).all()


@pytest.mark.parametrize(
    ("valuation", "fixed_rate"), [("2020-02-09", 1.0), ("2022-02-10", 1.0), ("2020-09-01", np.nan)]
)
def test_a_swap_outside_its_life_or_without_a_rate_is_refused(valuation: str, fixed_rate: float) -> None:
    with pytest.raises(InstrumentError):
        value_swaps([valuation], START, MATURITY, [fixed_rate], [0.01], CURVE)
