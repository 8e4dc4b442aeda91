from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from python_models.errors import FrameError
from python_models.pricing.curves import TENORS, bootstrap_zero_rates
from python_models.pricing.time_decay import time_decay_frame
from python_models.pricing.valuation import value_instruments
from tests.unit.pricing.terms import BOND, FORWARD, OPTION, SWAP

DATES = np.array(["2020-02-28", "2020-03-02", "2020-03-03"], dtype="datetime64[D]")
PAR_YIELDS = np.array([0.02, 0.03, 0.09, 0.25, 0.66, 1.07, 1.61, 1.92, 2.12, 2.41, 2.69])
SPOTS = {"EQ:AAA": 50.0, "FX:EUR": 1.10, "FX:JPY": 0.0091}


def market(par_yields: np.ndarray = PAR_YIELDS) -> dict[str, pd.DataFrame]:
    """The same market on every date."""
    zero_rates = bootstrap_zero_rates(par_yields[np.newaxis, :])[0]
    return {
        "curves": pd.DataFrame(
            {
                "business_date": np.repeat(DATES, len(TENORS)),
                "tenor": np.tile(TENORS, len(DATES)),
                "zero_rate": np.tile(zero_rates, len(DATES)),
            }
        ),
        "spots": pd.DataFrame(
            [(date, name, level) for date in DATES for name, level in SPOTS.items()],
            columns=["business_date", "risk_factor_id", "level"],
        ),
        "volatilities": pd.DataFrame(
            [(date, "AAA", tenor, level) for date in DATES for tenor, level in ((30, 0.5), (365, 0.3))],
            columns=["business_date", "ticker", "tenor_days", "implied_volatility"],
        ),
    }


def business_dates(first: int = 1) -> pd.DataFrame:
    return pd.DataFrame({"business_date": DATES[first:], "previous_business_date": DATES[first - 1 : -1]})


def decay(*instruments: dict, **given: pd.DataFrame) -> pd.Series:
    frame = time_decay_frame(pd.DataFrame(list(instruments)), **(market() | given), dates=business_dates())
    return frame.set_index(["instrument_id", frame["business_date"].astype(str)])["time_decay_local"]


@pytest.mark.parametrize("instrument", [BOND, OPTION, FORWARD, SWAP], ids=lambda terms: terms["instrument_id"])
def test_in_a_market_that_stands_still_it_is_the_whole_change_of_price(instrument: dict) -> None:
    prices = value_instruments(pd.DataFrame([instrument]), **market(), dates=DATES)[0]["price_local"].to_numpy()
    expected = np.diff(prices) * instrument["contract_multiplier"]

    assert decay(instrument).to_numpy() == pytest.approx(expected, abs=1e-6)
    assert (np.abs(expected) > 1e-9).all()


def test_a_coupon_paid_between_the_dates_is_not_lost() -> None:
    paying = {**BOND, "maturity_date": "2031-09-01", "coupon_rate_pct": 6.0}
    prices = value_instruments(pd.DataFrame([paying]), **market(), dates=DATES)[0]["price_local"].to_numpy()
    change = decay(paying)

    assert prices[1] - prices[0] < -2.9
    assert change["GB:A", "2020-03-02"] == pytest.approx((prices[1] + 3.0 - prices[0]) * 0.01, abs=1e-9)
    assert 0.0 < change["GB:A", "2020-03-02"] < 0.001


def test_a_bond_redeemed_between_the_dates_is_paid_at_face() -> None:
    last = {**BOND, "maturity_date": "2020-03-01", "coupon_rate_pct": 0.0}
    price = value_instruments(pd.DataFrame([last]), **market(), dates=DATES[:1])[0]["price_local"][0]

    assert decay(last).tolist() == pytest.approx([1.0 - price * 0.01], abs=1e-9)


def test_an_option_that_expires_is_worth_what_exercise_brings() -> None:
    expiring = {**OPTION, "maturity_date": "2020-02-29"}
    price = value_instruments(pd.DataFrame([expiring]), **market(), dates=DATES[:1])[0]["price_local"][0]
    change = decay(expiring)

    assert list(change.index) == [("OP:A", "2020-03-02")]
    assert change.iloc[0] == pytest.approx(100.0 * (5.0 - price), abs=1e-6)


def test_a_forward_that_settles_is_worth_its_undiscounted_value() -> None:
    settling = {**FORWARD, "maturity_date": "2020-03-03"}
    price = value_instruments(pd.DataFrame([settling]), **market(), dates=DATES[1:2])[0]["price_local"][0]

    assert decay(settling)["FW:A", "2020-03-03"] == pytest.approx(1.10 / 0.0091 - 121.0 - price, abs=1e-9)


def test_a_settlement_of_a_swap_is_before_cash() -> None:
    # Fixed at the 6-month par yield: with the reset on 1 March the floating leg is worth par that day.
    frames = market(np.full(len(TENORS), 2.0))
    settling = {**SWAP, "start_date": "2019-09-01", "maturity_date": "2027-03-01", "coupon_rate_pct": 2.0}
    fixings = frames["curves"][frames["curves"]["business_date"] == pd.Timestamp(DATES[0])]
    curves = pd.concat([fixings.assign(business_date=np.datetime64("2019-08-30")), frames["curves"]])

    assert abs(decay(settling, curves=curves)["SW:A", "2020-03-02"]) < 2e-4


def test_what_has_no_value_on_the_date_before_has_no_row() -> None:
    frames = market()
    spots = frames["spots"][frames["spots"]["business_date"] != pd.Timestamp(DATES[0])]
    later = {**BOND, "instrument_id": "GB:B", "start_date": "2020-03-02"}

    assert list(decay(OPTION, later, spots=spots).index) == [("GB:B", "2020-03-03"), ("OP:A", "2020-03-03")]


def test_one_date_is_the_same_alone_and_among_others() -> None:
    everything = pd.DataFrame([BOND, OPTION, FORWARD, SWAP])
    among = time_decay_frame(everything, **market(), dates=business_dates())
    alone = time_decay_frame(everything, **market(), dates=business_dates(2))
    last = among[among["business_date"] == pd.Timestamp(DATES[2])].reset_index(drop=True)

    pd.testing.assert_frame_equal(last, alone, check_exact=True)


def test_no_instruments_give_typed_empty_rows() -> None:
    frame = time_decay_frame(pd.DataFrame([BOND]).head(0), **market(), dates=business_dates())
    assert list(frame.columns) == ["business_date", "instrument_id", "time_decay_local"]
    assert len(frame) == 0


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        ([("2020-03-02", "2020-03-02")], "is not after"),
        ([("2020-03-02", "2020-02-28"), ("2020-03-03", "2020-02-28")], "has one twice"),
        ([("2020-03-02", None)], "lacks a date"),
    ],
)
def test_dates_that_are_no_steps_are_refused(dates: list, message: str) -> None:
    frame = pd.DataFrame(dates, columns=["business_date", "previous_business_date"])
    with pytest.raises(FrameError, match=message):
        time_decay_frame(pd.DataFrame([BOND]), **market(), dates=frame)
