import numpy as np
import pytest

from python_models.errors import InstrumentError
from python_models.pricing.curves import discount_factors
from python_models.pricing.forwards import value_forwards

CURVE = np.linspace(0.01, 0.03, 11)[np.newaxis]
BASE_USD, QUOTE_USD, STRIKE, TIME = 1.25, 0.008, 150.0, 0.7


def usd_value(base: float, quote: float, curve: np.ndarray = CURVE) -> float:
    return value_forwards([base / quote], [STRIKE], [TIME], curve).price[0] * quote


def test_price_is_the_discounted_gain_over_the_contract_rate() -> None:
    forward = value_forwards([156.25], [150.0], [TIME], CURVE)
    assert forward.price == pytest.approx(6.25 * discount_factors(CURVE, [TIME]))
    assert value_forwards([150.0], [150.0], [TIME], CURVE).price.tolist() == [0.0]


@pytest.mark.parametrize("move", [0.01, -0.3])
def test_deltas_and_translation_give_the_whole_usd_change(move: float) -> None:
    forward = value_forwards([BASE_USD / QUOTE_USD], [STRIKE], [TIME], CURVE)
    before = usd_value(BASE_USD, QUOTE_USD)
    base_change = usd_value(BASE_USD * (1 + move), QUOTE_USD) - before
    assert base_change == pytest.approx(forward.base_delta[0] * QUOTE_USD * move, rel=1e-9)
    quote_change = usd_value(BASE_USD, QUOTE_USD * (1 + move)) - before
    with_translation = (forward.quote_delta + forward.price)[0] * QUOTE_USD * move
    assert quote_change == pytest.approx(with_translation, rel=1e-9)


def test_key_rate_deltas_are_the_derivatives_by_every_node() -> None:
    deltas = value_forwards([BASE_USD / QUOTE_USD], [STRIKE], [TIME], CURVE).key_rate_deltas[0] * QUOTE_USD
    for node in range(11):
        shift = np.zeros(11)
        shift[node] = 1e-6
        up, down = usd_value(BASE_USD, QUOTE_USD, CURVE + shift), usd_value(BASE_USD, QUOTE_USD, CURVE - shift)
        assert deltas[node] == pytest.approx((up - down) / 2e-6, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("spot", "strike", "time"), [(0.0, 1.0, 1.0), (1.0, -1.0, 1.0), (1.0, 1.0, 0.0)])
def test_impossible_terms_are_refused(spot: float, strike: float, time: float) -> None:
    with pytest.raises(InstrumentError):
        value_forwards([spot], [strike], [time], CURVE)
