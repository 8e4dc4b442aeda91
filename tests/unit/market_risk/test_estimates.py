import numpy as np
import pandas as pd
import pytest

from python_models.errors import FrameError, LevelError
from python_models.market_risk.estimates import incremental_var_frame, var_estimates_frame
from python_models.market_risk.historical import QUANTILE_RULES, expected_shortfall, value_at_risk
from python_models.market_risk.scopes import FIRM_SCOPE_ID

N = 200
SCENARIO_DATES = np.datetime64("2019-06-01") + np.arange(N)
DESKS = pd.DataFrame({"portfolio_id": ["P1", "P2", "P3", "P9"], "desk_id": ["RATES", "RATES", "FX", "FX"]})
PNL = {
    ("2020-01-08", name): np.round(np.random.default_rng(seed).normal(0.0, 1e5, N), 6)
    for seed, name in enumerate(["P1", "P2", "P3"])
} | {("2020-01-09", "P3"): np.round(np.random.default_rng(9).normal(0.0, 1e5, N), 6)}


def scenario_pnl() -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "business_date": pd.Timestamp(date),
                "portfolio_id": portfolio,
                "horizon_days": 1,
                "scenario_number": np.arange(1, N + 1),
                "scenario_date": SCENARIO_DATES,
                "pnl_usd": pnl,
            }
        )
        for (date, portfolio), pnl in PNL.items()
    ]
    return pd.concat(parts).sample(frac=1.0, random_state=1)


def estimate(frame: pd.DataFrame, date: str, scope: str, level: float, rule: str) -> pd.DataFrame:
    chosen = (frame["business_date"] == date) & (frame["scope_id"] == scope)
    return frame[chosen & (frame["confidence_level"] == level) & (frame["quantile_rule"] == rule)]


@pytest.mark.parametrize("rule", QUANTILE_RULES)
@pytest.mark.parametrize("level", [0.95, 0.99])
def test_every_scope_has_the_risk_of_its_summed_pnl(level: float, rule: str) -> None:
    estimates = var_estimates_frame(scenario_pnl(), DESKS)
    p1, p2, p3 = (PNL["2020-01-08", name] for name in ("P1", "P2", "P3"))
    for scope, pnl in {"P1": p1, "RATES": p1 + p2, "FX": p3, FIRM_SCOPE_ID: p1 + p2 + p3}.items():
        rows = estimate(estimates, "2020-01-08", scope, level, rule)
        assert rows["var_usd"].to_numpy() == pytest.approx(value_at_risk(pnl, level, rule), abs=1e-6)
        assert rows["es_usd"].to_numpy() == pytest.approx(expected_shortfall(pnl, level, rule), abs=1e-6)
        assert set(rows["scenarios"]) == {N}


def test_the_tail_scenarios_make_the_var() -> None:
    estimates = var_estimates_frame(scenario_pnl(), DESKS)
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
    estimates = var_estimates_frame(scenario_pnl(), DESKS)
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
    estimates = var_estimates_frame(scenario_pnl(), DESKS)
    second = estimates[estimates["business_date"] == "2020-01-09"]
    assert set(second["scope_id"]) == {"P3", "FX", FIRM_SCOPE_ID}
    spread = second.groupby(["confidence_level", "quantile_rule"])["var_usd"].agg(["min", "max"])
    assert (spread["min"] == spread["max"]).all()


def test_one_date_alone_gives_the_same_rows_as_among_others() -> None:
    scenarios = scenario_pnl()
    together = var_estimates_frame(scenarios, DESKS)
    for date in ("2020-01-08", "2020-01-09"):
        alone = var_estimates_frame(scenarios[scenarios["business_date"] == date], DESKS)
        same = together[together["business_date"] == date].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, same, check_exact=True)


def test_no_scenarios_give_an_empty_frame_of_the_same_types() -> None:
    empty = var_estimates_frame(scenario_pnl().iloc[:0], DESKS)
    assert len(empty) == 0
    assert empty.dtypes.to_dict() == var_estimates_frame(scenario_pnl(), DESKS).dtypes.to_dict()


def test_a_portfolio_without_a_desk_is_refused() -> None:
    with pytest.raises(FrameError, match="Portfolio P2 has no desk"):
        var_estimates_frame(scenario_pnl(), DESKS[DESKS["portfolio_id"] != "P2"])


def test_a_portfolio_with_two_desks_is_refused() -> None:
    with pytest.raises(FrameError, match="names a portfolio twice"):
        var_estimates_frame(scenario_pnl(), pd.concat([DESKS, DESKS[:1]]))


def test_a_portfolio_that_lacks_or_repeats_a_scenario_is_refused() -> None:
    scenarios = scenario_pnl()
    lacking = scenarios[~((scenarios["portfolio_id"] == "P2") & (scenarios["scenario_number"] == 17))]
    repeated = pd.concat([scenarios, scenarios[scenarios["portfolio_id"] == "P2"][:1]])
    for faulty in (lacking, repeated):
        with pytest.raises(FrameError, match="P2 does not have each of the 200 scenarios once on 2020-01-08"):
            var_estimates_frame(faulty, DESKS)


def test_faulty_scenario_numbers_and_levels_are_refused() -> None:
    with pytest.raises(FrameError, match="scenario number from 1 on"):
        var_estimates_frame(scenario_pnl().assign(scenario_number=0), DESKS)
    with pytest.raises(LevelError):
        var_estimates_frame(scenario_pnl(), DESKS, levels=[95.0])
    with pytest.raises(FrameError, match="pnl_usd"):
        var_estimates_frame(scenario_pnl().drop(columns="pnl_usd"), DESKS)


def test_horizons_and_risk_classes_are_series_of_their_own() -> None:
    scenarios = scenario_pnl()
    both = pd.concat([scenarios, scenarios.assign(horizon_days=10, pnl_usd=3.0 * scenarios["pnl_usd"])])
    classes = both[both["portfolio_id"] == "P3"].rename(columns={"portfolio_id": "risk_class"}).assign(risk_class="fx")
    estimates = var_estimates_frame(both, DESKS, classes)
    key = ["business_date", "scope_type", "scope_id", "confidence_level", "quantile_rule", "scenario_number"]
    assert not estimates.duplicated([*key, "horizon_days"]).any()
    short, long = (estimates[estimates["horizon_days"] == days].set_index(key) for days in (1, 10))
    assert long["var_usd"].to_numpy() == pytest.approx(3.0 * short["var_usd"].reindex(long.index).to_numpy())
    portfolio, fx = (
        short.xs((scope_type, scope_id), level=["scope_type", "scope_id"])
        for scope_type, scope_id in (("portfolio", "P3"), ("risk_class", "fx"))
    )
    pd.testing.assert_frame_equal(portfolio, fx)


def test_risk_classes_of_other_dates_are_refused() -> None:
    classes = scenario_pnl().rename(columns={"portfolio_id": "risk_class"})
    with pytest.raises(FrameError, match="on other dates"):
        var_estimates_frame(scenario_pnl(), DESKS, classes[classes["business_date"] == "2020-01-08"])


def test_incremental_var_is_what_the_scope_would_lose_without_the_member() -> None:
    incremental = incremental_var_frame(scenario_pnl(), DESKS, levels=[0.99])
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
    assert len(incremental_var_frame(scenario_pnl().iloc[:0], DESKS)) == 0
