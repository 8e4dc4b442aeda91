"""The files of transaction reports of the small bank: complete, in order, and every value as the mart has it."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from lxml import etree

from governance.audit import AuditLog
from governance.crypto import tokenise
from governance.keys import KeyRing
from governance.reports.auth016 import DOCUMENT
from governance.reports.rts22 import Export, export_rts22
from governance.settings import settings
from orchestration.demo_bank import canaries
from tests.integration.bank import REPOSITORY, Bank

STRUCTURE = REPOSITORY / "tests" / "unit" / "governance" / "auth016_structure.xsd"
FIELDS = REPOSITORY / "dbt_project" / "seeds" / "mifid" / "mifid_fields.csv"
NUMBERS = {"quantity", "price", "net_amount", "up_front_payment", "price_multiplier", "strike_price"}
#: Where the seed names several elements in words.
PLACES = {
    7: [f"Buyr/AcctOwnr/Id/{name}" for name in ("LEI", "MIC", "Intl", "Prsn/Othr/Id")],
    16: [f"Sellr/AcctOwnr/Id/{name}" for name in ("LEI", "MIC", "Intl", "Prsn/Othr/Id")],
    30: ["Tx/Qty/Unit", "Tx/Qty/NmnlVal", "Tx/Qty/MntryVal"],
    31: ["Tx/Qty/NmnlVal/@Ccy", "Tx/Qty/MntryVal/@Ccy"],
    33: [f"Tx/Pric/Pric/{name}" for name in ("MntryVal/Amt", "Pctg", "Yld", "BsisPts")],
    45: [f"FinInstrm/Othr/DerivInstrmAttrbts/AsstClssSpcfcAttrbts/{name}/OthrNtnlCcy" for name in ("FX", "Intrst")],
}


def places(number: int, path: str) -> list[str]:
    return PLACES.get(number) or path.split(" or ")


def read(report: etree._Element, place: str) -> list[str]:
    """The texts in one place of a report, an amount with its sign."""
    path, _, attribute = place.partition("/@")
    found = report.findall("/".join(f"{{{DOCUMENT}}}{step}" for step in path.split("/")))
    if attribute:
        return [value for element in found if (value := element.get(attribute)) is not None]
    signs = [element.getparent().findtext(f"{{{DOCUMENT}}}Sgn") for element in found]
    return [
        f"-{element.text}" if sign == "false" else element.text or ""
        for element, sign in zip(found, signs, strict=True)
    ]


@pytest.fixture(scope="module")
def bank(built_bank: Bank) -> Iterator[Bank]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIEOUT_HOME", str(built_bank.home))
        patch.setenv("TIEOUT_AUTH016_XSD", str(STRUCTURE))
        settings.cache_clear()
        yield built_bank
    settings.cache_clear()


@pytest.fixture(scope="module")
def reports(bank: Bank) -> list[dict[str, Any]]:
    """Every report that was sent, in the order of the files."""
    with bank.warehouse() as connection:
        return (
            connection.execute(
                """
                select * from warehouse.marts.fct_mifid_transaction_reports where submission_id is not null
                order by submission_id, execution_id, version, report_status
                """
            )
            .to_arrow_table()
            .to_pylist()
        )


@pytest.fixture(scope="module")
def exports(bank: Bank, reports: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> list[Export]:
    """The files of every reporting date."""
    outbox = tmp_path_factory.mktemp("outbox")
    ring = KeyRing.open()
    days = sorted({report["reporting_date"] for report in reports})
    return [export_rts22(ring, user="test", reporting_date=day, to=outbox) for day in days]


@pytest.fixture(scope="module")
def sent(exports: list[Export]) -> list[tuple[str, etree._Element]]:
    """Submission and element of every report in the files, in order."""
    files = [file for export in exports for file in export.files]
    found = []
    for file in sorted(files, key=lambda file: file.path.stem):
        root = etree.parse(file.path).getroot()
        (parent,) = root.iter(f"{{{DOCUMENT}}}FinInstrmRptgTxRpt")
        found += [(file.submission_id, transaction[0]) for transaction in parent]
    return found


def test_the_files_hold_exactly_what_was_sent_in_order(
    reports: list[dict[str, Any]], sent: list[tuple[str, etree._Element]]
) -> None:
    assert len(reports) > 500
    kinds = {"New": "NEWT", "Cxl": "CANC"}
    assert [
        (submission, kinds[etree.QName(report).localname], report.findtext(f"{{{DOCUMENT}}}TxId"))
        for submission, report in sent
    ] == [(row["submission_id"], row["report_status"], row["transaction_reference"]) for row in reports]
    assert {row["report_status"] for row in reports} == {"NEWT", "CANC"}


def test_every_value_is_the_marts(
    bank: Bank, reports: list[dict[str, Any]], sent: list[tuple[str, etree._Element]]
) -> None:
    ring = KeyRing.open()
    with FIELDS.open(encoding="utf-8") as file:
        fields = [row for row in csv.DictReader(file) if row["field_number"] != "1"]
    kinds = {"national_id": "national_id", "first_name": "name", "surname": "name", "birth_date": "birth_date"}
    compared, clear = 0, dict.fromkeys(set(kinds.values()), 0)
    tokens: dict[tuple[str, str], str] = {}
    differences = []
    for row, (_, report) in zip(reports, sent, strict=True):
        is_new = row["report_status"] == "NEWT"
        for field in fields:
            found = [
                text for place in places(int(field["field_number"]), field["xml_path"]) for text in read(report, place)
            ]
            value, token = row.get(field["column_name"]), row.get(field["token_column"] or "")
            if field["column_name"].endswith("_masked"):
                value = None
            if token is not None:
                kind = next(kind for name, kind in kinds.items() if field["token_column"].endswith(f"{name}_token"))
                (text,) = found
                if (kind, text) not in tokens:
                    tokens[kind, text] = tokenise(pa.array([text]), kind, ring)[0].as_py()
                is_same = tokens[kind, text] == token and text == text.upper()
                clear[kind] += 1
            elif value is None or not (
                is_new
                or field["column_name"] in {"transaction_reference", "executing_entity_lei", "submitting_entity_lei"}
            ):
                is_same = found == []
            elif field["column_name"] in NUMBERS:
                is_same = [Decimal(text) for text in found] == [value]
            elif isinstance(value, bool):
                is_same = found == [str(value).lower()]
            elif field["column_name"] in {"waivers", "otc_post_trade"}:
                is_same = found == value.split("|")
            else:
                is_same = found == [value.isoformat() if isinstance(value, date) else value]
            compared += 1
            if not is_same:
                differences.append((row["transaction_reference"], field["column_name"], len(found)))
    assert differences == []
    assert compared == len(reports) * 64
    assert min(clear.values()) > 50, "few natural persons: the comparison would show little"


def test_a_second_export_gives_the_same_bytes_by_the_command(bank: Bank, exports: list[Export], tmp_path: Path) -> None:
    last = exports[-1]
    completed = bank.tieout("report", "export", "mifid_rts22", "--format", "xml", "--to", str(tmp_path))
    for file in last.files:
        assert hashlib.sha256((tmp_path / file.path.name).read_bytes()).hexdigest() == file.sha256
    assert "Audit record" in completed.stdout


def test_every_export_is_in_the_audit_log_with_its_end(bank: Bank, exports: list[Export]) -> None:
    log = AuditLog()
    assert log.verify(exports[-1].record) is not None
    contents = [record.content for record in log.records()]
    intents = {record["sequence"] for record in contents if record["event"] == "intent"}
    assert {export.record.sequence for export in exports} <= intents
    assert {record["intent"] for record in contents if record["event"] == "outcome"} == intents


def test_personal_data_is_nowhere_in_clear_after_exports(bank: Bank, exports: list[Export]) -> None:
    export_rts22(KeyRing.open(), user="test")
    assert list((bank.home / "exports").rglob("*.sealed"))
    persons = {
        element.text.encode()
        for file in exports[-1].files
        for element in etree.parse(file.path).iter(f"{{{DOCUMENT}}}Othr")
        for element in element.iterfind(f"{{{DOCUMENT}}}Id")
    }
    assert persons
    needles = persons | {value.encode() for value in canaries().values()}
    hits = []
    for path in (path for path in bank.home.rglob("*") if path.is_file()):
        content = path.read_bytes()
        hits += [str(path.relative_to(bank.home)) for needle in needles if needle in content]
    assert hits == []
