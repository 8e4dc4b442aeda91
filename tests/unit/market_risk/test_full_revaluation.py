from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from python_models.errors import FrameError
from python_models.market_risk.estimates import MEASURE_DTYPES
from python_models.market_risk.full_revaluation import (
    RevaluationInputs,
    historical_full_revaluation_frame,
    monte_carlo_frame,
)
from python_models.market_risk.historical import tail_risks
from tests.unit.market_risk import revalued_book as bank

LAST = bank.DATES[1]
KEY = ["business_date", "scope_type", "scope_id", "method", "confidence_level", "horizon_days", "quantile_rule"]


def inputs(**changed: pd.DataFrame) -> RevaluationInputs:
    frames = {
        "instruments": bank.INSTRUMENTS,
        "curves": bank.curves(),
        "spots": bank.spots(),
        "volatilities": bank.volatilities(),
        "positions": bank.POSITIONS,
        "portfolios": bank.PORTFOLIOS,
        "factor_returns": bank.factor_returns(600, LAST),
    }
    return RevaluationInputs(**(frames | changed))


def only_shares(**changed: pd.DataFrame) -> RevaluationInputs:
    return inputs(positions=bank.POSITIONS[bank.POSITIONS["instrument_id"] == "EQ:AAA"], **changed)


def share_moves(given: RevaluationInputs) -> np.ndarray:
    returns = given.factor_returns
    return returns.loc[returns["risk_factor_id"] == "EQ:AAA", "factor_return"].to_numpy()


def figure(frame: pd.DataFrame, column: str = "var_usd", **where: object) -> float:
    chosen = frame
    for name, value in ({"scope_id": "FIRM", "quantile_rule": "order_statistic", "horizon_days": 1} | where).items():
        chosen = chosen[chosen[name] == value]
    assert len(chosen) == 1
    return chosen[column].iloc[0]


@pytest.mark.parametrize("horizon", [1, 10])
def test_a_share_has_the_var_of_its_own_returns(horizon: int) -> None:
    given = only_shares()
    frame = historical_full_revaluation_frame(given, [LAST], levels=[0.99], rules=["order_statistic", "linear"])
    moves = share_moves(given)
    if horizon == 10:
        moves = np.array([np.prod(1.0 + moves[end - 10 : end]) - 1.0 for end in range(10, len(moves) + 1)])
    pnl = 50_000.0 * moves[-500:]
    for risk in tail_risks(pnl, [0.99], ["order_statistic", "linear"]):
        where = {"horizon_days": horizon, "quantile_rule": risk.rule}
        assert figure(frame, **where) == pytest.approx(float(risk.value_at_risk), abs=1e-4)
        assert figure(frame, "es_usd", **where) == pytest.approx(float(risk.expected_shortfall), abs=1e-4)
    worst = pd.Timestamp(LAST) - pd.Timedelta(days=int(499 - np.argsort(pnl)[4]))
    assert figure(frame, "scenario_date", horizon_days=horizon) == worst
    assert figure(frame, "window_end", horizon_days=horizon) == pd.Timestamp(LAST)
    assert figure(frame, "window_start", horizon_days=horizon) == pd.Timestamp(LAST) - pd.Timedelta(days=499)


def test_an_option_written_loses_more_than_its_delta_says() -> None:
    puts = bank.POSITIONS[bank.POSITIONS["instrument_id"] == "OP:A"]
    returns = bank.factor_returns(500, LAST)
    crash = returns["risk_factor_id"] == "EQ:AAA"
    returns.loc[~crash, "factor_return"] = 0.0
    returns.loc[crash, "factor_return"] = np.linspace(-0.4, 0.4, 500)
    frame = historical_full_revaluation_frame(
        inputs(positions=puts, factor_returns=returns), [LAST], levels=[0.99], rules=["order_statistic"], horizons=[1]
    )
    # 50 puts on 100 shares of 50: at -39 % each share loses about 19 of intrinsic value, delta alone would say 9.
    assert 60_000.0 < figure(frame) < 50 * 100 * 0.4 * 50.0
    assert figure(frame, scope_id="D1") == figure(frame)
    assert figure(frame, scope_id="P3") == 0.0


def test_there_is_one_row_per_date_scope_level_horizon_and_rule() -> None:
    frame = historical_full_revaluation_frame(inputs(), [LAST], rules=["order_statistic", "linear"])
    assert not frame.duplicated(KEY).any()
    assert len(frame) == 1 * 6 * 3 * 2 * 2
    assert set(zip(frame["scope_type"], frame["scope_id"], strict=True)) == {
        ("firm", "FIRM"),
        ("desk", "D1"),
        ("desk", "D2"),
        ("portfolio", "P1"),
        ("portfolio", "P2"),
        ("portfolio", "P3"),
    }
    assert list(frame.columns) == list(MEASURE_DTYPES)
    assert (frame["es_usd"] >= frame["var_usd"]).all()
    assert (frame["scenarios"] == 500).all()


def test_too_little_history_is_missing_with_the_reason() -> None:
    short = bank.factor_returns(505, LAST)
    frame = historical_full_revaluation_frame(inputs(factor_returns=short), [LAST], levels=[0.99], rules=["linear"])
    drawn = monte_carlo_frame(
        inputs(factor_returns=short), [bank.DATES[0]], seed=1, n=100, levels=[0.99], rules=["linear"]
    )
    assert frame.loc[frame["horizon_days"] == 1, "var_usd"].notna().all()
    assert frame.loc[frame["horizon_days"] == 10, ["var_usd", "es_usd", "scenario_date"]].isna().all().all()
    assert set(frame.loc[frame["horizon_days"] == 10, "note"]) == {"496 factor moves of 500"}
    assert drawn["var_usd"].isna().all()
    assert set(drawn["note"]) == {"473 factor moves of 500"}
    assert len(drawn) == 6 * 2 * 2


