"""`tieout validate-models` on case folders made here: what is checked, what is named, and when the exit status is 1."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.errors import CaseNotRecognised, EnvironmentNotReady
from orchestration.validation import Finding, Verdict, is_failure, report, validate
from orchestration.validation.arithmetic import evaluate, parse, terms
from orchestration.validation.findings import Printed, Tolerances, compare, default_tolerance
from orchestration.validation.levels import level_of
from python_models.errors import BacktestError
from python_models.market_risk.historical import expected_shortfall, pnl_quantile, value_at_risk
from python_models.market_risk.weighting import age_weighted_risk

RIGHT = {"id": "ML-POF", "n": 1043, "x": 57, "p": 0.05, "LR": 0.46147, "pvalue": 0.49694}


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def verdicts(folder: Path) -> dict[str, Verdict]:
    return {finding.case: finding.verdict for finding in validate(folder)}


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["validate-models", "--cases", str(folder), *arguments])
    return result.exit_code, result.output


def test_right_figures_pass(tmp_path: Path) -> None:
    write(tmp_path / "var" / "backtest_tests_xyz.json", {"source": "here", "examples": [RIGHT]})
    status, output = run(tmp_path)
    assert status == 0
    assert "Validation passed: 2 pass" in output


def test_a_wrong_figure_fails_and_is_named(tmp_path: Path) -> None:
    write(tmp_path / "var" / "backtest_tests_xyz.json", {"examples": [RIGHT | {"LR": 0.46148}]})
    status, output = run(tmp_path, "--json", str(tmp_path / "report.json"))
    assert status == 1
    assert "ML-POF LR" in output
    written = json.loads((tmp_path / "report.json").read_text())
    assert written["passed"] is False
    (failed,) = [finding for finding in written["findings"] if finding["verdict"] == "fail"]
    assert failed["case"] == "var/backtest_tests_xyz.json: ML-POF LR"
    assert failed["difference"] == pytest.approx(-1.4e-5, abs=1e-6)


def test_a_file_that_nobody_knows_fails_and_is_named(tmp_path: Path) -> None:
    write(tmp_path / "var" / "backtest_tests_xyz.json", {"examples": [RIGHT]})
    write(tmp_path / "var" / "surprise_open.json", {"a": 1})
    status, output = run(tmp_path)
    assert status == 1
    assert "var/surprise_open.json" in output
    assert "not recognised" in output


@pytest.mark.parametrize("extra", [{"id": "ML-NEW", "n": 10, "q": 4}, RIGHT | {"kurtosis": 3.1}])
def test_a_field_that_nobody_knows_fails_and_is_named(tmp_path: Path, extra: dict) -> None:
    write(tmp_path / "var" / "backtest_tests_xyz.json", {"examples": [extra]})
    unknown = [finding for finding in validate(tmp_path) if finding.verdict is Verdict.NOT_RECOGNISED]
    assert [finding.field.split()[-1] for finding in unknown] == ["q" if extra["id"] == "ML-NEW" else "kurtosis"]
    assert run(tmp_path)[0] == 1


def test_other_families_are_listed_and_do_not_count(tmp_path: Path) -> None:
    write(tmp_path / "aml" / "patterns_xyz.json", {"a": 1})
    write(tmp_path / "mifid" / "rts22_fields.csv", "a,b\n")
    write(tmp_path / "README.md", "words")
    write(tmp_path / "market" / "prices.csv.gz", "")
    assert set(verdicts(tmp_path).values()) == {Verdict.NOT_COVERED, Verdict.DOCUMENTATION, Verdict.DATA}
    assert run(tmp_path)[0] == 0


@pytest.mark.parametrize("content", ["{", "[1, 2]", '{"examples": 3}'])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    write(tmp_path / "var" / "backtest_tests_xyz.json", content)
    assert Verdict.NOT_RECOGNISED in verdicts(tmp_path).values()


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentNotReady, match="no case file"):
        list(validate(tmp_path))


def test_a_hidden_folder_is_a_case_folder_and_a_hidden_file_is_listed(tmp_path: Path) -> None:
    write(tmp_path / ".cases" / "var" / "backtest_tests_xyz.json", {"examples": [RIGHT]})
    write(tmp_path / ".cases" / ".index", "words")
    found = verdicts(tmp_path / ".cases")
    assert found["var/backtest_tests_xyz.json: ML-POF LR"] is Verdict.PASS
    assert found[".index"] is Verdict.DOCUMENTATION


def test_a_sub_folder_can_be_given_alone(tmp_path: Path) -> None:
    hull(tmp_path / "cases" / "hull", {})
    assert run(tmp_path / "cases" / "hull")[0] == 0


# Hull ---------------------------------------------------------------------------------------------------------------


def hull(folder: Path, figures: dict, name: str = "expected_open.json", **fields: object) -> np.ndarray:
    """A table of two indices, one of them in a currency that divides; the P&L of 100 in each over 200 moves."""
    generator = np.random.default_rng(8)
    levels = np.exp(np.cumsum(generator.normal(0.0, 0.02, size=(203, 3)), axis=0)) * [100.0, 50.0, 0.8]
    folder.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(levels, columns=["HOME", "AWAY", "EURUSD"]).to_csv(folder / "levels_203d.txt", sep="\t", index=False)
    content = {"portfolio_kusd": {"HOME": 100, "AWAY": 100}, "n_scenarios": 200, "expected": figures} | fields
    write(folder / name, content)
    dollars = np.column_stack([levels[:, 0], levels[:, 1] / levels[:, 2]])
    return 100.0 * (dollars[1:201] / dollars[:200] - 1.0)


def test_hull_with_other_levels_rules_and_horizons(tmp_path: Path) -> None:
    folder = tmp_path / "hull"
    parts = hull(folder, {})
    pnl = parts.sum(axis=1)
    figures = {
        "VaR95_1d_hs": float(value_at_risk(pnl, 0.95, "order_statistic")),
        "VaR975_quantile_type7": float(value_at_risk(pnl, 0.975, "linear")),
        "ES95": float(expected_shortfall(pnl, 0.95, "order_statistic")),
        "VaR95_10d_hs": float(value_at_risk(pnl, 0.95, "order_statistic") * np.sqrt(10)),
        "VaR95_normal_sample_cov": float(np.std(pnl, ddof=1) * 1.6448536269514722),
        "param_var_sample_cov": float(np.var(pnl, ddof=1)),
        "worst": [[str(int(number) + 1), float(-pnl[number])] for number in np.argsort(pnl)[:3]],
        "scenario_loss": {"1": float(-pnl[0]), "200": float(-pnl[199])},
        "sd_pct": np.std(parts, axis=0, ddof=1).tolist(),
        "corr_upper": [float(np.corrcoef(parts.T)[0, 1])],
        "hull_printed": {"variance": float((pnl**2).mean())},
    }
    hull(folder, figures)
    assert set(verdicts(folder).values()) == {Verdict.PASS, Verdict.TEXT, Verdict.DATA}


def test_two_expected_files_beside_one_table(tmp_path: Path) -> None:
    folder = tmp_path / "hull"
    pnl = hull(folder, {})[:, 0]
    right = float(value_at_risk(pnl, 0.9, "order_statistic"))
    hull(folder, {"VaR90_1d_hs": right}, "expected_one.json", portfolio_kusd={"HOME": 100})
    hull(folder, {"VaR90_1d_hs": right}, "expected_two.json", portfolio_kusd={"HOME": 200})
    found = verdicts(folder)
    assert found["expected_one.json: expected.VaR90_1d_hs"] is Verdict.PASS
    assert found["expected_two.json: expected.VaR90_1d_hs"] is Verdict.FAIL


@pytest.mark.parametrize("name", ["VaR99_ewma", "beta", "VaR_hs"])
def test_hull_figures_that_are_not_known_are_named(tmp_path: Path, name: str) -> None:
    hull(tmp_path / "hull", {name: 1.0})
    assert verdicts(tmp_path)[f"hull/expected_open.json: expected.{name}"] is Verdict.NOT_RECOGNISED


def test_hull_without_its_index_is_named(tmp_path: Path) -> None:
    hull(tmp_path / "hull", {"VaR99_1d_hs": 1.0}, portfolio_kusd={"MOON": 100})
    (named,) = [finding for finding in validate(tmp_path) if is_failure(finding)]
    assert "MOON" in named.note


def test_too_few_scenarios_fail_instead_of_breaking_off(tmp_path: Path) -> None:
    hull(tmp_path / "hull", {"VaR999_1d_hs": 1.0})
    (named,) = [finding for finding in validate(tmp_path) if is_failure(finding)]
    assert "leave none in a tail" in named.note


# Return series ------------------------------------------------------------------------------------------------------


def edhec(folder: Path, content: dict, name: str = "expected_open.json") -> pd.DataFrame:
    generator = np.random.default_rng(5)
    returns = pd.DataFrame(np.round(generator.normal(0.005, 0.02, size=(150, 4)), 4), columns=["A", "B", "C", "D"])
    returns.insert(0, "Index", pd.date_range("2000-01-31", periods=150, freq="ME").astype(str))
    folder.mkdir(parents=True, exist_ok=True)
    returns.to_csv(folder / "edhec.csv", index=False)
    write(folder / name, content)
    return returns


def test_return_series_by_key_column_rows_and_dates(tmp_path: Path) -> None:
    folder = tmp_path / "edhec"
    table = edhec(folder, {})
    first, last = table["B"][:120].to_numpy(), table["D"][-60:].to_numpy()
    since = table.loc[table["Index"] >= "2005-01-01", "C"].to_numpy()
    content = {
        "convention": "returns",
        "first120x2": {
            "VaR120 historical 0.99": {"B": -float(value_at_risk(first, 0.99, "linear"))},
            "ES120_gaussian_0.9": {"B": float(first.mean() - first.std() * 0.1754983319324868 / 0.1)},
        },
        "last60x4": {"ES historical 97.5": {"D": -float(expected_shortfall(last, 0.975, "linear"))}},
        "rows31to90": {
            "VaR historical 0.95": {"A": -float(value_at_risk(table["A"][30:90].to_numpy(), 0.95, "linear"))}
        },
        "full": {"VaR historical 0.95": {"A": -float(value_at_risk(table["A"].to_numpy(), 0.95, "linear"))}},
        "full_dated": {
            "from": "2005-01-01",
            "VaR historical 0.95": {"C": -float(value_at_risk(since, 0.95, "linear"))},
        },
    }
    edhec(folder, content)
    assert set(verdicts(folder).values()) == {Verdict.PASS, Verdict.TEXT, Verdict.DATA}


def test_components_with_other_weights_columns_and_levels(tmp_path: Path) -> None:
    folder = tmp_path / "edhec"
    table = edhec(folder, {})
    returns, weights = table[["A", "D"]].to_numpy(), np.array([0.25, 0.75])
    covariance, mean = np.cov(returns.T), returns.mean(axis=0)
    slopes = 2.3263478740408408 * covariance @ weights / np.sqrt(weights @ covariance @ weights) - mean
    section = {
        "weights": weights.tolist(),
        "columns": ["A", "D"],
        "VaR": float(weights @ slopes),
        "contribution": (weights * slopes).tolist(),
        "pct_contrib": (weights * slopes / (weights @ slopes)).tolist(),
    }
    edhec(folder, {"component_gaussian_99": section})
    assert set(verdicts(folder).values()) == {Verdict.PASS, Verdict.TEXT, Verdict.DATA}
    edhec(folder, {"component_gaussian_95": section})
    assert Verdict.FAIL in verdicts(folder).values()


def test_backtest_of_a_series_against_its_own_var(tmp_path: Path) -> None:
    folder = tmp_path / "edhec"
    returns = edhec(folder, {})["A"].to_numpy()
    threshold = -float(value_at_risk(returns, 0.95, "linear"))
    section = {"expected": 7.5, "actual": int((returns < threshold).sum()), "p": 1.0, "VaR": threshold}
    edhec(folder, {"backtest": section})
    assert set(verdicts(folder).values()) == {Verdict.PASS, Verdict.DATA}
    edhec(folder, {"backtest": section | {"actual": section["actual"] + 1, "skewness": 0.0}})
    found = verdicts(folder)
    assert found["expected_open.json: backtest.actual"] is Verdict.FAIL
    assert found["expected_open.json: backtest.skewness"] is Verdict.NOT_RECOGNISED


@pytest.mark.parametrize("key", ["VaR100 kernel 0.95", "sharpe 0.95", "VaR100 gaussian clean 0.95"])
def test_methods_that_are_not_known_are_named(tmp_path: Path, key: str) -> None:
    edhec(tmp_path / "edhec", {"first100x3": {key: {"A": -0.02}}})
    assert verdicts(tmp_path)[f"edhec/expected_open.json: first100x3.{key}.A"] is Verdict.NOT_RECOGNISED


def test_a_column_that_is_in_no_table_is_named(tmp_path: Path) -> None:
    edhec(tmp_path / "edhec", {"first100x3": {"VaR100 gaussian 0.95": {"Z": -0.02}}})
    (named,) = [finding for finding in validate(tmp_path) if is_failure(finding)]
    assert named.field.endswith(".Z")


# P&L vectors --------------------------------------------------------------------------------------------------------


def ore(folder: Path, header: str, *rows: str) -> np.ndarray:
    pnl = np.round(np.random.default_rng(3).normal(0.0, 1000.0, 300), 6)
    lines = [f"{book},InterestRate,All,2020-01-01,{day},{value}" for book in "XY" for day, value in enumerate(pnl)]
    write(
        folder / "historical_pnl_books.csv",
        "Portfolio,RiskClass,RiskType,PLDate1,PLDate2,PLAmount\n" + "\n".join(lines),
    )
    write(folder / "expected_var_books.csv", f"Portfolio,RiskClass,RiskType,{header}\n" + "\n".join(rows) + "\n")
    return pnl


def test_any_quantile_of_any_portfolio_and_their_sum(tmp_path: Path) -> None:
    folder = tmp_path / "ore"
    pnl = ore(folder, "Quantile_0.5", "X,InterestRate,All,0")
    at_2 = float(pnl_quantile(pnl, 0.02, "inverted_cdf"))
    rows = [f"X,InterestRate,All,{at_2:.6f},1", f"All,InterestRate,All,{2 * at_2:.6f},1", "Z,InterestRate,All,1,1"]
    ore(folder, "Quantile_0.02,Skewness", *rows)
    found = verdicts(folder)
    assert found["expected_var_books.csv: X/InterestRate/All Quantile_0.02"] is Verdict.PASS
    assert found["expected_var_books.csv: All/InterestRate/All Quantile_0.02"] is Verdict.PASS
    assert found["expected_var_books.csv: Z/InterestRate/All Quantile_0.02"] is Verdict.NOT_RECOGNISED
    assert found["expected_var_books.csv: X/InterestRate/All Skewness"] is Verdict.NOT_RECOGNISED


# Rolling forecasts --------------------------------------------------------------------------------------------------


def quarks(folder: Path) -> pd.DataFrame:
    generator = np.random.default_rng(6)
    prices = pd.DataFrame(
        {
            "ref_date": pd.bdate_range("2019-01-01", periods=161).astype(str),
            "price_close": 100.0 * np.exp(np.cumsum(generator.normal(0.0, 0.01, 161))),
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    prices.to_parquet(folder / "dax_ohlcv.parquet")
    return prices


@pytest.mark.parametrize("method", ["plain", "age"])
def test_series_and_breaches_with_other_window_level_and_days(tmp_path: Path, method: str) -> None:
    folder = tmp_path / "quarks"
    prices = quarks(folder)
    returns = np.diff(np.log(prices["price_close"].to_numpy()))
    windows = np.array([returns[day - 100 : day] for day in range(110, 160)])
    if method == "plain":
        var, es = value_at_risk(windows, 0.95, "linear"), expected_shortfall(windows, 0.95, "linear")
    else:
        var, es = age_weighted_risk(windows, 0.95, 0.98)
    series = pd.DataFrame({"date": prices["ref_date"][111:], "ret": returns[110:], "VaR": var, "ES": es})
    series.to_csv(folder / f"dax_{method}_95_100_50.csv", index=False)
    breaches = int((-returns[110:] > var).sum())
    section = {"level": 0.95, "window": 100, "nout": 50, "VaR_breaches": breaches}
    write(folder / "expected_abc.json", {method: section})
    assert set(verdicts(folder).values()) == {Verdict.PASS, Verdict.TEXT, Verdict.DATA}
    write(folder / "expected_abc.json", {method: section | {"VaR_breaches": breaches + 1}})
    assert verdicts(folder)[f"expected_abc.json: {method}.VaR_breaches"] is Verdict.FAIL
    series.assign(VaR=var * 1.00001).to_csv(folder / f"dax_{method}_95_100_50.csv", index=False)
    assert verdicts(folder)[f"dax_{method}_95_100_50.csv: VaR"] is Verdict.FAIL


def test_settings_can_stand_in_the_words_of_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "quarks"
    prices = quarks(folder)
    returns = np.diff(np.log(prices["price_close"].to_numpy()))[:140]
    windows = np.array([returns[day - 80 : day] for day in range(120, 140)])
    breaches = int((-returns[120:] > value_at_risk(windows, 0.9, "linear")).sum())
    words = f"prices up to {prices['ref_date'][140]}; 90%; window 80, 20 out-of-sample days"
    write(folder / "expected_abc.json", {"source": words, "plain": {"VaR_breaches": breaches}})
    assert verdicts(folder)["expected_abc.json: plain.VaR_breaches"] is Verdict.PASS


def test_unknown_methods_and_windows_too_long_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "quarks"
    quarks(folder)
    content = {"magic": {"VaR_breaches": 1}, "plain": {"window": 5000, "VaR_breaches": 1, "colour": 3}}
    write(folder / "expected_abc.json", content)
    named = {finding.field for finding in validate(folder) if is_failure(finding)}
    assert named == {"magic.VaR_breaches", "plain.VaR_breaches", "plain.colour"}


# Exception counts ---------------------------------------------------------------------------------------------------

# Printed in the documentation of MathWorks' Risk Management Toolbox, but for the last, which is worked out by hand.
EXAMPLES = [
    {"id": "ML-TL", "n": 1043, "x": 57, "p": 0.05, "TL": "green", "Probability": 0.77913, "TypeI": 0.26396,
     "Increase": 0},
    {"id": "ML-BIN", "n": 1043, "x": 57, "p": 0.05, "ZScoreBin": 0.68905, "PValueBin": 0.49079},
    {"id": "ML-TUFF", "FirstFailure": 58, "p": 0.05, "LRatioTUFF": 1.7354, "PValueTUFF": 0.18773},
    {"id": "ML-CC", "n": 1043, "x": 57, "p": 0.05, "n00": 932, "n10": 53, "n01": 53, "n11": 4, "LR": 0.72013,
     "pvalue": 0.69763},
    {"id": "ML-SUMMARY", "n": 1043, "x": 57, "level": 0.95, "observed": 0.94535, "expected": 52.15, "ratio": 1.093},
    {"id": "ML-AS_Z2", "losses": [3.0, 1.0, 4.0], "es": [2.0, 2.0, 2.0], "var": [1.5, 1.5, 1.5], "p": 0.5,
     "TestStatistic": -1.3333333},
]  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["id"])
def test_every_kind_of_count_is_understood(tmp_path: Path, example: dict) -> None:
    write(tmp_path / "var" / "backtest_tests_xyz.json", {"examples": [example]})
    assert set(verdicts(tmp_path).values()) <= {Verdict.PASS, Verdict.TEXT}


def test_rounded_inputs_widen_the_tolerance_by_what_they_move(tmp_path: Path) -> None:
    example = {"id": "ML-AS_Z2", "n": 1000, "x": 60, "p": 0.05, "ObservedSeverity": 1.42, "ExpectedSeverity": 1.25}
    exact = 1 - 60 * 1.42 / 1.25 / 50
    for offset, verdict in ((0.009, Verdict.PASS), (0.03, Verdict.FAIL)):
        content = {"examples": [example | {"TestStatistic": round(exact + offset, 5)}]}
        write(tmp_path / "var" / "backtest_tests_xyz.json", content)
        assert verdicts(tmp_path)["var/backtest_tests_xyz.json: ML-AS_Z2 TestStatistic"] is verdict


# Basel --------------------------------------------------------------------------------------------------------------


def test_a_parameter_that_is_not_ours_fails_and_an_unknown_one_is_named(tmp_path: Path) -> None:
    content = {
        "equity_rw": {"1": 0.55, "2": 0.61, "14": 0.2},
        "fx_rw": 0.15,
        "liquid_div": "sqrt(2)",
        "scenarios": {"low": "max(2*rho-1,0.75*rho)", "high": "min(1.2*rho,1)"},
        "lh": {"FX vol": 40, "EQ large": 11},
        "weather": 3,
    }
    write(tmp_path / "basel" / "frtb_parameters.json", content)
    found = {case.split(": ")[1]: verdict for case, verdict in verdicts(tmp_path).items()}
    assert found == {
        "equity_rw.1": Verdict.PASS,
        "equity_rw.2": Verdict.FAIL,
        "equity_rw.14": Verdict.NOT_RECOGNISED,
        "fx_rw": Verdict.PASS,
        "liquid_div": Verdict.PASS,
        "scenarios.low": Verdict.PASS,
        "scenarios.high": Verdict.FAIL,
        "lh.FX vol": Verdict.PASS,
        "lh.EQ large": Verdict.FAIL,
        "weather": Verdict.NOT_RECOGNISED,
    }


def test_examples_of_horizons_aggregation_and_stress(tmp_path: Path) -> None:
    content = {
        "lh_check": {"ES10": 5, "ES40": 2, "expected": "sqrt(25+2*4)=5.7445626"},
        "imcc_check": {"expected": "0.5*sqrt(16)+0.5*(sqrt(4)+3+1)", "value": 5.0},
        "imcc_check_fields": {"unconstrained": 4.0, "constrained": [2.0, 4.5], "value": 5.25},
        "stressed_check": {"ES_RS": 10.0, "ES_FC": 6.0, "ES_RC": 5.0, "value": 12.0},
    }
    path = write(tmp_path / "basel" / "frtb_checks_xyz.json", content)
    assert set(verdicts(tmp_path).values()) == {Verdict.PASS, Verdict.TEXT}
    write(path, content | {"imcc_check": {"expected": "0.4*sqrt(16)+0.6*(sqrt(4)+3+1)", "value": 5.2}})
    assert Verdict.NOT_RECOGNISED in verdicts(tmp_path).values()


def test_an_equity_charge_and_its_parts(tmp_path: Path) -> None:
    rows = [
        {"sensitivity_id": "a", "bucket": "12", "risk_factor": "SPOT", "qualifier": "INDEX-1", "amount": 1000.0},
        {"sensitivity_id": "b", "bucket": "13", "risk_factor": "SPOT", "qualifier": "INDEX-2", "amount": 1000.0},
    ]
    expected = {
        "scenario_totals": {"MEDIUM": float(np.sqrt(150**2 + 250**2 + 2 * 0.75 * 150 * 250))},
        "selected": [{"selected_scenario": "HIGH", "risk_class": "EQUITY"}],
        "weighted": [[{"sensitivity_id": "a", "risk_weight": 0.15, "scaled_amount": 150.0}]],
        "kb_in_selected_scenario": [[{"bucket_id": "13", "kb": 250.0, "sb": 250.0}]],
    }
    path = write(tmp_path / "basel" / "frtb_sbm_equity_delta_xyz.json", {"sensitivities": rows, "expected": expected})
    assert set(verdicts(tmp_path).values()) == {Verdict.PASS, Verdict.TEXT}
    expected["scenario_totals"]["MEDIUM"] *= 1.00001
    expected["vega"] = 1.0
    write(path, {"sensitivities": rows, "expected": expected})
    found = verdicts(tmp_path)
    assert found[f"basel/{path.name}: expected.scenario_totals.MEDIUM"] is Verdict.FAIL
    assert found[f"basel/{path.name}: expected.vega"] is Verdict.NOT_RECOGNISED


def test_the_traffic_light_row_by_row(tmp_path: Path) -> None:
    right = {"exceptions": 5, "zone": "yellow", "multiplier_mar32": 1.7, "cum_prob_pct": 95.88}
    path = write(tmp_path / "basel" / "backtest_traffic_light.json", {"rows": [right]})
    assert set(verdicts(tmp_path).values()) == {Verdict.PASS}
    write(path, {"rows": [right | {"zone": "green", "multiplier_mar32": 1.71, "colour": "blue"}]})
    found = {case.split(" exceptions ")[1]: verdict for case, verdict in verdicts(tmp_path).items()}
    assert found == {
        "zone": Verdict.FAIL,
        "multiplier_mar32": Verdict.FAIL,
        "cum_prob_pct": Verdict.PASS,
        "colour": Verdict.NOT_RECOGNISED,
    }


# Tolerances, levels, formulas, reports ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "got", "agrees"),
    [
        ("0.46147", 0.461474, True),
        ("0.46147", 0.461476, False),
        ("-0.0121330183061", -0.0121330183061 * (1 + 9e-7), True),
        ("-0.0121330183061", -0.0121330183061 * (1 + 2e-6), False),
        ("4.5e-3", 0.00454, True),
        ("4.5e-3", 0.00456, False),
        ("1.0", 1.04, False),
        ("253.385", float("nan"), False),
    ],
)
def test_printed_digits_set_the_tolerance(printed: str, got: float, agrees: bool) -> None:
    expected = Printed(printed)
    assert default_tolerance(expected).allows(expected, got) is agrees


def test_a_file_may_state_its_tolerances() -> None:
    stated = Tolerances("1e-3 on the R output; 0.05% on Hull's printed (rounded inputs)")
    assert stated.of("expected.VaR99", 250.0).allows(250.0, 250.0009)
    assert not stated.of("expected.VaR99", 250.0).allows(250.0, 250.002)
    assert stated.of("expected.hull_printed.VaR99", 200.0).allows(200.0, 200.09)
    assert not stated.of("expected.hull_printed.VaR99", 200.0).allows(200.0, 200.11)
    assert Tolerances({"abs": 0.1}).of("x", 1.0).allows(1.0, 1.09)
    assert Tolerances({"rel": 0.1}).of("x", 10.0).allows(10.0, 10.9)
    assert not Tolerances(0.01).of("x", 1.0).allows(1.0, 1.02)
    assert not Tolerances().of("x", 1.0).allows(1.0, 1.00001)


@pytest.mark.parametrize(
    ("text", "level"),
    [("0.95", 0.95), ("95", 0.95), ("97.5", 0.975), ("975", 0.975), ("999", 0.999), ("0.05", 0.95), ("2.5", 0.975)],
)
def test_levels_are_read_as_written(text: str, level: float) -> None:
    assert level_of(text) == level


@pytest.mark.parametrize("text", ["0.5", "50", "0", "-1"])
def test_what_is_no_level_is_refused(text: str) -> None:
    with pytest.raises(CaseNotRecognised, match="confidence level"):
        level_of(text)


def test_formulas_are_worked_out_and_code_is_not_run() -> None:
    assert evaluate(parse("0.5*sqrt(16)+max(1,-2)/4")) == 2.25
    assert evaluate(parse("spot/100"), {"spot": 0.55}) == pytest.approx(0.0055)
    assert len(terms(parse("1+2*3+4"))) == 3
    for text in ("__import__('os')", "rho", "open('x')", "(1).real", "1 +", "sqrt(x=1)"):
        with pytest.raises(CaseNotRecognised):
            evaluate(parse(text))


def test_an_error_of_the_calculation_fails_the_case_and_is_named() -> None:
    def broken() -> float:
        raise BacktestError("no observations")

    finding = compare("file.json", "field", 1.0, broken)
    assert (finding.verdict, finding.note) == (Verdict.FAIL, "no observations")


def test_the_report_names_source_tolerance_and_outcome(tmp_path: Path) -> None:
    write(tmp_path / "var" / "backtest_tests_xyz.json", {"examples": [RIGHT]})
    write(tmp_path / "aml" / "patterns.csv", "a\n")
    status, _ = run(tmp_path, "--markdown", str(tmp_path / "report.md"))
    text = (tmp_path / "report.md").read_text()
    assert status == 0
    assert "**Validation passed: 2 pass, 1 text, 1 not covered yet.**" in text
    assert "Source: MathWorks" in text
    assert "| ML-POF LR | 0.46147 | 0.4614663953 | -3.6e-06 | printed digits | pass |" in text
    assert "| aml/patterns.csv | not covered yet" in text


def test_a_failure_is_bold_and_a_pipe_does_not_break_the_table() -> None:
    findings = [Finding("a.json", "x|y", 1.0, 2.0, 1.0, "equal", Verdict.FAIL, "too far")]
    assert "| x\\|y | 1 | 2 | 1 | equal | **fail**; too far |" in report.as_markdown(findings)
    assert report.summary(findings) == "Validation failed: 1 fail."
