"""The rules of a contract as SQL: what each value becomes, and what is a fault of its row.

``landing_staged`` (text) and ``landing_values`` (what is known of each distinct value) give the query `valued_query`,
in which a column has its typed value under its raw name and its text as ``<name>__text``. The faults are conditions on
that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from stdnum import iban, isin, lei, luhn

from governance.warehouse import quote_identifier, quote_literal
from orchestration.landing.contract import CONTROL_SCALE, Column, Contract

#: Check digits by the name a contract gives them: what verifies a value, and how it is called in a reason.
CHECKS: Mapping[str, tuple[Callable[[str], bool], str]] = MappingProxyType(
    {
        "iban": (iban.is_valid, "IBAN"),
        "isin": (isin.is_valid, "ISIN"),
        "lei": (lei.is_valid, "LEI"),
        "luhn": (luhn.is_valid, "number: its check digit is wrong"),
    }
)
_NUMBER = "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?"
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = f"{_DATE}[ T][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]+)?)?"
_OFFSET = " ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
_TYPE_NAMES = {
    "integer": "whole number",
    "bigint": "whole number",
    "double": "number",
    "date": "date like 2022-12-28",
    "timestamp": "time like 2022-12-28 14:30:00",
    "boolean": "true or false",
}


@dataclass(frozen=True)
class Fault:
    """One way in which the values of a row can be bad.

    Attributes
    ----------
    field : str
        The column.
    rule : str
        Short name, as the quarantine keeps it.
    reason : str
        Plain words, without the value.
    condition : str
        SQL over `valued_query`; false or null when the row is free of it.
    hides : bool
        Whether the value may be anything, such as personal data of another column, so that it is not shown.
    """

    field: str
    rule: str
    reason: str
    condition: str
    hides: bool = False


def text(column: Column) -> str:
    """Return the name of the column's text in `valued_query`."""
    return quote_identifier(column.name if column.type == "string" and not column.pii else f"{column.name}__text")


def passes(column: Column) -> str:
    """Return the name of the column's check result in `valued_query`."""
    return quote_identifier(f"{column.name}__passes")


def found(column: Column) -> str:
    """Return the name of the column's `exists_in` result in `valued_query`."""
    return quote_identifier(f"{column.name}__found")


def value_kind(column: Column) -> str | None:
    """Return the kind under which ``landing_values`` has the column's values; None when nothing needs to be known."""
    return column.pii or column.check


def typed(column: Column, source: str) -> str:
    """Return SQL for a text as the column's type; null when it is not of that type."""
    if column.type == "string":
        return source
    if column.type == "timestamp":
        return (
            f"case when regexp_full_match({source}, '{_TIME}') then try_cast({source} as timestamp) "
            f"when regexp_full_match({source}, '{_TIME}{_OFFSET}') "
            f"then try_cast({source} as timestamptz) at time zone 'UTC' end"
        )
    form = {"date": _DATE, "boolean": "(?i)true|false"}.get(column.type, _NUMBER)
    return f"case when regexp_full_match({source}, '{form}') then try_cast({source} as {column.sql_type}) end"


@cache
def valued_query(contract: Contract) -> str:
    """Return the query that gives, per staged row, the typed values and what the conditions of the faults need."""
    columns, joins = [], []
    for position, column in enumerate(contract.columns):
        source = f"staged.{quote_identifier(column.name)}"
        known = f"value_{position}"
        kind = value_kind(column)
        if kind:
            joins.append(f"left join landing_values as {known} on {known}.kind = '{kind}' and {known}.value = {source}")
        if column.check:
            columns.append(f"{known}.passes as {passes(column)}")
        if column.pii:
            columns += [f"{known}.token as {quote_identifier(column.name + '_token')}"]
            columns += [f"{known}.masked as {quote_identifier(column.name + '_masked')}"]
            columns += [f"{source} as {text(column)}"]
        elif column.type == "string":
            columns.append(f"{source} as {quote_identifier(column.name)}")
        else:
            columns += [f"{typed(column, source)} as {quote_identifier(column.name)}", f"{source} as {text(column)}"]
        if column.exists_in:
            feed, _, name = column.exists_in.partition(".")
            value = f"{known}.token" if column.pii else source
            target = quote_identifier(f"{name}_token" if column.pii else name)
            columns.append(
                f"exists (select 1 from raw.{quote_identifier(feed)} as target where target.{target} = {value}) "
                f"as {found(column)}"
            )
    valued = f"select staged._line, staged._fault, {', '.join(columns)} from landing_staged as staged {' '.join(joins)}"
    if not contract.facts:
        return valued
    clear = [f"{typed(column, text(column))} as {quote_identifier(column.name)}" for column in contract.pii_columns]
    facts = ", ".join(f"({fact.expect}) as {quote_identifier(fact.name)}" for fact in contract.facts)
    hidden = ", ".join(quote_identifier(column.name) for column in contract.pii_columns)
    cleared = f"select {', '.join(['*', *clear])} from ({valued})"
    return f"select *{f' exclude ({hidden})' if hidden else ''}, {facts} from ({cleared})"


