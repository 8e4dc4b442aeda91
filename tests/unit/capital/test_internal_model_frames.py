import numpy as np
import pandas as pd
import pytest

from python_models.capital.internal_model import imcc, liquidity_horizon_es
from python_models.capital.internal_model_frames import IMCC_DTYPES, imcc_frame
from python_models.errors import CapitalError
from python_models.market_risk.historical import expected_shortfall

WINDOW, DAYS = 20, 60
CALENDAR = pd.bdate_range("2022-01-03", periods=DAYS)
REPORTING_DATE = CALENDAR[-1]


def parameters(averaging_days: int = 3) -> pd.DataFrame:
    values = [
        ("MAR33.expected_shortfall_level", "all", 0.9),
        ("MAR33.observation_days", "all", WINDOW),
        ("MAR33.liquidity_base_horizon_days", "all", 10),
        ("MAR33.averaging_days", "all", averaging_days),
        ("MAR33.imcc_unconstrained_weight", "all", 0.5),
        ("MAR33.liquidity_horizon", "eq_large", 10),
        ("MAR33.liquidity_horizon", "fx_other_pair", 20),
    ]
    frame = pd.DataFrame(values, columns=["rule_group", "parameter_key", "value"])
    return frame.assign(reporting_date=REPORTING_DATE)


def factors(reduced: tuple[str, ...] = ("EQ", "FX", "VOL")) -> pd.DataFrame:
    names = ["EQ", "FX", "VOL"]
    return pd.DataFrame(
        {
            "reporting_date": REPORTING_DATE,
            "risk_factor_id": names,
            "risk_class": ["equity", "foreign_exchange", "equity"],
            "liquidity_horizon_days": [10, 20, 20],
            "is_in_reduced_set": [name in reduced for name in names],
        }
    )


