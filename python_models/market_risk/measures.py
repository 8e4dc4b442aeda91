"""VaR and ES of many series of P&L by the statistical methods: the frame the warehouse keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from python_models.arrays import FloatArray
from python_models.errors import DegenerateError, LevelError, ScenarioError
from python_models.market_risk.extreme_values import (
    MIN_SHAPE,
    fit_generalised_pareto,
    generalised_pareto_risk,
    has_tail,
)
from python_models.market_risk.historical import QuantileRule, historical_risks
from python_models.market_risk.inputs import is_constant, tail_probability
from python_models.market_risk.parametric import (
    Risk,
    cornish_fisher_risk,
    degrees_of_freedom_from_kurtosis,
    is_in_cornish_fisher_domain,
    moments,
    normal_risk,
    student_t_risk,
)
from python_models.market_risk.weighting import (
    MIN_GARCH_OBSERVATIONS,
    GarchShape,
    age_weights,
    filtered_pnl,
    volatility_scaled_pnl,
    weighted_risks,
)

Method = Literal[
    "age_weighted",
    "volatility_scaled",
    "filtered",
    "normal",
    "student_t",
    "cornish_fisher",
    "generalised_pareto",
]
METHODS: Final[tuple[Method, ...]] = get_args(Method)

NO_RISK: Final = "no risk"
NOT_FINITE: Final = "a P&L is missing or infinite"
CONSTANT: Final = "all P&L are the same"
NO_TAIL: Final = "the losses in the tail are all the same"
INFINITE_SHORTFALL: Final = "the expected shortfall is infinite: shape of 1 or more"
SHAPE_AT_BOUND: Final = f"the shape of the tail is at its bound of {MIN_SHAPE}"
CORNISH_FISHER_RANGE: Final = 4.0
OUTSIDE_DOMAIN: Final = "outside the domain of the Cornish-Fisher expansion"
SHORTFALL_IS_VAR: Final = "the expansion puts the expected shortfall below VaR, which is taken instead"
LARGE_SCALING: Final = 20.0
SCALED_FAR: Final = f"the P&L of a day is scaled more than {LARGE_SCALING:.0f}-fold"
NO_GARCH: Final = "no GARCH parameters"

_CLOSED_FORM: Final = "closed_form"
_WEIGHTED: Final = "weighted"


class MeasureSettings(NamedTuple):
    """What the methods are run with.

    Attributes
    ----------
    age_decay, volatility_decay : float
        Of age_weighted and volatility_scaled.
    rule : quantile rule
        Of volatility_scaled and filtered.
    threshold_probability : float
        Of generalised_pareto.
    is_domain_enforced : bool
        Whether cornish_fisher gives no figures outside its domain. There the transform falls somewhere and is no
        quantile: VaR may fall as the level rises, or be a gain where every scenario loses.
    """

    age_decay: float = 0.98
    volatility_decay: float = 0.94
    rule: QuantileRule = "linear"
    threshold_probability: float = 0.9
    is_domain_enforced: bool = True


def series_measures(
    pnl: ArrayLike,
    levels: Sequence[float],
    *,
    horizon_days: int,
    methods: Sequence[Method] = METHODS,
    garch: GarchShape | None = None,
    settings: MeasureSettings | None = None,
) -> pd.DataFrame:
    """VaR and ES of every series by every method.

    Parameters
    ----------
    pnl : array_like, shape (n_series, n), oldest first
        Gains positive, any unit. volatility_scaled and filtered read it as 1-day P&L and multiply their figures by the
        square root of the horizon; the other methods read it as P&L of the horizon: call once with each for 10 days.
    levels : sequence of float, in (0.5, 1)
    horizon_days : int, >= 1
    methods : sequence of methods
    garch : GarchShape, optional
        Parameters for filtered, one for all or one per series, NaN for a series that has none; without it every
        series is fitted, which takes milliseconds each.
    settings : MeasureSettings, optional

    Returns
    -------
    DataFrame ``series``, ``method``, ``confidence_level``, ``quantile_rule``, ``var``, ``es``, ``note``
        One row per series, method and level, in this order. `series` is the row of `pnl`, `var` and `es` are losses,
        positive, NaN where there is none. `quantile_rule` is closed_form, weighted or the rule of the settings.
        `note` is null, or says why a figure is missing or limited:

        - a series of zeros has VaR and ES 0 and the note `NO_RISK`;
        - a series with a missing P&L, or all of one value, has no figures (`NOT_FINITE`, `CONSTANT`);
        - cornish_fisher has none outside its domain (`OUTSIDE_DOMAIN`; the transform has to rise for normal quantiles
          within `CORNISH_FISHER_RANGE`), and where its ES fell below VaR it has VaR instead (`SHORTFALL_IS_VAR`);
        - generalised_pareto has no ES where it is infinite (`INFINITE_SHORTFALL`), none at all without a tail
          (`NO_TAIL`), and a limited one at the bound of its shape (`SHAPE_AT_BOUND`);
        - filtered has none without parameters (`NO_GARCH`);
        - volatility_scaled keeps a figure for which a day was scaled more than `LARGE_SCALING`-fold, a shock after a
          long calm, with `SCALED_FAR`;
        - where the observations are too few for a method, every series has the message of the error.

    Raises
    ------
    LevelError, QuantileRuleError
        If a level is outside its range or the rule of the settings is not known.
    ScenarioError
        If the P&L is not a matrix or has only one observation, or a method, the horizon or the shape of the GARCH
        parameters is not possible.
    """
    values = np.asarray(pnl, dtype=np.float64)
    settings = settings or MeasureSettings()
    if values.ndim != 2 or values.shape[1] < 2:
        raise ScenarioError(f"P&L has the shape {values.shape}; give one row per series and at least 2 observations.")
    for level in levels:
        tail_probability(level)
    unknown = [method for method in methods if method not in METHODS]
    if unknown or horizon_days < 1:
        raise ScenarioError(
            f"Method(s) {', '.join(unknown) or 'known'} at a horizon of {horizon_days} days are not possible; "
            f"use {', '.join(METHODS)} and at least 1 day."
        )
    if len(values) == 0 or len(levels) == 0 or len(methods) == 0:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in _DTYPES.items()})
    state = _states(values)
    usable = np.flatnonzero(state == _USABLE)
    sample = _Sample(values[usable], levels, horizon_days, settings, _rows(garch, usable, len(values)))
    parts = []
    for position, method in enumerate(methods):
        rule, run = _RUN[method]
        quantile_rule = settings.rule if rule is None else rule
        try:
            estimates = run(sample) if len(usable) else _nothing(sample, None)
        except (DegenerateError, LevelError, ScenarioError) as error:
            estimates = _nothing(sample, str(error))
        for place, level in enumerate(levels):
            var, es, note = _spread(state, usable, estimates, place)
            parts.append(
                pd.DataFrame(
                    {
                        "series": np.arange(len(values)),
                        "position": position,
                        "method": method,
                        "place": place,
                        "confidence_level": float(level),
                        "quantile_rule": quantile_rule,
                        "var": var,
                        "es": es,
                        "note": note,
                    }
                )
            )
    frame = pd.concat(parts, ignore_index=True).sort_values(["series", "position", "place"], ignore_index=True)
    return frame[list(_DTYPES)].astype(_DTYPES)


_DTYPES: Final = {
    "series": "int64",
    "method": "str",
    "confidence_level": "float64",
    "quantile_rule": "str",
    "var": "float64",
    "es": "float64",
    "note": "str",
}

_USABLE, _ZERO, _MISSING, _SAME = range(4)


class _Sample(NamedTuple):
    """The series with risk, shape (m, n), and how they are measured."""

    pnl: FloatArray
    levels: Sequence[float]
    horizon_days: int
    settings: MeasureSettings
    garch: GarchShape | None


class _Estimates(NamedTuple):
    """VaR, ES and note, shape (m, n_levels)."""

    value_at_risk: FloatArray
    expected_shortfall: FloatArray
    note: NDArray[np.object_]


def _states(values: FloatArray) -> NDArray[np.intp]:
    is_missing = np.atleast_1d(~np.isfinite(values).all(axis=1))
    is_same = is_constant(np.where(is_missing[:, np.newaxis], 0.0, values))
    is_zero = (values == 0.0).all(axis=1)
    return np.select([is_missing, is_zero, is_same], [_MISSING, _ZERO, _SAME], default=_USABLE).astype(np.intp)


def _rows(garch: GarchShape | None, usable: NDArray[np.intp], n_series: int) -> GarchShape | None:
    if garch is None:
        return None
    given = [np.asarray(parameter, dtype=np.float64) for parameter in garch]
    if any(parameter.shape not in ((), (n_series,)) for parameter in given):
        raise ScenarioError(f"GARCH parameters do not fit {n_series} series; give one of each per series.")
    return GarchShape(*(np.broadcast_to(parameter, (n_series,))[usable] for parameter in given))


def _spread(
    state: NDArray[np.intp], usable: NDArray[np.intp], estimates: _Estimates, place: int
) -> tuple[FloatArray, FloatArray, NDArray[np.object_]]:
    """Put the estimates of the usable series beside what the others have."""
    var = np.where(state == _ZERO, 0.0, np.nan)
    es = var.copy()
    note = np.array([None, NO_RISK, NOT_FINITE, CONSTANT], dtype=object)[state]
    var[usable] = estimates.value_at_risk[:, place] + 0.0
    es[usable] = estimates.expected_shortfall[:, place] + 0.0
    note[usable] = estimates.note[:, place]
    return var, es, note


def _nothing(sample: _Sample, note: str | None) -> _Estimates:
    empty = np.full((len(sample.pnl), len(sample.levels)), np.nan)
    return _Estimates(empty, empty, np.full(empty.shape, note, dtype=object))


def _stacked(risks: Sequence[Risk], note: NDArray[np.object_] | None = None) -> _Estimates:
    """Estimates of every series; a note is of the series or, with two axes, of its levels."""
    var = np.stack([risk.value_at_risk for risk in risks], axis=1)
    es = np.stack([risk.expected_shortfall for risk in risks], axis=1)
    return _Estimates(var, es, _per_level(note, var))


def _partial(sample: _Sample, risks: Sequence[Risk], note: NDArray[np.object_], rows: NDArray[np.bool_]) -> _Estimates:
    """Estimates of some series only."""
    var, es = (np.full((len(sample.pnl), len(sample.levels)), np.nan) for _ in range(2))
    for place, risk in enumerate(risks):
        var[rows, place], es[rows, place] = risk.value_at_risk, risk.expected_shortfall
    return _Estimates(var, es, _per_level(note, var))


def _per_level(note: NDArray[np.object_] | None, figures: FloatArray) -> NDArray[np.object_]:
    if note is None:
        return np.full(figures.shape, None, dtype=object)
    return np.broadcast_to(note if note.ndim == 2 else note[:, np.newaxis], figures.shape)


def _noted(rows: NDArray[np.bool_], reason: str | None) -> NDArray[np.object_]:
    note = np.full(len(rows), None, dtype=object)
    note[rows] = reason
    return note


def _scaling_note(pnl: FloatArray, scaled: FloatArray) -> NDArray[np.object_]:
    """Name the series with a shock after a long calm: its own day's volatility did not know of it."""
    factor = np.abs(scaled) / np.where(pnl == 0.0, np.inf, np.abs(pnl))
    return _noted(np.atleast_1d((factor > LARGE_SCALING).any(axis=1)), SCALED_FAR)


