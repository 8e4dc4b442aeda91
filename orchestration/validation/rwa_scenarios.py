"""Exposures of the RWA scenarios, weighted by the models that make the marts: each case is a bank on its own date."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import pandas as pd

from orchestration.errors import CaseNotRecognised
from orchestration.validation import scratch_warehouse
from orchestration.validation.findings import (
    CaseFile,
    Finding,
    Printed,
    Tolerance,
    compare,
    text_only,
    with_source,
)
from orchestration.validation.rwa_reading import POUNDS_PER_EURO, Case, number, read_case

_SOURCE: Final = "OpenAfterHours/rwa_calculator (Apache-2.0): scenarios of the UK rules before and after Basel 3.1"

#: Columns of the tables that the cases stand in for.
EXPOSURE_TYPES: Final[Mapping[str, str]] = {
    "reporting_date": "date", "exposure_id": "varchar", "exposure_type": "varchar", "source_model": "varchar",
    "source_row_id": "varchar", "obligor_id": "varchar", "obligor_type": "varchar", "connected_group_id": "varchar",
    "country": "varchar", "is_private_sector": "boolean", "product_type": "varchar", "purpose": "varchar",
    "project_phase": "varchar", "slotting_category": "varchar", "currency": "varchar", "usd_per_eur": "double",
    "on_balance_usd": "decimal(38, 6)", "provisions_usd": "decimal(38, 6)", "off_balance_usd": "decimal(38, 6)",
    "commitment_kind": "varchar", "original_maturity_years": "double", "remaining_maturity_years": "double",
    "credit_quality_step": "integer", "issue_quality_step": "integer", "eca_score": "integer",
    "scra_grade": "varchar", "annual_turnover_eur": "double", "is_managed_as_retail": "boolean",
    "loan_to_value": "double", "property_use": "varchar", "is_presold": "boolean", "is_transactor": "boolean",
    "is_revolving": "boolean", "is_defaulted": "boolean", "is_subordinated": "boolean",
    "has_currency_mismatch": "boolean", "has_financial_multiplier": "boolean", "transaction_kind": "varchar",
    "default_probability": "double", "loss_given_default": "double", "secured_loss_given_default": "double",
    "irb_approach": "varchar", "note": "varchar", "group_exposure_usd": "decimal(38, 6)",
    "retail_exposure_usd": "double",
}  # fmt: skip
MITIGANT_TYPES: Final[Mapping[str, str]] = {
    "reporting_date": "date", "mitigant_id": "varchar", "exposure_id": "varchar", "mitigant_kind": "varchar",
    "collateral_type": "varchar", "issue_quality_step": "integer", "currency": "varchar",
    "amount_usd": "decimal(38, 6)", "remaining_maturity_years": "double", "revaluation_days": "double",
    "guarantor_id": "varchar", "obligor_type": "varchar", "credit_quality_step": "integer",
    "scra_grade": "varchar", "is_sme": "boolean", "eca_score": "integer", "is_short_term": "boolean",
    "is_managed_as_retail": "boolean", "is_transactor": "boolean",
}  # fmt: skip
DATE_TYPES: Final[Mapping[str, str]] = {
    "reporting_date": "date", "jurisdiction": "varchar", "rules_date": "date", "is_quarter_end": "boolean",
    "is_latest": "boolean", "previous_reporting_date": "date",
}  # fmt: skip
_BLANK: Final[Mapping[str, Any]] = {
    "exposure_type": "loan", "source_model": "case", "country": "GB", "is_private_sector": True, "currency": "GBP",
    "usd_per_eur": POUNDS_PER_EURO, "provisions_usd": 0.0, "off_balance_usd": 0.0,
    "has_financial_multiplier": False, "transaction_kind": "secured_lending",
}  # fmt: skip
#: Seeds and models from the parameters to the mart.
CHAIN: Final = (
    "basel_credit_parameters", "basel_counterparty_parameters", "basel_capital_parameters",
    "basel_liquidity_parameters", "basel_market_parameters", "rule_adoptions", "credit_risk_approaches",
    "int_basel_parameters", "int_credit_scalar_rules", "int_credit_weight_rules", "int_credit_exposure_classes",
    "int_credit_exposure_weights", "int_credit_mitigant_values", "int_credit_mitigation", "int_credit_irb_classes",
    "int_credit_irb_inputs",
    "int_credit_irb_results", "int_credit_irb_provisions", "fct_credit_exposures",
)  # fmt: skip
_RESULTS: Final = (
    "marts.fct_credit_exposures", "intermediate.int_credit_irb_results", "intermediate.int_credit_irb_provisions",
    "intermediate.int_credit_mitigant_values", "intermediate.int_basel_parameters",
)  # fmt: skip
_PROBE: Final = "#probe"
_COLUMNS: Final = {
    "scenario_id", "scenario_group", "description", "regulatory_framework", "approach", "exposure_class",
    "exposure_reference", "counterparty_reference", "ead", "pd", "lgd", "maturity", "cqs", "ltv", "turnover",
    "risk_weight", "rwa_before_sf", "supporting_factor", "rwa_after_sf", "expected_loss", "regulatory_reference",
    "calculation_notes", "source",
}  # fmt: skip
_FLOOR_NOTE: Final = (
    "a discrepancy of the file: the note's floor of {theirs:.3g} is not the share that the rules of the date set, "
    "{ours:.3g} (the first year of the PRA's transition is 2027 with 60 %; 50 % opened Basel's own)"
)


@dataclass(frozen=True)
class _Outcome:
    """What the models made of one case."""

    case: Case
    exposure: Mapping[str, Any]
    irb: Mapping[str, Any] | None
    provisions: Mapping[str, Any] | None
    mitigants: tuple[Mapping[str, Any], ...]
    floor_share: float | None


def role(file: CaseFile) -> str | None:
    """Say what the file is to this family."""
    is_ours = file.path.suffix == ".csv" and file.stem in {"rwa_crr_scenarios", "rwa_b31_scenarios"}
    return "expected" if is_ours else None


def check(file: CaseFile) -> Iterator[Finding]:
    """Build every case in a warehouse of its own and hold each figure of the row against the models'."""
    yield from with_source(_rows(file), _SOURCE)


