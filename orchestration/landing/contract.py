"""Source contracts: what each source system promises to deliver, read from one YAML file per feed.

The models below are the reference for the keys of those files. A key they do not name is refused, so that a misspelt
rule cannot pass for a rule that is kept.
"""

from __future__ import annotations

import re
from datetime import time
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

import duckdb
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from governance.crypto import KINDS
from governance.warehouse import quote_identifier, quote_literal
from orchestration.landing.errors import ContractError
from orchestration.landing.functions import register_functions

CONTRACTS = Path(__file__).parent / "contracts"
#: Control amounts are kept as decimal(38, 6).
CONTROL_SCALE = 6
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_JSON_PATH = re.compile(r"\w+(\.\w+)*", re.ASCII)
_DECIMAL = re.compile(r"decimal\((\d+), ?(\d+)\)")
_SQL_TYPES = {
    "string": "varchar",
    "integer": "integer",
    "bigint": "bigint",
    "double": "double",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Trailer(_Model):
    """Last line of a CSV file: ``<marker>,<row count>`` and, when the contract has ``control_sum``, ``,<sum>``."""

    marker: str = Field(min_length=1)


class Format(_Model):
    """How the file is written.

    Attributes
    ----------
    type : str
        ``csv`` (UTF-8, header line, one record a line, fields quoted as in RFC 4180), ``jsonl`` or ``parquet``.
    delimiter : str
        CSV only: the character between fields.
    trailer : Trailer or None
        CSV only: the trailer record that proves the file is whole.
    """

    type: Literal["csv", "jsonl", "parquet"]
    delimiter: str = Field(",", min_length=1, max_length=1)
    trailer: Trailer | None = None

    @model_validator(mode="after")
    def _csv_only(self) -> Format:
        if self.type != "csv" and self.model_fields_set & {"delimiter", "trailer"}:
            raise ValueError("delimiter and trailer belong to type csv: remove them")
        if self.delimiter in '"\r\n':
            raise ValueError("delimiter cannot be a quote or a line break")
        return self


class LateAfter(_Model):
    """When a delivery counts as late: this many business days (Monday to Friday) after its date, at this local time."""

    business_days: int = Field(ge=0, le=30)
    time: time
    timezone: str

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is not an IANA time zone: write for example Europe/London")
        return value


class Column(_Model):
    """One column and the rules each of its values must keep.

    Attributes
    ----------
    name : str
        Column of the file and, unless `pii`, of the raw table.
    type : str
        ``string``, ``integer``, ``bigint``, ``double``, ``decimal(p,s)``, ``date``, ``timestamp`` (UTC) or ``boolean``.
        A number with more decimals than the type holds is a fault, never rounded.
    required : bool
        Whether an empty value is a fault.
    pii : str or None
        Kind of personal data; the raw table gets ``<name>_token`` and ``<name>_masked`` instead of the value.
    check : str or None
        Check digits verified with python-stdnum.
    pattern : str or None
        Regular expression (RE2) for the whole value.
    values : tuple of str or None
        The values allowed.
    min, max : Decimal or None
        Smallest and largest number allowed, both included.
    not_future : bool
        Whether a date or time after the delivery's business date, or after now, is a fault.
    exists_in : str or None
        ``feed.column`` that must have delivered the value before.
    path : str or None
        Where the value stands in the file when that is not `name`: the header of a CSV or Parquet column, or a place in
        a JSON object, for example ``contract.maturity_date``.
    """

    name: str
    type: str
    required: bool
    pii: str | None = None
    check: Literal["iban", "isin", "lei", "luhn"] | None = None
    pattern: str | None = None
    values: tuple[str, ...] | None = Field(None, min_length=1)
    min: Decimal | None = None
    max: Decimal | None = None
    not_future: bool = False
    exists_in: str | None = None
    path: str | None = Field(None, min_length=1)

    @field_validator("name")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise ValueError(f"{value!r} is not a column name: use lower-case letters, digits and underscores")
        return value

    @field_validator("type")
    @classmethod
    def _known_type(cls, value: str) -> str:
        if value in _SQL_TYPES:
            return value
        decimal = _DECIMAL.fullmatch(value)
        if not decimal or not 1 <= int(decimal[1]) <= 38 or int(decimal[2]) > int(decimal[1]):
            raise ValueError(f"{value!r} is not a type: use {', '.join(_SQL_TYPES)} or decimal(p,s)")
        return value

    @field_validator("pii")
    @classmethod
    def _known_kind(cls, value: str | None) -> str | None:
        if value is not None and value not in KINDS:
            raise ValueError(f"{value!r} is not a kind of personal data: use one of {', '.join(sorted(KINDS))}")
        return value

    @model_validator(mode="after")
    def _rules_fit_type(self) -> Column:
        def refuse_unless(condition: bool, rule: str, types: str) -> None:
            if not condition:
                raise ValueError(f"{self.name}: {rule} needs type {types}, not {self.type}")

        text_rules = [rule for rule in ("check", "pattern", "values") if getattr(self, rule) is not None]
        if text_rules:
            refuse_unless(self.type == "string", " and ".join(text_rules), "string")
        if self.min is not None or self.max is not None:
            refuse_unless(self.is_number, "min and max", "integer, bigint, double or decimal(p,s)")
        if self.not_future:
            refuse_unless(self.type in {"date", "timestamp"}, "not_future", "date or timestamp")
        if self.exists_in is not None:
            refuse_unless(self.type == "string", "exists_in", "string")
        if self.pii is not None:
            refuse_unless(self.type in {"string", "date"}, "pii", "string or date")
        return self

    @property
    def source(self) -> str:
        """The column's name, or place, in the file."""
        return self.path or self.name

    @property
    def is_number(self) -> bool:
        """Whether `min`, `max` and a control sum can apply."""
        return self.type in {"integer", "bigint", "double"} or self.scale is not None

    @property
    def scale(self) -> int | None:
        """Decimals a number may have: 0 for whole numbers, None for other types."""
        if self.type in {"integer", "bigint"}:
            return 0
        decimal = _DECIMAL.fullmatch(self.type)
        return int(decimal[2]) if decimal else None

    @property
    def sql_type(self) -> str:
        """The type in DuckDB."""
        return _SQL_TYPES.get(self.type, self.type)

    @property
    def raw_columns(self) -> dict[str, str]:
        """Columns of the raw table and their SQL types."""
        if self.pii is None:
            return {self.name: self.sql_type}
        return {f"{self.name}_token": "varchar", f"{self.name}_masked": "varchar"}

    @property
    def raw_name(self) -> str:
        """The raw column that joins: the token of personal data, else the value."""
        return next(iter(self.raw_columns))


class RowRule(_Model):
    """A rule over several columns: `expect` is a SQL expression over the typed columns that must be true."""

    name: str
    fields: tuple[str, ...] = Field(min_length=1)
    expect: str
    reason: str


class Fact(_Model):
    """What a row's values say, kept in the raw table as a boolean: so personal data can be judged without being read.

    Attributes
    ----------
    name : str
        Column of the raw table.
    expect : str
        SQL expression of type boolean over the typed columns; personal data stands in it in clear, under the name of
        its column. `orchestration.landing.functions` has what it may call besides DuckDB's own functions. Null means
        that there is nothing to judge.
    description : str
        For people: what true means.
    """

    name: str
    expect: str
    description: str

    @field_validator("name")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise ValueError(f"{value!r} is not a column name: use lower-case letters, digits and underscores")
        return value


class Contract(_Model):
    """One feed.

    Attributes
    ----------
    feed, system : str
        Name of the raw table, and of the inbox folder of the source system.
    description, owner : str
        For people: what it is, and whom to write to.
    format : Format
        How the file is written.
    file_pattern : str
        Shell pattern of the file names. A date in a name must be that of the folder.
    late_after : LateAfter
        When the delivery counts as late.
    key : tuple of str
        Columns that identify a record. Equal key and content is a duplicate, equal key and other content a correction.
    columns : tuple of Column
        Every column of the file; another one, or a missing one, refuses the file.
    event_date : str or None
        Column with the date or time at which the event happened.
    control_sum : str or None
        Column whose sum is reconciled.
    depends_on : tuple of str
        Feeds that must be landed before this one.
    row_rules : tuple of RowRule
        Rules over several columns.
    facts : tuple of Fact
        What is kept of the values besides themselves.
    """

    feed: str
    system: str
    description: str
    owner: str
    format: Format
    file_pattern: str
    late_after: LateAfter
    key: tuple[str, ...] = Field(min_length=1)
    columns: tuple[Column, ...] = Field(min_length=1)
    event_date: str | None = None
    control_sum: str | None = None
    depends_on: tuple[str, ...] = ()
    row_rules: tuple[RowRule, ...] = ()
    facts: tuple[Fact, ...] = ()

    @field_validator("feed", "system")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise ValueError(f"{value!r} is not a name: use lower-case letters, digits and underscores")
        return value

    @model_validator(mode="after")
    def _columns_fit_together(self) -> Contract:
        raw = [name for column in self.columns for name in column.raw_columns] + [fact.name for fact in self.facts]
        repeated = sorted({name for name in raw if raw.count(name) > 1})
        if repeated:
            raise ValueError(f"columns: {', '.join(repeated)} would be in the raw table twice")
        hidden = sorted({column.name for column in self.pii_columns} & {fact.name for fact in self.facts})
        if hidden:
            raise ValueError(f"facts: {', '.join(hidden)} is a column with personal data: give the fact another name")
        ruled = [name for rule in self.row_rules for name in rule.fields]
        used = [*self.key, self.event_date, self.control_sum, *ruled]
        unknown = sorted({name for name in used if name is not None and name not in self.by_name})
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is used but not among the columns")
        if not all(self.by_name[name].required for name in self.key):
            raise ValueError("key: every key column must be required")
        if self.event_date and self.by_name[self.event_date].type not in {"date", "timestamp"}:
            raise ValueError(f"event_date: {self.event_date} must be a date or a timestamp")
        if self.control_sum:
            scale = self.by_name[self.control_sum].scale
            if scale is None or scale > CONTROL_SCALE:
                raise ValueError(
                    f"control_sum: {self.control_sum} must have a type of at most {CONTROL_SCALE} decimals"
                )
        sources = [column.source for column in self.columns]
        if len(set(sources)) < len(sources):
            raise ValueError("columns: two of them have the same place in the file")
        if self.format.type == "jsonl" and not all(_JSON_PATH.fullmatch(source) for source in sources):
            raise ValueError("columns: path in JSON lines is names joined by dots, for example contract.maturity_date")
        return self

    @property
    def sources(self) -> dict[str, Column]:
        """The columns by their name, or place, in the file."""
        return {column.source: column for column in self.columns}

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def raw_columns(self) -> dict[str, str]:
        """Columns of the raw table and their SQL types, but for those that landing adds to every feed."""
        of_values = {name: kind for column in self.columns for name, kind in column.raw_columns.items()}
        return of_values | {fact.name: "boolean" for fact in self.facts}

    @cached_property
    def pii_columns(self) -> tuple[Column, ...]:
        """The columns with personal data."""
        return tuple(column for column in self.columns if column.pii)

    @property
    def raw_table(self) -> str:
        """The table the feed is landed in."""
        return f"raw.{quote_identifier(self.feed)}"

    def matches(self, file_name: str) -> bool:
        """Whether a file of this name belongs to the feed."""
        return fnmatchcase(file_name, self.file_pattern)


def load_contracts(folder: Path = CONTRACTS) -> dict[str, Contract]:
    """Read every contract of a folder.

    Parameters
    ----------
    folder : Path
        Holds one ``<feed>.yml`` per feed.

    Returns
    -------
    dict
        Contract by feed; a feed stands after the feeds it depends on, otherwise in alphabetical order.

    Raises
    ------
    ContractError
        If a file is not YAML, has an unknown key or a rule that cannot hold, or the feeds do not fit together.
    """
    contracts = {}
    for path in sorted(folder.glob("*.yml")):
        contract = _read(path)
        if contract.feed != path.stem:
            raise ContractError(f"{path.name}: feed is {contract.feed!r}: name the file {contract.feed}.yml.")
        contracts[contract.feed] = contract
    if not contracts:
        raise ContractError(f"{folder} holds no contract: add a <feed>.yml.")
    _check_references(contracts)
    try:
        order = TopologicalSorter({feed: contract.depends_on for feed, contract in contracts.items()})
        order.prepare()
    except CycleError as error:
        raise ContractError(f"depends_on goes in a circle: {' -> '.join(error.args[1])}.") from error
    ordered: dict[str, Contract] = {}
    while order.is_active():
        ready = sorted(order.get_ready())
        ordered |= {feed: contracts[feed] for feed in ready}
        order.done(*ready)
    return ordered


def _read(path: Path) -> Contract:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        contract = Contract.model_validate(document)
    except yaml.YAMLError as error:
        raise ContractError(f"{path.name} is not YAML: {' '.join(str(error).split())}.") from error
    except ValidationError as error:
        raise ContractError(f"{path.name}: {'; '.join(map(_explain, error.errors()))}.") from error
    _check_expressions(path, contract)
    return contract


def _explain(fault: ErrorDetails) -> str:
    where = ".".join(map(str, fault["loc"])) or "contract"
    if fault["type"] == "extra_forbidden":
        return f"{where} is not a key of a contract: correct its spelling or remove it"
    if fault["type"] == "missing":
        return f"{where} is missing"
    return f"{where}: {fault['msg'].removeprefix('Value error, ')}"


def _check_references(contracts: dict[str, Contract]) -> None:
    """Check that every feed and column a contract refers to exists, and that both sides of a join are alike."""
    checks: dict[str, dict[str | None, str]] = {}
    for feed, contract in contracts.items():
        missing = [name for name in contract.depends_on if name not in contracts]
        if missing:
            raise ContractError(f"{feed}.yml: depends_on names {', '.join(missing)}, which has no contract.")
        for column in contract.columns:
            if column.pii:
                checks.setdefault(column.pii, {}).setdefault(column.check, f"{feed}.{column.name}")
            if column.exists_in is None:
                continue
            target_feed, _, target_column = column.exists_in.partition(".")
            if target_feed not in contract.depends_on:
                raise ContractError(
                    f"{feed}.yml: {column.name} exists_in {column.exists_in}: add {target_feed} to depends_on."
                )
            target = contracts[target_feed].by_name.get(target_column)
            if target is None or target.pii != column.pii or target.type != column.type:
                raise ContractError(
                    f"{feed}.yml: {column.name} exists_in {column.exists_in}: "
                    "that must be a column of the same type and pii."
                )
    for kind, users in checks.items():
        # A value whose token is known was verified when it was first landed; that holds only if all verify alike.
        if len(users) > 1:
            raise ContractError(
                f"{' and '.join(users.values())} have pii {kind} but not the same check: give them the same one."
            )


@cache
def _scratch() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1, "enable_external_access": False})
    register_functions(connection)
    return connection


