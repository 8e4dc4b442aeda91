"""What the pages of market risk rely on: clusters, verdicts, hierarchies, parts that sum, and charts of them."""

from __future__ import annotations

import doctest
from datetime import date
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from streamlit_app.components import (
    charts,
    charts_of_backtests,
    charts_of_exposures,
    charts_of_limits,
    charts_of_pnl,
    charts_of_sensitivities,
    tables,
)
from streamlit_app.services import (
    backtesting,
    exposures,
    limits,
    market_risk,
    pnl_explain,
    sensitivities,
    stress,
    transaction_risk,
)
from streamlit_app.services.choices import Scope

FIRM_AND_DESKS = {"FX": ["FX-G10", "FX-EM"], "RATES": ["RT-SWAPS"]}


def days(hits: list[int], length: int = 100) -> pd.DataFrame:
    """Return days of which the numbered ones are exceptions."""
    return pd.DataFrame(
        {
            "business_date": pd.bdate_range("2020-01-01", periods=length),
            "is_exception": [number in hits for number in range(length)],
        }
    )


def test_the_densest_stretch_counts_its_last_day_and_not_the_one_before_its_first() -> None:
    inside = backtesting.densest(days([10, 29]), level=0.99)
    outside = backtesting.densest(days([10, 30]), level=0.99)
    assert inside is not None
    assert inside.exceptions == 2
    assert (inside.last - inside.first).days == 27
    assert outside is None


def test_the_densest_stretch_of_several_is_the_one_with_most() -> None:
    found = backtesting.densest(days([5, 8, 60, 61, 62, 99]), level=0.99)
    assert found is not None
    assert (found.exceptions, found.in_all, found.days) == (3, 6, 100)
    assert found.first == days([]).loc[60, "business_date"].date()
    assert found.expected == pytest.approx(0.2)
    assert found.words.startswith("3 of 6 exceptions in 100 business dates fell between ")


def test_no_exception_and_no_day_are_no_cluster() -> None:
    assert backtesting.densest(days([]), level=0.99) is None
    assert backtesting.densest(days([], length=0), level=0.99) is None


def backtest_row(**changes: object) -> pd.DataFrame:
    """Return one scope's test of actual P&L: 250 days, 6 exceptions, one of them after another."""
    row = {
        "scope_type": "desk",
        "scope_id": "FX",
        "confidence_level": 0.99,
        "pnl_type": "actual",
        "observations": 250,
        "window_observations": 250,
        "exceptions": 6,
        "missing": 0,
        "expected_exceptions": 2.5,
        "n00": 240,
        "n01": 5,
        "n10": 5,
        "n11": 1,
        "kupiec_statistic": 3.5554,
        "kupiec_p_value": 0.0594,
        "independence_statistic": 2.4232,
        "independence_p_value": 0.0495,
        "conditional_coverage_statistic": 5.97,
        "conditional_coverage_p_value": 0.00001,
        "es_z2_statistic": -0.69,
        "zone": "amber",
        "multiplier": 1.76,
        "desk_exceptions_limit": 12,
        "is_desk_limit_exceeded": False,
        "note": None,
    }
    return pd.DataFrame([row | changes])


P_VALUE_TESTS = ("kupiec", "independence", "conditional_coverage")
RULES = {
    **dict.fromkeys(P_VALUE_TESTS, backtesting.Rule(0.05)),
    "es_z2": backtesting.Rule(0.05, critical_value=-0.7, level=0.975, observations=250),
}


def verdicts(rules: dict[str, backtesting.Rule] = RULES, level: float = 0.99, **changes: object) -> list[str]:
    row = backtest_row(confidence_level=level, **changes)
    return [one.verdict for one in backtesting.statements(row, rules, Scope("FX"), level)]


def test_a_verdict_turns_at_the_published_significance() -> None:
    said = backtesting.statements(backtest_row(), RULES, Scope("FX"), 0.99)
    assert [one.verdict for one in said[:3]] == ["passed", "failed", "failed"]
    assert said[0].words == (
        "6 exceptions in 250 days, 2.5 expected. Were VaR right, a count at least this unusual would have a chance of "
        "5.94%."
    )
    assert said[1].words.startswith("1 of 6 exceptions came the day after another.")
    assert said[2].words.endswith("would have a chance of less than 1 in 10,000.")
    stricter = dict.fromkeys(P_VALUE_TESTS, backtesting.Rule(0.01))
    assert verdicts(stricter)[:3] == ["passed", "passed", "failed"]
    assert backtesting.failing_words(stricter).endswith("in fewer than 1% of cases.")