def _historical(sample: _Sample, pnl: FloatArray) -> list[Risk]:
    growth = np.sqrt(sample.horizon_days)
    return [
        Risk(risk.value_at_risk * growth, risk.expected_shortfall * growth)
        for risk in historical_risks(pnl, sample.levels, [sample.settings.rule])
    ]


def _age_weighted(sample: _Sample) -> _Estimates:
    weights = age_weights(sample.pnl.shape[1], sample.settings.age_decay)
    return _stacked(weighted_risks(sample.pnl, weights, sample.levels))


def _volatility_scaled(sample: _Sample) -> _Estimates:
    scaled = volatility_scaled_pnl(sample.pnl, sample.settings.volatility_decay)
    return _stacked(_historical(sample, scaled), _scaling_note(sample.pnl, scaled))


def _filtered(sample: _Sample) -> _Estimates:
    if sample.pnl.shape[1] < MIN_GARCH_OBSERVATIONS:
        raise ScenarioError(
            f"{sample.pnl.shape[1]} observation(s) are too few; this measure needs at least {MIN_GARCH_OBSERVATIONS}."
        )
    if sample.garch is None:
        rows, note = [], _noted(np.zeros(len(sample.pnl), dtype=bool), None)
        for position, series in enumerate(sample.pnl):
            try:
                rows.append(filtered_pnl(series))
            except DegenerateError as error:
                note[position] = str(error)
        scaled = np.array(rows).reshape(-1, sample.pnl.shape[1])
    else:
        parameters = np.stack([np.asarray(parameter, dtype=np.float64) for parameter in sample.garch])
        is_known = np.atleast_1d((parameters >= 0.0).all(axis=0) & (parameters[2] > 0.0))
        note = _noted(~is_known, NO_GARCH)
        known = GarchShape(*parameters[:, is_known])
        scaled = filtered_pnl(sample.pnl[is_known], known) if is_known.any() else sample.pnl[:0]
    chosen = np.array([reason is None for reason in note], dtype=bool)
    return _partial(sample, _historical(sample, scaled) if len(scaled) else [], note, chosen)


