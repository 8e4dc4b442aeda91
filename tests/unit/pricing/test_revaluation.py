from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from python_models.errors import FrameError, InstrumentError, ScenarioError
from python_models.pricing.bonds import value_bonds
from python_models.pricing.curves import RISK_FACTORS, TENORS, bootstrap_zero_rates
from python_models.pricing.market import Market, market_data
from python_models.pricing.options import black_scholes
from python_models.pricing.revaluation import MIN_VOLATILITY, Book, BookOnDate
from python_models.pricing.valuation import value_instruments

CALENDAR = np.array(["2020-02-28", "2020-03-02", "2020-03-03"], dtype="datetime64[D]")
PAR_YIELDS = np.array([0.02, 0.03, 0.09, 0.25, 0.66, 1.07, 1.61, 1.92, 2.12, 2.41, 2.69])
ZERO_RATES = bootstrap_zero_rates(PAR_YIELDS + 0.1 * np.arange(len(CALENDAR))[:, np.newaxis])
SPOTS = {"EQ:AAA": 50.0, "EQ:BBB": 210.0, "FX:EUR": 1.10, "FX:JPY": 0.0091}
PILLARS = {30: 0.5, 91: 0.4, 365: 0.3}
TODAY = CALENDAR[1]
FACTORS = (*RISK_FACTORS, *SPOTS, "VOL:AAA", "VOL:BBB")
BLANK = {
    "currency": "USD",
    "base_currency": None,
    "contract_multiplier": 1.0,
    "start_date": None,
    "maturity_date": None,
    "coupon_rate_pct": None,
    "coupons_per_year": None,
    "strike_price": None,
    "option_type": None,
    "underlying_instrument_id": None,
}


def instrument(name: str, kind: str, **terms: object) -> dict:
    return {**BLANK, "instrument_id": name, "instrument_type": kind, **terms}


def bond(name: str = "GB:A", **terms: object) -> dict:
    given = {"contract_multiplier": 0.01, "maturity_date": "2031-08-15", "coupon_rate_pct": 2.0, "coupons_per_year": 2}
    return instrument(name, "government_bond", **(given | terms))


def option(name: str = "OP:A", **terms: object) -> dict:
    given = {
        "contract_multiplier": 100.0,
        "maturity_date": "2020-07-17",
        "strike_price": 55.0,
        "option_type": "put",
        "underlying_instrument_id": "EQ:AAA",
    }
    return instrument(name, "equity_option", **(given | terms))


def forward(name: str = "FW:A", **terms: object) -> dict:
    given = {"maturity_date": "2020-09-01", "base_currency": "EUR", "currency": "JPY", "strike_price": 121.0}
    return instrument(name, "fx_forward", **(given | terms))


def swap(name: str = "SW:A", **terms: object) -> dict:
    given = {"start_date": "2020-02-28", "maturity_date": "2027-02-28", "coupon_rate_pct": 1.2}
    return instrument(name, "interest_rate_swap", **(given | terms))


SHARE = instrument("EQ:AAA", "equity")
PAIR = instrument("FX:EURJPY", "currency_pair", base_currency="EUR", currency="JPY")
CASH = instrument("CASH:JPY", "cash", currency="JPY")
DOLLARS = instrument("CASH:USD", "cash")
ALL = (bond(), option(), forward(), swap(), SHARE, PAIR, CASH, DOLLARS)


def curves() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "business_date": np.repeat(CALENDAR, len(TENORS)),
            "tenor": np.tile(TENORS, len(CALENDAR)),
            "zero_rate": ZERO_RATES.ravel(),
        }
    )


def spots() -> pd.DataFrame:
    rows = [(date, name, level) for date in CALENDAR for name, level in SPOTS.items()]
    return pd.DataFrame(rows, columns=["business_date", "risk_factor_id", "level"])


def volatilities() -> pd.DataFrame:
    rows = [
        (date, ticker, tenor, level)
        for date in CALENDAR
        for ticker in ("AAA", "BBB")
        for tenor, level in PILLARS.items()
    ]
    return pd.DataFrame(rows, columns=["business_date", "ticker", "tenor_days", "implied_volatility"])