def test_z2_has_a_verdict_only_where_its_critical_value_is_for() -> None:
    assert verdicts(level=0.975, es_z2_statistic=-0.69)[3] == "passed"
    assert verdicts(level=0.975, es_z2_statistic=-0.71)[3] == "failed"
    assert verdicts(level=0.99, es_z2_statistic=-0.71)[3] == "cannot be told"
    assert verdicts(level=0.975, es_z2_statistic=-0.71, observations=249)[3] == "cannot be told"
    words = backtesting.statements(backtest_row(), RULES, Scope("FX"), 0.99)[3].words
    assert words.startswith("Z2 is -0.69, ")
    assert words.endswith("Its critical value is known at 97.5% over 250 days only.")


def test_without_a_rule_in_force_no_test_has_a_verdict() -> None:
    assert verdicts({}) == ["cannot be told"] * 4
    assert backtesting.failing_words({}).startswith("No significance is in force")


ZONES = pd.DataFrame(
    {
        "confidence_level": 0.99,
        "exceptions_from": [0, 3, 4, 7],
        "exceptions_to": pd.array([2, 3, 6, None], dtype="Int64"),
        "zone": ["green", "amber", "amber", "red"],
        "multiplier": [1.5, 1.6, 1.8, 2.1],
        "source_paragraph": "MAR0.0",
    }
)


def test_zones_and_their_words_are_those_of_the_table() -> None:
    zones = backtesting.zones_at(ZONES, 0.99)
    assert [(zone.name, zone.low, zone.high) for zone in zones] == [
        ("green", 0, 2),
        ("amber", 3, 6),
        ("red", 7, None),
    ]
    assert backtesting.zone_words(ZONES, 200) == (
        "Of 200 days at 99%: green 0 to 2, amber 3 to 6, red 7 or more exceptions (Basel, MAR0.0). Defined at 99% only."
    )
    assert backtesting.multiplier_words(ZONES).endswith(": 1.50 when green, 1.60 to 1.80 when amber, 2.10 when red.")
    assert backtesting.zones_at(ZONES, 0.975) == []


def test_without_zones_in_force_the_words_say_so() -> None:
    assert backtesting.zone_words(ZONES[:0], 250) == "No zones are in force on this date."
    assert backtesting.levels_with_zones(ZONES[:0]) == "none in force"
    assert backtesting.multiplier_words(ZONES[:0]) == "What capital for market risk is multiplied with."


def test_bands_of_the_count_s_chart_part_between_counts() -> None:
    counts = pd.DataFrame(
        {
            "business_date": pd.bdate_range("2022-01-03", periods=2),
            "actual": [1, 4],
            "hypothetical": [0, 2],
            "counted": [1, 4],
            "observations": 250,
        }
    )
    figure = charts_of_backtests.count_history(counts, 2.5, backtesting.zones_at(ZONES, 0.99))
    assert [(band.y0, band.y1) for band in figure.layout.shapes] == [(0, 2.5), (2.5, 6.5), (6.5, 9)]
    assert [note.text for note in figure.layout.annotations] == ["green: 0 to 2", "amber: 3 to 6", "red: 7 or more"]
    assert not charts_of_backtests.count_history(counts, 12.5, []).layout.shapes


def test_desk_limits_and_thresholds_are_said_as_the_table_has_them() -> None:
    rows = pd.concat([backtest_row(desk_exceptions_limit=5), backtest_row(confidence_level=0.9, scope_type="firm")])
    rows.loc[rows["scope_type"] == "firm", "desk_exceptions_limit"] = None
    assert backtesting.desk_limit_words(rows).startswith("More exceptions than 5 at 99% take a desk out")
    assert backtesting.desk_limit_words(rows[1:]) == "No limit for desks is in force on this date."
    thresholds = {
        "spearman_green_above": 0.91,
        "spearman_red_below": 0.61,
        "kolmogorov_smirnov_green_below": 0.03,
        "kolmogorov_smirnov_red_above": 0.22,
    }
    assert backtesting.attribution_words(pd.DataFrame([thresholds])) == (
        "Green needs a Spearman correlation above 0.91 and a Kolmogorov-Smirnov distance below 0.03; red is a "
        "correlation below 0.61 or a distance above 0.22."
    )