def _check_expressions(path: Path, contract: Contract) -> None:
    """Let DuckDB itself read the regular expressions and the row rules, without data."""
    columns = ", ".join(f"null::{kind} as {quote_identifier(name)}" for name, kind in contract.raw_columns.items())
    clear = ", ".join(f"null::{column.sql_type} as {quote_identifier(column.name)}" for column in contract.columns)
    tests = {f"row rule {rule.name}": f"({rule.expect}) is true" for rule in contract.row_rules} | {
        f"pattern of {column.name}": f"regexp_full_match('', {quote_literal(column.pattern)})"
        for column in contract.columns
        if column.pattern
    }
    for name, expression in tests.items():
        _evaluate(path, name, f"select {expression} from (select {columns})")
    for fact in contract.facts:
        kind = _evaluate(path, f"fact {fact.name}", f"select typeof({fact.expect}) from (select {clear})")
        if kind != "BOOLEAN":
            raise ContractError(f"{path.name}: fact {fact.name}: its expression is {kind.lower()}, not true or false.")


def _evaluate(path: Path, name: str, query: str) -> str:
    try:
        return str(_scratch().cursor().execute(query).fetchall()[0][0])
    except duckdb.Error as error:
        raise ContractError(f"{path.name}: {name}: {str(error).splitlines()[0]}") from error