def market_of(book: Book, dates: object = CALENDAR, **given: pd.DataFrame) -> Market:
    frames = {"curves": curves(), "spots": spots(), "volatilities": volatilities()} | given
    return market_data(**frames, dates=dates, terms=book.terms, only_dates_with_curve=False)


def on_today(*instruments: dict, **given: pd.DataFrame) -> BookOnDate:
    book = Book.of(pd.DataFrame(list(instruments)))
    return book.on(TODAY, market_of(book, **given))


def moves(**named: float) -> np.ndarray:
    """One scenario; `EQ_AAA=-0.1` moves EQ:AAA, `IR=0.02` every node."""
    row = np.zeros(len(FACTORS))
    for name, move in named.items():
        chosen = [factor.startswith("IR:") if name == "IR" else factor == name.replace("_", ":") for factor in FACTORS]
        assert any(chosen)
        row[chosen] = move
    return row[np.newaxis, :]


def unit_values(book: BookOnDate, scenario: np.ndarray) -> pd.Series:
    return pd.Series(book.revalue(scenario, FACTORS).usd[:, 0], index=book.book.instruments)


def random_book(seed: int, n: int = 60) -> tuple[dict, ...]:
    rng = np.random.default_rng(seed)
    made: list[dict] = []
    for number in range(n):
        day = str(np.datetime64("2020-03-05") + rng.integers(1, 4000))
        soon = str(np.datetime64("2020-03-05") + rng.integers(1, 700))
        ticker, kind = rng.choice(["AAA", "BBB"]), rng.choice(["call", "put"])
        made += [
            bond(f"GB:{number}", maturity_date=day, coupon_rate_pct=float(rng.integers(0, 40)) / 8.0),
            option(
                f"OP:{number}",
                maturity_date=soon,
                option_type=str(kind),
                underlying_instrument_id=f"EQ:{ticker}",
                strike_price=float(SPOTS[f"EQ:{ticker}"] * rng.uniform(0.7, 1.3)),
            ),
            forward(f"FW:{number}", maturity_date=soon, strike_price=float(rng.uniform(110.0, 130.0))),
            swap(f"SW:{number}", maturity_date=day, coupon_rate_pct=float(rng.uniform(0.0, 4.0))),
        ]
    return (*made, SHARE, PAIR, CASH, DOLLARS)


def test_no_move_gives_the_prices_of_the_warehouse() -> None:
    instruments = pd.DataFrame(list(random_book(1)))
    modelled = instruments[instruments["instrument_type"].str.contains("_") & (instruments["maturity_date"].notna())]
    prices, _ = value_instruments(modelled, curves(), spots(), volatilities(), [TODAY])
    fx_rate = {"USD": 1.0, "JPY": SPOTS["FX:JPY"]}
    terms = instruments.set_index("instrument_id")
    expected = prices.set_index("instrument_id")["price_local"] * terms["contract_multiplier"].astype(float)
    expected = (expected * terms["currency"].map(fx_rate)).dropna()

    values = unit_values(on_today(*random_book(1)), moves())

    assert len(expected) == len(modelled)
    assert values[expected.index].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9, abs=1e-6)
    assert values["EQ:AAA"] == 50.0
    assert values["FX:EURJPY"] == 1.10
    assert values["CASH:JPY"] == 0.0091
    assert values["CASH:USD"] == 1.0


def test_no_move_is_no_pnl_to_the_last_bit() -> None:
    book = on_today(*random_book(2))
    positions = held(book, dict.fromkeys(book.book.instruments, 1000000.0))

    assert (book.portfolio_pnl(positions, np.zeros((3, len(FACTORS))), FACTORS).usd == 0.0).all()


def held(book: BookOnDate, *portfolios: dict[str, float]) -> object:
    rows = [
        (f"P{number}", name, quantity)
        for number, portfolio in enumerate(portfolios)
        for name, quantity in portfolio.items()
    ]
    frame = pd.DataFrame(rows, columns=["portfolio_id", "instrument_id", "quantity"])
    return book.book.positions(frame, pd.Index([f"P{number}" for number in range(len(portfolios))]))


