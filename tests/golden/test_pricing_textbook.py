"""Values printed in J. Hull, Options, Futures, and Other Derivatives."""

import numpy as np
import pytest

from python_models.pricing.bonds import accrued_interest
from python_models.pricing.curves import discount_factors
from python_models.pricing.options import black_scholes


def test_black_scholes_example_15_6() -> None:
    """Six months, spot 42, strike 40, rate 10 %, volatility 20 %: the call is worth 4.76, the put 0.81."""
    option = black_scholes(42.0, 40.0, 0.5, 0.10, 0.20, [True, False])
    assert option.price == pytest.approx([4.76, 0.81], abs=0.005)


def test_greeks_of_the_hedging_chapter() -> None:
    """Spot 49, strike 50, rate 5 %, volatility 20 %, 20 weeks: delta 0.522, gamma 0.066, vega 12.1, rho 8.91."""
    option = black_scholes(49.0, 50.0, 0.3846, 0.05, 0.20, True)
    assert option.delta == pytest.approx(0.522, abs=0.0005)
    assert option.gamma == pytest.approx(0.066, abs=0.0005)
    assert option.vega == pytest.approx(12.1, abs=0.05)
    assert option.rho == pytest.approx(8.91, abs=0.005)


def test_accrued_interest_of_the_treasury_bond_example() -> None:
    """11 % bond of 10 July 2038 on 5 March 2015: 54 of 181 days of 5.50 is 1.64 per 100."""
    accrued = accrued_interest(["2015-03-05"], ["2038-07-10"], [11.0])
    assert accrued == pytest.approx([1.64], abs=0.005)
    assert accrued == pytest.approx([5.5 * 54 / 181], rel=1e-12)


def test_zero_rates_of_table_4_2_price_its_bond() -> None:
    """Zero rates 5.0, 5.8, 6.4, 6.8 % at 0.5, 1, 1.5, 2 years: the two-year 6 % bond is worth 98.39."""
    nodes = np.array([0.05, 0.05, 0.05, 0.058, 0.068])
    # Table 4.2 has a node at 1.5 years that the Treasury curve lacks: take its rate by itself.
    discounts = np.exp(-np.array([0.05 * 0.5, 0.058 * 1.0, 0.064 * 1.5, 0.068 * 2.0]))
    ours = discount_factors(nodes, np.array([0.5, 1.0, 2.0]))
    assert ours == pytest.approx(discounts[[0, 1, 3]], rel=1e-14)
    assert 3.0 * (ours.sum() + discounts[2]) + 100.0 * ours[2] == pytest.approx(98.39, abs=0.005)
