"""The pages of market risk show what the tables hold, in every state: figures, nothing there, missing, refused."""

from __future__ import annotations

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from streamlit_app.components.formats import amount, signed
from streamlit_app.repositories import sensitivities
from tests.unit.app.published_build import LAST_DATE
from tests.unit.app.test_pages import (
    BACKTESTING,
    EXPLAIN,
    EXPOSURE,
    LIMITS,
    MARKET_RISK,
    STRESS,
    TRADES,
    markdown,
    metrics,
    plain,
    query,
    run,
    table,
)

pytestmark = pytest.mark.usefixtures("home")
ON_LAST_DATE = f"business_date = '{LAST_DATE}'"


def notes(app: AppTest) -> list[str]:
    return [info.value for info in app.info]


def test_a_chosen_method_and_horizon_are_those_of_the_mart(app: AppTest) -> None:
    run(app, MARKET_RISK, method="normal", horizon="10")
    mart = query(
        "select var_usd, es_usd from fct_portfolio_var_daily where scope_type = 'firm' and method = 'normal' "
        f"and horizon_days = 10 and confidence_level = 0.99 and {ON_LAST_DATE}"
    )
    assert len(mart) == 1
    assert metrics(app)["VaR 99%, 10 days, USD"] == amount(mart["var_usd"][0])
    assert metrics(app)["ES 99%, 10 days, USD"] == amount(mart["es_usd"][0])
    assert app.selectbox(key="widget:rule").value == "closed_form"
    # The parts of the figure of record stay: they belong to no other method.
    assert "Contributions sum to VaR: yes, difference 0.00" in markdown(app)


def test_every_method_is_listed_once_per_rule_with_a_note_where_a_figure_is_missing(app: AppTest) -> None:
    run(app, MARKET_RISK)
    shown = table(app, "method_name")
    methods = query("select distinct method, quantile_rule from fct_portfolio_var_daily")
    assert len(shown) == len(methods)
    assert shown["method_name"][0] == "Historical simulation, delta-gamma"
    missing = shown[shown["es_10d_usd"].isna()]
    assert missing["method_name"].to_list() == ["Generalised Pareto tail"]
    assert missing["note"].to_list() == ["10 days: The fitted tail has no mean, so expected shortfall is infinite."]


def test_a_method_of_chosen_dates_says_so_on_another_date(app: AppTest) -> None:
    run(app, MARKET_RISK, method="monte_carlo_t", date="2022-11-15")
    assert any("There is no VaR by this method for the firm on Tuesday 15 November 2022" in note for note in notes(app))
    shown = table(app, "method_name").set_index("method_name")
    assert pd.isna(shown.loc["Monte Carlo, Student t", "var_1d_usd"])
    assert shown.loc["Monte Carlo, Student t", "note"].startswith("Not computed for this date or scope; newest: ")


def test_components_sum_to_var_and_risk_classes_are_firm_wide(app: AppTest) -> None:
    run(app, MARKET_RISK)
    assert "Components sum to VaR: yes, difference 0.00" in markdown(app)
    assert "By class of risk" in [heading.value for heading in app.subheader]
    run(app, MARKET_RISK, desk="FX")
    assert "By class of risk" not in [heading.value for heading in app.subheader]


def factor_sums(where: str = "true") -> pd.Series:
    """Return the mart's sensitivity per type of factor on the last date."""
    return query(
        "select factor_type, sum(quoted_sensitivity_usd) as usd from fct_position_sensitivities_daily "
        f"where {ON_LAST_DATE} and {where} group by factor_type"
    ).set_index("factor_type")["usd"]


