"""Published Pillar 3 templates: every row they number is in our templates, and totals add up what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from orchestration.errors import CaseNotRecognised
from orchestration.lib.environment import DBT_PROJECT
from orchestration.validation.findings import CaseFile, Finding, Verdict, compare, text_only, with_source
from orchestration.validation.reading import DESCRIPTIVE, read_json

_SOURCE: Final = "Basel Committee, Pillar 3 disclosure requirements; Implementing Regulation (EU) 2021/637"
_SETTINGS: Final = DESCRIPTIVE | {"freq", "frequency"}


def role(file: CaseFile) -> str | None:
    """Say what the file is to this family."""
    return "expected" if file.path.suffix == ".json" and file.path.stem.startswith("pillar3_templates") else None


def check(file: CaseFile) -> Iterator[Finding]:
    """Hold rows, columns and totals of every template against the seeds that the reports are printed from."""
    yield from with_source(_content(file), _SOURCE)


def _seed(name: str) -> pd.DataFrame:
    return pd.read_csv(DBT_PROJECT / "seeds" / "basel" / f"{name}.csv", dtype=str, keep_default_na=False)


def _content(file: CaseFile) -> Iterator[Finding]:
    rows = _seed("basel_template_rows")
    for name, content in read_json(file.path).items():
        if name in DESCRIPTIVE:
            yield text_only(file.name, name, content)
        elif not isinstance(content, dict):
            yield Finding(file.name, name, str(content), note="a template is an object with rows and columns")
        elif name not in set(rows["template_id"]):
            yield Finding(file.name, name, verdict=Verdict.NOT_COVERED, note="no report prints this template")
        else:
            yield from _template(file, name, content, rows[rows["template_id"] == name])


def _template(file: CaseFile, name: str, content: dict[str, Any], rows: pd.DataFrame) -> Iterator[Finding]:
    labels = {_plain(number): label for number, label in zip(rows["row_number"], rows["label"], strict=True)}
    for key, value in content.items():
        if key == "rows":
            for number, label in _numbered(value):
                ours = labels.get(_plain(number))
                where = f"{name} row {number}"
                yield compare(file.name, where, number, None if ours is None else number, note=f"ours: {ours}")
                yield text_only(file.name, f"{where} label", label, f"ours: {ours}")
        elif key == "columns":
            columns = _seed("basel_template_columns")
            yield compare(file.name, f"{name} columns", len(value), int((columns["template_id"] == name).sum()))
        elif key == "rule":
            total, parts = _rule(str(value), rows)
            yield compare(file.name, f"{name} row {total} adds up", ", ".join(parts), ", ".join(_parts(name, total)))
        elif key in _SETTINGS:
            yield text_only(file.name, f"{name} {key}", value)
        else:
            yield Finding(file.name, f"{name} {key}", str(value), note="no such part of a template is known")


def _plain(number: str) -> str:
    """Row number without the blanks and hyphens that publishers set differently."""
    return re.sub(r"[\s-]", "", number).lower()


def _numbered(rows: object) -> Iterator[tuple[str, str]]:
    """Row numbers one by one with their label; a list is numbered from 1, `11-14` and `27/28` are several rows."""
    if isinstance(rows, list):
        yield from ((str(number), str(label)) for number, label in enumerate(rows, start=1))
        return
    if not isinstance(rows, dict):
        raise CaseNotRecognised("rows are an object of numbers and labels, or a list of labels")
    for key, label in rows.items():
        span = re.fullmatch(r"(\d+)-(\d+)", key)
        if span:
            yield from ((str(number), str(label)) for number in range(int(span[1]), int(span[2]) + 1))
        else:
            yield from ((number.strip(), str(label)) for number in key.split("/"))


def _rule(text: str, rows: pd.DataFrame) -> tuple[str, list[str]]:
    """Total and parts of a rule such as `29 = 1 + 6 + EU22a (...)` or `13 = sum(1..12)`, by plain number."""
    stated = re.match(r"\s*([\w -]+?)\s*=\s*(sum\((\w+)\.\.(\w+)\)|[\w -]+(?:\+[\w -]+)*)", text)
    if stated is None:
        raise CaseNotRecognised(f"'{text}' does not say what a row adds up")
    if stated[3]:
        numbers = [_plain(number) for number in rows["row_number"]]
        return stated[1], sorted(numbers[numbers.index(stated[3]) : numbers.index(stated[4]) + 1])
    return stated[1], sorted(_plain(part) for part in stated[2].split("+"))


def _parts(template: str, total: str) -> list[str]:
    """Rows that the tests of the warehouse add up to the total."""
    identities = _seed("basel_template_identities")
    identities = identities[identities["template_id"] == template]
    is_whole = identities["is_whole"] == "true"
    wholes = identities[is_whole & (identities["row_number"].map(_plain) == _plain(total))]
    for name in wholes["identity"]:
        rows = identities[~is_whole & (identities["identity"] == name)]
        # An identity with another template has no part in this one.
        if len(rows):
            return sorted(rows["row_number"].map(_plain))
    return []
