import numpy as np
import pandas as pd
import pytest

from python_models.errors import DateError, FrameError, ScenarioError
from python_models.market_risk.scenarios import (
    delta_gamma_pnl,
    historical_scenarios,
    overlapping_moves,
    scenario_pnl,
    scenario_pnl_frame,
)

CALENDAR = np.arange("2020-01-01", "2020-01-13", dtype="datetime64[D]")
FACTORS = ("EQ:AAA", "FX:EUR", "IR:USD:1 Yr")
RETURNS = np.random.default_rng(1).normal(0.0, 0.01, size=(len(CALENDAR), len(FACTORS)))
WINDOW = 5


def factor_returns() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "business_date": np.repeat(CALENDAR, len(FACTORS)),
            "risk_factor_id": np.tile(FACTORS, len(CALENDAR)),
            "factor_type": np.tile(("equity", "fx", "interest_rate"), len(CALENDAR)),
            "factor_return": RETURNS.ravel(),
        }
    )


def sensitivities(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["business_date", "portfolio_id", "risk_factor_id", "delta_usd", "gamma_usd"])


BOOK = sensitivities(
    ("2020-01-08", "P2", "FX:EUR", 2000.0, 0.0),
    ("2020-01-08", "P1", "EQ:AAA", 1000.0, 500.0),
    ("2020-01-08", "P1", "FX:EUR", -300.0, 0.0),
    ("2020-01-09", "P1", "EQ:AAA", 1100.0, -50000.0),
)


def frames(book: pd.DataFrame, returns: pd.DataFrame, dates, window: int, **settings):
    pnl = scenario_pnl(book, returns, dates, window, **settings)
    return scenario_pnl_frame(pnl), pnl.omitted


def days(column: pd.Series) -> list[str]:
    return column.astype(str).tolist()


def test_the_window_ends_with_the_date_itself() -> None:
    assert historical_scenarios(RETURNS, 7, WINDOW).tolist() == RETURNS[3:8].tolist()
    assert historical_scenarios(RETURNS, 4, WINDOW).tolist() == RETURNS[0:5].tolist()


@pytest.mark.parametrize(("as_of", "window"), [(3, 5), (12, 5), (-1, 1), (5, 0)])
def test_a_window_that_is_not_full_is_refused(as_of: int, window: int) -> None:
    with pytest.raises(ScenarioError):
        historical_scenarios(RETURNS, as_of, window)


def test_delta_gamma_pnl_by_hand() -> None:
    pnl = delta_gamma_pnl([[100.0, 10.0], [0.0, -5.0]], [[0.0, 4.0], [50.0, 0.0]], [[0.1, 2.0], [-0.2, 1.0]])
    assert pnl == pytest.approx(np.array([[10 + 20 + 8, -20 + 10 + 2], [0.25 - 10, 1.0 - 5]]))


def test_a_factor_without_sensitivity_may_be_missing_and_changes_no_bit() -> None:
    rng = np.random.default_rng(2)
    deltas, gammas, returns = rng.normal(size=(3, 6)), rng.normal(size=(3, 6)), rng.normal(size=(50, 6))
    wider = [np.insert(matrix, [0, 3, 6], 0.0, axis=1) for matrix in (deltas, gammas)]
    pnl = delta_gamma_pnl(*wider, np.insert(returns, [0, 3, 6], np.nan, axis=1))
    assert np.array_equal(pnl, delta_gamma_pnl(deltas, gammas, returns))


@pytest.mark.parametrize(
    ("delta", "gamma", "move"),
    [([[1.0]], [[0.0]], [[np.nan]]), ([[0.0]], [[1.0]], [[np.inf]]), ([[np.nan]], [[0.0]], [[0.1]])],
)
def test_a_missing_move_or_sensitivity_that_counts_is_refused(delta: list, gamma: list, move: list) -> None:
    with pytest.raises(ScenarioError, match="missing or infinite"):
        delta_gamma_pnl(delta, gamma, move)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ScenarioError, match="do not fit"):
        delta_gamma_pnl(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((5, 2)))


