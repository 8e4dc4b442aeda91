"""The lists that transaction reporting relies on are as their publishers have them."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"


def seed(path: str) -> list[dict[str, str]]:
    with (SEEDS / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def only(folder: Path, pattern: str) -> Path:
    """The one file of a published list, whatever its date."""
    files = sorted(folder.glob(pattern))
    if not files:
        pytest.skip(f"no {pattern} in {folder}")
    return files[-1]


def test_every_market_identifier_is_as_registered(reference_folder: Path) -> None:
    with gzip.open(only(reference_folder / "ref", "iso10383_mic_*.csv.gz"), "rt", encoding="utf-8") as file:
        published = list(csv.DictReader(file))
    same = ("mic", "operating_mic", "category", "status", "created", "expiry")

    def facts(rows: list[dict[str, str]], name: str) -> set[tuple[str, ...]]:
        # ZZ is no country: the list has it where there is no venue.
        return {
            (*(row[key] for key in same), " ".join(row[name].split()), row["country"].upper().replace("ZZ", ""))
            for row in rows
        }

    assert len(published) > 2_500
    assert facts(seed("mifid/iso_market_identifiers.csv"), "market_name") == facts(published, "name")


def currencies(folder: Path) -> tuple[str, list[tuple[str, str, bool]]]:
    """The day of ISO 4217 list one, and its codes with their minor units and whether they are funds codes."""
    path = only(folder / "ref", "iso4217_*.xml")
    entries = ElementTree.parse(path).iter("CcyNtry")  # noqa: S314 (a file of the reference folder)
    rows = [
        (
            entry.findtext("Ccy", ""),
            entry.findtext("CcyMnrUnts", "").replace("N.A.", ""),
            any(name.get("IsFund") == "true" for name in entry.iter("CcyNm")),
        )
        for entry in entries
    ]
    return path.stem.rsplit("_", 1)[1], [row for row in rows if row[0]]


def test_the_currencies_in_force_are_those_of_list_one(reference_folder: Path) -> None:
    day, published = currencies(reference_folder)
    in_force = {
        (row["code"], row["minor_units"])
        for row in seed("mifid/iso_currencies.csv")
        if row["valid_from"] <= day and (not row["valid_to"] or row["valid_to"] > day)
    }
    assert len(in_force) > 150
    assert in_force == {(code, units) for code, units, _ in published}


def test_funds_metals_and_units_of_account_are_not_reportable(reference_folder: Path) -> None:
    funds = {code for code, _, is_fund in currencies(reference_folder)[1] if is_fund}
    # (EU) 2017/590, as the field list has it; XEU and XFU left ISO 4217 long ago.
    excluded = {"XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XXX"}
    not_reportable = {row["code"] for row in seed("mifid/iso_currencies.csv") if row["is_reportable"] == "false"}
    assert funds
    # What else is left out: the code for tests and units of account that nobody pays in.
    assert not_reportable == funds | excluded | {"XTS", "XSU", "XUA", "XAD"}


def test_clocks_are_as_exact_as_rts_25_asks(reference_folder: Path) -> None:
    document = json.loads(only(reference_folder / "mifid", "rts25_clock.json").read_text(encoding="utf-8"))
    unit = {"us": 1, "ms": 1_000, "s": 1_000_000}

    def microseconds(text: str) -> int:
        number, name = text.split()
        return int(number) * unit[name]

    published = {
        row["activity"].split()[0]: (microseconds(row["divergence"]), microseconds(row["granularity"]))
        for row in document["members"]
    }
    kinds = {
        "high_frequency": "HFT",
        "algorithmic": "any",
        "voice": "voice",
        "request_for_quote": "RFQ",
        "negotiated": "negotiated",
        "other": "any",
    }
    ours = {
        row["activity"]: (int(row["divergence_us"]), int(row["granularity_us"]))
        for row in seed("mifid/clock_requirements.csv")
    }
    assert ours == {activity: published[kind] for activity, kind in kinds.items()}


def test_target_is_closed_on_the_days_that_the_central_bank_published() -> None:
    # European Central Bank, TARGET closing days 2022 to 2024, without those at weekends
    published = {
        *("2022-04-15", "2022-04-18", "2022-12-26"),
        *("2023-04-07", "2023-04-10", "2023-05-01", "2023-12-25", "2023-12-26"),
        *("2024-01-01", "2024-03-29", "2024-04-01", "2024-05-01", "2024-12-25", "2024-12-26"),
    }
    days = [row["holiday_date"] for row in seed("calendars/target_holidays.csv")]
    assert {day for day in days if "2022" <= day < "2025"} == published
    assert all(date.fromisoformat(day).weekday() < 5 for day in days)


def test_the_economic_area_has_thirty_members_since_the_united_kingdom_left() -> None:
    def members(day: str) -> set[str]:
        rows = seed("mifid/eea_countries.csv")
        return {
            row["country"]
            for row in rows
            if row["valid_from"] <= day and (not row["valid_to"] or row["valid_to"] > day)
        }

    assert len(members("2020-12-31")) == 31
    assert members("2020-12-31") - members("2021-01-01") == {"GB"}


def test_each_member_has_its_identifiers_in_the_order_of_annex_ii() -> None:
    # (EU) 2017/590 Annex II: nationalities without CONCAT, and those that have nothing else
    rows = seed("mifid/mifid_national_identifiers.csv")
    kinds: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: (row["country"], row["priority"])):
        kinds.setdefault(row["country"], []).append(row["identifier_type"])
    assert {country for country, types in kinds.items() if "CONCAT" not in types} == {
        "EE",
        "ES",
        "IS",
        "IT",
        "MT",
        "PL",
    }
    assert {country for country, types in kinds.items() if types == ["CONCAT"]} == {"AT", "DE", "FR", "HU", "IE", "LU"}
    assert {country for country, types in kinds.items() if types[0] == "CCPT"} == {"CY", "LI", "NL", "ZZ"}
    assert all(types[-1] == "CONCAT" for types in kinds.values() if "CONCAT" in types)
    members = {row["country"] for row in seed("mifid/eea_countries.csv")}
    assert kinds.keys() - {"ZZ"} == members
