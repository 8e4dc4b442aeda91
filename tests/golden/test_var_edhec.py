"""Parametric, modified, historical and component VaR and ES of hedge fund indices, as R prints them.

Source: R package PerformanceAnalytics 2.1.0 (commit c079aea of braverock/PerformanceAnalytics) run on its data set
edhec, the first 100 months; its own test baseline pins six of the figures. R signs single VaR and ES as returns
(negative), components as losses. Its moments divide by n, but for the covariance of components, which divides by n - 1.
"""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from python_models.market_risk.decomposition import (
    comoments,
    component_cornish_fisher_risk,
    component_cornish_fisher_shortfall,
    component_normal_risk,
)
from python_models.market_risk.historical import expected_shortfall, value_at_risk
from python_models.market_risk.parametric import cornish_fisher_risk, moments, normal_risk

PRINTED = 1e-12
MEASURES = {
    "VaR100 gaussian": lambda pnl, level: normal_risk(moments(pnl), level).value_at_risk,
    "ES100 gaussian": lambda pnl, level: normal_risk(moments(pnl), level).expected_shortfall,
    "VaR100 modified": lambda pnl, level: cornish_fisher_risk(moments(pnl), level).value_at_risk,
    "ES100 modified": lambda pnl, level: cornish_fisher_risk(moments(pnl), level).expected_shortfall,
    "VaR100 historical": lambda pnl, level: value_at_risk(pnl, level, "linear"),
    "ES100 historical": lambda pnl, level: expected_shortfall(pnl, level, "linear"),
}


@pytest.fixture(scope="module")
def expected(reference_folder: Path) -> dict[str, Any]:
    return json.loads((reference_folder / "var" / "edhec" / "expected_open.json").read_text())


@pytest.fixture(scope="module")
def returns(reference_folder: Path) -> dict[str, np.ndarray]:
    with (reference_folder / "var" / "edhec" / "edhec.csv").open() as lines:
        rows = list(csv.DictReader(lines))[:100]
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name != "Index"}


def test_every_single_figure(returns: dict[str, np.ndarray], expected: dict[str, Any]) -> None:
    cases = expected["first100x3"]
    assert len(cases) >= 5
    for case, figures in cases.items():
        measure, level = case.rsplit(" ", 1)
        ours = {name: -float(MEASURES[measure](returns[name], float(level))) for name in figures}
        assert ours == pytest.approx(figures, abs=PRINTED), case


def test_component_var_of_the_normal(returns: dict[str, np.ndarray], expected: dict[str, Any]) -> None:
    case = expected["component_gaussian_95"]
    members = np.stack([returns[name] for name in expected["first100x3"]["VaR100 gaussian 0.95"]])
    joint = comoments(members)
    ours = component_normal_risk(np.array(case["weights"]), joint.covariance, 0.95, mean=joint.mean)
    assert ours.total == pytest.approx(case["VaR"], abs=PRINTED)
    assert ours.components == pytest.approx(case["contribution"], abs=PRINTED)


@pytest.mark.parametrize("level", [0.95, 0.975, 0.99])
def test_modified_components_add_up_to_the_single_figure_of_the_portfolio(
    returns: dict[str, np.ndarray], level: float
) -> None:
    members, weights = np.stack(list(returns.values())), np.full(len(returns), 1.0 / len(returns))
    joint = comoments(members, population=True)
    portfolio = cornish_fisher_risk(moments(weights @ members), level)
    var = component_cornish_fisher_risk(weights, *joint[1:], level, mean=joint.mean)
    es = component_cornish_fisher_shortfall(weights, *joint[1:], level, mean=joint.mean)
    assert var.total == pytest.approx(float(portfolio.value_at_risk), rel=1e-10)
    assert es.total == pytest.approx(float(portfolio.expected_shortfall), rel=1e-10)
