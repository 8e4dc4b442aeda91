import numpy as np
import pandas as pd
import pytest

from python_models.errors import FrameError, InstrumentError
from python_models.pricing.bonds import value_bonds
from python_models.pricing.curves import RISK_FACTORS, TENORS, bootstrap_zero_rates
from python_models.pricing.dates import year_fraction
from python_models.pricing.options import black_scholes
from python_models.pricing.swaps import value_swaps
from python_models.pricing.valuation import value_instruments
from tests.unit.pricing.terms import BOND, FORWARD, OPTION, SWAP

CALENDAR = np.array(["2020-02-28", "2020-03-02", "2020-03-03", "2020-03-04"], dtype="datetime64[D]")
PAR_YIELDS = np.array([0.02, 0.03, 0.09, 0.25, 0.66, 1.07, 1.61, 1.92, 2.12, 2.41, 2.69])
ZERO_RATES = bootstrap_zero_rates(PAR_YIELDS + 0.1 * np.arange(len(CALENDAR))[:, np.newaxis])
SPOTS = {
    "EQ:AAA": [50.0, 51.0, 49.0, 52.0],
    "FX:EUR": [1.10, 1.11, 1.12, 1.13],
    "FX:JPY": [0.0090, 0.0091, 0.0092, 0.0093],
}
PILLARS = {30: 0.5, 91: 0.4, 365: 0.3}


def on(frame: pd.DataFrame, *dates: str) -> pd.Series:
    return frame["business_date"].isin(pd.to_datetime(list(dates)))


def without(frame: pd.DataFrame, date: str, column: str = "business_date", key: object = None) -> pd.DataFrame:
    """The frame without a date, or without one key on that date."""
    return frame[~(on(frame, date) & ((frame[column] == key) | (column == "business_date")))]


def curves(shift: np.ndarray | float = 0.0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "business_date": np.repeat(CALENDAR, len(TENORS)),
            "tenor": np.tile(TENORS, len(CALENDAR)),
            "zero_rate": (ZERO_RATES + shift).ravel(),
        }
    )


def spots(factor: str = "", move: float = 0.0) -> pd.DataFrame:
    rows = [
        (date, name, level * (1.0 + move * (name == factor)))
        for name, levels in SPOTS.items()
        for date, level in zip(CALENDAR, levels, strict=True)
    ]
    return pd.DataFrame(rows, columns=["business_date", "risk_factor_id", "level"])


def volatilities(pillars: dict[int, float] = PILLARS) -> pd.DataFrame:
    rows = [(date, "AAA", tenor, level) for date in CALENDAR for tenor, level in pillars.items()]
    return pd.DataFrame(rows, columns=["business_date", "ticker", "tenor_days", "implied_volatility"])


ALL = (BOND, OPTION, FORWARD, SWAP)


def frame(*instruments: dict) -> pd.DataFrame:
    return pd.DataFrame(list(instruments))


