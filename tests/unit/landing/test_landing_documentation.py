"""docs/bring-your-own-data.md says what the code does."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel

from governance.crypto import KINDS
from orchestration.landing import intake, load_contracts, rules, staging
from orchestration.landing.contract import CONTRACTS, Column, Contract, Fact, RowRule
from tests.unit.landing.deliveries import CUSTOMER, DAY, Desk, csv_text

DOCUMENT = (Path(__file__).parents[3] / "docs" / "bring-your-own-data.md").read_text()
NAMED = {name for code in re.findall(r"`([a-z_]+|\{[a-z_, ]+\})`", DOCUMENT) for name in re.findall("[a-z_]+", code)}


@pytest.mark.parametrize("model", [Contract, Column, RowRule, Fact])
def test_every_key_of_a_contract_is_in_the_reference(model: type[BaseModel]) -> None:
    assert set(model.model_fields) <= NAMED


def test_every_kind_of_personal_data_is_in_the_reference() -> None:
    readme = (CONTRACTS / "README.md").read_text()
    assert {kind for kind in KINDS if f"`{kind}`" in readme} == KINDS
    assert KINDS <= NAMED


def test_every_rule_is_explained() -> None:
    sources = [Path(module.__file__).read_text() for module in (intake, staging)]
    refusals = {rule for source in sources for rule in re.findall(r'Refused\(\s*"([a-z_]+)"', source)}
    contract = load_contracts()["payments"]
    column = Column(name="x", type="string", required=True, pattern="x", values=("x",), check="iban", exists_in="a.b")
    number = Column(name="x", type="decimal(9,2)", required=True, min=0, max=1)
    day = Column(name="x", type="date", required=True, not_future=True)
    every = contract.model_copy(update={"columns": (column, number, day)})
    tested = {fault.rule for fault in rules.faults(every, date(2022, 1, 1), datetime(2022, 1, 1, tzinfo=UTC))}
    assert len(refusals) == 8
    assert len(tested) == 10
    assert refusals | tested | set(rules.line_faults(contract)) | {"still_growing", "unknown_file"} <= NAMED


def test_the_example_of_a_new_feed_works(desk: Desk, tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)
    folder = Path(shutil.copytree(CONTRACTS, tmp_path / "contracts"))
    (folder / "loans.yml").write_text(re.sub("^   ", "", example, flags=re.MULTILINE))
    desk.use(load_contracts(folder)["loans"])
    desk.deliver("customers", csv_text([CUSTOMER]))
    loan = {"loan_id": "L00000001", "customer_id": "C00000001", "principal": "1000.00", "currency": "GBP"}
    loan["granted_on"] = DAY
    result = desk.deliver("loans", csv_text([loan, loan | {"loan_id": "1"}], "principal"))
    assert (result.rows_loaded, result.rows_quarantined) == (1, 1)
