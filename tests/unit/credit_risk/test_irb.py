"""The risk-weight function against published figures, at its edges and where inputs are missing."""

import numpy as np
import pandas as pd
import pytest

from python_models.credit_risk.irb import (
    COLUMNS,
    asset_correlation,
    capital_requirement,
    irb_frame,
    maturity_adjustment,
    size_reduction,
)
from python_models.errors import CapitalError, FrameError

CORPORATE = {
    "reporting_date": pd.Timestamp("2022-12-28"), "exposure_id": "A", "exposure_class": "corporate",
    "irb_method": "foundation", "is_defaulted": False, "ead_usd": 1_000_000.0, "provisions_usd": 0.0,
    "default_probability": 0.01, "loss_given_default": 0.45, "maturity_years": 2.5, "correlation_low": 0.12,
    "correlation_high": 0.24, "correlation_decay": 50.0, "sme_turnover_eur": np.nan,
    "sme_min_turnover_eur": 5e6, "sme_max_turnover_eur": 50e6, "sme_reduction": 0.04,
    "correlation_multiplier": 1.0, "confidence_level": 0.999, "slope_intercept": 0.11852, "slope_log": 0.05478,
    "reference_maturity_years": 2.5, "rwa_multiplier": 12.5, "scaling_factor": 1.0, "weight_floor": 0.0,
    "slotting_weight": np.nan, "slotting_loss_rate": np.nan, "rule_ids": "CRE31.correlation.corporate.high",
}  # fmt: skip


def one(**changes: object) -> pd.Series:
    return irb_frame(pd.DataFrame([CORPORATE | changes])).iloc[0]


@pytest.mark.parametrize(
    ("probability", "weight"),
    # Basel II (BCBS 128), annex 5: illustrative weights of corporates, LGD 45 %, maturity 2.5 years.
    [(0.0003, 0.1444), (0.0005, 0.1965), (0.0025, 0.4947), (0.01, 0.9232), (0.05, 1.4986), (0.20, 2.3823)],
)
def test_corporate_weights_are_those_of_basel_2_annex_5(probability: float, weight: float) -> None:
    assert one(default_probability=probability)["risk_weight"] == pytest.approx(weight, abs=1e-4)


def test_a_small_firm_has_the_published_weight() -> None:
    # The same annex: turnover of 5 million euros, PD 1 %.
    assert one(sme_turnover_eur=5e6)["risk_weight"] == pytest.approx(0.7240, abs=1e-4)


@pytest.mark.parametrize(
    ("turnover", "reduction"), [(1e6, 0.04), (5e6, 0.04), (27.5e6, 0.02), (50e6, 0.0), (90e6, 0.0), (np.nan, 0.0)]
)
def test_the_reduction_for_size_stops_at_its_bounds(turnover: float, reduction: float) -> None:
    assert float(size_reduction(turnover, 5e6, 50e6, 0.04)) == pytest.approx(reduction)


def test_bounds_out_of_order_are_refused() -> None:
    with pytest.raises(CapitalError, match="not in order"):
        size_reduction(1e6, 50e6, 5e6, 0.04)


def test_a_residential_mortgage_has_the_published_weight() -> None:
    # The same annex: LGD 45 %, PD 1 %.
    row = one(maturity_years=np.nan, correlation_low=0.15, correlation_high=0.15, correlation_decay=35.0)
    assert row["risk_weight"] == pytest.approx(0.5640, abs=1e-4)


def test_revolving_and_other_retail_have_the_published_weights() -> None:
    other = one(maturity_years=np.nan, correlation_low=0.03, correlation_high=0.16, correlation_decay=35.0)
    revolving = one(
        maturity_years=np.nan, correlation_low=0.04, correlation_high=0.04, correlation_decay=35.0,
        loss_given_default=0.85,
    )  # fmt: skip
    assert other["risk_weight"] == pytest.approx(0.4577, abs=1e-4)
    assert revolving["risk_weight"] == pytest.approx(0.3253, abs=1e-4)