def value(
    *instruments: dict, dates: np.ndarray = CALENDAR, **market: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    given = {"curves": curves(), "spots": spots(), "volatilities": volatilities()} | market
    return value_instruments(frame(*instruments), dates=dates, **given)


def prices_of(*instruments: dict, **market: pd.DataFrame) -> pd.Series:
    return value(*instruments, **market)[0].set_index(["instrument_id", "business_date"])["price_local"]


def test_prices_are_those_of_the_pricing_functions() -> None:
    prices = prices_of(*ALL)
    date, row = "2020-03-03", 2
    curve = ZERO_RATES[row : row + 1]
    assert prices["GB:A", date] == pytest.approx(value_bonds([date], ["2031-08-15"], [2.0], curve)[0][0], abs=1e-8)

    time = year_fraction(date, "2020-07-17")
    weights = (time - 91 / 365.25) / ((365 - 91) / 365.25)
    volatility = np.sqrt(((1 - weights) * 0.4**2 * 91 + weights * 0.3**2 * 365) / 365.25 / time)
    rate = np.interp(time, [0.25, 0.5], curve[0, 1:3])
    assert prices["OP:A", date] == pytest.approx(
        float(black_scholes(49.0, 55.0, time, rate, volatility, False).price), abs=1e-8
    )

    discount = np.exp(-np.interp(year_fraction(date, "2020-09-01"), [0.25, 0.5], curve[0, 1:3]) * 182 / 365.25)
    assert prices["FW:A", date] == pytest.approx((1.12 / 0.0092 - 121.0) * discount, abs=1e-11)

    fixing = PAR_YIELDS[2] / 100.0
    assert prices["SW:A", date] == pytest.approx(
        value_swaps([date], ["2020-02-28"], ["2027-02-28"], [1.2], [fixing], curve)[0][0], abs=1e-12
    )


def test_only_forwards_are_proxied() -> None:
    prices, _ = value(*ALL)
    proxied = prices.groupby("instrument_id")["is_price_proxied"].agg(["min", "max"])
    assert proxied["min"].to_dict() == {"FW:A": True, "GB:A": False, "OP:A": False, "SW:A": False}
    assert (proxied["min"] == proxied["max"]).all()


VALUED = "2020-03-03"


def moved_market(factor: str, size: float) -> dict[str, pd.DataFrame]:
    """Market data with one factor moved; rates only on the valued date, as a fixing of the past is known."""
    if factor.startswith("IR:"):
        shift = np.zeros(len(TENORS))
        shift[RISK_FACTORS.index(factor)] = size
        return {"curves": pd.concat([curves()[~on(curves(), VALUED)], curves(shift)[on(curves(), VALUED)]])}
    return {"spots": spots(factor, size)}


@pytest.mark.parametrize("factor", [*SPOTS, *RISK_FACTORS])
@pytest.mark.parametrize("terms", ALL, ids=lambda terms: terms["instrument_type"])
def test_deltas_are_the_derivatives_by_every_factor(terms: dict, factor: str) -> None:
    step = 1e-4
    _, sensitivities = value(terms)
    deltas = sensitivities[on(sensitivities, VALUED)].set_index("risk_factor_id")["delta_local"]
    up, down = (prices_of(terms, **moved_market(factor, move))[:, VALUED].item() for move in (step, -step))
    slope = (up - down) / (2 * step) * terms["contract_multiplier"]
    assert deltas.get(factor, 0.0) == pytest.approx(slope, rel=1e-5, abs=1e-5)


def test_vega_is_the_derivative_by_the_volatility_of_the_option_itself() -> None:
    _, sensitivities = value(OPTION, volatilities=volatilities({91: 0.4}))
    vegas = sensitivities[on(sensitivities, VALUED)].set_index("risk_factor_id")["delta_local"]
    up, down = (prices_of(OPTION, volatilities=volatilities({91: level}))[:, VALUED].item() for level in (0.41, 0.39))
    assert vegas["VOL:AAA"] == pytest.approx((up - down) / 0.02 * 100.0, rel=1e-4)


def test_gamma_is_the_second_derivative_by_the_return_of_the_share() -> None:
    step = 1e-2
    _, sensitivities = value(OPTION)
    gammas = sensitivities[on(sensitivities, VALUED)].set_index("risk_factor_id")["gamma_local"]
    down, here, up = (
        prices_of(OPTION, **moved_market("EQ:AAA", move))[:, VALUED].item() for move in (-step, 0.0, step)
    )
    assert gammas["EQ:AAA"] == pytest.approx((up - 2 * here + down) / step**2 * 100.0, rel=2e-3)
    assert (gammas.drop("EQ:AAA") == 0.0).all()


def test_the_dollar_is_no_factor() -> None:
    prices, sensitivities = value({**FORWARD, "maturity_date": "2020-08-14", "currency": "USD", "strike_price": 1.1})
    assert set(sensitivities["risk_factor_id"]) == {"FX:EUR", "IR:USD:3 Mo", "IR:USD:6 Mo"}
    assert prices["price_local"].to_numpy() == pytest.approx([0.0, 0.01, 0.02, 0.03], abs=1e-4)


def test_alive_from_the_start_to_the_day_before_maturity() -> None:
    short = {**FORWARD, "start_date": "2020-03-02", "maturity_date": "2020-03-04"}
    assert value(short)[0]["business_date"].astype(str).tolist() == ["2020-03-02", "2020-03-03"]
    for always in (None, pd.NaT):
        assert len(value({**BOND, "start_date": always})[0]) == len(CALENDAR)


def test_only_the_asked_dates_that_have_a_curve_are_valued() -> None:
    dates = np.array(["2020-03-01", "2020-03-03"], dtype="datetime64[D]")
    assert value(BOND, dates=dates)[0]["business_date"].astype(str).tolist() == ["2020-03-03"]


def test_the_result_does_not_depend_on_other_dates_and_instruments() -> None:
    others = {**BOND, "instrument_id": "GB:LONG", "maturity_date": "2049-11-15"}
    all_prices, all_sensitivities = value(*ALL, others)
    for date in CALENDAR:
        for instrument in ALL:
            prices, sensitivities = value(instrument, dates=np.array([date]))
            for alone, together in ((prices, all_prices), (sensitivities, all_sensitivities)):
                same = (together["business_date"] == date) & (together["instrument_id"] == instrument["instrument_id"])
                pd.testing.assert_frame_equal(alone, together[same].reset_index(drop=True), check_exact=True)


@pytest.mark.parametrize(
    ("instrument", "market"),
    [
        (OPTION, {"spots": without(spots(), "2020-03-03", "risk_factor_id", "EQ:AAA")}),
        (OPTION, {"volatilities": without(volatilities(), "2020-03-03")}),
        (FORWARD, {"spots": without(spots(), "2020-03-03", "risk_factor_id", "FX:JPY")}),
        (BOND, {"curves": without(curves(), "2020-03-03", "tenor", "1 Mo")}),
    ],
)
def test_missing_market_data_gives_no_row(instrument: dict, market: dict[str, pd.DataFrame]) -> None:
    prices, sensitivities = value(instrument, **market)
    valued = ["2020-02-28", "2020-03-02", "2020-03-04"]
    assert prices["business_date"].astype(str).tolist() == valued
    assert sorted(set(sensitivities["business_date"].astype(str))) == valued


@pytest.mark.parametrize("instrument", [OPTION, FORWARD])
def test_an_unknown_underlying_gives_no_row(instrument: dict) -> None:
    elsewhere = {**instrument, "underlying_instrument_id": instrument["underlying_instrument_id"] and "EQ:ZZZ"}
    elsewhere["base_currency"] = instrument["base_currency"] and "CHF"
    prices, sensitivities = value(elsewhere)
    assert len(prices) == len(sensitivities) == 0
    assert prices.columns.tolist() == ["business_date", "instrument_id", "price_local", "is_price_proxied"]


def test_without_any_spot_or_volatility_bonds_are_still_valued() -> None:
    prices, _ = value(BOND, OPTION, spots=spots().iloc[:0], volatilities=volatilities().iloc[:0])
    assert set(prices["instrument_id"]) == {"GB:A"}


def test_a_swap_reset_on_a_holiday_takes_the_curve_before_it() -> None:
    weekend = {**SWAP, "start_date": "2020-03-01", "maturity_date": "2027-03-01"}
    assert value(weekend)[0]["price_local"].to_numpy() == pytest.approx(
        value_swaps(
            CALENDAR[1:], ["2020-03-01"] * 3, ["2027-03-01"] * 3, [1.2] * 3, [PAR_YIELDS[2] / 100.0] * 3, ZERO_RATES[1:]
        )[0],
        abs=1e-12,
    )


@pytest.mark.parametrize(("last_curve", "rows"), [("2020-02-23", 1), ("2020-02-22", 0)])
def test_a_fixing_is_at_most_a_week_old(last_curve: str, rows: int) -> None:
    gap = {**SWAP, "start_date": "2020-03-01", "maturity_date": "2027-03-01"}
    history = curves()[on(curves(), "2020-02-28", "2020-03-03")].copy()
    history["business_date"] = history["business_date"].replace({pd.Timestamp("2020-02-28"): pd.Timestamp(last_curve)})
    assert len(value(gap, curves=history)[0]) == rows


def test_curves_that_do_not_reach_back_to_a_fixing_are_refused() -> None:
    with pytest.raises(FrameError, match="before the first curve"):
        value({**SWAP, "start_date": "2020-02-27", "maturity_date": "2027-02-27"})


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({**BOND, "instrument_type": "equity"}, "not modelled"),
        ({**BOND, "maturity_date": None}, "no maturity_date"),
        ({**BOND, "coupon_rate_pct": None}, "no coupon_rate_pct"),
        ({**BOND, "coupons_per_year": 1}, "two coupons a year"),
        ({**OPTION, "strike_price": None}, "no strike_price"),
        ({**OPTION, "option_type": "straddle"}, "neither 'call' nor 'put'"),
        ({**OPTION, "underlying_instrument_id": "FX:EURUSD"}, "not a share"),
        ({**SWAP, "start_date": None}, "no start_date"),
        ({**FORWARD, "base_currency": None}, "no base_currency"),
    ],
)
def test_incomplete_and_unknown_instruments_are_refused(terms: dict, message: str) -> None:
    with pytest.raises(InstrumentError, match=message):
        value(terms)


def test_an_instrument_given_twice_is_refused() -> None:
    with pytest.raises(FrameError, match="names an instrument twice"):
        value(BOND, BOND)


def test_a_frame_without_a_column_is_refused() -> None:
    with pytest.raises(FrameError, match="strike_price"):
        value_instruments(frame(BOND).drop(columns="strike_price"), curves(), spots(), volatilities(), CALENDAR)


def test_no_instruments_give_empty_typed_frames() -> None:
    prices, sensitivities = value_instruments(frame(BOND).iloc[:0], curves(), spots(), volatilities(), CALENDAR)
    assert prices.dtypes.astype(str).to_dict() == {
        "business_date": "datetime64[s]",
        "instrument_id": "str",
        "price_local": "float64",
        "is_price_proxied": "bool",
    }
    assert len(prices) == len(sensitivities) == 0
