import numpy as np
import pandas as pd
import pytest

from python_models.errors import CurveError, FrameError
from python_models.pricing.curves import (
    RISK_FACTORS,
    TENOR_YEARS,
    TENORS,
    bootstrap_zero_rates,
    discount_factors,
    fill_par_yields,
    interpolate_zero_rates,
    present_values,
    zero_curve_frame,
)

STEEP = [0.02, 0.03, 0.09, 0.25, 0.66, 1.07, 1.61, 1.92, 2.12, 2.41, 2.69]
INVERTED = [5.54, 5.53, 5.47, 5.12, 4.6, 4.33, 4.1, 4.11, 4.07, 4.36, 4.2]
NEGATIVE = [-0.05, -0.03, 0.0, 0.0, -0.1, -0.2, 0.1, 0.3, 0.5, 0.9, 1.0]
CURVES = np.array([STEEP, INVERTED, NEGATIVE])


@pytest.mark.parametrize("node", range(3, len(TENORS)))
def test_a_par_bond_of_every_tenor_is_worth_100(node: int) -> None:
    zero_rates = bootstrap_zero_rates(CURVES)
    times = np.arange(0.5, TENOR_YEARS[node] + 0.25, 0.5)
    discounts = discount_factors(zero_rates, np.repeat(times[:, np.newaxis], len(CURVES), axis=1))
    price = CURVES[:, node] / 2.0 * discounts.sum(axis=0) + 100.0 * discounts[-1]
    assert price == pytest.approx(np.full(len(CURVES), 100.0), abs=1e-9)


@pytest.mark.parametrize("node", range(3))
def test_a_bill_is_discounted_at_its_simple_yield(node: int) -> None:
    zero_rates = bootstrap_zero_rates(CURVES)
    discounts = discount_factors(zero_rates, np.full(len(CURVES), TENOR_YEARS[node]))
    assert discounts == pytest.approx(1.0 / (1.0 + CURVES[:, node] / 100.0 * TENOR_YEARS[node]), rel=1e-14)


def test_a_flat_par_curve_has_flat_zero_rates() -> None:
    zero_rates = bootstrap_zero_rates(np.full((1, 11), 4.0))[0]
    assert zero_rates[2:] == pytest.approx(np.full(9, 2.0 * np.log(1.02)), abs=1e-14)


def test_a_yield_of_zero_is_a_rate_and_a_missing_yield_is_not() -> None:
    with_zero, with_gap = np.array(STEEP), np.array(STEEP)
    with_zero[0], with_gap[0] = 0.0, np.nan
    zero_rates = bootstrap_zero_rates(np.array([with_zero, with_gap]))
    assert zero_rates[0, 0] == 0.0
    assert zero_rates[1, 0] == pytest.approx(np.log1p(0.0003 / 12) * 12, rel=1e-12)


def test_gaps_are_filled_from_published_neighbours_and_marked() -> None:
    gaps = np.array(STEEP)
    gaps[[0, 1, 5, 6, 10]] = np.nan
    filled, is_filled = fill_par_yields(gaps[np.newaxis])
    assert np.flatnonzero(is_filled[0]).tolist() == [0, 1, 5, 6, 10]
    assert filled[0, :2].tolist() == [0.09, 0.09]
    assert filled[0, 5] == pytest.approx(0.66 + (1.92 - 0.66) * (3 - 2) / (7 - 2))
    assert filled[0, 6] == pytest.approx(0.66 + (1.92 - 0.66) * (5 - 2) / (7 - 2))
    assert filled[0, 10] == 2.41
    kept = ~is_filled[0]
    assert filled[0, kept].tolist() == np.array(STEEP)[kept].tolist()


def test_a_date_without_any_yield_stays_missing() -> None:
    zero_rates = bootstrap_zero_rates(np.array([STEEP, np.full(11, np.nan)]))
    assert np.isnan(zero_rates[1]).all()
    assert np.isfinite(zero_rates[0]).all()


def test_one_date_alone_gives_the_same_bits_as_among_others() -> None:
    together = bootstrap_zero_rates(CURVES)
    for row in range(len(CURVES)):
        assert np.array_equal(bootstrap_zero_rates(CURVES[row : row + 1])[0], together[row])


def test_zero_rates_are_linear_between_nodes_and_flat_outside() -> None:
    zero_rates = np.linspace(0.01, 0.02, 11)
    between = interpolate_zero_rates(zero_rates, 15.0)
    assert between == pytest.approx((zero_rates[8] + zero_rates[9]) / 2.0)
    assert interpolate_zero_rates(zero_rates, [0.01, 1 / 12, 30.0, 45.0]) == pytest.approx(
        [zero_rates[0], zero_rates[0], zero_rates[-1], zero_rates[-1]]
    )
    assert discount_factors(zero_rates, 0.0) == 1.0