def test_sensitivities_are_those_of_the_mart_and_open_to_positions(app: AppTest) -> None:
    run(app, MARKET_RISK)
    mart = factor_sums()
    shown = metrics(app)
    assert shown["Equity delta for 1%, USD"] == signed(mart["equity"])
    assert shown["Currency delta for 1%, USD"] == signed(mart["fx"])
    assert shown["DV01 for 1 bp, USD"] == signed(mart["interest_rate"])
    # The bank holds no option: that is no figure that is missing.
    assert shown["Vega, USD"] == "none"
    factors = table(app, "type_name")
    rates = factors.loc[factors["type_name"] == "DV01", "risk_factor_id"].to_list()
    assert rates == ["IR:USD:6 Mo", "IR:USD:2 Yr", "IR:USD:10 Yr", "IR:USD:30 Yr"]
    gamma = query(
        "select sum(gamma_usd) as usd from fct_position_sensitivities_daily "
        f"where risk_factor_id = 'EQ:AAPL' and {ON_LAST_DATE}"
    )["usd"][0]
    shown_gamma = factors.set_index("risk_factor_id")["quoted_gamma_usd"]
    assert shown_gamma["EQ:AAPL"] == pytest.approx(float(gamma) * 0.01**2)
    assert shown_gamma["EQ:AAPL"] > 0
    # The largest is opened unless the address asks for another.
    largest = factors.loc[factors["quoted_sensitivity_usd"].astype(float).abs().idxmax(), "risk_factor_id"]
    assert app.selectbox(key="widget:factor").value == largest
    assert f"Positions sum to the sensitivity to {largest}: yes, difference 0.00" in markdown(app)


def test_a_factor_of_the_address_is_opened_for_the_desk(app: AppTest) -> None:
    run(app, MARKET_RISK, desk="EQUITIES", factors="equity", factor="EQ:AAPL")
    desk = factor_sums("portfolio_id in (select portfolio_id from dim_portfolios where desk_id = 'EQUITIES')")
    assert metrics(app)["Equity delta for 1%, USD"] == signed(desk["equity"])
    assert "fx" not in desk
    assert metrics(app)["Currency delta, USD"] == "none"
    assert set(table(app, "type_name")["risk_factor_id"]) == {"EQ:AAPL", "EQ:MSFT"}
    assert "Positions sum to the sensitivity to EQ:AAPL: yes, difference 0.00" in markdown(app)
    value = query(f"select market_value_usd from fct_positions_daily where instrument_id = 'AAPL' and {ON_LAST_DATE}")[
        "market_value_usd"
    ][0]
    assert any(text.value.startswith(f"EQ:AAPL: {signed(float(value) * 0.01)} USD for 1% more") for text in app.text)


def test_a_portfolio_that_no_rate_moves_has_no_dv01(app: AppTest) -> None:
    run(app, MARKET_RISK, portfolio="FX-G10", factor="IR:USD:10 Yr")
    assert metrics(app)["DV01, USD"] == "none"
    assert any("so there is no DV01 by tenor" in note for note in notes(app))
    assert app.warning[0].value.startswith("The address asks for a risk factor that is not available here")