def test_a_missing_price_is_missing_in_the_portfolio_its_desk_and_the_firm_only() -> None:
    given = inputs(spots=bank.without(bank.spots(), "FX:EUR"))
    for frame in (
        historical_full_revaluation_frame(given, [LAST], levels=[0.99], rules=["linear"], horizons=[1]),
        monte_carlo_frame(
            given, [LAST], seed=1, n=100, levels=[0.99], rules=["linear"], horizons=[1], degrees_of_freedom=[None]
        ),
    ):
        missing = frame[frame["var_usd"].isna()]
        assert set(missing["scope_id"]) == {"FIRM", "D2", "P3"}
        assert set(missing["note"]) == {"P3 has no P&L: CASH:EUR: no level of FX:EUR on the date"}
        assert missing["es_usd"].isna().all()


def test_a_missing_move_is_missing_only_where_it_counts() -> None:
    returns = bank.factor_returns(600, LAST)
    gap = (returns["risk_factor_id"] == "FX:EUR") & (returns["business_date"] == pd.Timestamp("2020-01-15"))
    given = inputs(factor_returns=returns.assign(factor_return=returns["factor_return"].mask(gap)))
    for frame in (
        historical_full_revaluation_frame(given, [LAST], levels=[0.99], rules=["linear"], horizons=[1]),
        monte_carlo_frame(
            given, [LAST], seed=1, n=100, levels=[0.99], rules=["linear"], horizons=[1], degrees_of_freedom=[5.0]
        ),
    ):
        missing = frame[frame["var_usd"].isna()]
        assert set(missing["scope_id"]) == {"FIRM", "D2", "P3"}
        assert set(missing["note"]) == {"P3 has no P&L: no move of FX:EUR"}


def test_drawn_normal_moves_of_a_share_have_the_normal_var() -> None:
    given = only_shares()
    frame = monte_carlo_frame(given, [LAST], seed=7, n=100_000, levels=[0.99], rules=["order_statistic"])
    deviation = 50_000.0 * share_moves(given)[-500:].std(ddof=1)
    normal = deviation * stats.norm.ppf(0.99)
    student = deviation * np.sqrt(3.0 / 5.0) * stats.t.ppf(0.99, 5)
    shortfall = deviation * stats.norm.pdf(stats.norm.ppf(0.99)) / 0.01
    assert figure(frame, method="monte_carlo_normal") == pytest.approx(normal, rel=0.02)
    assert figure(frame, "es_usd", method="monte_carlo_normal") == pytest.approx(shortfall, rel=0.02)
    assert figure(frame, method="monte_carlo_t") == pytest.approx(student, rel=0.03)
    assert figure(frame, method="monte_carlo_normal", horizon_days=10) == pytest.approx(
        np.sqrt(10.0) * figure(frame, method="monte_carlo_normal"), rel=1e-9
    )
    assert frame["scenario_date"].isna().all()


def test_draws_are_fixed_by_seed_and_date() -> None:
    settings = {"n": 200, "levels": [0.95], "rules": ["linear"]}
    given = inputs(factor_returns=bank.factor_returns(700, LAST))
    both = monte_carlo_frame(given, bank.DATES, seed=1, **settings)
    alone = monte_carlo_frame(given, [LAST], seed=1, **settings)
    other_seed = monte_carlo_frame(given, [LAST], seed=2, **settings)
    last = both[both["business_date"] == pd.Timestamp(LAST)].reset_index(drop=True)
    pd.testing.assert_frame_equal(last, alone, check_exact=True)
    assert (other_seed["var_usd"] != alone["var_usd"]).any()
    assert both.groupby("business_date")["var_usd"].sum().nunique() == 2


def test_a_drawn_move_never_takes_a_price_to_zero_and_says_so() -> None:
    returns = bank.factor_returns(600, LAST)
    wild = returns["risk_factor_id"] == "EQ:AAA"
    returns.loc[wild, "factor_return"] = returns.loc[wild, "factor_return"] * 10.0
    frame = monte_carlo_frame(
        only_shares(factor_returns=returns), [LAST], seed=1, n=1_000, levels=[0.99], rules=["order_statistic"]
    )
    ten_days = frame[frame["horizon_days"] == 10]
    assert ten_days["note"].str.startswith("drawn moves of prices kept at -0.99: ").all()
    assert figure(ten_days, method="monte_carlo_t", horizon_days=10) == pytest.approx(0.99 * 50_000.0)


def test_a_floored_volatility_is_said_where_it_counts() -> None:
    returns = bank.factor_returns(500, LAST)
    quiet = (returns["risk_factor_id"] == "VOL:AAA") & (returns["business_date"] == pd.Timestamp(LAST))
    returns.loc[quiet, "factor_return"] = -0.9
    frame = historical_full_revaluation_frame(
        inputs(factor_returns=returns), [LAST], levels=[0.99], rules=["linear"], horizons=[1]
    )
    notes = frame.set_index("scope_id")["note"]
    assert set(notes[notes.notna()].index) == {"FIRM", "D1", "P2"}
    assert notes["P2"] == "scenarios with a volatility kept at 0.01: 1"


def test_portfolios_need_one_desk_each() -> None:
    with pytest.raises(FrameError, match="names a portfolio twice or without a desk"):
        historical_full_revaluation_frame(inputs(portfolios=pd.concat([bank.PORTFOLIOS] * 2)), [LAST])


def test_no_dates_give_typed_empty_rows() -> None:
    frame = historical_full_revaluation_frame(inputs(), np.empty(0, dtype="datetime64[D]"))
    assert list(frame.columns) == list(MEASURE_DTYPES)
    assert len(frame) == 0