def test_a_test_without_a_figure_cannot_be_told_instead_of_passing() -> None:
    nothing = dict.fromkeys(
        ("kupiec_p_value", "independence_p_value", "conditional_coverage_p_value", "es_z2_statistic"), np.nan
    )
    said = backtesting.statements(backtest_row(**nothing), RULES, Scope("FX"), 0.99)
    assert {one.verdict for one in said} == {"cannot be told"}
    assert backtesting.as_table(said)["p_value"].to_list() == ["missing", "missing", "missing", "none"]


def test_the_row_of_the_larger_count_is_no_third_pnl() -> None:
    rows = pd.concat([backtest_row(), backtest_row(pnl_type="larger")])
    assert len(backtesting.statements(rows, RULES, Scope("FX"), 0.99)) == 4


def test_zone_and_multiplier_are_those_of_the_larger_count() -> None:
    rows = pd.concat(
        [backtest_row(exceptions=4, zone="green", multiplier=1.5, pnl_type="hypothetical"), backtest_row()]
    )
    row = backtesting.by_scope(rows, 0.99, [("desk", "FX")]).iloc[0]
    assert (row["counted"], row["actual"], row["hypothetical"]) == (6, 6, 4)
    assert (row["zone"], row["multiplier"]) == ("amber", 1.76)
    assert not row["is_desk_limit_exceeded"]


def test_scopes_below_are_one_step_down() -> None:
    assert backtesting.scopes_below(Scope(), FIRM_AND_DESKS) == [("firm", "FIRM"), ("desk", "FX"), ("desk", "RATES")]
    assert backtesting.scopes_below(Scope("RATES"), FIRM_AND_DESKS) == [("desk", "RATES"), ("portfolio", "RT-SWAPS")]
    assert backtesting.scopes_below(Scope("FX", "FX-EM"), FIRM_AND_DESKS) == [("portfolio", "FX-EM")]


def method_row(method: str, horizon: int, **changes: object) -> dict[str, object]:
    return {
        "method": method,
        "quantile_rule": "closed_form",
        "horizon_days": horizon,
        "confidence_level": 0.99,
        "var_usd": 100.0 * horizon,
        "es_usd": 120.0 * horizon,
        "note": None,
    } | changes


HELD = pd.DataFrame(
    [
        (method, horizon, "closed_form", pd.Timestamp("2022-12-28"))
        for method in ("normal", "student_t", "monte_carlo_t")
        for horizon in (1, 10)
    ],
    columns=["method", "horizon_days", "quantile_rule", "last_date"],
)


def test_methods_stand_side_by_side_with_one_note_each() -> None:
    var = pd.DataFrame(
        [
            method_row("normal", 1),
            method_row("normal", 10, es_usd=np.nan, note="No mean."),
            method_row("student_t", 1, note="Few scenarios."),
            method_row("student_t", 10, note="Few scenarios."),
        ]
    )
    table = market_risk.methods_side_by_side(var, HELD, 0.99).set_index("method")
    assert table.loc["normal", ["var_1d_usd", "es_1d_usd", "var_10d_usd"]].to_list() == [100.0, 120.0, 1000.0]
    assert pd.isna(table.loc["normal", "es_10d_usd"])
    assert table["note"].to_dict() == {
        "normal": "10 days: No mean.",
        "student_t": "Few scenarios.",
        "monte_carlo_t": "Not computed for this date or scope; newest: Wednesday 28 December 2022.",
    }


def test_a_method_that_nobody_named_here_is_shown_by_the_mart_s_name() -> None:
    assert market_risk.method_name("new_method") == "New method"
    assert market_risk.method_words("new_method") == ""


def test_components_tie_only_when_every_part_is_known() -> None:
    members = pd.DataFrame({"component_var_usd": [60.0, 40.0]})
    var = pd.Series({"var_usd": 100.0})
    assert market_risk.components_tie(members, var).verdict == "yes"
    assert market_risk.components_tie(members, pd.Series({"var_usd": 100.01})).verdict == "NO"
    assert market_risk.components_tie(members, None).verdict == "cannot be told"
    gap = pd.DataFrame({"component_var_usd": [100.0, np.nan]})
    assert market_risk.components_tie(gap, var).verdict == "cannot be told"