def _normal(sample: _Sample) -> _Estimates:
    shape = moments(sample.pnl)
    return _stacked([normal_risk(shape, level) for level in sample.levels])


def _student_t(sample: _Sample) -> _Estimates:
    shape = moments(sample.pnl)
    degrees = degrees_of_freedom_from_kurtosis(shape.excess_kurtosis)
    return _stacked([student_t_risk(shape, level, degrees) for level in sample.levels])


def _cornish_fisher(sample: _Sample) -> _Estimates:
    shape = moments(sample.pnl)
    outside = np.atleast_1d(~is_in_cornish_fisher_domain(shape, within=CORNISH_FISHER_RANGE))
    risks, notes = [], []
    for level in sample.levels:
        risk, expansion = cornish_fisher_risk(shape, level), cornish_fisher_risk(shape, level, operational=False)
        is_raised = np.atleast_1d(expansion.expected_shortfall < risk.expected_shortfall)
        note = _noted(is_raised, SHORTFALL_IS_VAR)
        note[outside] = OUTSIDE_DOMAIN
        if sample.settings.is_domain_enforced:
            risk = Risk(*(np.where(outside, np.nan, figure) for figure in risk))
        risks.append(risk)
        notes.append(note)
    return _stacked(risks, np.stack(notes, axis=1))


def _generalised_pareto(sample: _Sample) -> _Estimates:
    probability = sample.settings.threshold_probability
    with_tail = has_tail(sample.pnl, threshold_probability=probability)
    note = _noted(~with_tail, NO_TAIL)
    risks = []
    if with_tail.any():
        tail = fit_generalised_pareto(sample.pnl[with_tail], threshold_probability=probability)
        limited = _noted(~tail.has_finite_mean, INFINITE_SHORTFALL)
        limited[tail.shape <= MIN_SHAPE] = SHAPE_AT_BOUND
        note[with_tail] = limited
        risks = [generalised_pareto_risk(tail, level) for level in sample.levels]
    return _partial(sample, risks, note, with_tail)


_RUN: Final[dict[Method, tuple[str | None, Callable[[_Sample], _Estimates]]]] = {
    "age_weighted": (_WEIGHTED, _age_weighted),
    "volatility_scaled": (None, _volatility_scaled),
    "filtered": (None, _filtered),
    "normal": (_CLOSED_FORM, _normal),
    "student_t": (_CLOSED_FORM, _student_t),
    "cornish_fisher": (_CLOSED_FORM, _cornish_fisher),
    "generalised_pareto": (_CLOSED_FORM, _generalised_pareto),
}