def test_correlation_lies_between_its_ends() -> None:
    correlations = asset_correlation([0.0, 0.02, 1.0], 0.12, 0.24, 50.0)
    assert correlations == pytest.approx([0.24, 0.12 + 0.12 * np.exp(-1), 0.12], abs=1e-12)


def test_the_multiplier_for_financial_institutions_comes_before_the_reduction() -> None:
    assert asset_correlation(0.0, 0.12, 0.24, 50.0, 0.04, 1.25) == pytest.approx(0.26)


def test_maturity_counts_up_and_down_from_the_reference() -> None:
    factors = maturity_adjustment([0.01] * 4, [1.0, 2.5, 5.0, np.nan], 0.11852, 0.05478, 2.5)
    assert factors[0] == pytest.approx(1.0)
    assert np.all(np.diff(factors[:3]) > 0)
    assert factors[3] == 1.0


def test_no_default_and_sure_default_have_no_unexpected_loss() -> None:
    assert capital_requirement([0.0, 1.0], 0.45, 0.2) == pytest.approx([0.0, 0.0])


@pytest.mark.parametrize(
    ("probability", "loss", "correlation"),
    [(1.1, 0.45, 0.2), (-0.1, 0.45, 0.2), (np.nan, 0.45, 0.2), (0.1, 1.6, 0.2), (0.1, 0.45, 1.0)],
)
def test_estimates_out_of_range_are_refused(probability: float, loss: float, correlation: float) -> None:
    with pytest.raises(CapitalError, match="out of range"):
        capital_requirement(probability, loss, correlation)


def test_expected_loss_and_scaling() -> None:
    row = one(scaling_factor=1.06)
    assert row["expected_loss_usd"] == pytest.approx(4_500.0)
    assert row["risk_weight"] == pytest.approx(1.06 * one()["risk_weight"])
    assert row["rwa_before_supporting_factor_usd"] == pytest.approx(row["risk_weight"] * 1e6)


def test_default_under_the_foundation_approach_has_loss_and_no_weight() -> None:
    row = one(default_probability=1.0, is_defaulted=True)
    assert row["risk_weight"] == 0.0
    assert row["expected_loss_usd"] == pytest.approx(450_000.0)


@pytest.mark.parametrize(("provisions", "capital"), [(300_000.0, 0.15), (450_000.0, 0.0), (600_000.0, 0.0)])
def test_default_under_own_estimates_holds_what_provisions_do_not_cover(provisions: float, capital: float) -> None:
    row = one(irb_method="advanced", default_probability=1.0, is_defaulted=True, provisions_usd=provisions)
    assert row["capital_requirement"] == pytest.approx(capital, abs=1e-12)
    assert row["expected_loss_usd"] == pytest.approx(provisions)


def test_a_slotted_exposure_needs_no_estimate() -> None:
    row = one(
        irb_method="slotting", default_probability=np.nan, loss_given_default=np.nan, slotting_weight=0.9,
        slotting_loss_rate=0.008,
    )  # fmt: skip
    assert (row["risk_weight"], row["expected_loss_usd"]) == (0.9, pytest.approx(8_000.0))
    assert np.isnan(row["correlation"])


def test_the_floor_under_a_mortgage_binds_and_does_not() -> None:
    low = {"maturity_years": np.nan, "default_probability": 0.0005, "loss_given_default": 0.05}
    assert one(**low, weight_floor=0.1)["risk_weight"] == 0.1
    assert one(**low)["risk_weight"] < 0.1
    assert one(weight_floor=0.1)["risk_weight"] == one()["risk_weight"]


def test_what_lacks_an_estimate_has_no_figure() -> None:
    row = one(loss_given_default=None, irb_method="advanced")
    assert row[["capital_requirement", "risk_weight", "expected_loss_usd"]].isna().all()


def test_no_row_gives_no_row() -> None:
    assert irb_frame(pd.DataFrame(columns=list(COLUMNS))).empty


def test_a_missing_column_is_named() -> None:
    with pytest.raises(FrameError, match="weight_floor"):
        irb_frame(pd.DataFrame([CORPORATE]).drop(columns="weight_floor"))