def test_frame_holds_every_portfolio_of_the_date_under_every_scenario() -> None:
    scenarios, omitted = frames(BOOK, factor_returns(), ["2020-01-08", "2020-01-09"], WINDOW)
    assert len(omitted) == 0
    first = scenarios[scenarios["business_date"] == "2020-01-08"]
    assert first["portfolio_id"].tolist() == ["P1"] * 5 + ["P2"] * 5
    assert first["scenario_number"].tolist() == [1, 2, 3, 4, 5] * 2
    assert days(first["scenario_date"]) == [str(day) for day in CALENDAR[3:8]] * 2
    moves = RETURNS[3:8]
    expected = 1000.0 * moves[:, 0] + 250.0 * moves[:, 0] ** 2 - 300.0 * moves[:, 1]
    assert first["pnl_usd"].to_numpy()[:5] == pytest.approx(expected, abs=5.1e-7)
    assert first["pnl_usd"].to_numpy()[5:] == pytest.approx(2000.0 * moves[:, 1], abs=5.1e-7)
    second = scenarios[scenarios["business_date"] == "2020-01-09"]
    assert second["portfolio_id"].tolist() == ["P1"] * 5
    assert days(second["scenario_date"]) == [str(day) for day in CALENDAR[4:9]]


def test_one_date_alone_gives_the_same_bits_as_among_others() -> None:
    scenarios, _ = frames(BOOK, factor_returns(), ["2020-01-08", "2020-01-09"], WINDOW)
    for date in ("2020-01-08", "2020-01-09"):
        alone, _ = frames(BOOK[BOOK["business_date"] == date], factor_returns(), [date], WINDOW)
        together = scenarios[scenarios["business_date"] == date].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, together, check_exact=True)


def test_dates_that_are_not_asked_for_are_left_alone() -> None:
    scenarios, omitted = frames(BOOK, factor_returns(), ["2020-01-09"], WINDOW)
    assert set(days(scenarios["business_date"])) == {"2020-01-09"}
    assert len(omitted) == 0


def reasons(book: pd.DataFrame, returns: pd.DataFrame, *dates: str) -> dict[str, str]:
    scenarios, omitted = frames(book, returns, list(dates), WINDOW)
    assert not set(days(scenarios["business_date"])) & set(days(omitted["business_date"]))
    return dict(zip(days(omitted["business_date"]), omitted["reason"], strict=True))


def test_a_short_window_omits_the_date_and_a_full_one_does_not() -> None:
    book = sensitivities(("2020-01-04", "P1", "EQ:AAA", 1.0, 0.0), ("2020-01-05", "P1", "EQ:AAA", 1.0, 0.0))
    assert reasons(book, factor_returns(), "2020-01-04", "2020-01-05") == {"2020-01-04": "4 scenarios of 5"}


def test_dates_without_sensitivities_or_returns_are_omitted() -> None:
    book = sensitivities(("2020-02-01", "P1", "EQ:AAA", 1.0, 0.0), ("2019-12-31", "P1", "EQ:AAA", 1.0, 0.0))
    assert reasons(book, factor_returns(), "2020-02-01", "2020-01-08", "2019-12-31") == {
        "2019-12-31": "no factor returns on the date",
        "2020-01-08": "no portfolio has sensitivities on the date",
        "2020-02-01": "no factor returns on the date",
    }


@pytest.mark.parametrize("how", ["row absent", "value null"])
def test_a_missing_move_in_the_window_omits_the_date_for_every_portfolio(how: str) -> None:
    returns = factor_returns()
    gap = (returns["risk_factor_id"] == "FX:EUR") & (returns["business_date"] == "2020-01-04")
    returns = returns[~gap] if how == "row absent" else returns.assign(factor_return=returns["factor_return"].mask(gap))
    late = BOOK.assign(business_date="2020-01-09")[:3]
    assert reasons(pd.concat([BOOK[:3], late]), returns, "2020-01-08", "2020-01-09") == {
        "2020-01-08": "no move of FX:EUR on 2020-01-04"
    }


def test_a_missing_move_of_a_factor_nobody_depends_on_is_no_reason() -> None:
    returns = factor_returns()
    returns.loc[returns["risk_factor_id"] == "IR:USD:1 Yr", "factor_return"] = np.nan
    assert reasons(BOOK, returns, "2020-01-08") == {}


