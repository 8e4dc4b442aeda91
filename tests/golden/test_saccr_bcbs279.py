"""The examples of BCBS 279 (The standardised approach for measuring counterparty credit risk, 2014), annex 4a.

Figures as printed there; the exposures are also quoted in the examples of the R package SACCR (sa-ccr/SACCR). CVA: the
example of the CBUAE's guidance on capital adequacy, pages 79 and 80.
"""

import pandas as pd
import pytest

from orchestration.validation.parameters import basel_rules
from python_models.credit_risk.cva import standardised_cva_capital
from python_models.credit_risk.saccr import SaCcr, saccr_exposures
from python_models.credit_risk.trades import margin_period, option_delta

RULES = basel_rules("counterparty")
SWAPTION_DELTA = float(option_delta(True, False, 0.06, 0.05, 1.0, RULES["CRE52.option_volatility.interest_rate"]))

# underlying class, grade, hedging set, entity, notional, start, end, maturity, delta, market value
RATES = [
    ("interest_rate", None, "USD", "-", 10_000, 0, 10, 10, 1, 30),
    ("interest_rate", None, "USD", "-", 10_000, 0, 4, 4, -1, -20),
    ("interest_rate", None, "EUR", "-", 5_000, 1, 11, 11, SWAPTION_DELTA, 50),
]
CREDIT = [
    ("credit_single_name", "aa", "-", "Firm A", 10_000, 0, 3, 3, 1, 20),
    ("credit_single_name", "bbb", "-", "Firm B", 10_000, 0, 6, 6, -1, -40),
    ("credit_index", "investment_grade", "-", "CDX.IG", 10_000, 0, 5, 5, 1, 0),
]
COMMODITIES = [
    ("commodity", "oil_gas", "Energy", "Crude oil", 10_000, None, None, 0.75, 1, -50),
    ("commodity", "oil_gas", "Energy", "Crude oil", 20_000, None, None, 2, -1, -30),
    ("commodity", "metals", "Metals", "Silver", 10_000, None, None, 5, 1, 100),
]
COLUMNS = [
    "underlying_class", "underlying_grade", "hedging_set", "entity", "notional", "start_years", "end_years",
    "maturity_years", "delta", "market_value",
]  # fmt: skip


def exposures(trades: list[tuple], **terms: object) -> SaCcr:
    frame = pd.DataFrame(trades, columns=COLUMNS).assign(netting_set_id="N", transaction_kind="outright")
    agreement = {
        "netting_set_id": "N",
        "is_margined": False,
        "margin_period_days": None,
        "threshold": 0.0,
        "minimum_transfer_amount": 0.0,
        "independent_collateral": 0.0,
        "collateral": 0.0,
    }
    frame["trade_id"] = frame.index.astype(str)
    return saccr_exposures(frame, pd.DataFrame([agreement | terms]), RULES)


@pytest.mark.parametrize(
    ("trades", "cost", "add_on", "share", "ead"),
    [
        (RATES, 60, 347, 1.0, 569),
        (CREDIT, 0, 282, 0.965, 381),
        (COMMODITIES, 20, 3841, 1.0, 5406),
        ([*RATES, *CREDIT], 40, 629, 1.0, 936),
    ],
    ids=["example 1", "example 2", "example 3", "example 4"],
)
def test_unmargined_examples(trades: list[tuple], cost: float, add_on: float, share: float, ead: float) -> None:
    ours = exposures(trades).netting_sets.iloc[0]
    assert ours["replacement_cost"] == pytest.approx(cost, abs=1e-9)
    assert ours["aggregate_add_on"] == pytest.approx(add_on, abs=0.5)
    assert ours["multiplier"] == pytest.approx(share, abs=0.0005)
    assert ours["ead"] == pytest.approx(ead, abs=0.5)


def test_example_5_with_weekly_margining() -> None:
    terms = {
        "is_margined": True,
        "margin_period_days": float(margin_period(5.0, RULES["CRE52.margin_period.bilateral_floor"])),
        "minimum_transfer_amount": 5.0,
        "independent_collateral": 150.0,
        "collateral": 200.0,
    }
    ours = exposures([*RATES, *COMMODITIES], **terms).netting_sets.iloc[0]
    assert ours["replacement_cost"] == 0.0
    assert ours["aggregate_add_on"] == pytest.approx(1401, abs=0.5)
    assert ours["multiplier"] == pytest.approx(0.958, abs=0.0005)
    assert ours["ead"] == pytest.approx(1879, abs=0.5)


def test_standardised_cva_of_two_counterparties() -> None:
    capital = standardised_cva_capital([800.0, 200.0], [3.0, 1.0], [0.007, 0.02])
    assert capital == pytest.approx(39.61, abs=0.005)
    assert 12.5 * capital == pytest.approx(495.16, abs=0.005)
