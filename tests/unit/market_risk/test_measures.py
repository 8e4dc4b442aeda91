import numpy as np
import pandas as pd
import pytest
from scipy import stats

from python_models.errors import LevelError, QuantileRuleError, ScenarioError
from python_models.market_risk import measures
from python_models.market_risk.extreme_values import fit_generalised_pareto, generalised_pareto_risk
from python_models.market_risk.historical import value_at_risk
from python_models.market_risk.measures import METHODS, MeasureSettings, series_measures
from python_models.market_risk.parametric import (
    cornish_fisher_risk,
    degrees_of_freedom_from_kurtosis,
    moments,
    normal_risk,
    student_t_risk,
)
from python_models.market_risk.weighting import GarchShape, age_weighted_risk, filtered_risk, volatility_scaled_risk

LEVELS = (0.95, 0.975, 0.99)
SHAPE = GarchShape(0.08, 0.9, 0.02)


@pytest.fixture(scope="module")
def pnl() -> np.ndarray:
    return 1e4 * np.random.default_rng(21).standard_t(12, size=(6, 500))


def figure(frame: pd.DataFrame, series: int, method: str, level: float) -> pd.Series:
    rows = frame[(frame.series == series) & (frame.method == method) & (frame.confidence_level == level)]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.parametrize("level", LEVELS)
def test_every_figure_is_that_of_its_function(pnl: np.ndarray, level: float) -> None:
    frame = series_measures(pnl, LEVELS, horizon_days=1, garch=SHAPE)
    for series, values in enumerate(pnl):
        shape = moments(values)
        expected = {
            "age_weighted": age_weighted_risk(values, level),
            "volatility_scaled": volatility_scaled_risk(values, level),
            "filtered": filtered_risk(values, level, SHAPE),
            "normal": normal_risk(shape, level),
            "student_t": student_t_risk(shape, level, degrees_of_freedom_from_kurtosis(shape.excess_kurtosis)),
            "cornish_fisher": cornish_fisher_risk(shape, level),
            "generalised_pareto": generalised_pareto_risk(fit_generalised_pareto(values), level),
        }
        assert set(expected) == set(METHODS)
        for method, risk in expected.items():
            row = figure(frame, series, method, level)
            assert row["var"] == pytest.approx(float(risk.value_at_risk), rel=1e-10), method
            assert row["es"] == pytest.approx(float(risk.expected_shortfall), rel=1e-10), method


def test_one_row_per_series_method_and_level_in_order(pnl: np.ndarray) -> None:
    frame = series_measures(pnl, LEVELS, horizon_days=1, garch=SHAPE)
    keys = list(zip(frame.series, frame.method, frame.confidence_level, strict=True))
    assert keys == [(series, method, level) for series in range(6) for method in METHODS for level in LEVELS]
    assert dict(zip(frame.method, frame.quantile_rule, strict=True)) == {
        "age_weighted": "weighted",
        "volatility_scaled": "linear",
        "filtered": "linear",
        "normal": "closed_form",
        "student_t": "closed_form",
        "cornish_fisher": "closed_form",
        "generalised_pareto": "closed_form",
    }


def test_a_series_is_the_same_alone_and_among_others(pnl: np.ndarray) -> None:
    together = series_measures(pnl, LEVELS, horizon_days=1, garch=SHAPE)
    for series in range(6):
        alone = series_measures(pnl[[series]], LEVELS, horizon_days=1, garch=SHAPE)
        own = together[together.series == series].reset_index(drop=True)
        np.testing.assert_allclose(alone[["var", "es"]], own[["var", "es"]], rtol=1e-12)


def test_only_the_methods_that_follow_days_grow_with_the_horizon(pnl: np.ndarray) -> None:
    one, ten = (series_measures(pnl, (0.99,), horizon_days=days, garch=SHAPE) for days in (1, 10))
    grows = one.method.isin(["volatility_scaled", "filtered"])
    assert (ten["var"] / one["var"])[grows].to_numpy() == pytest.approx(np.sqrt(10.0))
    assert (ten["var"] == one["var"])[~grows].all()


