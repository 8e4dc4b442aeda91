import numpy as np
import pandas as pd
import pytest

from python_models.errors import FrameError, LevelError
from python_models.market_risk.estimates import incremental_var_frame, var_estimates_frame
from python_models.market_risk.historical import QUANTILE_RULES, expected_shortfall, value_at_risk
from python_models.market_risk.scenarios import ScenarioPnl
from python_models.market_risk.scopes import FIRM_SCOPE_ID, ScopeSeries, book_series, scope_series

N = 200
SCENARIO_DATES = np.datetime64("2019-06-01") + np.arange(N)
DESKS = pd.DataFrame({"portfolio_id": ["P1", "P2", "P3", "P9"], "desk_id": ["RATES", "RATES", "FX", "FX"]})
PNL = {
    ("2020-01-08", name): np.round(np.random.default_rng(seed).normal(0.0, 1e5, N), 6)
    for seed, name in enumerate(["P1", "P2", "P3"])
} | {("2020-01-09", "P3"): np.round(np.random.default_rng(9).normal(0.0, 1e5, N), 6)}


def scenarios(pnl: dict = PNL) -> ScenarioPnl:
    dates = np.array(sorted({date for date, _ in pnl}), dtype="datetime64[D]")
    names = sorted({name for _, name in pnl})
    cube = np.zeros((len(dates), len(names), N))
    is_present = np.zeros(cube.shape[:2], dtype=bool)
    for (date, name), vector in pnl.items():
        row, column = int(np.searchsorted(dates, np.datetime64(date))), names.index(name)
        cube[row, column], is_present[row, column] = vector, True
    omitted = pd.DataFrame({"business_date": [], "reason": []})
    return ScenarioPnl(dates, pd.Index(names), np.tile(SCENARIO_DATES, (len(dates), 1)), is_present, cube, omitted)


def one_day(pnl: dict = PNL) -> ScopeSeries:
    return scope_series(scenarios(pnl), DESKS)


def estimate(frame: pd.DataFrame, date: str, scope: str, level: float, rule: str) -> pd.DataFrame:
    chosen = (frame["business_date"] == date) & (frame["scope_id"] == scope)
    return frame[chosen & (frame["confidence_level"] == level) & (frame["quantile_rule"] == rule)]


@pytest.mark.parametrize("rule", QUANTILE_RULES)
@pytest.mark.parametrize("level", [0.95, 0.99])
def test_every_scope_has_the_risk_of_its_summed_pnl(level: float, rule: str) -> None:
    estimates = var_estimates_frame([one_day()])
    p1, p2, p3 = (PNL["2020-01-08", name] for name in ("P1", "P2", "P3"))
    for scope, pnl in {"P1": p1, "RATES": p1 + p2, "FX": p3, FIRM_SCOPE_ID: p1 + p2 + p3}.items():
        rows = estimate(estimates, "2020-01-08", scope, level, rule)
        assert rows["var_usd"].to_numpy() == pytest.approx(value_at_risk(pnl, level, rule), abs=1e-6)
        assert rows["es_usd"].to_numpy() == pytest.approx(expected_shortfall(pnl, level, rule), abs=1e-6)
        assert set(rows["scenarios"]) == {N}


def test_the_tail_scenarios_make_the_var() -> None:
    estimates = var_estimates_frame([one_day()])
    firm = PNL["2020-01-08", "P1"] + PNL["2020-01-08", "P2"] + PNL["2020-01-08", "P3"]
    for rule, n_rows in {"order_statistic": 1, "linear": 2, "inverted_cdf": 1}.items():
        rows = estimate(estimates, "2020-01-08", FIRM_SCOPE_ID, 0.99, rule)
        numbers = rows["scenario_number"].to_numpy()
        assert len(rows) == n_rows
        assert rows["scenario_weight"].sum() == pytest.approx(1.0)
        assert rows["scenario_date"].to_numpy().tolist() == SCENARIO_DATES[numbers - 1].astype("datetime64[s]").tolist()
        weighted = -(rows["scenario_weight"].to_numpy() * firm[numbers - 1]).sum()
        assert rows["var_usd"].to_numpy() == pytest.approx(np.full(n_rows, weighted), abs=1e-6)