def test_portfolios_are_the_sum_of_their_instruments() -> None:
    book = on_today(*random_book(3))
    rng = np.random.default_rng(3)
    scenarios = rng.normal(0.0, 0.02, size=(7, len(FACTORS)))
    quantities = [dict(zip(book.book.instruments, rng.normal(size=len(book.book.instruments)), strict=True))] * 2
    positions = held(book, *quantities)
    values = book.revalue(scenarios, FACTORS).usd - book.revalue(moves(), FACTORS).usd

    pnl = book.portfolio_pnl(positions, scenarios, FACTORS).usd

    assert pnl == pytest.approx(positions.toarray() @ values, rel=1e-9, abs=1e-7)


def test_small_moves_agree_with_the_sensitivities() -> None:
    book = on_today(*ALL)
    modelled = pd.DataFrame([bond(), option(), forward(), swap()])
    _, sensitivities = value_instruments(modelled, curves(), spots(), volatilities(), [TODAY])
    fx_rate = {"FW:A": SPOTS["FX:JPY"]}
    base = unit_values(book, moves())
    size = 1e-3
    for factor in FACTORS:
        scenario = np.where(np.array(FACTORS) == factor, size, 0.0)[np.newaxis, :]
        change = unit_values(book, scenario) - base
        for name in ("GB:A", "OP:A", "FW:A", "SW:A"):
            known = sensitivities[
                (sensitivities["instrument_id"] == name) & (sensitivities["risk_factor_id"] == factor)
            ]
            delta, gamma = known["delta_local"].sum(), known["gamma_local"].sum()
            expected = (delta * size + gamma * size**2 / 2) * fx_rate.get(name, 1.0)
            if name == "FW:A" and factor == "FX:JPY":
                expected += base[name] * size  # the value itself is in yen
            assert change[name] == pytest.approx(expected, rel=0.02, abs=1e-9), (name, factor)


def test_a_par_bond_loses_its_duration_and_gains_its_convexity() -> None:
    # A ten-year 2.5 % bond on a flat curve that prices it at par: textbook price at the shifted yield.
    flat = 2.0 * np.log(1.0 + 0.025 / 2.0)
    frame = curves().assign(zero_rate=flat)
    book = on_today(bond(maturity_date="2030-03-02", coupon_rate_pct=2.5), curves=frame)
    base, up = unit_values(book, moves())["GB:A"], unit_values(book, moves(IR=0.02))["GB:A"]
    times = np.arange(1, 21) / 2.0
    discounts = np.exp(-(flat + 0.02) * times)
    assert base == pytest.approx(1.0, abs=2e-4)
    assert up == pytest.approx((1.25 * discounts.sum() + 100.0 * discounts[-1]) / 100.0, abs=2e-4)
    assert up - base < -0.15


def test_an_option_is_black_scholes_at_the_shifted_market() -> None:
    book = on_today(option())
    shifted = unit_values(book, moves(EQ_AAA=-0.3, VOL_AAA=0.2, IR=-0.005))["OP:A"]
    time = (np.datetime64("2020-07-17") - TODAY).astype(float) / 365.25
    years = np.array([91, 365]) / 365.25
    weight = (time - years[0]) / (years[1] - years[0])
    volatility = np.sqrt(((1 - weight) * 0.4**2 * years[0] + weight * 0.3**2 * years[1]) / time)
    rate = np.interp(time, [0.25, 0.5], ZERO_RATES[1, 1:3]) - 0.005
    expected = 100.0 * float(black_scholes(35.0, 55.0, time, rate, volatility + 0.2, False).price)
    assert shifted == pytest.approx(expected, rel=1e-12)


def test_a_volatility_is_floored_and_flagged() -> None:
    book = on_today(option(), SHARE)
    positions = held(book, {"OP:A": 1.0}, {"EQ:AAA": 1.0})
    scenarios = np.vstack([moves(VOL_AAA=-0.9), moves(VOL_AAA=-0.1)])
    result = book.portfolio_pnl(positions, scenarios, FACTORS)
    values = book.revalue(np.vstack([scenarios, moves(VOL_AAA=-5.0)]), FACTORS)

    assert result.is_volatility_floored.tolist() == [[True, False], [False, False]]
    assert values.usd[1, 0] == values.usd[1, 2] > 0.0
    assert MIN_VOLATILITY == 0.01