def test_a_factor_without_any_history_is_a_reason() -> None:
    book = sensitivities(("2020-01-08", "P1", "EQ:ZZZ", 1.0, 0.0))
    assert reasons(book, factor_returns(), "2020-01-08") == {"2020-01-08": "no move of EQ:ZZZ on 2020-01-04"}


def test_an_empty_portfolio_with_a_row_of_zeros_has_scenarios_of_zero() -> None:
    book = sensitivities(("2020-01-08", "P0", "EQ:AAA", 0.0, 0.0))
    scenarios, _ = frames(book, factor_returns(), ["2020-01-08"], WINDOW)
    assert scenarios["pnl_usd"].tolist() == [0.0] * 5


def test_a_loss_too_small_for_a_micro_dollar_is_a_plain_zero() -> None:
    book = sensitivities(("2020-01-08", "P1", "EQ:AAA", 1e-9, 0.0))
    scenarios, _ = frames(book, factor_returns(), ["2020-01-08"], WINDOW)
    assert (RETURNS[3:8, 0] < 0.0).any()
    assert not np.signbit(scenarios["pnl_usd"]).any()


def test_no_dates_give_empty_typed_frames() -> None:
    scenarios, omitted = frames(BOOK, factor_returns(), [], WINDOW)
    full, _ = frames(BOOK, factor_returns(), ["2020-01-08"], WINDOW)
    assert len(scenarios) == len(omitted) == 0
    assert scenarios.dtypes.to_dict() == full.dtypes.to_dict()


@pytest.mark.parametrize(
    ("book", "message"),
    [
        (pd.concat([BOOK, BOOK[:1]]), "FX:EUR of P2 twice on 2020-01-08"),
        (BOOK.assign(gamma_usd=np.nan), "without portfolio, risk factor, delta or gamma"),
        (BOOK.assign(portfolio_id=None), "without portfolio, risk factor, delta or gamma"),
        (BOOK.drop(columns="gamma_usd"), "lacks the column.* gamma_usd"),
    ],
)
def test_faulty_sensitivities_are_refused(book: pd.DataFrame, message: str) -> None:
    with pytest.raises(FrameError, match=message):
        frames(book, factor_returns(), ["2020-01-08"], WINDOW)


def test_returns_given_twice_are_refused() -> None:
    with pytest.raises(FrameError, match="twice"):
        frames(BOOK, pd.concat([factor_returns(), factor_returns()[:1]]), ["2020-01-08"], WINDOW)


def test_a_missing_date_and_a_window_of_nothing_are_refused() -> None:
    with pytest.raises(DateError, match="A date is missing"):
        frames(BOOK, factor_returns(), ["NaT"], WINDOW)
    with pytest.raises(ScenarioError, match="at least 1"):
        frames(BOOK, factor_returns(), ["2020-01-08"], 0)


def test_moves_over_several_days_compound_when_relative_and_add_when_absolute() -> None:
    moves = overlapping_moves([[0.1, 0.01], [-0.2, 0.02], [np.nan, -0.05], [0.5, 0.0]], [True, False], 2)
    assert moves == pytest.approx(np.array([[1.1 * 0.8 - 1, 0.03], [np.nan, -0.03], [np.nan, -0.05]]), nan_ok=True)
    assert overlapping_moves(RETURNS, [True, True, False], 1).tolist() == RETURNS.tolist()
    assert overlapping_moves(RETURNS, [True, True, False], len(RETURNS) + 1).shape == (0, 3)
    with pytest.raises(ScenarioError, match="at least 1"):
        overlapping_moves(RETURNS, [True, True, False], 0)


def test_a_longer_horizon_needs_that_many_dates_more() -> None:
    book = sensitivities(*((str(day), "P1", "EQ:AAA", 1000.0, 0.0) for day in CALENDAR[5:7]))
    scenarios, omitted = frames(book, factor_returns(), CALENDAR[5:7], WINDOW, horizon_days=3)
    assert dict(zip(days(omitted["business_date"]), omitted["reason"], strict=True)) == {
        "2020-01-06": "4 scenarios of 5"
    }
    assert days(scenarios["scenario_date"]) == [str(day) for day in CALENDAR[2:7]]
    compounded = (1 + RETURNS[0:3, 0]).prod() - 1
    assert scenarios["pnl_usd"].to_numpy()[0] == pytest.approx(1000.0 * compounded, abs=5.1e-7)