def test_grain_is_date_scope_level_rule_and_scenario() -> None:
    estimates = var_estimates_frame([one_day()])
    key = ["business_date", "scope_type", "scope_id", "confidence_level", "quantile_rule", "scenario_number"]
    assert not estimates.duplicated(key).any()
    scopes = estimates.groupby("business_date")[["scope_type", "scope_id"]].value_counts().index.to_frame()
    first = scopes[scopes["business_date"] == "2020-01-08"]
    assert sorted(zip(first["scope_type"], first["scope_id"], strict=True)) == [
        ("desk", "FX"),
        ("desk", "RATES"),
        ("firm", FIRM_SCOPE_ID),
        ("portfolio", "P1"),
        ("portfolio", "P2"),
        ("portfolio", "P3"),
    ]


def test_a_scope_without_scenarios_on_a_date_has_no_estimate() -> None:
    estimates = var_estimates_frame([one_day()])
    second = estimates[estimates["business_date"] == "2020-01-09"]
    assert set(second["scope_id"]) == {"P3", "FX", FIRM_SCOPE_ID}
    spread = second.groupby(["confidence_level", "quantile_rule"])["var_usd"].agg(["min", "max"])
    assert (spread["min"] == spread["max"]).all()


def test_one_date_alone_gives_the_same_rows_as_among_others() -> None:
    together = var_estimates_frame([one_day()])
    for date in ("2020-01-08", "2020-01-09"):
        alone = var_estimates_frame([one_day({key: pnl for key, pnl in PNL.items() if key[0] == date})])
        same = together[together["business_date"] == date].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, same, check_exact=True)


def test_no_scenarios_give_an_empty_frame_of_the_same_types() -> None:
    whole = var_estimates_frame([one_day()])
    nothing = one_day().take(np.array([], dtype=np.intp))
    for empty in (var_estimates_frame([]), var_estimates_frame([nothing])):
        assert len(empty) == 0
        assert empty.dtypes.to_dict() == whole.dtypes.to_dict()


def test_a_portfolio_without_a_desk_or_with_two_is_refused() -> None:
    with pytest.raises(FrameError, match="Portfolio P2 has no desk"):
        scope_series(scenarios(), DESKS[DESKS["portfolio_id"] != "P2"])
    with pytest.raises(FrameError, match="names a portfolio twice"):
        scope_series(scenarios(), pd.concat([DESKS, DESKS[:1]]))


def test_faulty_levels_are_refused() -> None:
    with pytest.raises(LevelError):
        var_estimates_frame([one_day()], levels=[95.0])


def classes() -> ScenarioPnl:
    return scenarios({(date, "fx"): pnl for (date, name), pnl in PNL.items() if name == "P3"})


def test_horizons_and_risk_classes_are_series_of_their_own() -> None:
    long_pnl = {key: 3.0 * pnl for key, pnl in PNL.items()}
    series = [
        scope_series(scenarios(), DESKS, classes()),
        scope_series(scenarios(long_pnl), DESKS, classes(), horizon_days=10),
    ]
    estimates = var_estimates_frame(series)
    key = ["business_date", "scope_type", "scope_id", "confidence_level", "quantile_rule", "scenario_number"]
    assert not estimates.duplicated([*key, "horizon_days"]).any()
    short, long = (estimates[estimates["horizon_days"] == days].set_index(key) for days in (1, 10))
    firm = long.xs("firm", level="scope_type", drop_level=False)
    assert firm["var_usd"].to_numpy() == pytest.approx(3.0 * short["var_usd"].reindex(firm.index).to_numpy())
    portfolio, fx = (
        short.xs((scope_type, scope_id), level=["scope_type", "scope_id"])
        for scope_type, scope_id in (("portfolio", "P3"), ("risk_class", "fx"))
    )
    pd.testing.assert_frame_equal(portfolio, fx)


