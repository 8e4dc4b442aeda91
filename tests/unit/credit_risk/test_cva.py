import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_models.credit_risk.cva import (
    discount_factor,
    diversified_shares,
    effective_maturity,
    reduced_cva_capital,
    standalone_cva_capital,
    standardised_cva_capital,
)
from python_models.errors import CapitalError


def test_discount_factor_starts_at_one_and_falls() -> None:
    factor = discount_factor([0.0, 1.0, 3.0], 0.05)
    assert factor == pytest.approx([1.0, 0.9754115099857198, 0.9286135714961914])
    assert discount_factor([3.0], 0.0) == pytest.approx([1.0])


def test_standardised_capital_of_one_counterparty_is_its_weighted_exposure() -> None:
    capital = standardised_cva_capital([100.0], [2.0], [0.01], discount_rate=0.0)
    assert capital == pytest.approx(2.33 * 2.0)


def test_hedges_take_away_from_their_counterparty_and_indices_from_all() -> None:
    unhedged = standardised_cva_capital([100.0, 50.0], [2.0, 1.0], [0.01, 0.02], discount_rate=0.0)
    hedged = standardised_cva_capital([100.0, 50.0], [2.0, 1.0], [0.01, 0.02], hedges=[100.0, 0.0], discount_rate=0.0)
    assert hedged == pytest.approx(2.33 * 1.0)
    shorter = standardised_cva_capital(
        [100.0], [2.0], [0.01], hedges=[100.0], hedge_maturities_years=[1.0], discount_rate=0.0
    )
    assert shorter == pytest.approx(2.33 * 1.0)
    with_index = standardised_cva_capital([100.0, 50.0], [2.0, 1.0], [0.01, 0.02], index_hedge=1.5, discount_rate=0.0)
    assert with_index == pytest.approx(2.33 * np.sqrt(0.0 + 0.75 * (2.0**2 + 1.0**2)))
    assert with_index < unhedged
    with pytest.raises(CapitalError, match="for each counterparty"):
        standardised_cva_capital([100.0, 50.0], [2.0, 1.0], [0.01, 0.02], hedges=[1.0], hedge_maturities_years=[1.0])


def test_no_counterparty_has_no_capital() -> None:
    assert standardised_cva_capital([], [], []) == 0.0
    assert reduced_cva_capital([], correlation=0.5, discount_scalar=0.65) == 0.0


def test_standalone_capital_sums_the_netting_sets_of_a_counterparty() -> None:
    names, capital = standalone_cva_capital(
        [140.0, 70.0, 14.0], [1.0, 2.0, 1.0], [0.05, 0.05, 0.01], ["B", "B", "A"], alpha=1.4, discount_rate=0.0
    )
    assert names.tolist() == ["A", "B"]
    assert capital == pytest.approx([0.1, 0.05 * (100.0 + 100.0)])


def test_reduced_capital_between_independence_and_one_factor() -> None:
    assert reduced_cva_capital([3.0, 4.0], correlation=0.0, discount_scalar=1.0) == pytest.approx(5.0)
    assert reduced_cva_capital([3.0, 4.0], correlation=1.0, discount_scalar=1.0) == pytest.approx(7.0)
    assert reduced_cva_capital([3.0, 4.0], correlation=0.5, discount_scalar=0.65) == pytest.approx(
        0.65 * np.sqrt(3.5**2 + 0.75 * 25.0)
    )


def test_maturity_is_weighted_by_notional_and_floored() -> None:
    years = effective_maturity([10.0, 1.0, 0.1], [100.0, 300.0, 50.0], [0, 0, 1], 3, [1.0, 0.04, 1.0])
    assert years.tolist() == [3.25, 0.1, 1.0]
    assert effective_maturity([0.1], [50.0], [0], 1, [1.0]).tolist() == [1.0]


@given(st.lists(st.integers(0, 10**9).map(float), max_size=8), st.sampled_from([0.0, 0.5, 1.0]))
def test_shares_sum_to_one_and_no_counterparty_adds_more_than_it_has_alone(amounts: list, correlation: float) -> None:
    shares = diversified_shares(amounts, correlation)
    whole = reduced_cva_capital(amounts, correlation=correlation, discount_scalar=1.0)
    assert shares.sum() == pytest.approx(1.0 if any(amounts) else 0.0)
    assert (whole * shares <= np.asarray(amounts) * (1.0 + 1e-9)).all()


@pytest.mark.parametrize("bad", [[-1.0], [np.nan], [np.inf]])
def test_missing_and_negative_figures_are_refused(bad: list[float]) -> None:
    with pytest.raises(CapitalError):
        standardised_cva_capital(bad, [1.0], [0.01])
    with pytest.raises(CapitalError):
        standardised_cva_capital([1.0], bad, [0.01])
    with pytest.raises(CapitalError):
        reduced_cva_capital(bad, correlation=0.5, discount_scalar=0.65)
    with pytest.raises(CapitalError):
        standardised_cva_capital([1.0, 2.0], [1.0], [0.01])
