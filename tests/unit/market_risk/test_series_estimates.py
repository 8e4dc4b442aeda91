import numpy as np
import pandas as pd
import pytest

from python_models.errors import FrameError
from python_models.market_risk.estimates import MEASURE_DTYPES
from python_models.market_risk.measures import METHODS
from python_models.market_risk.parametric import moments, normal_risk
from python_models.market_risk.scopes import FIRM_SCOPE_ID
from python_models.market_risk.series_estimates import ONE_DAY_METHODS, series_estimates_frame
from python_models.market_risk.weighting import filtered_risk, fit_garch, garch_shape

N = 300
DATES = pd.to_datetime(["2020-01-30", "2020-02-03", "2020-02-04"])
DESKS = pd.DataFrame({"portfolio_id": ["P1", "P2"], "desk_id": ["RATES", "FX"]})


def clustered(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.round(rng.standard_t(5, N) * np.repeat([1e4, 3e4, 1e4], N // 3), 6)


PNL = {
    ("P1", 0): clustered(1),
    ("P1", 1): clustered(2),
    ("P1", 2): clustered(3),
    ("P2", 0): clustered(4),
    ("P2", 1): np.zeros(N),
    ("P2", 2): clustered(5),
}


def scenario_pnl(horizon_days: int = 1, growth: float = 1.0) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "business_date": DATES[day],
                "portfolio_id": portfolio,
                "horizon_days": horizon_days,
                "scenario_number": np.arange(1, N + 1),
                "scenario_date": np.datetime64("2019-01-01") + np.arange(N),
                "pnl_usd": growth * pnl,
            }
        )
        for (portfolio, day), pnl in PNL.items()
    ]
    return pd.concat(parts, ignore_index=True)


def risk_classes(pnl: pd.DataFrame) -> pd.DataFrame:
    return pnl[pnl["portfolio_id"] == "P1"].rename(columns={"portfolio_id": "risk_class"}).assign(risk_class="fx")


def estimates(dates: pd.DatetimeIndex = DATES) -> pd.DataFrame:
    pnl = pd.concat([scenario_pnl(), scenario_pnl(10, 3.0)])
    return series_estimates_frame(pnl, DESKS, risk_classes(pnl), dates, levels=[0.95, 0.99])


def figure(frame: pd.DataFrame, day: int, scope: str, method: str, horizon: int, column: str = "var_usd") -> float:
    chosen = (frame["business_date"] == DATES[day]) & (frame["scope_id"] == scope) & (frame["confidence_level"] == 0.99)
    (value,) = frame.loc[chosen & (frame["method"] == method) & (frame["horizon_days"] == horizon), column]
    return value


def test_every_scope_date_method_level_and_horizon_has_one_row() -> None:
    frame = estimates()
    key = ["business_date", "scope_type", "scope_id", "method", "confidence_level", "horizon_days"]
    assert not frame.duplicated(key).any()
    assert len(frame) == len(DATES) * len({"FIRM", "RATES", "FX", "P1", "P2", "fx"}) * len(METHODS) * 2 * 2
    assert frame.dtypes.astype(str).to_dict() == MEASURE_DTYPES


def test_figures_are_those_of_the_summed_vector() -> None:
    firm = PNL["P1", 0] + PNL["P2", 0]
    expected = normal_risk(moments(firm), 0.99)
    assert figure(estimates(), 0, FIRM_SCOPE_ID, "normal", 1) == pytest.approx(float(expected.value_at_risk), abs=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_ten_days_are_the_vector_of_ten_days_or_the_root_of_ten(method: str) -> None:
    frame = estimates()
    growth = np.sqrt(10.0) if method in ONE_DAY_METHODS else 3.0
    assert figure(frame, 0, "P1", method, 10) == pytest.approx(growth * figure(frame, 0, "P1", method, 1), rel=1e-6)


def test_the_garch_of_a_month_is_fitted_on_the_first_date_with_risk() -> None:
    frame = estimates()
    february = garch_shape(fit_garch(PNL["P1", 1]))
    expected = filtered_risk(PNL["P1", 2], 0.99, february)
    assert figure(frame, 2, "P1", "filtered", 1) == pytest.approx(float(expected.value_at_risk), rel=1e-9)
    late = filtered_risk(PNL["P2", 2], 0.99, garch_shape(fit_garch(PNL["P2", 2])))
    assert figure(frame, 2, "P2", "filtered", 1) == pytest.approx(float(late.value_at_risk), rel=1e-9)


def test_a_portfolio_without_risk_has_zeros_that_say_so() -> None:
    frame = estimates()
    for method in METHODS:
        assert figure(frame, 1, "P2", method, 1) == 0.0
        assert figure(frame, 1, "P2", method, 1, "note") == "no risk"


def test_a_day_of_a_month_alone_gives_the_same_rows_as_the_whole_history() -> None:
    pnl = pd.concat([scenario_pnl(), scenario_pnl(10, 3.0)])
    february = pnl[pnl["business_date"] >= "2020-02-01"]
    alone = series_estimates_frame(february, DESKS, risk_classes(february), DATES[2:], levels=[0.95, 0.99])
    key = ["business_date", "scope_type", "scope_id", "method", "confidence_level", "horizon_days"]
    whole = estimates()
    pd.testing.assert_frame_equal(
        whole[whole["business_date"] == DATES[2]].sort_values(key, ignore_index=True),
        alone.sort_values(key, ignore_index=True),
        check_exact=True,
    )


def test_ten_days_without_one_day_are_refused() -> None:
    pnl = scenario_pnl(10)
    with pytest.raises(FrameError, match="no one-day P&L"):
        series_estimates_frame(pnl, DESKS, risk_classes(pnl), DATES)


def test_no_scenarios_give_an_empty_frame_of_the_same_types() -> None:
    pnl = scenario_pnl().iloc[:0]
    empty = series_estimates_frame(pnl, DESKS, risk_classes(pnl), DATES)
    assert len(empty) == 0
    assert empty.dtypes.astype(str).to_dict() == MEASURE_DTYPES