def limit_rows() -> pd.DataFrame:
    """Return checks of a firm, its two desks, a portfolio and its trader, in no order."""
    return pd.DataFrame(
        [
            ("trader", "TR1", "FX", "FX-G10", "within", 10.0, 0, None),
            ("desk", "RATES", "RATES", None, "breach", 120.0, 3, None),
            ("portfolio", "FX-G10", "FX", "FX-G10", "missing", np.nan, 0, None),
            ("firm", "FIRM", None, None, "waived", 80.0, 9, "W1"),
            ("desk", "FX", "FX", None, "breach", 101.0, 7, None),
        ],
        columns=[
            "scope_type",
            "scope_id",
            "desk_id",
            "portfolio_id",
            "status",
            "utilisation_pct",
            "days_in_breach",
            "waiver_id",
        ],
    ).assign(
        limit_id=lambda frame: "L-" + frame["scope_id"],
        limit_type="var",
        metric="var_99_1d_usd",
        exposure_type=None,
        exposure_key=None,
        exposure_name=None,
        unit="USD",
        current_value=lambda frame: frame["utilisation_pct"],
        limit_value=100.0,
        original_limit_value=100.0,
        warning_pct=90.0,
        escalation_level=["", None, None, None, "chief_risk_officer"],
    )


def test_limits_follow_the_hierarchy() -> None:
    ordered = limits.in_hierarchy(limit_rows())
    assert ordered["holder"].to_list() == [
        "FIRM",
        "FIRM > FX",
        "FIRM > FX > FX-G10",
        "FIRM > FX > FX-G10 > TR1",
        "FIRM > RATES",
    ]


def test_a_desk_s_limits_are_its_own_and_those_below() -> None:
    assert set(limits.within(limit_rows(), Scope("FX"))["scope_id"]) == {"FX", "FX-G10", "TR1"}
    assert set(limits.within(limit_rows(), Scope("FX", "FX-G10"))["scope_id"]) == {"FX-G10", "TR1"}
    assert len(limits.within(limit_rows(), Scope())) == 5


def test_a_limit_without_a_value_comes_first_and_is_counted() -> None:
    assert limits.most_used(limit_rows())["scope_id"].to_list() == ["FX-G10", "RATES", "FX", "FIRM", "TR1"]
    assert limits.counts(limit_rows()) == {"breach": 2, "waived": 1, "warning": 0, "missing": 1, "within": 1}


def test_open_breaches_come_before_waived_ones_the_oldest_first() -> None:
    waivers = pd.DataFrame(
        {"waiver_id": ["W1"], "waiver_expires_on": pd.to_datetime(["2020-03-31"]), "waiver_approved_by": ["CRO"]}
    )
    rows = limits.open_breaches(limit_rows(), waivers)
    assert rows["scope_id"].to_list() == ["FX", "RATES", "FIRM"]
    assert rows["waived_until"].fillna("").to_list() == ["", "", "Tuesday 31 March 2020"]
    assert rows["escalated_to"][0] == "chief risk officer"


def test_the_worst_day_is_the_first_of_equals_and_waived_limits_do_not_count() -> None:
    history = pd.DataFrame(
        [
            ("2020-03-12", "breach", 1),
            ("2020-03-12", "waived", 9),
            ("2020-03-13", "breach", 3),
            ("2020-03-13", "within", 7),
            ("2020-03-16", "breach", 3),
        ],
        columns=["business_date", "status", "limits"],
    ).assign(business_date=lambda frame: pd.to_datetime(frame["business_date"]))
    worst = limits.worst_day(history)
    assert worst is not None
    assert (worst.day, worst.breaches, worst.limits, worst.median) == (date(2020, 3, 13), 3, 10, 3.0)
    assert limits.worst_day(history[history["status"] != "breach"]) is None


def explained() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("delta", "EQ:AAPL", "equity", -10.0, 0),
            ("delta", "FX:EUR", "currency", np.nan, 1),
            ("gamma", "EQ:AAPL", "equity", 1.0, 0),
            ("time_decay", None, None, np.nan, 2),
            ("unexplained", None, None, 4.0, 0),
            ("new_trades", None, None, 2.0, 0),
        ],
        columns=["component_type", "risk_factor_id", "risk_class", "pnl_usd", "missing"],
    )