def _rows(file: CaseFile) -> Iterator[Finding]:
    rows = _lines(file.path)
    for column in sorted(set().union(*(row.keys() for row in rows)) - _COLUMNS):
        yield Finding(file.name, str(column), note="no such column of the scenarios is known")
    folder_files = tuple(
        sorted(path for path in file.path.parent.glob("*.csv") if role(CaseFile(path, path.name)) == "expected")
    )
    outcomes, refused = _outcomes(folder_files)
    for index, row in enumerate(rows):
        key = (file.path, index)
        name = row.get("scenario_id") or f"row {index + 2}"
        if key in refused:
            yield Finding(file.name, name, row.get("description"), note=refused[key])
        else:
            yield from _figures(file, name, row, outcomes[key])


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if not rows:
        raise CaseNotRecognised("the file has no scenario")
    return rows


@cache
def _outcomes(
    paths: tuple[Path, ...],
) -> tuple[dict[tuple[Path, int], _Outcome], dict[tuple[Path, int], str]]:
    """Build all files of a folder at once: dbt starts but once."""
    cases: dict[tuple[Path, int], tuple[date, str, Case]] = {}
    refused: dict[tuple[Path, int], str] = {}
    for path in paths:
        try:
            rows = _lines(path)
        except (CaseNotRecognised, UnicodeDecodeError):
            continue
        for index, row in enumerate(rows):
            try:
                case = read_case(row)
            except (CaseNotRecognised, ValueError) as error:
                refused[path, index] = str(error)
            else:
                cases[path, index] = (*_date_and_rules(path, row, len(cases)), case)
    results = _build([(f"case {i}", *entry) for i, entry in enumerate(cases.values())]) if cases else {}
    return {key: results[f"case {i}"] for i, key in enumerate(cases)}, refused


def _date_and_rules(path: Path, row: Mapping[str, str], offset: int) -> tuple[date, str]:
    """Give each case a date of its own, so that groups, provisions and parameters of cases do not mix."""
    words = " ".join(str(row.get(column) or "") for column in ("regulatory_framework", "description"))
    if "crr" in path.stem:
        return date(2024, 1, 1) + timedelta(days=offset % 366), "EU"
    years = [year for year in range(2027, 2036) if str(year) in words]
    return date(years[0] if years else 2030, 1, 1) + timedelta(days=offset % 365), "UK"


