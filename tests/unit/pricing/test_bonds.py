import numpy as np
import pytest

from python_models.errors import InstrumentError
from python_models.pricing.bonds import accrued_interest, value_bonds
from python_models.pricing.curves import bootstrap_zero_rates, discount_factors
from python_models.pricing.dates import year_fraction

CURVE = bootstrap_zero_rates([[0.02, 0.03, 0.09, 0.25, 0.66, 1.07, 1.61, 1.92, 2.12, 2.41, 2.69]])


def test_full_price_is_the_sum_of_discounted_payments() -> None:
    price, _ = value_bonds(["2020-03-02"], ["2021-08-15"], [3.0], CURVE)
    times = year_fraction("2020-03-02", np.array(["2020-08-15", "2021-02-15", "2021-08-15"], dtype="datetime64[D]"))
    assert price == pytest.approx([np.dot([1.5, 1.5, 101.5], discount_factors(CURVE[0], times))], rel=1e-14)


def test_a_month_end_bond_pays_on_month_ends() -> None:
    price, _ = value_bonds(["2020-03-02"], ["2021-02-28"], [100.0], CURVE)
    times = year_fraction("2020-03-02", np.array(["2020-08-31", "2021-02-28"], dtype="datetime64[D]"))
    assert price == pytest.approx([np.dot([50.0, 150.0], discount_factors(CURVE[0], times))], rel=1e-14)


@pytest.mark.parametrize(("years", "par_yield"), [(1, 0.25), (2, 0.66), (10, 2.12), (30, 2.69)])
def test_a_new_bond_with_the_par_yield_as_coupon_costs_100(years: int, par_yield: float) -> None:
    # Calendar half-years are 181 to 184 days, the curve's are equal: that is worth half a cent at most.
    price, _ = value_bonds(["2020-05-15"], [f"{2020 + years}-05-15"], [par_yield], CURVE)
    assert price == pytest.approx([100.0], abs=0.005)


def test_a_zero_coupon_bond_is_its_discount_factor() -> None:
    price, _ = value_bonds(["2020-05-15"], ["2027-05-15"], [0.0], CURVE)
    assert price == pytest.approx(100.0 * discount_factors(CURVE, year_fraction(["2020-05-15"], ["2027-05-15"])))


def test_price_falls_by_the_coupon_on_the_coupon_date() -> None:
    eve, day = value_bonds(["2020-05-14", "2020-05-15"], ["2025-05-15"] * 2, [6.0, 6.0], np.repeat(CURVE, 2, axis=0))[0]
    assert eve - day == pytest.approx(3.0, abs=0.01)


def test_key_rate_deltas_are_the_derivatives_by_every_node() -> None:
    terms = (["2020-03-02", "2020-03-02"], ["2043-08-15", "2020-06-30"], [3.0, 1.0])
    curves = np.repeat(CURVE, 2, axis=0)
    _, deltas = value_bonds(*terms, curves)
    for node in range(11):
        shift = np.zeros(11)
        shift[node] = 1e-6
        change = value_bonds(*terms, curves + shift)[0] - value_bonds(*terms, curves - shift)[0]
        assert deltas[:, node] == pytest.approx(change / 2e-6, rel=1e-6, abs=1e-6)
    assert (deltas <= 0.0).all()


def test_accrued_interest_grows_from_zero_to_the_coupon() -> None:
    dates = ["2020-11-15", "2020-11-16", "2021-05-14", "2021-05-15", "2022-01-01"]
    accrued = accrued_interest(dates, ["2021-05-15"] * 5, [4.0] * 5)
    assert accrued == pytest.approx([0.0, 2.0 / 181, 2.0 * 180 / 181, 0.0, 0.0], rel=1e-12)


def test_accrued_interest_of_a_month_end_bond() -> None:
    accrued = accrued_interest(["2020-08-29", "2020-08-31"], ["2021-02-28"] * 2, [4.0] * 2)
    assert accrued == pytest.approx([2.0 * 182 / 184, 0.0], rel=1e-12)


def test_a_missing_rate_gives_a_missing_price() -> None:
    assert np.isnan(value_bonds(["2020-05-15"], ["2027-05-15"], [1.0], np.full((1, 11), np.nan))[0]).all()


@pytest.mark.parametrize(("maturity", "coupon"), [("2020-05-15", 1.0), ("2020-05-14", 1.0), ("2021-05-15", np.nan)])
def test_a_matured_bond_and_a_missing_coupon_are_refused(maturity: str, coupon: float) -> None:
    with pytest.raises(InstrumentError):
        value_bonds(["2020-05-15"], [maturity], [coupon], CURVE)