def test_steps_keep_their_order_and_what_is_missing_is_no_zero() -> None:
    steps = pnl_explain.steps(explained())
    assert [(step.name, step.pnl_usd, step.missing) for step in steps] == [
        ("Time", None, 2),
        ("Currency moves", None, 1),
        ("Equity moves", -10.0, 0),
        ("Second order (gamma)", 1.0, 0),
        ("New trades", 2.0, 0),
        ("Unexplained", 4.0, 0),
    ]


def test_factors_add_their_orders_and_stay_missing_when_one_is() -> None:
    factors = pnl_explain.by_factor(explained()).set_index("risk_factor_id")
    assert factors.loc["EQ:AAPL", "total_pnl_usd"] == -9.0
    # No row is no second order; a row without a figure is missing.
    assert factors.loc["FX:EUR", "gamma"] == 0.0
    assert pd.isna(factors.loc["FX:EUR", "total_pnl_usd"])
    assert factors.loc["FX:EUR", "missing"] == 1


def test_the_waterfall_ends_at_the_sum_and_names_what_is_missing() -> None:
    bars = charts_of_pnl.waterfall(pnl_explain.steps(explained())).data[0]
    assert bars.x[-1] == "P&L"
    assert bars.y[-1] == sum(bars.y[:-1]) == -3.0
    assert bars.text[0] == "missing"


def test_a_sum_of_stress_with_a_missing_position_is_missing() -> None:
    positions = pd.DataFrame({"desk_id": ["A", "A", "B", None], "pnl_usd": [-5.0, np.nan, -3.0, 1.0]})
    parts = stress.by_part(positions, "desk_id").set_index("part")["pnl_usd"]
    assert pd.isna(parts["A"])
    assert parts["B"] == -3.0
    assert parts["unknown"] == 1.0


def test_keys_tie_to_gross_and_not_by_absence() -> None:
    keys = pd.DataFrame({"gross_usd": [60.0, 40.0]})
    assert exposures.keys_tie(keys, pd.Series({"gross_usd": 100.0})).verdict == "yes"
    assert exposures.keys_tie(keys, pd.Series({"gross_usd": 99.0})).verdict == "NO"
    assert exposures.keys_tie(keys[:0], pd.Series({"gross_usd": 0.0})).verdict == "cannot be told"


def factor_rows() -> pd.DataFrame:
    """Return factors of every type, out of order, each with a gain of its place."""
    rows = [
        ("interest_rate", "IR:USD:30 Yr", 0.0001),
        ("volatility", "VOL:AAPL", 0.01),
        ("interest_rate", "IR:USD:6 Mo", 0.0001),
        ("interest_rate", "IR:USD:2 Yr", 0.0001),
        ("fx", "FX:EUR", 0.01),
        ("equity", "EQ:MSFT", 0.01),
        ("equity", "EQ:AAPL", 0.01),
        ("interest_rate", "IR:USD:10 Yr", 0.0001),
    ]
    frame = pd.DataFrame(rows, columns=["factor_type", "risk_factor_id", "quoted_move"])
    return frame.assign(quoted_sensitivity_usd=np.arange(1.0, 9.0))


def test_factors_are_in_the_order_of_types_and_rates_in_the_order_of_tenors() -> None:
    factors = sensitivities.in_order(factor_rows())
    assert factors["risk_factor_id"].to_list() == [
        "EQ:AAPL",
        "EQ:MSFT",
        "FX:EUR",
        "IR:USD:6 Mo",
        "IR:USD:2 Yr",
        "IR:USD:10 Yr",
        "IR:USD:30 Yr",
        "VOL:AAPL",
    ]
    assert sensitivities.key_rates(factors)["tenor"].to_list() == ["6 Mo", "2 Yr", "10 Yr", "30 Yr"]


def test_headlines_sum_each_type_for_the_move_the_mart_quotes() -> None:
    factors = sensitivities.in_order(factor_rows())
    assert [(one.label, one.usd) for one in sensitivities.headlines(factors)] == [
        ("Equity delta for 1%, USD", 13.0),
        ("Currency delta for 1%, USD", 5.0),
        ("DV01 for 1 bp, USD", 16.0),
        ("Vega for 1 point, USD", 2.0),
    ]


def test_a_headline_with_a_missing_factor_is_missing_and_one_without_factors_is_none() -> None:
    rows = factor_rows()
    rows.loc[rows["risk_factor_id"] == "IR:USD:2 Yr", "quoted_sensitivity_usd"] = np.nan
    said = {one.name: one for one in sensitivities.headlines(sensitivities.in_order(rows[rows["factor_type"] != "fx"]))}
    assert (said["DV01"].factors, said["DV01"].usd) == (4, None)
    assert (said["Currency delta"].factors, said["Currency delta"].usd) == (0, None)


