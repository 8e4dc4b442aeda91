"""Controls of the small bank of ``published_build``: five controls over three months and two quarters.

JE-02 fails in November and is put right; AC-01 fails in the third quarter and still stands, overdue; CH-01 has nothing
to test in November. December and the fourth quarter are open.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from tests.unit.app.published_basel import table

OWNER, REVIEWER = "financial-control@tieout.example", "internal-control@tieout.example"
HOSTILE = "Approved by <b>nobody</b> [here](http://example.com/x.png)."
MONTHS = {"2022-09": date(2022, 9, 30), "2022-10": date(2022, 10, 31), "2022-11": date(2022, 11, 30)}
OPEN_MONTH = ("2022-12", date(2022, 12, 31))
QUARTERS = {"2022-Q3": date(2022, 9, 30), "2022-Q4": date(2022, 12, 31)}
#: control: (name, process, frequency, rule, is it a general IT control)
CATALOGUE = {
    "JE-02": ("Journals are approved by another <person>", "financial_close", "monthly", "exact", False),
    "JE-06": ("Journals at odd hours are looked at", "financial_close", "monthly", "screening", False),
    "RC-01": ("Sub-ledgers tie to the ledger", "reconciliation", "monthly", "exact", False),
    "CH-01": ("Deployments have an approved ticket", "change", "monthly", "exact", True),
    "AC-01": ("Leavers lose their access", "access", "quarterly", "exact", True),
}
#: Exceptions of each control and period; None is nothing to test. Periods that are not named have none.
EXCEPTIONS: dict[tuple[str, str], int | None] = {
    ("JE-02", "2022-11"): 2,
    ("JE-06", "2022-10"): 3,
    ("CH-01", "2022-11"): None,
    ("AC-01", "2022-Q3"): 1,
    ("AC-01", "2022-Q4"): None,
}
ALLOWED = {"JE-06": 5}
MATERIALITY = 4_000_000.0
BENFORD_AMOUNTS = 5_000


def _results() -> list[dict[str, Any]]:
    rows = []
    for control, (name, process, frequency, rule, is_indirect) in CATALOGUE.items():
        periods = [*MONTHS.items(), OPEN_MONTH] if frequency == "monthly" else list(QUARTERS.items())
        for period, ends_on in periods:
            exceptions = EXCEPTIONS.get((control, period), 0)
            allowed = ALLOWED.get(control, 0)
            population = 0 if exceptions is None else 100
            conclusion = "not_tested" if exceptions is None else "effective" if exceptions <= allowed else "ineffective"
            rows.append(
                {
                    "control_id": control,
                    "period_id": period,
                    "control_name": name,
                    "process": process,
                    "frequency": frequency,
                    "quarter_id": "2022-Q3" if ends_on <= QUARTERS["2022-Q3"] else "2022-Q4",
                    "ends_on": ends_on,
                    "is_closed": ends_on < date(2022, 12, 28),
                    "objective": "What must hold",
                    "risk": "What could go wrong",
                    "assertion": "existence",
                    "control_type": "preventive",
                    "automation": "it_dependent",
                    "rule_kind": rule,
                    "is_key": control != "JE-06",
                    "is_indirect": is_indirect,
                    "population_words": "All <i>items</i>",
                    "test_words": "Each is as it should be",
                    "compensating_control_id": "RC-01" if control == "JE-02" else None,
                    "owner": OWNER,
                    "reviewer": REVIEWER,
                    "population": population,
                    "tested": population,
                    "untested": 0,
                    "exceptions": exceptions or 0,
                    "exception_rate": None if exceptions is None else exceptions / population,
                    "tolerance_allowed": allowed,
                    "population_usd": None if is_indirect else 1_000_000.0,
                    "exceptions_usd": None if is_indirect else 1_000.0 * (exceptions or 0),
                    "conclusion": conclusion,
                    "reason": {
                        "effective": None,
                        "ineffective": f"{exceptions} exceptions where {allowed} are allowed.",
                        "not_tested": "The population is empty.",
                    }[conclusion],
                    "model_name": "int_control_model",
                    "model_sha256": "ab" * 32,
                }
            )
    return rows


def _exceptions() -> list[dict[str, Any]]:
    return [
        {
            "control_id": control,
            "period_id": period,
            "item_id": f"{control}-{number}",
            "item_date": MONTHS.get(period, QUARTERS.get(period)),
            "person": f"U{number:04d}",
            "amount_usd": None if CATALOGUE[control][4] else 500.0 * number,
            "reason": HOSTILE,
            "detail": "Account 2010",
        }
        for (control, period), count in EXCEPTIONS.items()
        for number in range(1, (count or 0) + 1)
    ]


def _deficiencies() -> list[dict[str, Any]]:
    common = {"likelihood": "reasonably_possible", "materiality_usd": MATERIALITY, "is_closed": True}
    leavers = {
        **common,
        "control_id": "AC-01",
        "control_name": CATALOGUE["AC-01"][0],
        "process": "access",
        "severity": "significant_deficiency",
        "severity_rank": 2,
        "severity_reason": "a key control without amounts",
        "is_compensated": False,
        "opened_on": date(2022, 7, 1),
        "due_on": date(2022, 9, 29),
        "age_days": 180,
        "is_overdue": True,
    }
    journals = {
        **common,
        "control_id": "JE-02",
        "control_name": CATALOGUE["JE-02"][0],
        "process": "financial_close",
        "severity": "deficiency",
        "severity_rank": 1,
        "severity_reason": "too small",
        "magnitude_usd": 1_500.0,
        "compensating_control_id": "RC-01",
        "is_compensated": True,
        "failed_periods": 1,
        "is_overdue": False,
    }
    return [
        {**leavers, "period_id": "2022-Q3", "quarter_id": "2022-Q3", "as_of_date": date(2022, 9, 30)},
        {
            **journals,
            "period_id": "2022-11",
            "quarter_id": "2022-Q4",
            "as_of_date": date(2022, 11, 30),
            "opened_on": date(2022, 11, 1),
            "due_on": date(2023, 4, 30),
            "closed_on": date(2022, 12, 1),
            "age_days": 30,
        },
    ]


def _digits() -> list[dict[str, Any]]:
    digits = np.arange(10, 100)
    expected = np.log10(1 + 1 / digits)
    observed = np.round(expected * BENFORD_AMOUNTS)
    # One pair of digits comes far too often.
    observed[digits == 49] *= 3
    error = np.sqrt(expected * (1 - expected) / BENFORD_AMOUNTS)
    z = np.abs(observed / observed.sum() - expected) / error
    return [
        {
            "population": "manual_journals",
            "quarter": "2022-Q4",
            "digits": "first_two",
            "digit": int(digit),
            "observed_amounts": int(count),
            "observed_proportion": count / observed.sum(),
            "expected_proportion": share,
            "lower_limit": max(share - 1.96 * width, 0.0),
            "upper_limit": share + 1.96 * width,
            "z_statistic": statistic,
            "is_significant": bool(statistic > 1.96),
        }
        for digit, count, share, width, statistic in zip(digits, observed, expected, error, z, strict=True)
    ]


@cache
def tables() -> dict[str, pd.DataFrame]:
    """Return the tables of controls, by name."""
    return {
        "fct_sox_control_results": table("fct_sox_control_results", _results()),
        "fct_sox_exceptions": table("fct_sox_exceptions", _exceptions()),
        "fct_sox_deficiencies": table("fct_sox_deficiencies", _deficiencies()),
        "fct_sox_process_evaluation": table(
            "fct_sox_process_evaluation",
            [
                {
                    "period_id": quarter,
                    "process": process,
                    "controls": 2,
                    "deficiencies": deficiencies,
                    "materiality_usd": MATERIALITY,
                    "aggregated_severity": "significant_deficiency" if deficiencies else None,
                    "reason": "a deficiency is significant by itself" if deficiencies else "no deficiency stands",
                }
                for quarter in QUARTERS
                for process, deficiencies in (("access", 1), ("financial_close", 0))
            ],
        ),
        "fct_sox_conclusions": table(
            "fct_sox_conclusions",
            [
                {
                    "period_id": quarter,
                    "as_of_date": min(ends_on, date(2022, 12, 28)),
                    "conclusion": conclusion,
                    "reason": reason,
                    "controls": 5,
                    "effective_controls": 4,
                    "ineffective_controls": 1,
                    "not_tested_controls": 0,
                    "deficiencies": 1,
                    "significant_deficiencies": 1,
                    "material_weaknesses": 0,
                }
                for (quarter, ends_on), conclusion, reason in zip(
                    QUARTERS.items(),
                    ("effective", "not_concluded"),
                    ("No material weakness.", "The quarter is not over."),
                    strict=True,
                )
            ],
        ),
        "fct_sox_benford": table(
            "fct_sox_benford",
            [
                {
                    "population": "manual_journals",
                    "quarter": "2022-Q4",
                    "digits": digits,
                    "amounts": BENFORD_AMOUNTS,
                    "chi_square": chi_square,
                    "degrees_of_freedom": freedom,
                    "chi_square_p_value": 0.0001,
                    "mean_absolute_deviation": deviation,
                    "conformity": conformity,
                    "kolmogorov_smirnov": 0.02,
                    "mantissa_mean": 0.5,
                    "mantissa_variance": 0.083,
                    "arc_squared_length": 0.0001,
                    "arc_p_value": 0.6,
                    "distortion_factor": -0.01,
                }
                for digits, chi_square, freedom, deviation, conformity in (
                    ("first", 12.5, 8, 0.00812, "acceptable"),
                    ("second", 9.1, 9, 0.00411, "close"),
                    ("first_two", 144.2, 89, 0.00231, "nonconformity"),
                )
            ],
        ),
        "fct_sox_benford_digits": table("fct_sox_benford_digits", _digits()),
    }