def test_risk_classes_of_other_dates_are_refused() -> None:
    first = scenarios({("2020-01-08", "fx"): PNL["2020-01-08", "P3"]})
    with pytest.raises(FrameError, match="on other dates"):
        scope_series(scenarios(), DESKS, first)


def test_incremental_var_is_what_the_scope_would_lose_without_the_member() -> None:
    incremental = incremental_var_frame(one_day(), DESKS, levels=[0.99])
    key = ["business_date", "scope_id", "member_id"]
    figures = incremental.set_index(key)["incremental_var_usd"]
    p1, p2, p3 = (PNL["2020-01-08", name] for name in ("P1", "P2", "P3"))
    firm = p1 + p2 + p3

    def var(pnl: np.ndarray) -> float:
        return float(value_at_risk(pnl, 0.99, "order_statistic"))

    day = pd.Timestamp("2020-01-08")
    assert figures[day, FIRM_SCOPE_ID, "P2"] == pytest.approx(var(firm) - var(p1 + p3), abs=2e-6)
    assert figures[day, FIRM_SCOPE_ID, "RATES"] == pytest.approx(var(firm) - var(p3), abs=2e-6)
    assert figures[day, "RATES", "P1"] == pytest.approx(var(p1 + p2) - var(p2), abs=2e-6)
    assert figures[day, "FX", "P3"] == pytest.approx(var(p3), abs=2e-6)
    assert not incremental.duplicated(key).any()
    assert len(incremental[incremental["business_date"] == day]) == 2 + 3 + 3


def test_no_scenarios_give_no_incremental_var() -> None:
    nothing = one_day().take(np.array([], dtype=np.intp))
    assert len(incremental_var_frame(nothing, DESKS)) == 0


def test_vectors_of_a_book_are_its_sensitivities_under_the_moves_of_each_horizon() -> None:
    rng = np.random.default_rng(4)
    calendar = np.datetime64("2020-01-01") + np.arange(12)
    moves = rng.normal(0.0, 0.01, (len(calendar), 2))
    returns = pd.DataFrame(
        {
            "business_date": np.repeat(calendar, 2),
            "risk_factor_id": np.tile(["EQ:AAA", "IR:USD:1 Yr"], len(calendar)),
            "factor_type": np.tile(["equity", "interest_rate"], len(calendar)),
            "factor_return": moves.ravel(),
        }
    )
    columns = ["business_date", "portfolio_id", "risk_factor_id", "delta_usd", "gamma_usd"]
    book = pd.DataFrame(
        [("2020-01-12", "P1", "EQ:AAA", 100.0, 0.0), ("2020-01-12", "P3", "IR:USD:1 Yr", -5000.0, 0.0)],
        columns=columns,
    )
    by_class = book.assign(portfolio_id=["equity", "interest_rate"]).rename(columns={"portfolio_id": "risk_class"})
    one, ten = book_series(book, by_class, returns, DESKS, ["2020-01-12"], window=3, horizons=(1, 10))
    assert [one.horizon_days, ten.horizon_days] == [1, 10]
    scopes = list(zip(one.scope_type, one.scope_id, strict=True))
    firm, equity = scopes.index(("firm", FIRM_SCOPE_ID)), scopes.index(("risk_class", "equity"))
    assert one.pnl[firm] == pytest.approx(100.0 * moves[-3:, 0] - 5000.0 * moves[-3:, 1], abs=2e-6)
    assert one.pnl[equity] == pytest.approx(100.0 * moves[-3:, 0], abs=1e-6)
    grown = np.prod(1.0 + moves[2:12, 0]) - 1.0
    assert ten.pnl[firm, -1] == pytest.approx(100.0 * grown - 5000.0 * moves[2:12, 1].sum(), abs=2e-6)