def test_a_type_of_factors_that_nobody_named_here_is_summed_too() -> None:
    rows = factor_rows().assign(factor_type="credit_spread")
    assert sensitivities.headlines(sensitivities.in_order(rows))[-1].usd == 36.0


def test_the_largest_factor_may_be_short_and_a_missing_one_comes_before_it() -> None:
    rows = factor_rows()
    rows.loc[2, "quoted_sensitivity_usd"] = -9.0
    assert sensitivities.largest(rows) == "IR:USD:6 Mo"
    rows.loc[5, "quoted_sensitivity_usd"] = np.nan
    assert sensitivities.largest(rows) == "EQ:MSFT"


def test_positions_tie_to_their_factor_and_not_by_absence() -> None:
    held = pd.DataFrame({"quoted_sensitivity_usd": [3.0, -1.0]})
    factor = pd.Series({"risk_factor_id": "FX:EUR", "quoted_sensitivity_usd": 2.0})
    assert sensitivities.positions_tie(held, factor).verdict == "yes"
    assert sensitivities.positions_tie(held[:1], factor).verdict == "NO"
    assert sensitivities.positions_tie(held[:0], factor).verdict == "cannot be told"


def test_bars_of_key_rates_say_what_is_missing() -> None:
    rates = sensitivities.key_rates(sensitivities.in_order(factor_rows()))
    rates.loc[1, "quoted_sensitivity_usd"] = np.nan
    figure = charts_of_sensitivities.key_rates(rates)
    assert list(figure.layout.xaxis.ticktext) == ["6 Mo", "2 Yr", "10 Yr", "30 Yr"]
    assert [(note.text, note.x) for note in figure.layout.annotations] == [("missing", 1)]
    assert figure.layout.yaxis.title.text == "Change in value for 1 bp more, USD"


def test_bars_of_pnl_sum_to_the_whole_and_a_missing_one_says_so() -> None:
    parts = pd.DataFrame({"part": [f"P{number}" for number in range(30)], "pnl_usd": np.arange(-15.0, 15.0)})
    bars = charts.pnl_bars(parts, "part", "P&L", top=25).data[0]
    assert len(bars.x) == 26
    assert sum(bars.x) == parts["pnl_usd"].sum()
    parts.loc[3, "pnl_usd"] = np.nan
    figure = charts.pnl_bars(parts, "part", "P&L")
    assert [(note.text, note.y) for note in figure.layout.annotations] == [("missing", 3)]


def test_bullets_say_the_status_of_every_limit_in_words() -> None:
    figure = charts_of_limits.bullets(limits.in_hierarchy(limit_rows()))
    words = next(trace for trace in figure.data if trace.type == "scatter" and trace.mode == "text").text
    assert [word.strip() for word in words] == [
        "80.0% waived",
        "101.0% breach",
        "missing",
        "10.0% within",
        "120.0% breach",
    ]
    assert figure.layout.yaxis.ticktext[1] == "FX: VaR 99%, 1 day"


def test_names_that_hold_markup_are_shown_as_written() -> None:
    keys = pd.DataFrame(
        {
            "exposure_key": ["K"],
            "exposure_name": ["<a href='x'>Bank</a> & Co"],
            "gross_usd": [10.0],
            "net_usd": [-10.0],
            "gross_share": [1.0],
        }
    )
    tree = charts_of_exposures.treemap(keys, "Gross").data[0]
    assert tree.labels == ("&lt;a href='x'&gt;Bank&lt;/a&gt; &amp; Co",)
    assert tree.customdata[0][0] == "net short"


def test_a_download_holds_the_number_behind_a_written_figure() -> None:
    frame = pd.DataFrame({"words": ["1,234.50", "missing"], "usd": [1234.5, np.nan]})
    column = tables.Column("words", "Value", "figure", download="usd")
    assert tables.to_csv(frame, [column], "b1").decode().split("\r\n") == ["Value,Build", "1234.500000,b1", ",b1", ""]


@pytest.mark.parametrize("module", [market_risk, limits, pnl_explain, sensitivities, transaction_risk, charts])
def test_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted
    assert result.failed == 0