def faults(contract: Contract, business_date: date, now: datetime) -> tuple[Fault, ...]:
    """Return every fault the values of a row can have, in the order in which they are named.

    Parameters
    ----------
    contract : Contract
        The feed's.
    business_date : date
        The delivery's: nothing may have happened after its end.
    now : datetime
        UTC without a time zone: nothing may have happened after it either.
    """
    of_columns = (fault for column in contract.columns for fault in _column_faults(column, business_date, now))
    of_rows = (
        Fault(rule.fields[0], rule.name, rule.reason, f"({rule.expect}) is not true") for rule in contract.row_rules
    )
    return (*of_columns, *of_rows)


def line_faults(contract: Contract) -> dict[str, str]:
    """Return the faults of a line that could not be taken apart, so that it has no values to judge: rule and reason."""
    fields = len(contract.columns)
    malformed = {
        "csv": f"the line has not the {fields} fields of the header, or its quotes or characters are broken",
        "jsonl": "the line is not one JSON object in UTF-8 with each field once",
    }
    return {
        "malformed": malformed.get(contract.format.type, ""),
        "unexpected_field": "the line has a field that is not in the contract",
        "imprecise_number": "a number has more digits than JSON keeps exactly: send it as text in quotes",
    }


def control_amount(contract: Contract) -> str:
    """Return SQL for the row's exact contribution to the control sum; null when it is not a number."""
    if contract.control_sum is None:
        return f"null::decimal(38, {CONTROL_SCALE})"
    column = contract.by_name[contract.control_sum]
    name, source = quote_identifier(column.name), text(column)
    return (
        f"case when {name} is not null and not {_excess_decimals(column)} then {name}::decimal(38, {CONTROL_SCALE}) "
        f"when regexp_full_match({source}, '{_NUMBER}') then try_cast({source} as decimal(38, {CONTROL_SCALE})) end"
    )


def row_hash(contract: Contract) -> str:
    """Return SQL for the identity of a row's content: 128 bits of SHA-256 over typed values, tokens and facts.

    Spellings of a personal value share a token; where a fact tells them apart, one corrects the other.
    """
    names = [column.raw_name for column in contract.columns] + [fact.name for fact in contract.facts]
    values = ", ".join(f"coalesce({quote_identifier(name)}::varchar, '')" for name in names)
    return f"left(sha256(concat_ws(chr(31), {values})), 32)"


def _column_faults(column: Column, business_date: date, now: datetime) -> Iterator[Fault]:
    name, source, value = column.name, text(column), quote_identifier(column.name)
    if column.required:
        yield Fault(name, "required", f"{name} is missing", f"{source} is null")
    if column.type != "string":
        kind = _TYPE_NAMES.get(column.type, f"number that fits {column.type}")
        result = typed(column, source) if column.pii else value
        is_odd = f"not isfinite({result})" if column.type == "double" else "false"
        condition = f"{source} is not null and ({result} is null or {is_odd})"
        yield Fault(name, "type", f"{name} is not a {kind}", condition, hides=True)
    if column.scale is not None:
        allowed = f"more than {column.scale} decimals" if column.scale else "decimals"
        yield Fault(name, "scale", f"{name} has {allowed}", f"{value} is not null and {_excess_decimals(column)}")
    if column.pattern:
        condition = f"not regexp_full_match({source}, {quote_literal(column.pattern)})"
        yield Fault(name, "pattern", f"{name} is not of the form {column.pattern}", condition, hides=True)
    if column.values:
        allowed = ", ".join(column.values)
        condition = f"{source} not in ({', '.join(map(quote_literal, column.values))})"
        yield Fault(name, "values", f"{name} is not one of {allowed}", condition, hides=True)
    if column.check:
        reason = f"{name} is not a valid {CHECKS[column.check][1]}"
        yield Fault(name, "check", reason, f"not {passes(column)}", hides=True)
    if column.min is not None:
        yield Fault(name, "min", f"{name} is below {_plain(column.min)}", f"{value} < {_plain(column.min)}")
    if column.max is not None:
        yield Fault(name, "max", f"{name} is above {_plain(column.max)}", f"{value} > {_plain(column.max)}")
    if column.exists_in:
        reason = f"{name} is not among the {column.exists_in} landed so far"
        yield Fault(name, "exists_in", reason, f"{source} is not null and not {found(column)}", hides=not column.pii)
    if column.not_future:
        result = typed(column, source) if column.pii else value
        condition = f"{result} >= date '{business_date}' + interval 1 day or {result} > timestamp '{now}'"
        yield Fault(name, "not_future", f"{name} is after the delivery's business date or in the future", condition)


def _excess_decimals(column: Column) -> str:
    """Return SQL for: the text has more decimals than the type keeps, zeros apart."""
    source, scale = text(column), column.scale
    return (
        f"(regexp_matches({source}, '[.][0-9]{{{scale}}}[0-9]*[1-9]') or case when regexp_matches({source}, '[eE]') "
        f"then coalesce(try_cast({source} as decimal(38, 18)) <> {quote_identifier(column.name)}, true) else false end)"
    )


def _plain(number: Decimal) -> str:
    return format(number, "f")