def returns(seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    moves = random.normal(scale=0.01, size=(DAYS, 3))
    moves[5:12] *= 5.0
    return pd.DataFrame(
        {
            "business_date": np.repeat(CALENDAR, 3),
            "risk_factor_id": ["EQ", "FX", "VOL"] * DAYS,
            "factor_type": ["equity", "fx", "volatility"] * DAYS,
            "factor_return": moves.ravel(),
        }
    )


def sensitivities(**deltas: float) -> pd.DataFrame:
    dates = CALENDAR[-10:]
    return pd.DataFrame(
        [
            {"business_date": date, "risk_factor_id": name, "delta_usd": amount, "gamma_usd": 0.0}
            for date in dates
            for name, amount in deltas.items()
        ]
    )


def on_the_last_day(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["business_date"] == frame["business_date"].max()].set_index("component")


def ten_day_moves(name: str) -> np.ndarray:
    daily = returns().pivot_table(index="business_date", columns="risk_factor_id", values="factor_return")[name]
    return np.array([np.prod(1.0 + daily.to_numpy()[n : n + 10]) - 1.0 for n in range(DAYS - 9)])


def test_a_factor_of_the_base_horizon_keeps_its_shortfall_and_a_longer_one_grows() -> None:
    frame = imcc_frame(sensitivities(EQ=1000.0, FX=1000.0), returns(), factors(), parameters())
    last = on_the_last_day(frame)
    shares = expected_shortfall(1000.0 * ten_day_moves("EQ")[-WINDOW:], 0.9, "linear")
    currencies = expected_shortfall(1000.0 * ten_day_moves("FX")[-WINDOW:], 0.9, "linear")
    assert last.loc["equity", "es_full_current_usd"] == pytest.approx(float(max(shares, 0.0)), abs=1e-5)
    assert last.loc["foreign_exchange", "es_full_current_usd"] == pytest.approx(
        float(liquidity_horizon_es([max(currencies, 0.0)] * 2, [10, 20])), abs=1e-5
    )


def test_imcc_is_half_of_the_whole_and_half_of_the_classes() -> None:
    last = on_the_last_day(imcc_frame(sensitivities(EQ=1000.0, FX=-700.0), returns(), factors(), parameters()))
    classes = last.loc[["equity", "foreign_exchange"], "imcc_usd"].to_numpy()
    assert last.loc["imcc", "imcc_usd"] == pytest.approx(
        float(imcc(last.loc["unconstrained", "imcc_usd"], classes, 0.5)), abs=1e-5
    )
    assert last.loc["unconstrained", "imcc_usd"] <= classes.sum()


def test_the_stressed_period_is_the_worst_run_and_its_shortfall_counts() -> None:
    last = on_the_last_day(imcc_frame(sensitivities(EQ=1000.0), returns(), factors(), parameters()))
    moves = 1000.0 * ten_day_moves("EQ")
    worst = max(float(expected_shortfall(moves[n : n + WINDOW], 0.9, "linear")) for n in range(len(moves) - WINDOW + 1))
    assert last.loc["equity", "es_reduced_stressed_usd"] == pytest.approx(worst, abs=1e-5)
    assert last.loc["equity", "imcc_usd"] == pytest.approx(worst, abs=1e-5)


def test_a_reduced_set_that_explains_less_raises_the_stressed_shortfall() -> None:
    held = sensitivities(EQ=1000.0, VOL=-400.0)
    last = on_the_last_day(imcc_frame(held, returns(), factors(reduced=("EQ", "FX")), parameters()))
    row = last.loc["equity"]
    ratio = max(row["es_full_current_usd"] / row["es_reduced_current_usd"], 1.0)
    assert row["imcc_usd"] == pytest.approx(row["es_reduced_stressed_usd"] * ratio, rel=1e-9)


def test_only_the_days_that_are_averaged_are_worked_out_and_one_day_alone_is_the_same() -> None:
    held = sensitivities(EQ=1000.0, FX=300.0)
    three = imcc_frame(held, returns(), factors(), parameters())
    one = imcc_frame(held, returns(), factors(), parameters(averaging_days=1))
    assert three["business_date"].nunique() == 3
    pd.testing.assert_frame_equal(on_the_last_day(three), on_the_last_day(one))


def test_a_book_without_risk_has_a_charge_of_zero_and_says_so() -> None:
    last = on_the_last_day(imcc_frame(sensitivities(EQ=0.0), returns(), factors(), parameters()))
    assert last.loc["imcc", "imcc_usd"] == 0.0
    assert last.loc["imcc", "note"] == "no risk is held"


def test_a_missing_move_of_a_factor_that_is_held_leaves_no_figure_and_one_not_held_does() -> None:
    moves = returns()
    moves.loc[(moves["risk_factor_id"] == "FX") & (moves["business_date"] == CALENDAR[-3]), "factor_return"] = np.nan
    held = on_the_last_day(imcc_frame(sensitivities(EQ=1.0, FX=1.0), moves, factors(), parameters()))
    assert np.isnan(held.loc["imcc", "imcc_usd"])
    assert "complete moves" in held.loc["imcc", "note"]
    not_held = on_the_last_day(imcc_frame(sensitivities(EQ=1.0, FX=0.0), moves, factors(), parameters()))
    assert not_held.loc["imcc", "imcc_usd"] > 0.0


def test_too_short_a_history_leaves_no_figure() -> None:
    short = returns()
    short = short[short["business_date"] >= CALENDAR[-25]]
    last = on_the_last_day(imcc_frame(sensitivities(EQ=1.0), short, factors(), parameters()))
    assert last["imcc_usd"].isna().all()


def test_a_reduced_set_without_risk_does_not_stand_for_the_full_one() -> None:
    held = sensitivities(EQ=0.0, VOL=400.0, FX=1.0)
    last = on_the_last_day(imcc_frame(held, returns(), factors(reduced=("EQ", "FX")), parameters()))
    assert np.isnan(last.loc["imcc", "imcc_usd"])
    assert "reduced set" in last.loc["imcc", "note"]


def test_a_factor_without_horizon_and_a_missing_rule_are_refused_by_name() -> None:
    with pytest.raises(CapitalError, match="FX"):
        imcc_frame(sensitivities(EQ=1.0, FX=1.0), returns(), factors().iloc[[0, 2]], parameters())
    lacking = parameters().query("rule_group != 'MAR33.averaging_days'")
    with pytest.raises(CapitalError, match=r"MAR33\.averaging_days"):
        imcc_frame(sensitivities(EQ=1.0), returns(), factors(), lacking)
    without = parameters().query("rule_group != 'MAR33.liquidity_horizon'")
    with pytest.raises(CapitalError, match="liquidity_horizon"):
        imcc_frame(sensitivities(EQ=1.0), returns(), factors(), without)


def test_no_reporting_date_gives_no_rows_with_the_same_columns() -> None:
    frame = imcc_frame(sensitivities(EQ=1.0), returns(), factors().iloc[:0], parameters())
    assert len(frame) == 0
    assert list(frame.columns) == list(IMCC_DTYPES)
