import numpy as np
import pytest

from python_models.errors import InstrumentError
from python_models.pricing.options import black_scholes, interpolate_volatilities

SPOTS = np.array([80.0, 100.0, 125.0, 100.0, 100.0])
STRIKES = np.array([100.0, 100.0, 100.0, 101.0, 60.0])
TIMES = np.array([0.5, 1.0, 2.0, 0.02, 3.0])
RATES = np.array([0.03, -0.01, 0.05, 0.0, 0.02])
VOLATILITIES = np.array([0.3, 0.2, 0.5, 0.15, 0.4])
IS_CALL = np.array([True, False, True, False, False])


def price(spots=SPOTS, rates=RATES, volatilities=VOLATILITIES):
    return black_scholes(spots, STRIKES, TIMES, rates, volatilities, IS_CALL).price


def test_sensitivities_are_the_derivatives_of_the_price() -> None:
    option = black_scholes(SPOTS, STRIKES, TIMES, RATES, VOLATILITIES, IS_CALL)
    h = 1e-4
    assert option.delta == pytest.approx((price(SPOTS + h) - price(SPOTS - h)) / (2 * h), abs=1e-7)
    g = 1e-2
    assert option.gamma == pytest.approx((price(SPOTS + g) - 2 * price() + price(SPOTS - g)) / g**2, rel=1e-4, abs=1e-8)
    up, down = price(volatilities=VOLATILITIES + h), price(volatilities=VOLATILITIES - h)
    assert option.vega == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-6)
    up, down = price(rates=RATES + h), price(rates=RATES - h)
    assert option.rho == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-6)


def test_put_call_parity() -> None:
    call = black_scholes(SPOTS, STRIKES, TIMES, RATES, VOLATILITIES, True)
    put = black_scholes(SPOTS, STRIKES, TIMES, RATES, VOLATILITIES, False)
    assert call.price - put.price == pytest.approx(SPOTS - STRIKES * np.exp(-RATES * TIMES), rel=1e-12)
    assert call.delta - put.delta == pytest.approx(np.ones(5), rel=1e-12)
    assert call.gamma == pytest.approx(put.gamma)


def test_on_the_day_of_expiry_only_the_intrinsic_value_is_left() -> None:
    spots = np.array([90.0, 100.0, 110.0])
    call = black_scholes(spots, 100.0, 0.0, 0.05, 0.2, True)
    put = black_scholes(spots, 100.0, 0.0, 0.05, 0.2, False)
    assert call.price.tolist() == [0.0, 0.0, 10.0]
    assert put.price.tolist() == [10.0, 0.0, 0.0]
    assert call.delta.tolist() == [0.0, 0.5, 1.0]
    assert put.delta.tolist() == [-1.0, -0.5, 0.0]
    assert call.gamma.tolist() == call.vega.tolist() == call.rho.tolist() == [0.0, 0.0, 0.0]


def test_without_volatility_the_price_is_the_discounted_intrinsic_value() -> None:
    option = black_scholes([90.0, 110.0], 100.0, 1.0, 0.05, 0.0, True)
    assert option.price == pytest.approx([0.0, 110.0 - 100.0 * np.exp(-0.05)])


def test_a_missing_input_gives_a_missing_result() -> None:
    for position in range(5):
        inputs = [100.0, 100.0, 1.0, 0.05, 0.2]
        inputs[position] = np.nan
        option = black_scholes(*inputs, True)
        assert np.isnan([option.price, option.delta, option.gamma, option.vega, option.rho]).all()


@pytest.mark.parametrize(("position", "value"), [(0, 0.0), (1, -1.0), (2, -0.01), (4, -0.2)])
def test_impossible_inputs_are_refused(position: int, value: float) -> None:
    inputs = [100.0, 100.0, 1.0, 0.05, 0.2]
    inputs[position] = value
    with pytest.raises(InstrumentError):
        black_scholes(*inputs, True)


def test_volatility_is_linear_in_total_variance_and_flat_outside() -> None:
    pillars, quoted = [0.25, 0.5, 1.0], np.array([0.4, 0.3, 0.2])
    times = np.array([0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 2.0])
    between = np.sqrt((0.3**2 * 0.5 + 0.2**2 * 1.0) / 2.0 / 0.75)
    assert interpolate_volatilities(pillars, np.tile(quoted, (7, 1)), times) == pytest.approx(
        [0.4, 0.4, 0.4, 0.3, between, 0.2, 0.2], rel=1e-12
    )


def test_an_unquoted_pillar_matters_only_where_it_is_needed() -> None:
    quoted = np.tile([0.4, 0.3, np.nan], (4, 1))
    volatilities = interpolate_volatilities([0.25, 0.5, 1.0], quoted, [0.3, 0.5, 0.6, 2.0])
    assert np.isnan(volatilities).tolist() == [False, False, True, True]
    last_only = np.tile([np.nan, np.nan, 0.2], (2, 1))
    volatilities = interpolate_volatilities([0.25, 0.5, 1.0], last_only, [0.7, 2.0])
    assert np.isnan(volatilities).tolist() == [True, False]


def test_a_single_pillar_is_flat() -> None:
    assert interpolate_volatilities([0.25], [[0.4], [0.5]], [0.1, 3.0]).tolist() == [0.4, 0.5]


@pytest.mark.parametrize("pillars", [[0.5, 0.25], [0.0, 0.5], [0.1, 0.2, 0.3]])
def test_pillars_that_do_not_fit_are_refused(pillars: list[float]) -> None:
    with pytest.raises(InstrumentError, match="increasing expiries"):
        interpolate_volatilities(pillars, [[0.4, 0.3]], [0.3])
