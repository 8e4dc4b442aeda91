"""Value at risk and expected shortfall of a P&L vector under three named quantile rules.

A level is read as the decimal it is written as, so that 99 % of 500 scenarios leave exactly 5 in the tail (in binary,
``(1 - 0.95) * 100`` is more than 5). With n scenarios and ``n * (1 - level)`` in the tail:

``order_statistic``
    VaR is the k-th worst loss, ``k = floor(n * (1 - level))``: a tail that is not a whole number of scenarios is cut,
    never widened, so VaR is not understated. ES is the mean of the k - 1 losses strictly beyond it, so k >= 2.
    Hull, Risk Management and Financial Institutions, ch. 13.
``linear``
    VaR is interpolated between the two losses beside position ``(n - 1) * (1 - level)`` (type 7 of Hyndman and Fan
    1996, the default of R and numpy). ES is the mean of the losses not smaller than VaR.
``inverted_cdf``
    VaR is the k-th worst loss, ``k = ceil(n * (1 - level))`` (type 1; the Open Source Risk Engine). ES is the mean
    of the k worst losses, the VaR observation included.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from python_models.arrays import FloatArray
from python_models.errors import QuantileRuleError, ScenarioError
from python_models.market_risk.inputs import as_pnl, as_written, tail_probability

QuantileRule = Literal["order_statistic", "linear", "inverted_cdf"]
QUANTILE_RULES: Final[tuple[QuantileRule, ...]] = get_args(QuantileRule)


class TailScenarios(NamedTuple):
    """The scenarios a quantile is read from: ``quantile = sum(weights * pnl[indices])``.

    Attributes
    ----------
    indices : ndarray of int, shape (..., m)
        Positions in the P&L vector, worst first; m is 2 for a quantile between two scenarios, else 1. Among equal
        P&L the earlier scenario counts as the worse, so the choice is the same on every machine.
    weights : ndarray, shape (m,)
        Sum 1.
    """

    indices: NDArray[np.intp]
    weights: FloatArray


class HistoricalRisk(NamedTuple):
    """VaR and ES for one level and rule.

    Attributes
    ----------
    level : float
    rule : quantile rule
    value_at_risk, expected_shortfall : ndarray, shape (...) of the series; positive = loss
    """

    level: float
    rule: QuantileRule
    value_at_risk: FloatArray
    expected_shortfall: FloatArray


class TailRisk(NamedTuple):
    """VaR, ES and the scenarios behind VaR, for one level and rule.

    Attributes
    ----------
    level : float
    rule : quantile rule
    value_at_risk, expected_shortfall : ndarray, shape (...) of the series; positive = loss
    tail : TailScenarios
    """

    level: float
    rule: QuantileRule
    value_at_risk: FloatArray
    expected_shortfall: FloatArray
    tail: TailScenarios


class _Position(NamedTuple):
    """Where a rule looks in P&L sorted from worst to best."""

    first: int
    weight_of_next: float


def value_at_risk(pnl: ArrayLike, level: float, rule: QuantileRule) -> FloatArray:
    """Historical value at risk.

    Parameters
    ----------
    pnl : array_like, shape (n,) or (n_series, n)
        P&L of the scenarios, gains positive, any unit.
    level : float
        Confidence, in (0.5, 1).
    rule : {'order_statistic', 'linear', 'inverted_cdf'}
        See the module.

    Returns
    -------
    ndarray, shape () or (n_series,)
        Unit of `pnl`, loss positive; negative when even this tail gains.

    Raises
    ------
    LevelError, QuantileRuleError
        If the level or rule is not known.
    ScenarioError
        If a P&L is NaN or infinite, or the scenarios are too few for the level.
    """
    probability = tail_probability(level)
    return -_quantile(_sort(pnl), probability, rule)


def tail_scenarios(pnl: ArrayLike, level: float, rule: QuantileRule) -> TailScenarios:
    """Scenarios that make the VaR and their weights: ``VaR = -sum(weights * pnl[indices])``.

    Parameters, errors
        As in `value_at_risk`.

    Returns
    -------
    TailScenarios
        `indices` of shape (m,) or (n_series, m). Replace `pnl` by the P&L of one part of a portfolio to get that
        part's contribution; the contributions of all parts sum to VaR.
    """
    probability = tail_probability(level)
    return _tail(_rank(pnl), probability, rule)


def expected_shortfall(pnl: ArrayLike, level: float, rule: QuantileRule) -> FloatArray:
    """Mean loss in the tail beyond VaR.

    Parameters, errors
        As in `value_at_risk`; ``order_statistic`` needs at least two scenarios in the tail.

    Returns
    -------
    ndarray, shape () or (n_series,)
        Unit of `pnl`, loss positive, never less than VaR.
    """
    probability = tail_probability(level)
    return -_tail_mean(_sort(pnl), probability, rule)


def shortfall_weights(pnl: ArrayLike, level: float, rule: QuantileRule) -> FloatArray:
    """Weight of every scenario in the expected shortfall: ``ES = -sum(weights * pnl)``.

    Parameters, errors
        As in `expected_shortfall`.

    Returns
    -------
    ndarray, shape of `pnl`
        Sum 1 along the scenarios; 0 outside the tail. Replace `pnl` by the P&L of one part of a portfolio to get that
        part's contribution; the contributions of all parts sum to ES.
    """
    probability = tail_probability(level)
    ranked = _rank(pnl)
    in_tail = np.broadcast_to(_in_tail(ranked.ascending, probability, rule), ranked.pnl.shape)
    weights = np.empty_like(ranked.pnl)
    np.put_along_axis(weights, ranked.order, in_tail / in_tail.sum(axis=-1, keepdims=True), axis=-1)
    return weights


def tail_risks(
    pnl: ArrayLike, levels: Sequence[float], rules: Sequence[QuantileRule] = QUANTILE_RULES
) -> list[TailRisk]:
    """VaR, ES and tail scenarios at several levels and rules; the scenarios are sorted only once.

    Parameters, errors
        As in `value_at_risk` and `expected_shortfall`.

    Returns
    -------
    list of TailRisk, one per level and rule, all rules of the first level first
    """
    probabilities = [tail_probability(level) for level in levels]
    ranked = _rank(pnl)
    risks = []
    for level, probability in zip(levels, probabilities, strict=True):
        for rule in rules:
            quantile = _quantile(ranked.ascending, probability, rule)
            mean = _tail_mean(ranked.ascending, probability, rule)
            risks.append(TailRisk(level, rule, -quantile, -mean, _tail(ranked, probability, rule)))
    return risks


def historical_risks(
    pnl: ArrayLike, levels: Sequence[float], rules: Sequence[QuantileRule] = QUANTILE_RULES
) -> list[HistoricalRisk]:
    """VaR and ES at several levels and rules without their scenarios, which takes a fraction of the time.

    Parameters, errors
        As in `value_at_risk` and `expected_shortfall`.

    Returns
    -------
    list of HistoricalRisk, one per level and rule, all rules of the first level first
    """
    probabilities = [tail_probability(level) for level in levels]
    ascending = _sort(pnl)
    return [
        HistoricalRisk(level, rule, -_quantile(ascending, probability, rule), -_tail_mean(ascending, probability, rule))
        for level, probability in zip(levels, probabilities, strict=True)
        for rule in rules
    ]


def pnl_quantile(pnl: ArrayLike, probability: float, rule: QuantileRule) -> FloatArray:
    """Quantile of P&L itself at any probability, signed as P&L: ``VaR(level) = -pnl_quantile(1 - level)``.

    Parameters
    ----------
    pnl : array_like, shape (n,) or (n_series, n)
    probability : float, in (0, 1)
        Share of scenarios at or below the quantile: 0.01 for the losing tail, 0.99 for the gaining one.
    rule : as in `value_at_risk`

    Returns
    -------
    ndarray, shape () or (n_series,), gains positive

    Raises
    ------
    LevelError, QuantileRuleError, ScenarioError
        As in `value_at_risk`.
    """
    return _quantile(_sort(pnl), as_written(probability), rule)


def pnl_tail_mean(pnl: ArrayLike, probability: float, rule: QuantileRule) -> FloatArray:
    """Mean P&L of the scenarios up to the quantile, signed as P&L: ``ES(level) = -pnl_tail_mean(1 - level)``.

    Parameters, errors
        As in `pnl_quantile`; ``order_statistic`` leaves the quantile's own scenario out and needs one beyond it.

    Returns
    -------
    ndarray, shape () or (n_series,), gains positive
    """
    return _tail_mean(_sort(pnl), as_written(probability), rule)


class _Ranked(NamedTuple):
    """P&L with the order of its scenarios from worst to best."""

    pnl: FloatArray
    order: NDArray[np.intp]
    ascending: FloatArray


def _sort(pnl: ArrayLike) -> FloatArray:
    return np.sort(as_pnl(pnl), axis=-1)


def _rank(pnl: ArrayLike) -> _Ranked:
    values = as_pnl(pnl)
    order = np.argsort(values, axis=-1, kind="stable")
    return _Ranked(values, order, np.take_along_axis(values, order, axis=-1))


def _locate_order_statistic(n_scenarios: int, probability: Decimal) -> _Position:
    tail_size = int((n_scenarios * probability).to_integral_value(ROUND_FLOOR))
    if tail_size < 1:
        raise ScenarioError(
            f"{n_scenarios} scenarios leave none in a tail of {probability}; "
            "give more scenarios, a lower level, or the rule 'linear'."
        )
    return _Position(tail_size - 1, 0.0)


def _locate_linear(n_scenarios: int, probability: Decimal) -> _Position:
    position = (n_scenarios - 1) * probability
    first = int(position.to_integral_value(ROUND_FLOOR))
    return _Position(first, float(position - first))


def _locate_inverted_cdf(n_scenarios: int, probability: Decimal) -> _Position:
    return _Position(int((n_scenarios * probability).to_integral_value(ROUND_CEILING)) - 1, 0.0)


_LOCATE: Final[dict[str, Callable[[int, Decimal], _Position]]] = {
    "order_statistic": _locate_order_statistic,
    "linear": _locate_linear,
    "inverted_cdf": _locate_inverted_cdf,
}


def _locate(n_scenarios: int, probability: Decimal, rule: str) -> _Position:
    if rule not in _LOCATE:
        raise QuantileRuleError(f"The quantile rule '{rule}' is not known; use one of {', '.join(_LOCATE)}.")
    return _LOCATE[rule](n_scenarios, probability)


def _tail(ranked: _Ranked, probability: Decimal, rule: str) -> TailScenarios:
    first, weight_of_next = _locate(ranked.pnl.shape[-1], probability, rule)
    if weight_of_next == 0.0:
        return TailScenarios(ranked.order[..., first : first + 1], np.array([1.0]))
    return TailScenarios(ranked.order[..., first : first + 2], np.array([1.0 - weight_of_next, weight_of_next]))


def _quantile(ascending: FloatArray, probability: Decimal, rule: str) -> FloatArray:
    first, weight_of_next = _locate(ascending.shape[-1], probability, rule)
    quantile: FloatArray = ascending[..., first].copy()
    if weight_of_next:
        quantile = quantile * (1.0 - weight_of_next) + ascending[..., first + 1] * weight_of_next
    return quantile


def _in_tail(ascending: FloatArray, probability: Decimal, rule: str) -> NDArray[np.bool_]:
    """Which of the scenarios, worst first, the shortfall is the mean of."""
    n_scenarios = ascending.shape[-1]
    first, _ = _locate(n_scenarios, probability, rule)
    if rule == "order_statistic" and first == 0:
        raise ScenarioError(
            f"{n_scenarios} scenarios leave no loss beyond the VaR of a tail of {probability}; "
            "give more scenarios or a lower level."
        )
    # The interpolated VaR lies above the scenario at `first`, so "not better than VaR" is "not better than that one".
    if rule == "linear":
        return ascending <= ascending[..., first : first + 1]
    return np.arange(n_scenarios) < (first if rule == "order_statistic" else first + 1)


def _tail_mean(ascending: FloatArray, probability: Decimal, rule: str) -> FloatArray:
    in_tail = _in_tail(ascending, probability, rule)
    # Over all scenarios, not only the longest tail among the series: how many numbers are added must not depend on the
    # other series, or the last bit of a mean would.
    mean: FloatArray = np.where(in_tail, ascending, 0.0).sum(axis=-1) / in_tail.sum(axis=-1)
    return mean
