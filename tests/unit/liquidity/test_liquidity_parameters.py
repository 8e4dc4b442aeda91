"""The parameters of LCR, NSFR and large exposures as the seeds give them, on both sides of the days they change."""

import csv
import itertools
from datetime import date
from pathlib import Path

import pytest

SEEDS = Path(__file__).parents[3] / "dbt_project" / "seeds" / "basel"
OPEN_END = date(9999, 1, 1)
AREAS = ("LCR", "NSF", "LEX")


def _rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PARAMETERS = _rows("basel_liquidity_parameters.csv")
ADOPTIONS = [row for row in _rows("rule_adoptions.csv") if row["rule_group"].startswith(AREAS)]


def _window(row: dict[str, str]) -> tuple[date, date]:
    end = row["valid_to"]
    return date.fromisoformat(row["valid_from"]), date.fromisoformat(end) if end else OPEN_END


def _in_force(row: dict[str, str], day: date) -> bool:
    start, end = _window(row)
    return start <= day < end


def _value(jurisdiction: str, rule_id: str, day: date) -> float | None:
    """The parameter a jurisdiction applies on a day, found as `int_basel_parameters` does; None without one."""
    found = [
        float(parameter["value"])
        for adoption in ADOPTIONS
        for parameter in PARAMETERS
        if adoption["jurisdiction"] == jurisdiction
        and _in_force(adoption, day)
        and parameter["rule_group"] == adoption["rule_group"]
        and parameter["jurisdiction"] == adoption["rules_of"]
        and parameter["rule_id"] == rule_id
        and _in_force(parameter, day)
    ]
    assert len(found) < 2, f"{rule_id} has {len(found)} values for {jurisdiction} on {day}"
    return found[0] if found else None


@pytest.mark.parametrize(
    ("jurisdiction", "rule_id", "day", "value"),
    [
        ("BCBS", "LCR20.minimum.lcr", date(2018, 12, 31), 0.9),
        ("BCBS", "LCR20.minimum.lcr", date(2019, 1, 1), 1.0),
        ("EU", "LCR20.minimum.lcr", date(2017, 12, 31), 0.8),
        ("EU", "LCR20.minimum.lcr", date(2018, 1, 1), 1.0),
        ("EU", "NSF30.rsf.level_1.from_1y", date(2021, 6, 27), None),
        ("EU", "NSF30.rsf.level_1.from_1y", date(2021, 6, 28), 0.0),
        ("UK", "NSF30.rsf.level_1.from_1y", date(2021, 12, 31), 0.05),
        ("UK", "NSF30.rsf.level_1.from_1y", date(2022, 1, 1), 0.0),
        ("BCBS", "NSF30.rsf.level_1.from_1y", date(2022, 1, 1), 0.05),
        ("BCBS", "NSF30.rsf.derivative_liabilities_before_margin.no_maturity", date(2022, 1, 1), 0.2),
        ("EU", "NSF30.rsf.derivative_liabilities_before_margin.no_maturity", date(2022, 1, 1), 0.05),
        ("BCBS", "LCR30.hqla.level_1.covered_bond", date(2022, 1, 1), None),
        ("EU", "LCR30.hqla.level_1.covered_bond", date(2022, 1, 1), 0.93),
    ],
)
def test_a_parameter_changes_on_its_day(jurisdiction: str, rule_id: str, day: date, value: float | None) -> None:
    assert _value(jurisdiction, rule_id, day) == value


@pytest.mark.parametrize("jurisdiction", ["BCBS", "EU", "UK"])
def test_adopted_groups_have_rows_throughout(jurisdiction: str) -> None:
    own = [row for row in ADOPTIONS if row["jurisdiction"] == jurisdiction]
    assert {row["rule_group"] for row in own} == {row["rule_group"] for row in PARAMETERS}
    for adoption in own:
        for day in (date(2021, 9, 30), date(2022, 12, 28), date(2027, 1, 1)):
            rows = [
                row
                for row in PARAMETERS
                if row["rule_group"] == adoption["rule_group"]
                and row["jurisdiction"] == adoption["rules_of"]
                and _in_force(row, day)
            ]
            assert rows, f"{adoption['rule_group']} of {adoption['rules_of']} has no row on {day}"


def test_adoptions_of_a_group_follow_without_gap_or_overlap() -> None:
    for key in {(row["jurisdiction"], row["rule_group"]) for row in ADOPTIONS}:
        windows = sorted(_window(row) for row in ADOPTIONS if (row["jurisdiction"], row["rule_group"]) == key)
        assert windows[-1][1] == OPEN_END
        assert all(before[1] == after[0] for before, after in itertools.pairwise(windows)), key


def test_a_rule_is_named_by_its_group_and_key() -> None:
    assert [row["rule_id"] for row in PARAMETERS] == [
        f"{row['rule_group']}.{row['parameter_key']}" for row in PARAMETERS
    ]


def test_every_residual_maturity_of_a_kind_of_funding_has_a_factor() -> None:
    buckets = {"no_maturity", "under_6m", "6_to_12m", "from_1y"}
    kinds: dict[str, set[str]] = {}
    for row in PARAMETERS:
        if row["rule_group"] == "NSF30.asf":
            kind, _, bucket = row["parameter_key"].rpartition(".")
            kinds.setdefault(kind, set()).add(bucket)
    assert {kind for kind, found in kinds.items() if found != buckets} == {"derivative_liabilities"}
