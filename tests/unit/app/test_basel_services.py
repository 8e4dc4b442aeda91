"""What the services of capital and liquidity compute, on rows made here."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from streamlit_app.components import charts_of_capital, charts_of_liquidity
from streamlit_app.services import capital, credit_risk, liquidity, regulatory, risk_data
from streamlit_app.services.capital import Headline

DAY = date(2022, 12, 28)


def cells(*rows: tuple[str, str, float | None, str, bool, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["row_number", "column_id", "amount", "unit", "is_applicable", "note"])
    return frame.assign(
        row_order=frame["row_number"].astype(int),
        label="Row " + frame["row_number"],
        is_total=False,
        column_order=frame["column_id"].map({"T": 1, "T-1": 2}),
        column_label=frame["column_id"],
        as_of_date=pd.Timestamp(DAY),
        data_points=1,
        contribution_count=3,
        is_missing=frame["amount"].isna() & frame["is_applicable"],
    )


def test_a_ratio_equal_to_its_requirement_meets_it_and_one_below_is_in_the_buffer() -> None:
    assert Headline("CET1", 0.07, 0.045, 0.07, 0.0).state == "met"
    assert Headline("CET1", 0.0699, 0.045, 0.07, -1.0).state == "in the buffer"
    assert Headline("CET1", 0.045, 0.045, 0.07, -1.0).state == "in the buffer"
    assert Headline("CET1", 0.0449, 0.045, 0.07, -1.0).state == "below the minimum"
    assert Headline("CET1", None, 0.045, 0.07, None).state == "missing"
    assert Headline("CET1", 0.07, 0.045, None, None).state == "missing"


def test_a_missing_ratio_has_no_headroom() -> None:
    table = capital.ratio_table([Headline("CET1", None, 0.045, 0.07, None), Headline("Tier 1", 0.09, 0.06, 0.085, 5.0)])
    assert pd.isna(table["headroom_points"][0])
    assert table["headroom_points"][1] == pytest.approx(0.5)


def test_a_missing_type_of_risk_leaves_no_total_and_no_share(monkeypatch: pytest.MonkeyPatch) -> None:
    figures: dict[str, float | None] = {"1": 80.0, "6": 0.0, "10": 0.0, "20": None, "24": 20.0, "25": 0.0, "28": 0.0}
    monkeypatch.setattr(regulatory, "figures", lambda *_: figures | {"29": None})
    monkeypatch.setattr(regulatory, "notes", lambda *_: {"20": "Nothing came."})
    rows = capital.risk_weighted_assets(None, DAY)  # type: ignore[arg-type]
    assert rows.set_index("name").loc["Market risk", "note"] == "Nothing came."
    assert rows["share"].isna().all()
    assert capital.rwa_tie(None, DAY, rows).verdict == "cannot be told"  # type: ignore[arg-type]
    figure = charts_of_capital.parts(rows, "name", "rwa_usd", "RWA")
    assert [note.text for note in figure.layout.annotations] == ["missing"]


def test_an_approach_with_a_missing_component_has_no_total_and_the_headline_comes_first() -> None:
    rows = pd.DataFrame(
        [("Model", False, None, None), ("Standard", True, 1.0, 12.5), ("Standard", True, 2.0, 25.0)],
        columns=["name", "is_headline", "capital_usd", "rwa_usd"],
    )
    totals = capital.market_risk_totals(rows)
    assert totals["name"].to_list() == ["Standard", "Model"]
    assert totals["capital_usd"][0] == 3.0
    assert pd.isna(totals["rwa_usd"][1])


def test_the_way_to_cet1_leaves_out_other_tiers_and_what_counts_with_nothing() -> None:
    items = pd.DataFrame(
        [("Shares", "CET1", 10.0), ("Reserve", "CET1", 0.0), ("Goodwill", "CET1", -4.0), ("AT1", "AT1", 3.0)],
        columns=["name", "tier", "amount_usd"],
    )
    steps = capital.steps(items)
    assert steps["name"].to_list() == ["Shares", "Goodwill"]
    bars = charts_of_capital.waterfall(steps.assign(amount_usd=steps["amount_usd"] * 1e6), "CET1").data[0]
    assert list(bars.y) == [10.0, -4.0, 6.0]
    assert list(bars.text) == ["+10.0", "-4.0", "6.0"]


def test_a_total_over_classes_is_missing_when_a_part_is() -> None:
    names = ["exposures", "ead_usd", "rwa_usd", "fallbacks", "provisions_usd"]
    whole = pd.DataFrame([(1, 100.0, 50.0, 0, 1.0), (2, 100.0, 0.0, 1, 0.0)], columns=names)
    assert credit_risk.totals(whole)["density"] == 0.25
    broken = whole.assign(rwa_usd=[50.0, None])
    assert credit_risk.totals(broken)["rwa_usd"] is None
    assert credit_risk.totals(broken)["density"] is None
    assert credit_risk.totals(whole[:0])["rwa_usd"] is None


def test_a_template_shows_blank_missing_and_not_applicable_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = cells(
        ("1", "T", 1_234_567_890.0, "usd", True, None),
        ("1", "T-1", None, "usd", True, "Nothing came."),
        ("2", "T", 13.456, "percent", True, None),
        ("3", "T", None, "usd", False, "Not applicable: none."),
    )
    monkeypatch.setattr(regulatory.repository, "cells", lambda *_: frame)
    printed = regulatory.printed(None, "KM1", DAY)  # type: ignore[arg-type]
    assert list(printed.columns.values()) == ["T (28 Dec 2022)", "T-1 (28 Dec 2022)"]
    rows = printed.rows.set_index("row_number")
    assert rows["written_1"].to_list() == ["1,234.6", "13.46%", "n/a"]
    assert rows["written_2"].to_list() == ["missing", "", ""]
    assert rows.loc["1", "note"] == "Nothing came."
    assert printed.missing == 1
    assert list(printed.openable) == ["1", "2"]
    assert list(printed.columns_of("2")) == ["T"]


def test_a_cell_ties_only_to_all_of_its_contributions() -> None:
    cell = pd.Series({"unit": "usd", "amount": 30.0, "data_points": 2})
    items = pd.DataFrame({"part": ["value", "value"], "amount": [20.0, 40.0]})
    tie = regulatory.tie(cell, items)
    assert tie is not None
    assert tie.holds
    off = regulatory.tie(cell, items.assign(amount=[20.0, 40.1]))
    assert off is not None
    assert off.verdict == "NO"
    unknown = regulatory.tie(cell, items.assign(amount=[20.0, None]))
    assert unknown is not None
    assert unknown.verdict == "cannot be told"
    assert regulatory.tie(cell, items.assign(part="numerator")) is None
    assert regulatory.tie(pd.Series({"unit": "percent", "amount": 3.0, "data_points": 1}), items) is None


def test_rules_are_split_counted_and_kept_when_they_are_not_in_force() -> None:
    rows = pd.DataFrame({"rule_ids": ["A.1; B.2", "A.1", None, ""]})
    rules = regulatory.rules_of(rows, pd.DataFrame({"rule_id": ["A.1"], "value": [0.08]}))
    assert rules.set_index("rule_id")["named_by"].to_dict() == {"A.1": 2, "B.2": 1}
    assert pd.isna(rules.set_index("rule_id").loc["B.2", "value"])


def test_the_query_of_a_cell_quotes_what_it_is_given() -> None:
    text = regulatory.query_text("KM1", DAY, "1'", "T")
    assert "cell_items.row_number = '1'''" in text
    assert "cell_items.reporting_date = '2022-12-28'" in text
    assert "$" not in text


def test_caps_are_taken_off_once_and_levels_add_up_to_what_counts() -> None:
    assets = pd.DataFrame(
        [("level_1", 100.0, 100.0, True), ("level_2a", 100.0, 85.0, True), ("level_1", 50.0, 0.0, False)],
        columns=["hqla_level", "market_value_usd", "weighted_usd", "is_eligible"],
    )
    row = pd.Series({"level_2b_adjustment_usd": 0.0, "level_2_adjustment_usd": 18.0, "hqla_usd": 167.0})
    table = liquidity.by_level(assets, row)
    assert table["weighted_usd"].to_list() == [100.0, 85.0, 0.0, 0.0, -18.0, 167.0]
    assert table["assets"].to_list()[:3] == [1, 1, 0]
    assert len(liquidity.ineligible(assets)) == 1
    assert charts_of_liquidity.levels(table).data[0].measure[-1] == "total"


def test_only_binding_caps_are_named() -> None:
    row = pd.Series({"is_level_2_cap_binding": False, "is_level_2b_cap_binding": True, "is_inflow_cap_binding": False})
    assert liquidity.binding_caps(row) == ["Level 2B assets are above their cap: part of them does not count."]


def test_stable_funding_is_one_row_per_line_with_its_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pd.DataFrame(
        [
            ("asf", "retail_stable", "no_maturity", 100.0, 95.0),
            ("asf", "retail_stable", "from_1y", 100.0, 100.0),
            ("rsf", "hqla", "no_maturity", 0.0, 0.0),
        ],
        columns=["side", "line_item", "bucket", "unweighted_usd", "weighted_usd"],
    )
    monkeypatch.setattr(liquidity.repository, "stable_funding_items", lambda *_: rows)
    table = liquidity.stable_funding_items(None, DAY)  # type: ignore[arg-type]
    assert table["factor"][0] == pytest.approx(0.975)
    assert pd.isna(table["factor"][1])
    assert table["from_1y"].to_list() == [100.0, 0.0]
    monkeypatch.setattr(liquidity.repository, "stable_funding_items", lambda *_: rows[:0])
    assert liquidity.stable_funding_items(None, DAY).empty  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [(0.00004, "ratio", "0.0040%"), (0.0, "ratio", "0.0%"), (1.0, "ratio", "100.0%"), (None, "hours", "missing")],
)
def test_a_metric_is_written_so_that_a_small_one_does_not_read_as_none(
    value: float | None, unit: str, words: str
) -> None:
    assert risk_data.written(value, unit) == words


def test_a_requirement_is_drawn_apart_from_what_is_held_against_it() -> None:
    frame = pd.DataFrame({"reporting_date": [pd.Timestamp(DAY)], "value": [1.2]})
    figure = charts_of_capital.shares_through_time([("LCR", frame), ("Minimum", frame)], "Ratio", ["Minimum"])
    assert [trace.mode for trace in figure.data] == ["lines+markers", "lines"]
