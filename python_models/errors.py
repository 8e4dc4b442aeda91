"""The one error family of the calculation room: each message says what is wrong and what to do next."""

from __future__ import annotations


class ModelError(ValueError):
    """Base of every error raised by ``python_models``."""


class DateError(ModelError):
    """A date that is missing where one is needed."""


class CurveError(ModelError):
    """Yields from which no discount curve can be built, or a curve of the wrong shape."""


class InstrumentError(ModelError):
    """Terms of an instrument that cannot be valued: an unknown type, a missing or impossible term."""


class FrameError(ModelError):
    """An input frame lacks a column, repeats a key or refers to something that is not there."""


class LevelError(ModelError):
    """A confidence level or probability outside its range."""


class QuantileRuleError(ModelError):
    """The name of a quantile rule that is not known."""


class ScenarioError(ModelError):
    """Scenarios that are too few, not finite or not aligned."""


class BacktestError(ModelError):
    """Counts, zones or series that no backtest can be made of."""


class CapitalError(ModelError):
    """Inputs of a capital formula that do not fit each other or its parameters."""


class BenfordError(ModelError):
    """Amounts without leading digits, or counts and limits that no test of Benford's law can be made of."""


class DegenerateError(ModelError):
    """A sample or covariance without the variation a measure divides by."""