def test_settings_reach_their_methods(pnl: np.ndarray) -> None:
    settings = MeasureSettings(0.99, 0.97, "order_statistic", 0.85)
    frame = series_measures(pnl, (0.99,), horizon_days=1, garch=SHAPE, settings=settings)
    values = pnl[2]
    expected = {
        "age_weighted": age_weighted_risk(values, 0.99, 0.99),
        "volatility_scaled": volatility_scaled_risk(values, 0.99, 0.97, "order_statistic"),
        "filtered": filtered_risk(values, 0.99, SHAPE, "order_statistic"),
        "generalised_pareto": generalised_pareto_risk(fit_generalised_pareto(values, threshold_probability=0.85), 0.99),
    }
    for method, risk in expected.items():
        assert figure(frame, 2, method, 0.99)["var"] == pytest.approx(float(risk.value_at_risk)), method
    assert figure(frame, 2, "filtered", 0.99).quantile_rule == "order_statistic"


def test_without_parameters_every_series_is_fitted(pnl: np.ndarray) -> None:
    frame = series_measures(pnl[:2], (0.99,), horizon_days=1, methods=["filtered"])
    for series in range(2):
        expected = filtered_risk(pnl[series], 0.99)
        assert figure(frame, series, "filtered", 0.99)["var"] == pytest.approx(float(expected.value_at_risk))


def test_a_series_without_parameters_has_no_filtered_figure(pnl: np.ndarray) -> None:
    shape = GarchShape(np.array([0.05, np.nan]), np.array([0.9, 0.9]), np.array([0.05, 0.05]))
    frame = series_measures(pnl[:2], (0.99,), horizon_days=1, methods=["filtered"], garch=shape)
    assert figure(frame, 0, "filtered", 0.99)["var"] > 0.0
    assert np.isnan(figure(frame, 1, "filtered", 0.99)["var"])
    assert figure(frame, 1, "filtered", 0.99).note == measures.NO_GARCH
    for bad in (GarchShape(np.nan, 0.9, 0.1), GarchShape(0.1, 0.9, 0.0), GarchShape(-0.1, 0.9, 0.1)):
        none = series_measures(pnl[:2], (0.99,), horizon_days=1, methods=["filtered"], garch=bad)
        assert (none.note == measures.NO_GARCH).all()


def test_series_without_risk_or_figures_say_so_and_harm_no_other(pnl: np.ndarray) -> None:
    holed = pnl[1].copy()
    holed[3] = np.nan
    mixed = np.stack([pnl[0], np.zeros(500), np.full(500, 3.0), holed])
    frame = series_measures(mixed, LEVELS, horizon_days=1, garch=SHAPE)
    alone = series_measures(pnl[:1], LEVELS, horizon_days=1, garch=SHAPE)
    pd.testing.assert_frame_equal(frame[frame.series == 0].reset_index(drop=True), alone)
    empty = frame[frame.series == 1]
    assert (empty["var"] == 0.0).all()
    assert (empty["es"] == 0.0).all()
    assert (empty.note == measures.NO_RISK).all()
    for series, note in ((2, measures.CONSTANT), (3, measures.NOT_FINITE)):
        rows = frame[frame.series == series]
        assert rows[["var", "es"]].isna().all(axis=None)
        assert (rows.note == note).all()


