"""What the pages rely on, below the pages: counts, ties, choices, formats and downloads."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime
from ipaddress import IPv4Address
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from governance.builds import GateStatus
from streamlit_app.components import charts, formats, states, tables
from streamlit_app.services import builds, choices, market_risk, positions
from streamlit_app.services.choices import Scope


def exceptions_frame(days: int, *, every: int) -> pd.DataFrame:
    """Return days with a loss of 11 against a VaR of 10 on every n-th day counted from the last, and of 9 otherwise."""
    is_hit = np.arange(days)[::-1] % every == 0
    frame = pd.DataFrame(
        {
            "business_date": pd.bdate_range(end="2022-12-28", periods=days),
            "confidence_level": 0.99,
            "var_usd": 10.0,
            "actual_pnl_usd": np.where(is_hit, -11.0, -9.0),
            "hypothetical_pnl_usd": -9.0,
            "is_actual_exception": is_hit,
            "is_hypothetical_exception": False,
        }
    )
    return pd.concat([frame, frame.assign(confidence_level=0.95)], ignore_index=True)


def test_an_exception_leaves_the_count_after_250_days() -> None:
    inside = exceptions_frame(250, every=249)
    outside = exceptions_frame(251, every=250)
    assert market_risk.count_exceptions(inside, 250)[1].actual == 2
    assert market_risk.count_exceptions(outside, 250)[1].actual == 1
    assert len(market_risk.exception_list(outside, 250)) == 2
    assert market_risk.count_exceptions(outside, 250)[1].expected == pytest.approx(2.5)


def test_without_a_window_every_date_counts() -> None:
    count = market_risk.count_exceptions(exceptions_frame(300, every=299), None)[1]
    assert (count.days, count.actual) == (300, 2)
    assert len(market_risk.exception_list(exceptions_frame(300, every=299), None)) == 4


def test_a_short_history_says_how_many_days_it_has() -> None:
    count = market_risk.count_exceptions(exceptions_frame(40, every=10), 250)[1]
    assert (count.days, count.actual, count.hypothetical, count.missing) == (40, 4, 0, 0)


def test_a_day_without_var_is_counted_as_missing_and_as_the_mart_flags_it() -> None:
    frame = exceptions_frame(10, every=100)
    last = frame["business_date"] == frame["business_date"].max()
    frame.loc[last, "var_usd"] = np.nan
    frame.loc[last, "is_hypothetical_exception"] = True
    count = market_risk.count_exceptions(frame, 250)[1]
    assert (count.missing, count.actual, count.hypothetical) == (1, 1, 1)
    assert market_risk.exception_list(frame, 250)["beyond_var_usd"].isna().all()


def test_the_loss_beyond_var_is_the_larger_of_the_two() -> None:
    frame = exceptions_frame(5, every=100)
    frame.loc[frame["is_actual_exception"], ["hypothetical_pnl_usd", "is_hypothetical_exception"]] = [-14.0, True]
    listed = market_risk.exception_list(frame, 250)
    assert listed["beyond_var_usd"].to_list() == [4.0, 4.0]
    assert set(listed["against"]) == {"actual and hypothetical"}


def test_every_quantile_rule_of_the_house_has_a_definition() -> None:
    assert set(market_risk.RULES) == {"order_statistic", "linear", "inverted_cdf", "weighted", "closed_form"}


def test_scopes_are_listed_firm_first_with_both_levels_side_by_side() -> None:
    var = pd.DataFrame(
        [
            (scope_type, name, level, base + level, base + 2, 0.1, 0.2)
            for base, (scope_type, name) in enumerate([("portfolio", "A"), ("desk", "B"), ("firm", "FIRM")])
            for level in (0.95, 0.99)
        ],
        columns=["scope_type", "scope_id", "confidence_level", "var_usd", "es_usd", "stale_share", "proxied_share"],
    )
    table = market_risk.side_by_side(var)
    assert table["scope_id"].to_list() == ["FIRM", "B", "A"]
    assert table["var_99_usd"].to_list() == [2.99, 1.99, 0.99]
    assert table["var_95_usd"].to_list() == [2.95, 1.95, 0.95]


@pytest.mark.parametrize(
    ("difference", "decimals", "verdict"),
    [
        (0.0, 2, "yes"),
        (0.004, 2, "yes"),
        (0.005, 2, "NO"),
        (-0.005, 2, "NO"),
        (0.00004, 4, "yes"),
        (0.0001, 4, "NO"),
        (1.0, 0, "NO"),
        (None, 2, "cannot be told"),
    ],
)
def test_a_tie_holds_to_half_of_the_last_decimal_and_never_by_absence(
    difference: float | None, decimals: int, verdict: str
) -> None:
    assert positions.Tie("a equals b", difference, decimals).verdict == verdict


def test_a_scope_without_a_row_on_the_date_is_none_not_zero() -> None:
    frame = pd.DataFrame({"scope_type": ["firm"], "scope_id": ["FIRM"], "day_pnl_usd": [np.nan]})
    assert positions.row_of(frame, Scope()) is None
    assert positions.row_of(frame, Scope(desk="FX")) is None
    assert positions.row_of(frame.assign(day_pnl_usd=0.0), Scope()) is not None


def test_a_scope_knows_its_mart_key() -> None:
    assert (Scope().type, Scope().id) == ("firm", "FIRM")
    assert (Scope("FX").type, Scope("FX").id) == ("desk", "FX")
    assert (Scope("FX", "FX-G10").type, Scope("FX", "FX-G10").id) == ("portfolio", "FX-G10")


def gate(*, is_green: bool) -> GateStatus:
    return GateStatus(
        is_green=is_green,
        business_date=date(2022, 12, 29),
        recorded_at=datetime(2022, 12, 30, tzinfo=UTC),
        withheld=[],
        reasons=[],
        build_in_force=None,
    )


def test_only_a_red_gate_withholds() -> None:
    assert not builds.Standing(None, None).is_withheld
    assert not builds.Standing(None, gate(is_green=True)).is_withheld
    assert builds.Standing(None, gate(is_green=True)).withheld_date is None
    assert builds.Standing(None, gate(is_green=False)).withheld_date == date(2022, 12, 29)
    assert not builds.Standing(None, gate(is_green=False)).is_stale


@pytest.mark.parametrize("absent", [None, float("nan"), np.float64("nan"), pd.NA, pd.NaT])
def test_missing_is_a_word_and_never_a_zero(absent: float | None) -> None:
    assert formats.amount(absent) == formats.signed(absent) == formats.share(absent) == "missing"


def test_a_loss_that_rounds_to_nothing_has_no_sign() -> None:
    assert formats.signed(-0.004) == "0.00"
    assert formats.signed(-0.005001) == "-0.01"


def test_time_is_local_with_its_zone_and_utc_when_the_zone_is_not_known() -> None:
    moment = datetime(2022, 7, 1, 12, 0, tzinfo=UTC)
    assert formats.local_time(moment, "America/New_York") == "1 Jul 2022, 08:00:00 EDT (America/New_York)"
    assert formats.local_time(moment, "Not/AZone") == formats.local_time(moment, None) == "1 Jul 2022, 12:00:00 UTC"
    assert formats.local_time(moment, "../../etc/passwd") == "1 Jul 2022, 12:00:00 UTC"


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("::1", True),
        (None, False),
        ("", False),
        (str(IPv4Address(0)), False),
        ("::", False),
        ("10.0.0.5", False),
        ("localhost.example.com", False),
    ],
)
def test_only_a_loopback_address_is_safe(address: str | None, is_safe: bool) -> None:
    assert states.is_loopback(address) is is_safe


def test_a_download_keeps_gaps_empty_names_the_build_and_starts_no_formula() -> None:
    frame = pd.DataFrame(
        {
            "name": ["=HYPERLINK(1)", "+1", "-2", "@x", "plain", None],
            "usd": [1234.5, -0.25, np.nan, 0.0, 1.0, 2.0],
            "day": pd.to_datetime(["2022-12-28"] * 6),
        }
    )
    columns = [
        tables.Column("name", "Name"),
        tables.Column("usd", "P&L, USD", "signed"),
        tables.Column("day", "Business date", "date"),
    ]
    lines = tables.to_csv(frame, columns, "2022-12-28-0123456789ab").decode().split("\r\n")
    assert lines == [
        'Name,"P&L, USD",Business date,Build',
        "'=HYPERLINK(1),1234.500000,2022-12-28,2022-12-28-0123456789ab",
        "'+1,-0.250000,2022-12-28,2022-12-28-0123456789ab",
        "'-2,,2022-12-28,2022-12-28-0123456789ab",
        "'@x,0.000000,2022-12-28,2022-12-28-0123456789ab",
        "plain,1.000000,2022-12-28,2022-12-28-0123456789ab",
        ",2.000000,2022-12-28,2022-12-28-0123456789ab",
        "",
    ]


def test_bars_of_contributions_sum_to_var_although_only_the_largest_have_a_bar() -> None:
    parts = pd.DataFrame({"part": [f"F{number}" for number in range(40)], "contribution_usd": np.arange(40.0, 0, -1)})
    bars = charts.contribution_bars(parts).data[0]
    assert len(bars.x) == 16
    assert bars.y[-1] == "25 others"
    assert sum(bars.x) == parts["contribution_usd"].sum()


def test_the_histogram_holds_every_scenario_once_and_the_tail_apart() -> None:
    pnl = np.linspace(-100, 99, 500)
    figure = charts.scenario_histogram(pd.DataFrame({"pnl_usd": pnl}), var_usd=95.0, es_usd=98.0, confidence=0.99)
    other, tail = (sum(bar.y) for bar in figure.data if bar.type == "bar")
    assert tail == (pnl <= -95).sum()
    assert other + tail == 500


@pytest.mark.parametrize("module", [formats, choices, builds])
def test_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted
    assert result.failed == 0