def test_translation_moves_with_the_currency() -> None:
    book = on_today(*ALL)
    values = unit_values(book, moves(FX_JPY=-0.1))
    assert values["CASH:JPY"] == pytest.approx(0.0091 * 0.9)
    assert values["CASH:USD"] == 1.0
    assert values["FX:EURJPY"] == pytest.approx(1.10)
    assert values["FW:A"] > unit_values(book, moves())["FW:A"]


def test_one_scenario_is_the_same_alone_and_among_thousands() -> None:
    book = on_today(*random_book(4))
    positions = held(book, dict.fromkeys(book.book.instruments, 100000.0), {"GB:3": 1.0})
    scenarios = np.random.default_rng(4).normal(0.0, 0.01, size=(3000, len(FACTORS)))
    together = book.portfolio_pnl(positions, scenarios, FACTORS).usd

    for number in (0, 1711, 2999):
        alone = book.portfolio_pnl(positions, scenarios[number : number + 1], FACTORS).usd
        assert alone[:, 0].tobytes() == together[:, number].tobytes()


def test_a_date_is_the_same_alone_and_among_others() -> None:
    book = Book.of(pd.DataFrame(list(random_book(5))))
    other_order = Book.of(pd.DataFrame(list(reversed(random_book(5)))))
    scenarios = np.random.default_rng(5).normal(0.0, 0.01, size=(5, len(FACTORS)))
    among = book.on(TODAY, market_of(book)).revalue(scenarios, FACTORS).usd
    alone = other_order.on(TODAY, market_of(other_order, dates=[TODAY])).revalue(scenarios, FACTORS).usd

    assert among.tobytes() == alone.tobytes()


@pytest.mark.parametrize(
    ("lost", "name", "reason"),
    [
        ("EQ:AAA", "EQ:AAA", "no level of EQ:AAA on the date"),
        ("EQ:AAA", "OP:A", "no level of EQ:AAA on the date"),
        ("FX:EUR", "FW:A", "no level of FX:EUR on the date"),
        ("FX:JPY", "FW:A", "no level of FX:JPY on the date"),
        ("FX:JPY", "CASH:JPY", "no level of FX:JPY on the date"),
        ("curve", "GB:A", "no curve on the date"),
        ("curve", "OP:A", "no curve on the date"),
        ("volatility", "OP:A", "no implied volatility of its share on the date"),
    ],
)
def test_an_instrument_without_market_data_says_why_and_is_missing(lost: str, name: str, reason: str) -> None:
    def off(frame: pd.DataFrame) -> pd.Series:
        return frame["business_date"] != pd.Timestamp(TODAY)

    given = {
        "curve": {"curves": curves()[off(curves())]},
        "volatility": {"volatilities": volatilities()[off(volatilities())]},
    }.get(lost, {"spots": spots()[off(spots()) | (spots()["risk_factor_id"] != lost)]})
    book = on_today(*ALL, **given)
    code = book.book.instruments.get_loc(name)
    positions = held(book, {name: 1.0, "CASH:USD": 1.0}, {"CASH:USD": 1.0})
    result = book.portfolio_pnl(positions, moves(EQ_BBB=0.01), FACTORS)

    assert book.reasons[code] == reason
    assert np.isnan(book.revalue(moves(), FACTORS).usd[code]).all()
    assert np.isnan(result.usd[0]).all()
    assert result.reasons.tolist() == [f"{name}: {reason}", None]
    assert result.usd[1].tolist() == [0.0]