def _build(cases: list[tuple[str, date, str, Case]]) -> dict[str, _Outcome]:
    exposures: list[dict[str, object]] = []
    mitigants: list[dict[str, object]] = []
    dates: dict[date, dict[str, object]] = {}
    for name, day, rules, case in cases:
        dates[day] = {"reporting_date": day, "jurisdiction": rules, "rules_date": day, "is_quarter_end": True}
        exposure = {**_BLANK, **case.exposure, "reporting_date": day, "exposure_id": name, "source_row_id": name}
        exposures.append({**exposure, "obligor_id": name})
        for position, mitigant in enumerate(case.mitigants):
            row: dict[str, Any] = {
                "is_sme": False,
                "is_short_term": False,
                "is_managed_as_retail": False,
                "is_transactor": False,
            }
            row |= {"reporting_date": day, "mitigant_id": f"{name} {position}", "exposure_id": name} | mitigant
            if row["amount_usd"] is None:
                # Nothing to take off: a probe beside the case shows the haircuts and the maturity factor.
                row |= {"exposure_id": name + _PROBE, "amount_usd": 1.0}
                exposures.append({**exposure, "exposure_id": name + _PROBE, "obligor_id": name + _PROBE})
            mitigants.append(row)
    tables: dict[str, scratch_warehouse.Table] = {
        "int_basel_dates": (DATE_TYPES, list(dates.values())),
        "int_credit_exposures": (EXPOSURE_TYPES, exposures),
        "int_credit_mitigants": (MITIGANT_TYPES, mitigants),
    }
    with tempfile.TemporaryDirectory(prefix="tieout-cases-") as folder:
        frames = scratch_warehouse.build(Path(folder), tables, CHAIN, _RESULTS)
    marts = _by(frames["fct_credit_exposures"], "exposure_id")
    irb = _by(frames["int_credit_irb_results"], "exposure_id")
    provisions = _by(frames["int_credit_irb_provisions"], "reporting_date")
    parameters = frames["int_basel_parameters"]
    floors = parameters[parameters["rule_id"] == "RBC20.output_floor.applied"]
    shares = {day.date(): float(value) for day, value in zip(floors["reporting_date"], floors["value"], strict=True)}
    values = _records(frames["int_credit_mitigant_values"])
    return {
        name: _Outcome(
            case,
            marts[name],
            irb.get(name),
            provisions.get(pd.Timestamp(day)),
            tuple(one for one in values if str(one["exposure_id"]).removesuffix(_PROBE) == name),
            shares.get(day),
        )
        for name, day, _, case in cases
    }


def _by(frame: pd.DataFrame, column: str) -> dict[Any, dict[str, Any]]:
    return {row[column]: row for row in _records(frame)}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _figures(file: CaseFile, name: str, row: Mapping[str, str], outcome: _Outcome) -> Iterator[Finding]:
    method = outcome.case.exposure.get("irb_approach")
    given = "the row does not say what the amount came from: its own is put in" if outcome.case.is_ead_given else ""
    ours = _internal(outcome) if method else _standardised(outcome)
    for column, figure in ours.items():
        text = (row.get(column) or "").strip()
        if text and column == "expected_loss" and (proof := _contradiction(row, float(text), outcome)):
            yield text_only(file.name, f"{name} {column}", text, proof)
        elif text:
            note = given if column == "ead" else ""
            yield compare(file.name, f"{name} {column}", Printed(text), figure, note=note)
    if method == "foundation" and (row.get("lgd") or "").strip() and (row.get("risk_weight") or "").strip():
        yield compare(file.name, f"{name} lgd", Printed(row["lgd"]), _of(outcome.irb, "loss_given_default"))
    yield from _printed(file, name, outcome)


