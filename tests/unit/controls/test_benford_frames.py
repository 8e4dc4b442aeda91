"""Statistics of every population and quarter: parameters, order and empty tables."""

import numpy as np
import pandas as pd
import pytest

from python_models.controls.benford_frames import benford_digits_frame, benford_frame
from python_models.errors import FrameError

LIMITS = {"first": (0.006, 0.012, 0.015), "second": (0.008, 0.010, 0.012), "first_two": (0.0012, 0.0018, 0.0022)}
CLASSES = ("close", "acceptable", "marginal")
PARAMETERS = pd.DataFrame(
    [
        *(
            (f"BENFORD.{digits}.{name}", limit)
            for digits, limits in LIMITS.items()
            for name, limit in zip(CLASSES, limits, strict=True)
        ),
        ("BENFORD.z_critical", 1.96),
    ],
    columns=["parameter", "value"],
)
AMOUNTS = pd.DataFrame(
    {
        "population": ["vendor"] * 3_600 + ["manual"] * 900,
        "quarter": ["2022-Q2"] * 3_600 + ["2022-Q1"] * 900,
        "amount_usd": np.round(
            np.concatenate([10.0 ** (2.0 + np.arange(3_600) / 900.0), np.arange(100.0, 1_000.0)]), 2
        ),
    }
)


def test_a_row_per_population_quarter_and_digits() -> None:
    frame = benford_frame(AMOUNTS, PARAMETERS)
    key = frame[["population", "quarter", "digits", "amounts"]].apply(tuple, axis=1).tolist()
    assert key == [
        ("manual", "2022-Q1", "first", 900),
        ("manual", "2022-Q1", "second", 900),
        ("manual", "2022-Q1", "first_two", 900),
        ("vendor", "2022-Q2", "first", 3_600),
        ("vendor", "2022-Q2", "second", 3_600),
        ("vendor", "2022-Q2", "first_two", 3_600),
    ]
    assert frame["conformity"].tolist()[2] == "nonconformity"
    assert frame["conformity"].tolist()[3] == "close_conformity"
    assert (frame["chi_square_p_value"] < 0.001).tolist() == [True, False, True, False, False, False]


def test_every_amount_is_counted_once_in_each_test() -> None:
    frame = benford_digits_frame(AMOUNTS, PARAMETERS)
    sums = frame.groupby(["population", "digits"])["observed_amounts"].sum()
    assert sums["manual"].tolist() == [900] * 3
    assert sums["vendor"].tolist() == [3_600] * 3
    of_manual = frame[(frame["population"] == "manual") & (frame["digits"] == "first")].set_index("digit")
    assert of_manual["observed_amounts"].tolist() == [100] * 9
    # 1 and 9 lead far too seldom and too often; 4 leads a ninth where it should lead 9.7 %.
    assert of_manual["is_significant"][[1, 4, 9]].tolist() == [True, False, True]


def test_a_digit_is_significantly_off_beyond_its_limits_and_not_at_them() -> None:
    frame = benford_digits_frame(AMOUNTS, PARAMETERS)
    observed = frame["observed_proportion"]
    is_outside = (observed < frame["lower_limit"]) | (observed > frame["upper_limit"])
    assert is_outside.tolist() == frame["is_significant"].tolist()
    assert 0 < is_outside.sum() < len(frame)
    assert frame["lower_limit"].min() >= 0


def test_a_missing_limit_is_named() -> None:
    lacking = PARAMETERS[PARAMETERS["parameter"] != "BENFORD.second.marginal"]
    with pytest.raises(FrameError, match=r"BENFORD\.second\.marginal"):
        benford_frame(AMOUNTS, lacking)
    with pytest.raises(FrameError, match=r"BENFORD\.z_critical"):
        benford_digits_frame(AMOUNTS, PARAMETERS[:-1])


def test_no_amounts_are_no_rows_with_the_same_columns() -> None:
    empty = AMOUNTS[:0]
    assert benford_frame(empty, PARAMETERS).columns.tolist() == benford_frame(AMOUNTS, PARAMETERS).columns.tolist()
    digits = benford_digits_frame(AMOUNTS, PARAMETERS)
    assert benford_digits_frame(empty, PARAMETERS).columns.tolist() == digits.columns.tolist()
    assert len(benford_frame(empty, PARAMETERS)) == 0
