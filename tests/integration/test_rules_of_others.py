"""Capital and liquidity under other rules: a variable switches them, and a rule without a number stops the build."""

from __future__ import annotations

import json
import re

import pytest

from tests.integration.bank import Bank

pytestmark = pytest.mark.slow


def _rwa_and_rules(bank: Bank) -> tuple[float, set[str]]:
    """Risk-weighted assets of the last reporting date, and whose rules its parameters are."""
    with bank.warehouse() as connection:
        (rwa,) = connection.execute(
            "select rwa_usd from warehouse.marts.fct_capital_ratios where tier = 'total' order by reporting_date desc"
        ).fetchone()
        rules_of = connection.execute("select distinct rules_of from warehouse.marts.dim_regulatory_parameters")
        return float(rwa), {name for (name,) in rules_of.fetchall()}


def _dbt(bank: Bank, verb: str, selection: str, rules: dict[str, str], *, succeeds: bool = True) -> str:
    """Run dbt under other rules; unit tests judge the code, which is the same under all of them."""
    without = [] if verb == "run" else ["--exclude-resource-type", "unit_test"]
    completed = bank.tieout(
        "dbt", verb, *without, "--select", *selection.split(), "--vars", json.dumps(rules), succeeds=succeeds
    )
    return completed.stdout + completed.stderr


def test_another_jurisdiction_is_a_variable_and_every_test_still_holds(own_bank: Bank) -> None:
    basel, rules_of = _rwa_and_rules(own_bank)
    assert rules_of == {"BCBS"}
    _dbt(own_bank, "build", "int_basel_dates+", {"jurisdiction": "UK", "rules_as_of": "2027-01-01"})
    coming, rules_of = _rwa_and_rules(own_bank)
    assert "UK" in rules_of
    _dbt(own_bank, "build", "int_basel_dates+", {"jurisdiction": "EU"})
    european, rules_of = _rwa_and_rules(own_bank)
    assert "EU" in rules_of
    assert len({basel, coming, european}) == 3


def test_a_rule_without_a_number_on_the_date_is_named(own_bank: Bank) -> None:
    the_day_before = {"rules_as_of": "2010-12-15"}
    _dbt(own_bank, "run", "int_basel_dates int_basel_parameters", the_day_before)
    test = "every_rule_is_in_force_on_every_reporting_date"
    text = _dbt(own_bank, "test", test, the_day_before, succeeds=False)
    assert re.search(r"Rule [A-Z]+\d+[\w.]* has no number in force; [\d]+ rules and reporting dates", text), text
