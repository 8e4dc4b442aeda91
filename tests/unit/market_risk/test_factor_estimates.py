import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from python_models.errors import FrameError
from python_models.market_risk.estimates import MEASURE_DTYPES
from python_models.market_risk.factor_estimates import STRESSED_WINDOW, delta_gamma_frame, stressed_frame
from python_models.market_risk.historical import value_at_risk
from python_models.market_risk.scopes import FIRM_SCOPE_ID

CALENDAR = np.arange("2018-01-01", "2019-12-31", dtype="datetime64[D]")
FACTORS = {"EQ:AAA": "equity", "FX:EUR": "fx", "IR:USD:1 Yr": "interest_rate"}
RETURNS = np.random.default_rng(3).normal(0.0, 0.01, size=(len(CALENDAR), len(FACTORS)))
CRISIS = slice(100, 130)
RETURNS[CRISIS] *= 5.0
DESKS = pd.DataFrame({"portfolio_id": ["P1", "P2"], "desk_id": ["EQUITIES", "FX"]})
DATE = str(CALENDAR[-1])


def factor_returns() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "business_date": np.repeat(CALENDAR, len(FACTORS)),
            "risk_factor_id": np.tile(list(FACTORS), len(CALENDAR)),
            "factor_type": np.tile(list(FACTORS.values()), len(CALENDAR)),
            "factor_return": RETURNS.ravel(),
        }
    )


def sensitivities(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["business_date", "portfolio_id", "risk_factor_id", "delta_usd", "gamma_usd"])


BOOK = sensitivities(
    (DATE, "P1", "EQ:AAA", 1000.0, 0.0),
    (DATE, "P1", "FX:EUR", -300.0, 0.0),
    (DATE, "P2", "FX:EUR", 2000.0, 0.0),
)


def figure(frame: pd.DataFrame, scope: str, level: float, horizon: int, rule: str, column: str = "var_usd") -> float:
    chosen = (frame["scope_id"] == scope) & (frame["confidence_level"] == level) & (frame["horizon_days"] == horizon)
    (value,) = frame.loc[chosen & (frame["quantile_rule"] == rule), column]
    return value


def test_delta_only_is_the_normal_quantile_of_the_covariance() -> None:
    frame = delta_gamma_frame(BOOK, factor_returns(), DESKS, [DATE], window=500)
    covariance = np.cov(RETURNS[-500:, :2], rowvar=False)
    for scope, deltas in {"P1": [1000.0, -300.0], "FX": [0.0, 2000.0], FIRM_SCOPE_ID: [1000.0, 1700.0]}.items():
        deviation = np.sqrt(np.array(deltas) @ covariance @ np.array(deltas))
        assert figure(frame, scope, 0.99, 1, "closed_form") == pytest.approx(norm.ppf(0.99) * deviation, abs=1e-6)
        ten_days = figure(frame, scope, 0.95, 10, "closed_form")
        assert ten_days == pytest.approx(norm.ppf(0.95) * deviation * np.sqrt(10.0), abs=1e-6)


def test_scopes_are_firm_desks_portfolios_and_the_classes_held() -> None:
    frame = delta_gamma_frame(BOOK, factor_returns(), DESKS, [DATE], levels=[0.99], window=500)
    one_day = frame[frame["horizon_days"] == 1]
    assert list(zip(one_day["scope_type"], one_day["scope_id"], strict=True)) == [
        ("firm", FIRM_SCOPE_ID),
        ("desk", "EQUITIES"),
        ("desk", "FX"),
        ("portfolio", "P1"),
        ("portfolio", "P2"),
        ("risk_class", "equity"),
        ("risk_class", "fx"),
    ]
    assert frame.dtypes.astype(str).to_dict() == MEASURE_DTYPES


def test_a_long_gamma_book_loses_less_and_a_short_one_more() -> None:
    by_gamma = [
        figure(
            delta_gamma_frame(
                sensitivities((DATE, "P1", "EQ:AAA", 1000.0, gamma)), factor_returns(), DESKS, [DATE], window=500
            ),
            "P1",
            0.99,
            1,
            "closed_form",
        )
        for gamma in (20000.0, 0.0, -20000.0)
    ]
    assert by_gamma == sorted(by_gamma)


def test_a_scope_without_risk_has_a_var_of_zero_and_says_so() -> None:
    book = pd.concat([BOOK, sensitivities((DATE, "P2", "EQ:AAA", 0.0, 0.0))]).replace({"delta_usd": {2000.0: 0.0}})
    frame = delta_gamma_frame(book, factor_returns(), DESKS, [DATE], window=500)
    assert figure(frame, "P2", 0.99, 1, "closed_form") == 0.0
    assert figure(frame, "P2", 0.99, 1, "closed_form", "note") == "no risk"
    assert pd.isna(figure(frame, "P1", 0.99, 1, "closed_form", "note"))


