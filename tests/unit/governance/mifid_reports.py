"""A hand-made build of transaction reports, with the columns and types that the model declares."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from governance.builds import BuildIdentity, Manifest, NodeResult, PublishedModel, publish
from governance.crypto import encrypt_values, mask, tokenise
from governance.keys import KeyRing
from governance.reports.auth016 import PERSONAL
from governance.warehouse import connect_warehouse

PROJECT = Path(__file__).parents[3] / "dbt_project"
STRUCTURE = Path(__file__).with_name("auth016_structure.xsd")
DAY = date(2022, 12, 5)
BANK, CLIENT, BROKER = "DEMO00TIEOUTBANK0106", "529900T8BM49AURSDO55", "213800MBWEIJDM5CU638"
SUBMISSION = "TRN-20221205-001"

JANE = {
    "type": "natural_person",
    "identifier_type": "CONCAT",
    "national_id": "IE19810202JANE#CANAR",
    "first_name": "JANE",
    "surname": "CANARY",
    "birth_date": "1981-02-02",
    "branch_country": "DE",
}
CANARIES = ("IE19810202JANE#CANAR", "CANARY", "1981-02-02", "DE65929970489", "DE65929970490", "ÉLODIE")

BASE: dict[str, Any] = {
    "execution_id": "X000000001",
    "version": 1,
    "reporting_date": DAY,
    "trade_date": DAY,
    "submission_id": SUBMISSION,
    "report_status": "NEWT",
    "transaction_reference": "TX0000000011",
    "venue_transaction_id": "XETR123",
    "executing_entity_lei": BANK,
    "is_investment_firm": True,
    "submitting_entity_lei": BANK,
    "buyer_type": "lei",
    "buyer_code": BANK,
    "seller_type": "mic",
    "seller_code": "XETR",
    "is_transmitted": False,
    "executed_at": "2022-12-05T14:31:07.123456Z",
    "capacity": "DEAL",
    "quantity_type": "units",
    "quantity": Decimal("1500.0000"),
    "price_type": "monetary",
    "price": Decimal("189.50000000"),
    "price_currency": "EUR",
    "venue_mic": "XETR",
    "membership_country": "DE",
    "isin": "US0378331005",
    "investment_decision_type": "person",
    "investment_decision_identifier_type": "NIDN",
    "investment_decision_national_id": "DE65929970489",
    "investment_decision_country": "DE",
    "execution_decision_type": "algorithm",
    "execution_decision_code": "ALGTWAP1",
    "is_sft": False,
}


def report(number: int, **changes: Any) -> dict[str, Any]:
    """A report of an execution of its own."""
    return {
        **BASE,
        "execution_id": f"X{number:09d}",
        "transaction_reference": f"TX{number:09d}1",
        **changes,
    }


def side(who: str, person: dict[str, str]) -> dict[str, str | None]:
    """The columns of a person on one side of a trade."""
    return {f"{who}_{name}": value for name, value in person.items()} | {f"{who}_code": None}


#: One report for every branch of the message.
REPORTS = [
    report(1),
    report(
        2,
        **side("buyer", JANE),
        seller_type="intc",
        seller_code="INTC",
        capacity="AOTC",
        buyer_decision_maker_type="lei",
        buyer_decision_maker_code=CLIENT,
        is_transmitted=True,
        buyer_transmitting_firm_lei=BROKER,
        execution_decision_type="client",
        execution_decision_code="NORE",
        investment_decision_type=None,
        waivers="RFPT|SIZE",
        otc_post_trade="BENC|LRGS",
    ),
    report(
        3,
        buyer_code=CLIENT,
        buyer_branch_country="FR",
        **side("seller", {**JANE, "first_name": "ÉLODIE", "identifier_type": "CCPT", "national_id": "FRX12345"}),
        **{
            f"seller_decision_maker_{name}": value
            for name, value in {**JANE, "national_id": "DE65929970490", "identifier_type": "NIDN"}.items()
            if name != "branch_country"
        },
        seller_transmitting_firm_lei=BROKER,
        short_selling="SESH",
        execution_decision_type="person",
        execution_decision_code=None,
        execution_decision_identifier_type="NIDN",
        execution_decision_national_id="DE65929970490",
        execution_decision_country="FR",
    ),
    report(
        4,
        quantity_type="nominal",
        quantity=Decimal("250000.0000"),
        quantity_currency="EUR",
        price_type="percentage",
        price=Decimal("-0.12500000"),
        price_currency=None,
        net_amount=Decimal("249500.10"),
        investment_decision_type="algorithm",
        investment_decision_code="ALGMM",
    ),
    report(5, quantity_type="monetary", quantity_currency="USD", price_type="yield", price_currency=None),
    report(
        6,
        price_type="basis_points",
        price_currency=None,
        up_front_payment=Decimal("-10.50"),
        up_front_payment_currency="USD",
        notional_change="INCR",
        complex_trade_id="LEG1",
    ),
    report(7, price_type="pending", price=None),
    report(8, price_type="not_applicable", price=None, price_currency=None, is_commodity_hedge=True),
    report(
        9,
        venue_mic="XXXX",
        membership_country=None,
        venue_transaction_id=None,
        price=Decimal("-2.50000000"),
        instrument_name="APPLE <CALL> & \"MORE\" 'STILL' ]]> ÄÖ",
        cfi_code="OCASPS",
        notional_currency="USD",
        price_multiplier=Decimal("100.000000"),
        underlying_isin="US0378331005",
        option_type="CALL",
        strike_price=Decimal("150.000000"),
        strike_currency="USD",
        exercise_style="AMER",
        expiry_date=date(2023, 3, 17),
        maturity_date=date(2023, 3, 18),
        delivery_type="PHYS",
        second_notional_currency="EUR",
    ),
    report(
        10,
        isin=None,
        instrument_name="RATE FUTURE",
        cfi_code="FFCCSX",
        price_multiplier=Decimal("0.500000"),
        underlying_index_name="EURI",
        underlying_index_term="3MNTH",
        delivery_type="CASH",
        second_notional_currency="GBP",
    ),
    report(
        11,
        isin=None,
        instrument_name="INDEX FUTURE",
        cfi_code="FFICSX",
        price_multiplier=Decimal("25.000000"),
        underlying_isin="DE0008469008",
        underlying_index_name="DAX INDEX",
        delivery_type="CASH",
    ),
    {
        **dict.fromkeys(BASE),
        **{
            name: BASE[name]
            for name in (
                "reporting_date",
                "trade_date",
                "submission_id",
                "executing_entity_lei",
                "submitting_entity_lei",
            )
        },
        "execution_id": "X000000001",
        "version": 2,
        "report_status": "CANC",
        "transaction_reference": "TX0000000011",
    },
    report(1, version=2, quantity=Decimal("1400.0000")),
    # Never sent, sent on another day.
    report(90, submission_id=None),
    report(91, submission_id="TRN-20221202-001", reporting_date=date(2022, 12, 2)),
]


def column_types() -> dict[str, str]:
    """Types of the report's columns, from the model's contract."""
    path = PROJECT / "models" / "intermediate" / "mifid" / "_mifid_fields__models.yml"
    models = yaml.safe_load(path.read_text())["models"]
    columns = next(model["columns"] for model in models if model["name"] == "int_mifid_report_fields")
    types = {column["name"]: column["data_type"].replace("string", "varchar") for column in columns}
    return {"submission_id": "varchar", **types}


def publish_reports(ring: KeyRing, reports: list[dict[str, Any]], day: date = DAY, **shift: int) -> Manifest:
    """Publish a build of these reports; `shift` adds to the counts of a submission, given as ``TRN_20221205_001=1``."""
    types = column_types()
    values: dict[str, set[str]] = {}
    rows = []
    for given in reports:
        row = {name: given.get(name) for name in types}
        for name, kind in PERSONAL.items():
            clear = given.get(name)
            if clear is not None:
                values.setdefault(kind, set()).add(clear)
                array = pa.array([clear])
                row[f"{name}_token"] = tokenise(array, kind, ring)[0].as_py()
                row[f"{name}_masked"] = mask(array, kind)[0].as_py()
        rows.append(row)
    with connect_warehouse(ring) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS marts; CREATE SCHEMA IF NOT EXISTS raw")
        declared = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
        connection.execute(f"CREATE OR REPLACE TABLE marts.fct_mifid_transaction_reports ({declared})")
        given_rows = pa.table({name: [row[name] for row in rows] for name in types})
        connection.register("given_rows", given_rows)
        connection.execute("INSERT INTO marts.fct_mifid_transaction_reports SELECT * FROM given_rows")
        connection.execute(
            """
            CREATE OR REPLACE TABLE marts.fct_mifid_submissions AS
            SELECT submission_id, reporting_date, submitting_entity_lei, count(*) AS report_count
            FROM marts.fct_mifid_transaction_reports WHERE submission_id IS NOT NULL GROUP BY ALL;
            CREATE OR REPLACE TABLE marts.dim_mifid_reporting_entities AS
            SELECT $lei AS lei, $lei AS submitting_lei, 'BaFin' AS home_authority, DATE '2018-01-03' AS valid_from,
                CAST(NULL AS DATE) AS valid_to
            """,
            {"lei": BANK},
        )
        for name, extra in shift.items():
            connection.execute(
                "UPDATE marts.fct_mifid_submissions SET report_count = report_count + ? WHERE submission_id = ?",
                [extra, name.replace("_", "-")],
            )
        connection.execute(
            "CREATE OR REPLACE TABLE raw.pii_values (kind VARCHAR, token VARCHAR, masked VARCHAR, ciphertext BLOB)"
        )
        for kind, clear in values.items():
            # The first spelling that was ever delivered is the one that is kept.
            array = pa.array(sorted(value.title() if kind == "name" else value for value in clear))
            tokens = tokenise(array, kind, ring)
            sealed = encrypt_values(array, kind, tokens, ring)
            connection.executemany(
                "INSERT INTO raw.pii_values VALUES (?, ?, '***', ?)",
                [[kind, token, value] for token, value in zip(tokens.to_pylist(), sealed.to_pylist(), strict=True)],
            )
        return publish(
            connection,
            ring,
            build=BuildIdentity(day, "0123abc", is_dirty=False, dbt_project_checksum="c", dbt_version="1.11"),
            models=[
                PublishedModel("marts", "fct_mifid_transaction_reports", {"compliance", "analyst"}),
                PublishedModel("marts", "fct_mifid_submissions", {"compliance", "analyst"}),
                PublishedModel("marts", "dim_mifid_reporting_entities", {"compliance", "analyst"}),
                PublishedModel("raw", "pii_values", {"compliance"}),
            ],
            test_results=[NodeResult(node_id="test.tieout.grain", status="pass")],
            deliveries=[],
        )
