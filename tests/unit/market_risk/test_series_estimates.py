import numpy as np
import pandas as pd
import pytest

from python_models.errors import FrameError
from python_models.market_risk.estimates import MEASURE_DTYPES
from python_models.market_risk.measures import METHODS
from python_models.market_risk.parametric import moments, normal_risk
from python_models.market_risk.scenarios import ScenarioPnl
from python_models.market_risk.scopes import FIRM_SCOPE_ID, ScopeSeries, scope_series
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


def scenarios(names: dict[str, str], days: list[int], growth: float) -> ScenarioPnl:
    cube = growth * np.array([[PNL[portfolio, day] for portfolio in names.values()] for day in days])
    return ScenarioPnl(
        DATES.to_numpy().astype("datetime64[D]")[days],
        pd.Index(list(names)),
        np.tile(np.datetime64("2019-01-01") + np.arange(N), (len(days), 1)),
        np.ones(cube.shape[:2], dtype=bool),
        cube,
        pd.DataFrame({"business_date": [], "reason": []}),
    )


def series(days: list[int], horizon: int) -> ScopeSeries:
    growth = 1.0 if horizon == 1 else 3.0
    portfolios = scenarios({"P1": "P1", "P2": "P2"}, days, growth)
    return scope_series(portfolios, DESKS, scenarios({"fx": "P1"}, days, growth), horizon_days=horizon)


def estimates() -> pd.DataFrame:
    return series_estimates_frame([series([0, 1, 2], 1), series([0, 1, 2], 10)], DATES, levels=[0.95, 0.99])


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
    february = [series([1, 2], 1), series([1, 2], 10)]
    alone = series_estimates_frame(february, DATES[2:], levels=[0.95, 0.99])
    key = ["business_date", "scope_type", "scope_id", "method", "confidence_level", "horizon_days"]
    whole = estimates()
    pd.testing.assert_frame_equal(
        whole[whole["business_date"] == DATES[2]].sort_values(key, ignore_index=True),
        alone.sort_values(key, ignore_index=True),
        check_exact=True,
    )


def test_ten_days_without_one_day_are_refused() -> None:
    with pytest.raises(FrameError, match="no one-day P&L"):
        series_estimates_frame([series([0], 10)], DATES)


def test_no_dates_give_an_empty_frame_of_the_same_types() -> None:
    for empty in (series_estimates_frame([], DATES), series_estimates_frame([series([0], 1)], [])):
        assert len(empty) == 0
        assert empty.dtypes.astype(str).to_dict() == MEASURE_DTYPES
