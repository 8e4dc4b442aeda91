"""The report: a table for the terminal, JSON for machines, Markdown for the repository."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.validation.findings import Finding, Verdict, is_failure

_STYLES = {Verdict.PASS: "green", Verdict.FAIL: "bold red", Verdict.NOT_RECOGNISED: "bold red"}
_WIDTHS = {"case": None, "expected": 15, "got": 15, "difference": 10, "tolerance": 17, "verdict": 15}
_FIGURES = (Verdict.PASS, Verdict.FAIL, Verdict.NOT_RECOGNISED)


def show(console: Console, findings: Sequence[Finding]) -> None:
    """Print every finding that is not mere text, then the totals."""
    table = Table(box=None, pad_edge=False)
    for name, width in _WIDTHS.items():
        is_number = name in {"expected", "got", "difference"}
        table.add_column(name, justify="right" if is_number else "left", overflow="fold", width=width)
    shown = [finding for finding in findings if finding.verdict is not Verdict.TEXT]
    for file, group in groupby(shown, key=lambda finding: finding.file):
        rows = list(group)
        if any(finding.field for finding in rows):
            table.add_row(Text(file, style="bold"))
        for finding in rows:
            style = _STYLES.get(finding.verdict, "dim")
            cells = (
                f"  {finding.field}" if finding.field else file,
                _shown(finding.expected),
                _shown(finding.got),
                _difference(finding),
                finding.tolerance,
                str(finding.verdict),
            )
            table.add_row(*(Text(cell, style=style) for cell in cells))
            if is_failure(finding) and finding.note:
                table.add_row(Text(f"    {finding.note}", style=style))
    console.print(table, highlight=False)
    console.print(summary(findings), highlight=False)


def summary(findings: Sequence[Finding]) -> str:
    """Count the verdicts in one sentence."""
    counts = Counter(finding.verdict for finding in findings)
    parts = [f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]]
    outcome = "Validation failed" if any(is_failure(finding) for finding in findings) else "Validation passed"
    return f"{outcome}: {', '.join(parts)}."


def as_json(findings: Sequence[Finding]) -> str:
    """Every finding, texts included."""
    rows = [
        {
            "case": finding.case,
            "file": finding.file,
            "field": finding.field,
            "expected": _plain(finding.expected),
            "got": _plain(finding.got),
            "difference": finding.difference,
            "tolerance": finding.tolerance,
            "verdict": str(finding.verdict),
            "note": finding.note,
            "source": finding.source,
        }
        for finding in findings
    ]
    passed = not any(is_failure(finding) for finding in findings)
    counts = Counter(str(finding.verdict) for finding in findings)
    return json.dumps({"passed": passed, "counts": dict(sorted(counts.items())), "findings": rows}, indent=1) + "\n"


def as_markdown(findings: Sequence[Finding]) -> str:
    """Write the report that the repository keeps: a table per file with figures, lists of the other files."""
    lines = [
        "# Model validation",
        "",
        "Published figures against ours, from the functions that make the marts. Written by",
        "`tieout validate-models --cases DIR --markdown docs/model-validation.md` (`make validate`), not by hand.",
        "",
        f"**{summary(findings)}**",
        "",
        "A figure agrees when it is within its file's own tolerance, or else within the larger of 1e-6 of the figure",
        "and half a unit of its last printed digit. A file or field that nobody understood would stand here as",
        "*not recognised* and fail the validation.",
    ]
    for file, group in groupby(findings, key=lambda finding: finding.file):
        rows = [finding for finding in group if finding.verdict in _FIGURES]
        if not rows:
            continue
        lines += ["", f"## {file}", ""]
        source = next((finding.source for finding in rows if finding.source), "")
        if source:
            lines += [f"Source: {source}", ""]
        lines += ["| figure | expected | got | difference | tolerance | verdict |", "|---|--:|--:|--:|---|---|"]
        for finding in rows:
            verdict = f"**{finding.verdict}**" if is_failure(finding) else str(finding.verdict)
            note = f"; {finding.note}" if finding.note else ""
            cells = (
                finding.field or "the file",
                _shown(finding.expected),
                _shown(finding.got),
                _difference(finding),
                finding.tolerance,
                verdict + note,
            )
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    others = [finding for finding in findings if finding.verdict in (Verdict.DATA, Verdict.NOT_COVERED)]
    if others:
        lines += ["", "## Other files", "", "| file | what it is |", "|---|---|"]
        lines += [
            f"| {finding.file} | {finding.verdict}{f': {finding.note}' if finding.note else ''} |" for finding in others
        ]
    return "\n".join(lines) + "\n"


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _difference(finding: Finding) -> str:
    return "" if finding.difference is None else f"{finding.difference:.2g}"


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | bool | int):
        return value
    return float(value) if isinstance(value, float) else str(value)