def test_a_swap_without_a_fixing_and_a_bond_not_yet_issued_are_missing() -> None:
    book = on_today(
        swap(start_date="2020-02-28"), bond(start_date="2020-03-03"), bond("GB:OLD", maturity_date=str(TODAY))
    )
    assert book.reasons.tolist() == ["it is not alive on the date", "it is not alive on the date", None]
    stale = curves()[curves()["business_date"] == pd.Timestamp(TODAY)]
    early = stale.assign(business_date=np.datetime64("2020-02-01"))
    book = on_today(swap(), curves=pd.concat([early, stale]))
    assert book.reasons.tolist() == ["no fixing of its floating rate"]


def test_a_missing_move_is_missing_where_it_counts_and_only_there() -> None:
    book = on_today(*ALL)
    positions = held(book, {"OP:A": 1.0}, {"GB:A": 1.0}, {"CASH:USD": 5.0})
    scenarios = np.vstack([moves(IR=0.01), moves(VOL_AAA=np.nan)])
    result = book.portfolio_pnl(positions, scenarios, FACTORS)

    assert np.isnan(result.usd).tolist() == [[False, True], [False, False], [False, False]]
    assert result.reasons.tolist() == ["no move of VOL:AAA", None, None]


def test_a_factor_that_is_not_given_is_a_missing_move() -> None:
    book = on_today(*ALL)
    result = book.portfolio_pnl(held(book, {"EQ:AAA": 1.0}, {"CASH:JPY": 1.0}), [[0.1]], ["FX:JPY"])

    assert result.reasons.tolist() == ["no move of EQ:AAA", None]
    assert np.isnan(result.usd[0, 0])
    assert result.usd[1, 0] == pytest.approx(0.00091)


def test_a_node_that_does_not_count_may_be_missing() -> None:
    book = on_today(option())
    scenario = moves(IR=0.001)
    scenario[0, FACTORS.index("IR:USD:30 Yr")] = np.nan
    assert book.revalue(scenario, FACTORS).usd[0, 0] == book.revalue(moves(IR=0.001), FACTORS).usd[0, 0]


@pytest.mark.parametrize(
    ("scenario", "factors", "message"),
    [
        ([[0.1]], ["EQ:NOBODY"], "'EQ:NOBODY' is not in the market"),
        ([[0.1, 0.1]], ["EQ:AAA", "EQ:AAA"], "'EQ:AAA' is given twice"),
        ([[0.1, 0.1]], ["EQ:AAA"], "do not fit"),
        ([[0.0], [-1.0]], ["EQ:AAA"], "Scenario 1 takes EQ:AAA to zero or below"),
    ],
)
def test_moves_that_cannot_be_meant_are_refused(scenario: list, factors: list, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        on_today(*ALL).revalue(scenario, factors)


def test_positions_name_portfolios_and_instruments_of_the_book() -> None:
    book = Book.of(pd.DataFrame(list(ALL)))
    frame = pd.DataFrame({"portfolio_id": ["P"], "instrument_id": ["GB:A"], "quantity": [2.0]})
    assert book.positions(frame, pd.Index(["P"])).toarray().sum() == 2.0
    with pytest.raises(FrameError, match="instrument_id 'GB:NOT'"):
        book.positions(frame.assign(instrument_id="GB:NOT"), pd.Index(["P"]))
    with pytest.raises(FrameError, match="portfolio_id 'P'"):
        book.positions(frame, pd.Index(["Q"]))
    with pytest.raises(FrameError, match="without a quantity"):
        book.positions(frame.assign(quantity=np.nan), pd.Index(["P"]))


def test_a_date_outside_the_market_and_a_foreign_type_are_refused() -> None:
    book = Book.of(pd.DataFrame(list(ALL)))
    with pytest.raises(FrameError, match="no date 2020-03-04"):
        book.on(np.datetime64("2020-03-04"), market_of(book))
    with pytest.raises(InstrumentError, match="not modelled"):
        Book.of(pd.DataFrame([instrument("X", "warrant")]))


def test_the_bond_of_the_engine_is_the_bond_of_the_pricing_function() -> None:
    shifted = ZERO_RATES[1:2] + 0.013
    expected = value_bonds([TODAY], ["2031-08-15"], [2.0], shifted)[0][0] / 100.0
    assert unit_values(on_today(bond()), moves(IR=0.013))["GB:A"] == pytest.approx(expected, rel=1e-13)