def test_a_scope_that_no_factor_moves_says_so_and_shows_the_rest(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    held = sensitivities.by_factor
    monkeypatch.setattr(sensitivities, "by_factor", lambda *arguments: held(*arguments)[:0])
    run(app, MARKET_RISK)
    assert "No risk factor moves what the firm held on Wednesday 28 December 2022." in notes(app)
    assert "Equity delta for 1%, USD" not in metrics(app)
    assert "The scenarios" in [heading.value for heading in app.subheader]


def test_the_rules_of_the_backtest_are_read_from_the_build(app: AppTest) -> None:
    run(app, BACKTESTING)
    helps = {metric.label: metric.help for metric in app.metric}
    assert helps["Zone of the firm"].startswith(
        "Of 250 days at 99%: green 0 to 4, amber 5 to 9, red 10 or more exceptions (Basel, MAR32.9"
    )
    assert helps["Capital multiplier"].endswith("1.50 when green, 1.70 to 1.92 when amber, 2.00 when red.")
    limits = table(app, "limit").set_index("scope_id")["limit"]
    assert limits.to_dict() == {"FIRM": "", "EQUITIES": "12", "FX": "12"}
    assert any("in fewer than 5% of cases" in caption.value for caption in app.caption)
    assert any("correlation above 0.80" in caption.value for caption in app.caption)


def test_z2_has_a_verdict_at_the_level_of_its_critical_value_only(app: AppTest) -> None:
    run(app, BACKTESTING)
    assert "Its critical value is known at 97.5% over 250 days only." in plain(app)
    run(app, BACKTESTING, backtest_level="0.975")
    shown = table(app, "p_value")
    assert set(shown.loc[shown["test"].str.contains("Z2"), "verdict"]) <= {"passed", "failed"}


def test_a_portfolio_without_members_has_no_decomposition(app: AppTest) -> None:
    run(app, MARKET_RISK, portfolio="FX-G10")
    assert "The build holds no decomposition of portfolio FX-G10 at 99% for this date." in notes(app)


def test_the_larger_count_decides_zone_and_multiplier(app: AppTest) -> None:
    run(app, BACKTESTING)
    mart = query(
        "select pnl_type, exceptions, zone, multiplier from fct_var_backtests_daily "
        f"where scope_type = 'firm' and confidence_level = 0.99 and {ON_LAST_DATE} order by exceptions desc"
    )
    assert mart["exceptions"][0] > mart["exceptions"][1]
    shown = metrics(app)
    assert shown["Zone of the firm"] == "▲ amber"
    assert shown["Capital multiplier"] == f"{mart['multiplier'][0]:.2f}"
    assert shown["Exceptions 99%, 250 days"] == f"{mart['exceptions'][0]} of 2.5 expected"
    zones = table(app, "counted")
    assert zones["scope_id"].to_list() == ["FIRM", "EQUITIES", "FX"]
    assert (zones["counted"] == zones[["actual", "hypothetical"]].max(axis=1)).all()


def test_the_page_says_where_exceptions_cluster(app: AppTest) -> None:
    run(app, BACKTESTING)
    firm = query(
        "select business_date from fct_var_exceptions_daily where scope_type = 'firm' and confidence_level = 0.99 "
        "and (is_actual_exception or is_hypothetical_exception) order by business_date"
    )["business_date"]
    crisis = firm[(firm >= "2022-07-01") & (firm < "2022-08-15")]
    assert len(crisis) >= 3
    words = next(text.value for text in app.text if "business dates fell between" in text.value)
    assert words.startswith(f"{len(crisis)} of {len(firm)} exceptions in ")
    assert f"{crisis.iloc[0].day} July 2022" in words


def test_tests_are_told_in_words_with_their_p_value(app: AppTest) -> None:
    run(app, BACKTESTING)
    kupiec = query(
        "select kupiec_p_value from fct_var_backtests_daily where scope_type = 'firm' and confidence_level = 0.99 "
        f"and pnl_type = 'actual' and {ON_LAST_DATE}"
    )["kupiec_p_value"][0]
    assert f"would have a chance of {kupiec:.2%}." in plain(app)
    shown = table(app, "p_value")
    assert shown["p_value"][0] == f"{kupiec:.4f}"
    assert set(shown.loc[shown["test"].str.contains("Z2"), "p_value"]) == {"none"}


def test_zones_are_not_given_at_other_levels(app: AppTest) -> None:
    run(app, BACKTESTING, backtest_level="0.975")
    assert metrics(app)["Zone of the firm"] == "99% only"
    assert "zone" not in table(app, "counted").columns


def test_a_portfolio_has_no_desk_limit_and_its_desk_s_attribution(app: AppTest) -> None:
    run(app, BACKTESTING, portfolio="FX-G10")
    assert table(app, "counted")["is_desk_limit_exceeded"].isna().all()
    assert table(app, "spearman_correlation")["desk_id"].to_list() == ["FX"]


def test_early_dates_have_no_attribution_test_and_an_unfinished_window(app: AppTest) -> None:
    run(app, BACKTESTING, date="2021-12-15")
    assert "There is no P&L attribution test for the firm on Wednesday 15 December 2021." in notes(app)
    assert table(app, "counted")["note"].str.contains("of 250 observations").all()
    assert metrics(app)["Zone of the firm"] == "missing"


def test_the_ladder_is_worst_first_and_opens_to_positions(app: AppTest) -> None:
    run(app, STRESS, desk="FX")
    ladder = table(app, "scenario_type")
    assert ladder["pnl_usd"].is_monotonic_increasing
    assert metrics(app)["Worst scenario, USD"] == signed(ladder["pnl_usd"].iloc[0])
    assert "Positions sum to the scenario's P&L: yes, difference 0.00" in markdown(app)
    positions = table(app, "stressed_value_usd")
    assert signed(positions["pnl_usd"].sum()) == signed(ladder["pnl_usd"].iloc[0])
    assert set(positions["desk_id"]) == {"FX"}


def test_another_scenario_of_the_address_is_opened(app: AppTest) -> None:
    run(app, STRESS, scenario="rates_up_200")
    total = query(
        f"select pnl_usd from fct_stress_summary_daily where scope_type = 'firm' and {ON_LAST_DATE} "
        "and scenario_id = 'rates_up_200'"
    )["pnl_usd"][0]
    assert f"Rates 200 bp higher, {signed(total)} USD." in plain(app)


def test_reverse_stress_says_what_is_not_reached(app: AppTest) -> None:
    run(app, STRESS)
    reverse = table(app, "loss_target_usd")
    assert reverse["scale"].isna().any()
    assert (reverse["is_reached"] == reverse["scale"].notna()).all()
    assert (reverse.loc[~reverse["is_reached"], "note"] != "").all()


def test_stress_offers_the_dates_of_full_revaluation_only(app: AppTest) -> None:
    run(app, STRESS, date="2022-11-15")
    assert app.warning[0].value.startswith("The address asks for a business date that is not available here")
    assert app.selectbox(key="widget:date").value == LAST_DATE.isoformat()


@pytest.mark.parametrize("kind", ["issuer", "currency", "tenor"])
def test_exposure_ties_to_what_concentration_was_measured_on(app: AppTest, kind: str) -> None:
    run(app, EXPOSURE, exposure=kind)
    mart = query(
        "select * from fct_concentration_daily "
        f"where scope_type = 'firm' and exposure_type = '{kind}' and {ON_LAST_DATE}"
    )
    assert len(mart) == 1
    shown = metrics(app)
    assert shown["Gross, USD"] == amount(mart["gross_usd"][0])
    assert shown["Net, USD"] == signed(mart["net_usd"][0])
    assert shown["HHI"] == amount(mart["hhi"][0], 4)
    assert "Keys sum to gross exposure: yes, difference 0.00" in markdown(app)
    assert amount(table(app, "gross_share")["gross_usd"].sum()) == shown["Gross, USD"]


def test_an_issuer_has_a_name_and_its_lei(app: AppTest) -> None:
    run(app, EXPOSURE)
    keys = table(app, "gross_share")
    assert keys["exposure_name"][0] == "Apple Inc."
    assert keys["exposure_key"][0] == "DEMO000000AAPL000133"
    # A delivered name is shown as it is written and never as markup.
    assert "<b>" not in markdown(app)


def test_a_type_a_desk_has_none_of_is_not_offered(app: AppTest) -> None:
    run(app, EXPOSURE, desk="FX", exposure="issuer")
    assert app.warning[0].value == (
        "The address asks for a breakdown that is not available here; showing the default instead."
    )
    assert metrics(app)["Largest currency"] != "missing"


def test_limits_are_counted_and_listed_as_a_tree(app: AppTest) -> None:
    run(app, LIMITS)
    mart = query(f"select status, count(*) as limits from fct_limit_checks_daily where {ON_LAST_DATE} group by status")
    count = mart.set_index("status")["limits"]
    shown = metrics(app)
    assert shown["In breach"] == f"{count['breach']} of {count.sum()} limits"
    assert shown["Waived"] == str(count["waived"])
    assert shown["Warnings"] == str(count["warning"])
    assert shown["Without a value"] == str(count["missing"]) == "1"
    listed = table(app, "warning_pct")
    assert len(listed) == count.sum()
    holders = list(dict.fromkeys(listed["holder"]))
    assert holders[:3] == ["FIRM", "FIRM > EQUITIES", "FIRM > EQUITIES > EQ-TECH"]
    assert holders.index("FIRM > EQUITIES > EQ-TECH > TR01") < holders.index("FIRM > FX")


def test_an_open_breach_has_age_escalation_and_waiver(app: AppTest) -> None:
    run(app, LIMITS)
    rows = table(app, "waived_until").set_index("holder")
    assert rows["status"].to_list() == ["■ breach", "◆ waived"]
    assert rows.loc["FIRM > EQUITIES", "waived_until"] == "Friday 30 December 2022"
    assert rows.loc["FIRM > EQUITIES", "waiver_approved_by"] == "Chief risk officer"
    assert rows.loc["FIRM > EQUITIES > EQ-TECH", "escalated_to"] == "chief risk officer"
    assert rows.loc["FIRM > EQUITIES > EQ-TECH", "waived_until"] == ""
    oldest = query(f"select max(days_in_breach) as days from fct_limit_checks_daily where {ON_LAST_DATE}")["days"][0]
    assert metrics(app)["Oldest open breach"] == f"{oldest} business days"


def test_a_desk_sees_its_own_limits_and_those_below(app: AppTest) -> None:
    run(app, LIMITS, desk="FX")
    assert set(table(app, "warning_pct")["holder"]) == {"FIRM > FX", "FIRM > FX > FX-G10", "FIRM > FX > FX-G10 > TR03"}
    assert "No limit of desk FX or below is in breach on Wednesday 28 December 2022." in notes(app)
    assert metrics(app)["Oldest open breach"] == "none"


def test_one_type_and_one_limit_can_be_looked_at(app: AppTest) -> None:
    run(app, LIMITS, limit_type="issuer_concentration", limit="FIRM-ISSUER|FIRM")
    assert set(table(app, "warning_pct")["limit_words"]) == {"Exposure to an issuer"}
    assert any("The limit holds for each key on its own" in caption.value for caption in app.caption)


def test_the_day_with_most_breaches_is_named(app: AppTest) -> None:
    run(app, LIMITS)
    per_day = query(
        "select business_date, count(*) as breaches from fct_limit_checks_daily where status = 'breach' "
        "group by business_date order by breaches desc, business_date"
    )
    words = next(text.value for text in app.text if text.value.startswith("The most limits in breach at once"))
    assert words.startswith(f"The most limits in breach at once: {per_day['breaches'][0]} of 12, on ")
    assert f"{per_day['business_date'][0].day} {per_day['business_date'][0]:%B %Y}" in words


@pytest.mark.parametrize("period", ["day", "month", "year"])
def test_the_waterfall_s_parts_sum_to_the_pnl(app: AppTest, period: str) -> None:
    run(app, EXPLAIN, period=period, desk="EQUITIES")
    assert "Components sum to P&L of desk EQUITIES: yes, difference 0.00" in markdown(app)
    mart = query(f"select * from fct_pnl_attribution_daily where scope_id = 'EQUITIES' and {ON_LAST_DATE}")
    assert metrics(app)["Risk-theoretical, USD"] == signed(mart["risk_theoretical_pnl_usd"][0])
    assert metrics(app)["Unexplained, USD"] == signed(mart["unexplained_pnl_usd"][0])


def test_a_part_that_could_not_be_computed_is_named(app: AppTest) -> None:
    run(app, EXPLAIN, portfolio="EQ-VALUE", period="month")
    assert app.warning[0].value == (
        "Not everything could be computed: Time (1 missing). What is missing there is in the unexplained."
    )


def test_a_day_without_risk_theoretical_pnl_says_missing(app: AppTest) -> None:
    first = query("select min(business_date) as day from fct_pnl_attribution_daily")["day"][0]
    run(app, EXPLAIN, date=f"{first:%Y-%m-%d}")
    assert metrics(app)["Risk-theoretical, USD"] == "missing"
    assert app.warning[0].value.startswith("Risk-theoretical P&L of the day is missing")


def test_a_trade_is_found_whatever_the_filters(app: AppTest) -> None:
    run(app, TRADES, trade="T00000", desk="FX")
    mart = query("select * from fct_transaction_risk where trade_id = 'T00000'")
    assert mart["desk_id"][0] == "EQUITIES"
    assert metrics(app)["Total risk, USD"] == amount(
        query("select sum(total_risk_usd) as usd from fct_transaction_risk where desk_id = 'FX'")["usd"][0]
    )
    assert app.metric[3].value == amount(mart["total_risk_usd"][0])
    assert "Counterparty Alder Merchant Bank, LEI 529900T8BM49AURSDO55" in plain(app)
    assert "probability of default 1.00% in a year, loss given default 40.00%." in plain(app)


def test_a_trade_without_market_risk_is_missing_and_heads_the_list(app: AppTest) -> None:
    run(app, TRADES, trade="T00003")
    assert app.metric[0].value == "missing"
    assert "Some of it is missing, for this reason:" in [warning.value for warning in app.warning]
    assert "No volatility of the factor on the date." in [text.value for text in app.text]
    assert table(app, "operational_risk_usd")["trade_id"][0] == "T00003"
    assert "Total risk of 5 trades, USD" in metrics(app)


@pytest.mark.parametrize("wanted", ["T99999", "T1'; drop table fct_trades; --", "<script>alert(1)</script>"])
def test_a_trade_that_is_not_there_is_said_to_be_so(app: AppTest, wanted: str) -> None:
    run(app, TRADES, trade=wanted)
    said = notes(app) + [warning.value for warning in app.warning]
    assert said == [
        "This build holds no risk for a trade with that identifier."
        if wanted == "T99999"
        else "What was asked for is not the form of a trade id."
    ]
    assert wanted not in markdown(app) + plain(app)


def test_a_scope_that_did_not_trade_says_so_and_shows_no_sum(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    none = pd.DataFrame({"trades": [0], "total_risk_usd": [None]})
    monkeypatch.setattr("streamlit_app.repositories.transaction_risk.totals", lambda *_: none)
    run(app, TRADES, desk="FX")
    assert notes(app) == ["Desk FX did not trade on Thursday 7 October 2021."]
    assert not app.metric


def test_the_date_looked_at_becomes_the_last_one_that_the_next_page_has(app: AppTest) -> None:
    run(app, LIMITS, date="2022-11-15")
    app.query_params.clear()
    app.switch_page(STRESS).run()
    assert app.selectbox(key="widget:date").value == "2022-10-31"
    assert app.query_params == {"date": "2022-10-31"}
    assert "Tuesday 15 November 2022 is not a date of this page: showing the last one before." in markdown(app)
    assert not app.warning


def test_a_trade_typed_into_the_field_goes_into_the_address(app: AppTest) -> None:
    run(app, TRADES)
    app.text_input(key="widget:trade").set_value("T00001").run()
    assert app.query_params == {"trade": "T00001"}
    assert "Trade T00001" in [heading.value for heading in app.subheader]


@pytest.mark.parametrize(
    ("page", "read", "sentence"),
    [
        (BACKTESTING, "backtesting.business_dates", "This build holds no backtest"),
        (STRESS, "stress.business_dates", "This build holds no stress results."),
        (EXPOSURE, "exposures.business_dates", "This build holds no exposures."),
        (LIMITS, "limits.business_dates", "This build holds no limit checks."),
        (EXPLAIN, "pnl_explain.business_dates", "This build holds no explained P&L."),
        (TRADES, "transaction_risk.business_dates", "This build holds no risk of trades."),
        (MARKET_RISK, "market_risk.business_dates", "This build holds no VaR"),
    ],
)
def test_a_build_without_a_page_s_figures_says_so(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, page: str, read: str, sentence: str
) -> None:
    nothing = pd.DataFrame({"business_date": pd.to_datetime([])})
    monkeypatch.setattr(f"streamlit_app.repositories.{read}", lambda reader: nothing)
    run(app, page)
    assert [note.startswith(sentence) for note in notes(app)] == [True]
    assert not app.metric


@pytest.mark.parametrize(
    ("page", "read"),
    [
        (BACKTESTING, "backtesting.business_dates"),
        (STRESS, "stress.business_dates"),
        (EXPOSURE, "exposures.business_dates"),
        (LIMITS, "limits.business_dates"),
        (EXPLAIN, "pnl_explain.business_dates"),
        (MARKET_RISK, "market_risk.business_dates"),
    ],
)
def test_figures_older_than_the_build_are_announced(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, page: str, read: str
) -> None:
    older = pd.DataFrame({"business_date": pd.to_datetime(["2022-11-30"])})
    monkeypatch.setattr(f"streamlit_app.repositories.{read}", lambda reader: older)
    run(app, page)
    assert "of this build ends on Wednesday 30 November 2022; the build is for Wednesday 28 December 2022" in (
        app.warning[0].value
    )
    assert app.metric


@pytest.mark.parametrize("page", [BACKTESTING, STRESS, EXPOSURE, LIMITS, EXPLAIN, TRADES])
def test_a_build_without_a_table_names_it(app: AppTest, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    name = page.split("/")[1].removesuffix(".py")
    module = {"exposure_and_concentration": "exposures", "limits_and_breaches": "limits"}.get(name, name)
    monkeypatch.setattr(
        f"streamlit_app.repositories.{module}.business_dates", lambda reader: reader.query("select * from not_there")
    )
    run(app, page)
    assert app.error
    assert "not_there" in plain(app)