def test_a_factor_that_never_moves_leaves_the_figure_undefined_for_its_scope_alone() -> None:
    returns = factor_returns()
    returns.loc[returns["risk_factor_id"] == "IR:USD:1 Yr", "factor_return"] = 0.0
    book = pd.concat([BOOK[:2], sensitivities((DATE, "P2", "IR:USD:1 Yr", 5.0, 0.0))])
    frame = delta_gamma_frame(book, returns, DESKS, [DATE], window=500)
    assert np.isnan(figure(frame, "P2", 0.99, 1, "closed_form"))
    assert "no variance" in figure(frame, "P2", 0.99, 1, "closed_form", "note")
    assert figure(frame, "P1", 0.99, 1, "closed_form") > 0.0


def test_a_short_or_broken_window_gives_null_figures_with_the_reason() -> None:
    early = BOOK.assign(business_date=str(CALENDAR[498]))
    frame = delta_gamma_frame(early, factor_returns(), DESKS, [CALENDAR[498]], window=500)
    assert frame["var_usd"].isna().all()
    assert set(frame["note"]) == {"499 factor moves of 500"}
    returns = factor_returns()
    broken = returns[~((returns["risk_factor_id"] == "FX:EUR") & (returns["business_date"] == CALENDAR[-5]))]
    frame = delta_gamma_frame(BOOK, broken, DESKS, [DATE], window=500)
    assert set(frame["note"]) == {f"no move of FX:EUR on {CALENDAR[-5]}"}


def test_the_stressed_period_is_the_worst_one_for_the_firm() -> None:
    book = sensitivities((DATE, "P1", "EQ:AAA", 1000.0, 0.0), (DATE, "P2", "FX:EUR", 10.0, 0.0))
    frame = stressed_frame(book, factor_returns(), DESKS, [DATE], levels=[0.975])
    one_day = frame[frame["horizon_days"] == 1]
    (start,), (end,) = one_day["window_start"].unique(), one_day["window_end"].unique()
    first = int(np.searchsorted(CALENDAR, start.to_datetime64()))
    assert first <= CRISIS.start
    assert first + STRESSED_WINDOW >= CRISIS.stop
    assert CALENDAR[first + STRESSED_WINDOW - 1] == end.to_datetime64().astype("datetime64[D]")
    pnl = np.round(1000.0 * RETURNS[first : first + STRESSED_WINDOW, 0], 6)
    expected = value_at_risk(pnl, 0.975, "linear")
    assert figure(frame, "P1", 0.975, 1, "linear") == pytest.approx(float(expected), abs=1e-6)


def test_the_period_is_chosen_on_the_months_first_date_and_kept() -> None:
    first, last = CALENDAR[-31], CALENDAR[-1]
    hedged = sensitivities((str(first), "P1", "FX:EUR", 100.0, 0.0), (str(last), "P1", "EQ:AAA", 1000.0, 0.0))
    whole = stressed_frame(hedged, factor_returns(), DESKS, [first, last], levels=[0.99])
    alone = stressed_frame(hedged, factor_returns(), DESKS, [last], levels=[0.99])
    pd.testing.assert_frame_equal(
        whole[whole["business_date"] == str(last)].reset_index(drop=True), alone, check_exact=True
    )
    one_day = whole[whole["horizon_days"] == 1]
    assert len(set(one_day["window_end"])) == 1


def test_a_history_shorter_than_the_period_gives_null_figures_with_the_reason() -> None:
    early = BOOK.assign(business_date=str(CALENDAR[100]))
    frame = stressed_frame(early, factor_returns(), DESKS, [CALENDAR[100]])
    assert frame["var_usd"].isna().all()
    assert frame["note"].str.contains("to choose a stressed period from").all()


def test_strangers_are_named() -> None:
    with pytest.raises(FrameError, match="Portfolio P2 has no desk"):
        delta_gamma_frame(BOOK, factor_returns(), DESKS[:1], [DATE])
    with pytest.raises(FrameError, match="EQ:ZZZ has a sensitivity and no move"):
        stressed_frame(sensitivities((DATE, "P1", "EQ:ZZZ", 1.0, 0.0)), factor_returns(), DESKS, [DATE])


def test_no_dates_give_an_empty_frame_of_the_same_types() -> None:
    empty = delta_gamma_frame(BOOK, factor_returns(), DESKS, [])
    assert len(empty) == 0
    assert empty.dtypes.astype(str).to_dict() == MEASURE_DTYPES
