from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.landing import ContractError, load_contracts
from orchestration.landing.contract import CONTRACTS, Contract

MINIMAL: dict[str, Any] = {
    "feed": "orders",
    "system": "shop",
    "description": "Orders.",
    "owner": "shop@tieout.example",
    "format": {"type": "csv", "trailer": {"marker": "TRAILER"}},
    "file_pattern": "orders_*.csv",
    "late_after": {"business_days": 1, "time": "05:00", "timezone": "Europe/London"},
    "key": ["order_id"],
    "columns": [
        {"name": "order_id", "type": "string", "required": True, "pattern": "^O[0-9]+$"},
        {"name": "ordered_at", "type": "timestamp", "required": True},
        {"name": "amount", "type": "decimal(18,2)", "required": False},
        {"name": "buyer", "type": "string", "required": False, "pii": "name"},
    ],
}


def write(folder: Path, *documents: dict[str, Any]) -> Path:
    for document in documents:
        (folder / f"{document['feed']}.yml").write_text(yaml.safe_dump(document))
    return folder


def changed(path: str, value: Any) -> dict[str, Any]:
    """The minimal contract with one key set; a dot goes a level down."""
    document = copy.deepcopy(MINIMAL)
    *parents, last = path.split(".")
    place: Any = document
    for parent in parents:
        place = place[int(parent)] if parent.isdigit() else place[parent]
    place[last] = value
    return document


def test_the_installed_contracts_stand_in_dependency_order() -> None:
    contracts = load_contracts()
    order = list(contracts)
    assert len(order) == len(list(CONTRACTS.glob("*.yml")))
    for feed, contract in contracts.items():
        assert all(order.index(needed) < order.index(feed) for needed in contract.depends_on)


def test_a_contract_says_what_its_raw_table_holds(tmp_path: Path) -> None:
    contract = load_contracts(write(tmp_path, MINIMAL))["orders"]
    assert contract.raw_columns == {
        "order_id": "varchar",
        "ordered_at": "timestamp",
        "amount": "decimal(18,2)",
        "buyer_token": "varchar",
        "buyer_masked": "varchar",
    }


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("colour", "blue", "colour is not a key of a contract"),
        ("columns.0.requird", True, "columns.0.requird is not a key of a contract"),
        ("format.quote", "'", "format.quote is not a key of a contract"),
        ("columns.0.type", "text", "'text' is not a type"),
        ("columns.2.type", "decimal(39,2)", "is not a type"),
        ("columns.2.type", "decimal(4,5)", "is not a type"),
        ("columns.0.name", "Order ID", "is not a column name"),
        ("columns.3.pii", "shoe_size", "'shoe_size' is not a kind of personal data"),
        ("columns.0.min", 1, "order_id: min and max needs type"),
        ("columns.2.pattern", "^1$", "amount: pattern needs type string"),
        ("columns.2.not_future", True, "amount: not_future needs type date or timestamp"),
        ("columns.2.pii", "name", "amount: pii needs type string or date"),
        ("columns.0.values", [], "columns.0.values"),
        ("columns.0.check", "iso9001", "columns.0.check"),
        ("key", ["order_number"], "order_number is used but not among the columns"),
        ("key", ["amount"], "every key column must be required"),
        ("key", [], "key"),
        ("event_date", "amount", "amount must be a date or a timestamp"),
        ("event_date", "when", "when is used but not among the columns"),
        ("control_sum", "order_id", "order_id must have a type"),
        ("format", {"type": "jsonl", "trailer": {"marker": "T"}}, "belong to type csv"),
        ("format", {"type": "csv", "delimiter": '"'}, "delimiter cannot be"),
        ("late_after.timezone", "Europe/Atlantis", "is not an IANA time zone"),
        ("late_after.business_days", -1, "late_after.business_days"),
        ("columns.1.path", "order_id", "two of them have the same place"),
        ("columns.0.pattern", "^O[0-9+$", "pattern of order_id"),
        ("row_rules", [{"name": "r", "fields": ["amount"], "expect": "amount >", "reason": "x"}], "row rule r"),
        ("row_rules", [{"name": "r", "fields": ["amount"], "expect": "buyer = 'x'", "reason": "x"}], "row rule r"),
        ("depends_on", ["customers"], "depends_on names customers, which has no contract"),
        ("depends_on", ["orders"], "goes in a circle"),
        ("columns.0.exists_in", "orders.order_id", "add orders to depends_on"),
    ],
)
def test_a_contract_that_cannot_hold_is_refused_with_the_reason(
    tmp_path: Path, path: str, value: Any, message: str
) -> None:
    with pytest.raises(ContractError, match=message) as refused:
        load_contracts(write(tmp_path, changed(path, value)))
    assert "orders" in str(refused.value)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    document = {key: value for key, value in MINIMAL.items() if key != "owner"}
    with pytest.raises(ContractError, match=r"orders\.yml: owner is missing"):
        load_contracts(write(tmp_path, document))


def test_a_json_path_must_be_names_joined_by_dots(tmp_path: Path) -> None:
    document = changed("format", {"type": "jsonl"})
    document["columns"][0]["path"] = "order id"
    with pytest.raises(ContractError, match="names joined by dots"):
        load_contracts(write(tmp_path, document))


def test_two_columns_may_not_share_a_raw_name(tmp_path: Path) -> None:
    document = copy.deepcopy(MINIMAL)
    document["columns"].append({"name": "buyer_token", "type": "string", "required": False})
    with pytest.raises(ContractError, match="buyer_token would be in the raw table twice"):
        load_contracts(write(tmp_path, document))


def test_the_file_is_named_after_the_feed(tmp_path: Path) -> None:
    write(tmp_path, MINIMAL)
    (tmp_path / "orders.yml").rename(tmp_path / "sales.yml")
    with pytest.raises(ContractError, match=r"name the file orders\.yml"):
        load_contracts(tmp_path)


def test_what_is_not_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "orders.yml").write_text("feed: [")
    with pytest.raises(ContractError, match=r"orders\.yml is not YAML"):
        load_contracts(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="holds no contract"):
        load_contracts(tmp_path)


def referring(**column: Any) -> dict[str, Any]:
    other = copy.deepcopy(MINIMAL)
    other |= {"feed": "returns", "file_pattern": "returns_*.csv", "depends_on": ["orders"]}
    other["columns"].append({"name": "of_order", "type": "string", "required": True} | column)
    return other


def test_a_reference_may_go_to_a_column_of_the_same_type(tmp_path: Path) -> None:
    contracts = load_contracts(write(tmp_path, MINIMAL, referring(exists_in="orders.order_id")))
    assert list(contracts) == ["orders", "returns"]


@pytest.mark.parametrize("target", ["orders.buyer", "orders.amount", "orders.colour", "orders"])
def test_a_reference_to_another_kind_of_column_is_refused(tmp_path: Path, target: str) -> None:
    with pytest.raises(ContractError, match="must be a column of the same type and pii"):
        load_contracts(write(tmp_path, MINIMAL, referring(exists_in=target)))


def test_one_kind_of_personal_data_has_one_check(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"orders\.buyer and returns\.of_order have pii name"):
        load_contracts(write(tmp_path, MINIMAL, referring(pii="name", check="luhn")))


def test_limits_are_exact_decimals() -> None:
    payments = load_contracts()["payments"]
    assert str(payments.by_name["amount"].min) == "0.01"
    assert isinstance(hash(payments), int)
    assert isinstance(payments, Contract)