def test_limited_figures_say_so() -> None:
    generator = np.random.default_rng(22)
    samples = np.stack(
        [
            generator.normal(size=500),
            np.r_[-np.full(60, 5.0), generator.uniform(0.0, 1.0, size=440)],
            -((np.arange(1.0, 501.0) / 500.0) ** -1.5),
            generator.uniform(size=500),
            np.r_[np.full(400, 1e-9), generator.normal(size=100)] * np.tile([1.0, -1.0], 250),
            stats.t(3.5).ppf((np.arange(500) + 0.5) / 500),
        ]
    )
    frame = series_measures(samples, (0.95, 0.99), horizon_days=1)
    assert pd.isna(figure(frame, 0, "cornish_fisher", 0.99).note)
    no_tail = figure(frame, 1, "generalised_pareto", 0.99)
    assert (no_tail.note, np.isnan(no_tail["var"])) == (measures.NO_TAIL, True)
    infinite = figure(frame, 2, "generalised_pareto", 0.99)
    assert (infinite.note, infinite["var"] > 0.0, np.isnan(infinite["es"])) == (measures.INFINITE_SHORTFALL, True, True)
    outside = figure(frame, 2, "cornish_fisher", 0.99)
    assert (outside.note, np.isnan(outside["var"]), np.isnan(outside["es"])) == (measures.OUTSIDE_DOMAIN, True, True)
    raised = figure(frame, 5, "cornish_fisher", 0.99)
    assert (raised.note, raised["es"]) == (measures.SHORTFALL_IS_VAR, raised["var"])
    assert pd.isna(figure(frame, 5, "cornish_fisher", 0.95).note)
    assert figure(frame, 3, "generalised_pareto", 0.99).note == measures.SHAPE_AT_BOUND
    assert figure(frame, 4, "volatility_scaled", 0.99).note == measures.SCALED_FAR


def test_figures_outside_the_domain_are_kept_on_demand() -> None:
    losses = -((np.arange(1.0, 501.0) / 500.0) ** -1.5)[np.newaxis]
    settings = MeasureSettings(is_domain_enforced=False)
    frame = series_measures(losses, (0.99,), horizon_days=1, methods=["cornish_fisher"], settings=settings)
    row = figure(frame, 0, "cornish_fisher", 0.99)
    assert row.note == measures.OUTSIDE_DOMAIN
    assert row["var"] < 0.0 < value_at_risk(losses[0], 0.99, "linear")


def test_too_few_observations_for_a_method_leave_the_others(pnl: np.ndarray) -> None:
    frame = series_measures(pnl[:, :40], (0.99,), horizon_days=1)
    missing = frame[frame["var"].isna()]
    missing = missing[missing.note != measures.OUTSIDE_DOMAIN]
    assert set(missing.method) == {"filtered", "generalised_pareto"}
    assert missing.note.str.contains("too few|give more observations").all()
    assert frame.loc[~frame["var"].isna(), "note"].isna().all()


def test_es_is_not_below_var_and_var_grows_with_the_level(pnl: np.ndarray) -> None:
    frame = series_measures(pnl, LEVELS, horizon_days=1, garch=SHAPE).dropna(subset=["var"])
    assert set(frame.method) == set(METHODS)
    assert (frame["es"] >= frame["var"]).all()
    assert frame.groupby(["series", "method"])["var"].apply(lambda group: group.is_monotonic_increasing).all()
    assert frame["var"].between(1e4, 6e4).all()


def test_no_series_no_levels_or_no_methods_give_a_frame_of_the_same_columns(pnl: np.ndarray) -> None:
    full = series_measures(pnl, LEVELS, horizon_days=1, garch=SHAPE)
    for empty in (
        series_measures(np.empty((0, 500)), LEVELS, horizon_days=1),
        series_measures(pnl, (), horizon_days=1),
        series_measures(pnl, LEVELS, horizon_days=1, methods=()),
    ):
        assert len(empty) == 0
        assert empty.dtypes.to_dict() == full.dtypes.to_dict()


def test_what_is_not_possible_is_refused(pnl: np.ndarray) -> None:
    with pytest.raises(LevelError):
        series_measures(pnl, (99.0,), horizon_days=1)
    with pytest.raises(QuantileRuleError):
        series_measures(pnl, LEVELS, horizon_days=1, garch=SHAPE, settings=MeasureSettings(rule="type_6"))
    with pytest.raises(ScenarioError, match="horizon of 0"):
        series_measures(pnl, LEVELS, horizon_days=0)
    with pytest.raises(ScenarioError, match="stressed"):
        series_measures(pnl, LEVELS, horizon_days=1, methods=["stressed"])
    with pytest.raises(ScenarioError, match="do not fit 6 series"):
        series_measures(pnl, LEVELS, horizon_days=1, garch=GarchShape(np.ones(5), 0.5, 0.5))
    for shape in ((500,), (3, 1), (2, 3, 4)):
        with pytest.raises(ScenarioError, match="at least 2 observations"):
            series_measures(np.ones(shape), LEVELS, horizon_days=1)
