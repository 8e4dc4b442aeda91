"""Published templates against ours: rows are found whatever their form, and a row or a part that is not ours fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.validation import Finding, Verdict, is_failure, validate

EVERY_FORM = {
    "note": "read somewhere",
    "OV1": {"freq": "quarterly", "columns": ["a", "b", "c"], "rows": {"1": "x", "11-14": "y", "27/28": "z"}},
    "EU_OV1": {"rows": {"EU 4a": "x"}, "rule": "29 = 1 + 6 + 15 + 16 + 20 + EU22a + 23 (row 24 is information only)"},
    "EU_LR1": {"rows": {"EU-11a": "x"}, "rule": "13 = sum(1..12); bracketed rows are negative"},
    "CCR1": {"columns": list("abcdef"), "rows": ["SA-CCR", "IMM", "simple", "comprehensive", "VaR", "total"]},
}


def findings(folder: Path, content: object) -> list[Finding]:
    folder = folder / "basel"
    folder.mkdir()
    (folder / "pillar3_templates_xyz.json").write_text(json.dumps(content))
    return list(validate(folder))


def test_rows_of_every_form_are_found(tmp_path: Path) -> None:
    found = findings(tmp_path, EVERY_FORM)
    assert not [finding for finding in found if is_failure(finding)]
    rows = [finding.field for finding in found if finding.verdict is Verdict.PASS]
    assert [f"OV1 row {number}" for number in (1, 11, 12, 13, 14, 27, 28)] == [
        row for row in rows if row.startswith("OV1 row")
    ]
    assert "CCR1 row 6" in rows
    assert "EU_OV1 row 29 adds up" in rows
    assert "EU_LR1 row 13 adds up" in rows


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"OV1": {"rows": {"29": "total", "30": "one too many"}}}, "OV1 row 30"),
        ({"OV1": {"columns": ["a", "b"]}}, "OV1 columns"),
        ({"CCR1": {"rows": ["one"] * 7}}, "CCR1 row 7"),
        ({"EU_OV1": {"rule": "29 = 1 + 6 + 15 + 16 + 20 + EU22a + 23 + 24"}}, "EU_OV1 row 29 adds up"),
        ({"EU_LR1": {"rule": "13 = sum(1..11)"}}, "EU_LR1 row 13 adds up"),
        ({"OV1": {"surprise": 1}}, "OV1 surprise"),
        ({"OV1": 1}, "OV1"),
        ({"OV1": {"rows": 1}}, ""),
        ({"OV1": {"rule": "rows add up"}}, ""),
    ],
)
def test_what_is_not_ours_or_not_understood_fails(tmp_path: Path, content: object, field: str) -> None:
    assert [finding.field for finding in findings(tmp_path, content) if is_failure(finding)] == [field]


def test_a_template_that_no_report_prints_is_named(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, {"CR9": {"rows": {"1": "x"}}})
    assert finding.verdict is Verdict.NOT_COVERED