def test_key_rate_deltas_are_the_derivatives_by_every_node() -> None:
    zero_rates = bootstrap_zero_rates(CURVES)
    times = np.array([[0.05, 0.3, 4.0], [1.5, 12.0, 33.0], [0.0, 25.0, -1.0]])
    amounts = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
    _, deltas = present_values(zero_rates, times, amounts)
    step = 1e-6
    for node in range(11):
        shift = np.zeros(11)
        shift[node] = step
        up, _ = present_values(zero_rates + shift, times, amounts)
        down, _ = present_values(zero_rates - shift, times, amounts)
        assert deltas[:, node] == pytest.approx((up - down) / (2.0 * step), rel=1e-6, abs=1e-7)


def test_payments_made_and_padding_change_no_bit() -> None:
    zero_rates = bootstrap_zero_rates(CURVES)
    times, amounts = np.array([[1.0, 2.0, 3.0], [0.5, 1.5, 2.5]]), np.full((2, 3), 3.0)
    padded = np.vstack([times, np.zeros((4, 3)), -np.ones((1, 3))])
    plain = present_values(zero_rates, times, amounts)
    with_padding = present_values(zero_rates, padded, np.full(padded.shape, 3.0))
    assert np.array_equal(plain[0], with_padding[0])
    assert np.array_equal(plain[1], with_padding[1])


def test_yields_of_another_shape_are_refused() -> None:
    with pytest.raises(CurveError, match="one column per tenor"):
        bootstrap_zero_rates(np.zeros((2, 10)))


@pytest.mark.parametrize(("tenor", "value"), [(4, np.inf), (0, -1300.0), (10, -250.0)])
def test_impossible_yields_are_refused(tenor: int, value: float) -> None:
    yields = np.array(STEEP)
    yields[tenor] = value
    with pytest.raises(CurveError, match="correct the deliver"):
        bootstrap_zero_rates(yields[np.newaxis])


@pytest.mark.parametrize(("zero_rates", "times"), [(np.zeros(12), [1.0]), (np.zeros((2, 11)), [1.0, 2.0, 3.0])])
def test_curves_and_times_that_do_not_fit_are_refused(zero_rates: np.ndarray, times: list[float]) -> None:
    with pytest.raises(CurveError, match="on the last axis"):
        discount_factors(zero_rates, times)


def par_yield_frame() -> pd.DataFrame:
    rows = [
        (day, tenor, value)
        for day in ("2020-01-02", "2020-01-03")
        for tenor, value in zip((*TENORS, "2 Mo"), (*STEEP, 0.02), strict=True)
    ]
    return pd.DataFrame(rows, columns=["business_date", "tenor", "par_yield_pct"])


def test_frame_has_a_row_per_date_and_node_and_marks_interpolated_ones() -> None:
    par_yields = par_yield_frame()
    par_yields.loc[(par_yields["tenor"] == "7 Yr") & (par_yields["business_date"] == "2020-01-03"), "par_yield_pct"] = (
        None
    )
    curve = zero_curve_frame(par_yields)
    assert len(curve) == 22
    assert curve["risk_factor_id"].tolist()[:11] == list(RISK_FACTORS)
    assert curve.loc[curve["is_proxied"], ["tenor", "business_date"]].to_numpy().tolist() == [
        ["7 Yr", pd.Timestamp("2020-01-03")]
    ]
    assert curve["zero_rate"].to_numpy()[:11] == pytest.approx(bootstrap_zero_rates([STEEP])[0], abs=1e-12)


def test_frame_leaves_out_a_date_without_yields() -> None:
    par_yields = par_yield_frame()
    par_yields.loc[par_yields["business_date"] == "2020-01-02", "par_yield_pct"] = None
    assert zero_curve_frame(par_yields)["business_date"].unique().tolist() == [pd.Timestamp("2020-01-03")]


def test_frame_with_a_tenor_twice_is_refused() -> None:
    par_yields = par_yield_frame()
    with pytest.raises(FrameError, match="1 Mo on 2020-01-02 twice"):
        zero_curve_frame(pd.concat([par_yields, par_yields.iloc[:1]]))


def test_frame_without_a_column_is_refused() -> None:
    with pytest.raises(FrameError, match="par_yield_pct"):
        zero_curve_frame(par_yield_frame().drop(columns="par_yield_pct"))