def _contradiction(row: Mapping[str, str], printed: float, outcome: _Outcome) -> str:
    """Say why a printed loss cannot stand beside the row's own weight, which fixes the estimates; empty when it can."""
    irb, weight = outcome.irb, number(row, "risk_weight")
    if irb is None or weight is None or irb["irb_method"] == "slotting" or outcome.case.exposure.get("is_defaulted"):
        return ""
    probability, loss, amount = irb["default_probability"], irb["loss_given_default"], irb["ead_usd"]
    product = probability * loss * amount
    is_weight_confirmed = abs(irb["risk_weight"] - weight) <= max(1e-6 * weight, 5e-9)
    if probability != number(row, "pd") or not is_weight_confirmed or abs(printed - product) <= 1e-3 * abs(product):
        return ""
    return (
        f"a discrepancy of the file: the row's weight is that of PD {probability:g} and LGD {loss:g}, whose loss on "
        f"{amount:,.0f} is {product:,.2f}"
    )


def _standardised(outcome: _Outcome) -> dict[str, Callable[[], float | None]]:
    mart = outcome.exposure
    return {
        "ead": _of(mart, "ead_usd"),
        "risk_weight": _of(mart, "risk_weight"),
        "rwa_before_sf": _of(mart, "rwa_before_supporting_factor_usd"),
        "supporting_factor": _of(mart, "supporting_factor"),
        "rwa_after_sf": _of(mart, "rwa_usd"),
        "expected_loss": _of(mart, "expected_loss_usd"),
    }


def _internal(outcome: _Outcome) -> dict[str, Callable[[], float | None]]:
    return {
        "ead": _of(outcome.irb, "ead_usd"),
        "risk_weight": _of(outcome.irb, "risk_weight"),
        "rwa_before_sf": _of(outcome.irb, "rwa_before_supporting_factor_usd"),
        "supporting_factor": _of(outcome.exposure, "supporting_factor"),
        "rwa_after_sf": _of(outcome.exposure, "rwa_irb_usd"),
        "expected_loss": _of(outcome.irb, "expected_loss_usd"),
    }


def _of(record: Mapping[str, Any] | None, column: str) -> Callable[[], float | None]:
    def read() -> float | None:
        value = None if record is None else record[column]
        return None if value is None or pd.isna(value) else float(value)

    return read


def _printed(file: CaseFile, name: str, outcome: _Outcome) -> Iterator[Finding]:
    """Hold figures that stand only in the notes against the models', within their printed digits."""
    printed, provisions = outcome.case.printed, outcome.provisions
    for key, column, half in (
        ("shortfall", "provision_shortfall_usd", 0.5),
        ("excess", "provision_excess_usd", 0.5),
        ("tier_2_credit", "tier_2_credit_usd", 0.5),
    ):
        if key in printed and outcome.irb is not None:
            yield compare(file.name, f"{name} {key}", printed[key], _of(provisions, column), _within(half))
    for key, column, half in (("currency_haircut", "currency_haircut", 5e-6), ("maturity_factor", "", 5e-5)):
        if key in printed and outcome.mitigants:
            figure = _of(outcome.mitigants[0], column or key)
            yield compare(file.name, f"{name} {key}", printed[key], figure, _within(half))
    yield from _floor(file, name, outcome)


def _floor(file: CaseFile, name: str, outcome: _Outcome) -> Iterator[Finding]:
    printed = outcome.case.printed
    weight = _of(outcome.exposure, "risk_weight")()
    if "standardised_weight" in printed:
        yield compare(file.name, f"{name} standardised weight", printed["standardised_weight"], weight, _within(5e-4))
    share = printed.get("floor_share")
    if share is None:
        return
    in_force = outcome.floor_share
    if in_force is None or abs(in_force - share) > 1e-9:
        note = _FLOOR_NOTE.format(theirs=share, ours=in_force if in_force is not None else float("nan"))
        yield text_only(file.name, f"{name} floor share", share, note)
    else:
        yield compare(file.name, f"{name} floor share", share, in_force, _within(1e-9))
    if "floored_weight" in printed and weight is not None:
        field = f"{name} floored weight"
        yield compare(file.name, field, printed["floored_weight"], share * weight, _within(5e-5))
        internal = _of(outcome.irb, "risk_weight")()
        if internal is not None:
            yield compare(file.name, f"{name} floor binds", "yes", "yes" if share * weight > internal else "no")


def _within(half_unit: float) -> Tolerance:
    return Tolerance(half_unit, 1e-6, "printed digits")
