"""Numbers of the rules by rule id, as the parameter seeds and `int_basel_parameters` hold them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from python_models.arrays import FloatArray
from python_models.errors import CapitalError
from python_models.frames import require_columns


class RuleValues(Mapping[str, float]):
    """Values by rule id; one that is not in force is refused by name.

    Parameters
    ----------
    values : mapping of rule id to number
    """

    def __init__(self, values: Mapping[str, float]) -> None:
        self._values = dict(values)

    @classmethod
    def of_frame(cls, rows: pd.DataFrame) -> RuleValues:
        """Read ``rule_id`` and ``value`` of a frame with the rows of one jurisdiction and date.

        Raises
        ------
        FrameError
            If a column is missing.
        CapitalError
            If a rule id has two values or none.
        """
        require_columns(rows, "parameters", ("rule_id", "value"))
        repeated = rows.loc[rows["rule_id"].duplicated(), "rule_id"]
        if len(repeated):
            raise CapitalError(f"The parameter {repeated.iloc[0]} has two values; give the rows of one date only.")
        empty = rows.loc[rows["value"].isna(), "rule_id"]
        if len(empty):
            raise CapitalError(f"The parameter {empty.iloc[0]} has no value; fill it in.")
        return cls(dict(zip(rows["rule_id"].astype(str), rows["value"].astype(float), strict=True)))

    def __getitem__(self, rule_id: str) -> float:
        if rule_id not in self._values:
            raise CapitalError(
                f"The parameter {rule_id} is not in force; add a row for the jurisdiction and date to its seed."
            )
        return self._values[rule_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def of(self, rule_ids: pd.Series) -> FloatArray:
        """Values of many rule ids, each distinct one looked up once.

        Parameters
        ----------
        rule_ids : Series of str, length n

        Returns
        -------
        ndarray, shape (n,)

        Raises
        ------
        CapitalError
            If one is not in force.
        """
        codes, names = pd.factorize(rule_ids)
        return np.array([self[str(name)] for name in names], dtype=np.float64)[codes]
