"""Capital over reporting dates: the frames hand the right figures and rules to the formulas."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from python_models.capital.capital_frames import (
    conservation_frame,
    countercyclical_rate_frame,
    leverage_requirement_frame,
    operational_risk_frame,
    own_funds_deduction_frame,
    simplified_market_frame,
    third_party_capital_frame,
)
from python_models.errors import CapitalError

DAY, NEXT = dt.date(2022, 11, 30), dt.date(2022, 12, 28)
RULES: dict[str, float] = {
    "RBC20.minimum.cet1": 0.045,
    "RBC20.minimum.t1": 0.06,
    "RBC20.minimum.total": 0.08,
    "RBC30.conservation_buffer.rate": 0.025,
    "CAP30.insignificant_holdings.limit": 0.10,
    "CAP30.threshold.joint": 0.15,
    "CAP30.threshold.risk_weight": 2.5,
    "CAP30.threshold.tax": 0.10,
    "LEV20.minimum.ratio": 0.03,
    "LEV40.buffer.systemic_share": 0.5,
    "LEV40.buffer.countercyclical_share": 0.0,
    "OPE25.approach.is_in_force": 1.0,
    "OPE25.business_indicator.years": 3.0,
    "OPE25.business_indicator.interest_margin_cap": 0.0225,
    "OPE25.loss_component.years": 10.0,
    "OPE25.loss_component.minimum_years": 5.0,
    "OPE25.loss_component.multiple": 15.0,
    "OPE25.loss_multiplier.exponent": 0.8,
    "OPE25.loss_multiplier.is_applied": 1.0,
    "OPE25.capital.rwa_multiple": 12.5,
    "OPE20.basic_indicator.alpha": 0.15,
    "OPE20.basic_indicator.years": 3.0,
    "MAR40.equity.general_risk": 0.08,
    "MAR40.equity.specific_risk": 0.08,
    "MAR40.equity.scaling_factor": 3.5,
    "MAR40.foreign_exchange.weight": 0.08,
    "MAR40.foreign_exchange.scaling_factor": 1.2,
    "MAR40.capital.rwa_multiple": 12.5,
}
BANDS: dict[str, list[tuple[float | None, float | None, float]]] = {
    "RBC30.earnings_retention.share_kept": [
        (None, 0.25, 1.0),
        (0.25, 0.5, 0.8),
        (0.5, 0.75, 0.6),
        (0.75, 1.0, 0.4),
        (1.0, None, 0.0),
    ],
    "OPE25.marginal_coefficient.alpha": [(0.0, 1e9, 0.12), (1e9, 30e9, 0.15), (30e9, None, 0.18)],
}


def parameters(day: dt.date = DAY, **changes: float) -> pd.DataFrame:
    """Rules in force on a day; `changes` by rule id with double underscores for dots."""
    values = RULES | {name.replace("__", "."): value for name, value in changes.items()}
    rows: list[tuple[Any, ...]] = [
        (day, rule.rpartition(".")[0], rule, None, None, value) for rule, value in values.items()
    ]
    for rule, bands in BANDS.items():
        group = rule.rpartition(".")[0]
        rows += [(day, group, f"{rule}.{number}", *band) for number, band in enumerate(bands, start=1)]
    columns = ["reporting_date", "rule_group", "rule_id", "above", "up_to", "value"]
    return pd.DataFrame(rows, columns=columns)


def test_the_smaller_risk_weighted_assets_count_for_a_subsidiary() -> None:
    row = {
        "reporting_date": DAY,
        "subsidiary_id": "B1",
        "is_bank": True,
        "rwa": 120.0,
        "group_rwa_of_subsidiary": 100.0,
        "cet1_issued": 10.0,
        "cet1_third_party": 4.0,
        "at1_issued": 0.0,
        "at1_third_party": 0.0,
        "t2_issued": 0.0,
        "t2_third_party": 0.0,
    }
    result = third_party_capital_frame(pd.DataFrame([row]), parameters()).set_index("tier")
    assert result["included_usd"]["CET1"] == pytest.approx(4.0 - (10.0 - 7.0) * 0.4)
    assert result["third_party_usd"]["CET1"] == 4.0
    assert "RBC30.conservation_buffer.rate" in result["rule_ids"]["CET1"]


def test_holdings_come_off_before_thresholds_are_measured() -> None:
    items = pd.DataFrame(
        [
            (DAY, "shares", "include", 1000.0),
            (DAY, "goodwill", "deduct", -100.0),
            (DAY, "minority_interest:B1", "third_party", 100.0),
            (DAY, "holdings", "holdings_limit", 150.0),
            (DAY, "tax", "threshold", 100.0),
        ],
        columns=["reporting_date", "item_code", "treatment", "amount_usd"],
    )
    result = own_funds_deduction_frame(items, parameters()).set_index("item_code")
    assert result["over_individual_limit_usd"]["holdings"] == pytest.approx(50.0)
    assert result["cet1_before_usd"]["tax"] == pytest.approx(950.0)
    assert result["over_individual_limit_usd"]["tax"] == pytest.approx(5.0)
    assert pd.isna(result["risk_weight"]["holdings"])
    assert result["risk_weight"]["tax"] == 2.5


def test_a_rule_that_is_not_in_force_is_named() -> None:
    items = pd.DataFrame(
        [(DAY, "software", "threshold", 1.0)], columns=["reporting_date", "item_code", "treatment", "amount_usd"]
    )
    with pytest.raises(CapitalError, match=r"CAP30\.threshold\.software"):
        own_funds_deduction_frame(items, parameters())
    with pytest.raises(CapitalError, match="No rule is in force on 2022-11-30"):
        own_funds_deduction_frame(items, parameters(NEXT))


def test_every_date_has_its_countercyclical_rate() -> None:
    countries = pd.DataFrame(
        [(DAY, 60.0, 0.02), (DAY, 40.0, 0.0), (NEXT, 10.0, 0.01)],
        columns=["reporting_date", "private_credit_rwa_usd", "applied_rate"],
    )
    assert countercyclical_rate_frame(countries)["countercyclical_rate"].tolist() == pytest.approx([0.012, 0.01])


def position(cet1: float, profit: float | None = 200.0) -> pd.DataFrame:
    row = {
        "reporting_date": DAY,
        "cet1_usd": cet1,
        "t1_usd": cet1 + 15.0,
        "total_usd": cet1 + 35.0,
        "rwa_usd": 1000.0,
        "combined_buffer_rate": 0.025,
        "distributable_profit_usd": profit,
    }
    return pd.DataFrame([row])


def test_within_the_buffer_earnings_are_kept_and_above_it_nothing_is_restricted() -> None:
    within = conservation_frame(position(60.0), parameters()).iloc[0]
    assert (within["buffer_quarter"], within["conservation_ratio"]) == (3, 0.6)
    assert within["maximum_distributable_usd"] == pytest.approx(80.0)
    assert within["rule_ids"].endswith("share_kept.3")
    above = conservation_frame(position(70.01), parameters()).iloc[0]
    assert above["buffer_quarter"] is None
    assert above["maximum_distributable_usd"] is None


def test_a_restriction_needs_the_earnings() -> None:
    with pytest.raises(CapitalError, match="earnings are missing"):
        conservation_frame(position(60.0, float("nan")), parameters())


def test_the_leverage_buffer_follows_the_systemic_one() -> None:
    buffers = pd.DataFrame([(DAY, 0.02, 0.01)], columns=["reporting_date", "systemic_rate", "countercyclical_rate"])
    result = leverage_requirement_frame(buffers, parameters()).iloc[0]
    assert (result["minimum_ratio"], result["buffer_ratio"]) == pytest.approx((0.03, 0.01))


def income(fees: float, years: range = range(2019, 2022)) -> pd.DataFrame:
    """Fee income only, so that it is the business indicator."""
    codes = (
        "interest_income",
        "interest_expense",
        "interest_earning_assets",
        "dividend_income",
        "fee_expense",
        "other_operating_income",
        "other_operating_expense",
        "net_pnl_trading_book",
        "net_pnl_banking_book",
    )
    rows = [(DAY, year, code, 0.0) for year in years for code in codes]
    rows += [(DAY, year, "fee_income", fees) for year in years]
    return pd.DataFrame(rows, columns=["reporting_date", "fiscal_year", "item_code", "amount_usd"])


def losses(years: int, each: float) -> pd.DataFrame:
    rows = [(DAY, 2021 - number, each) for number in range(years)]
    return pd.DataFrame(rows, columns=["reporting_date", "loss_year", "net_loss_eur"])


RATES = pd.DataFrame([(DAY, 1.25)], columns=["reporting_date", "usd_per_eur"])


def charge(fees: float, loss: pd.DataFrame, **changes: float) -> pd.Series:
    frame = operational_risk_frame(income(fees), loss, RATES, parameters(**changes))
    return frame.set_index("approach").loc["standardised"]


def test_the_indicator_is_charged_in_euro_and_reported_in_dollars() -> None:
    first = charge(1.25e9, losses(10, 1e9))
    assert (first["bucket"], first["business_indicator_eur"]) == (1, pytest.approx(1e9))
    assert first["capital_usd"] == pytest.approx(0.12e9 * 1.25)
    assert (first["loss_multiplier"], first["note"]) == (1.0, "the multiplier is 1 in the first bucket")
    second = charge(1.2501e9, losses(10, 0.0))
    assert second["bucket"] == 2
    assert second["loss_multiplier"] == pytest.approx(0.5413, abs=1e-4)
    assert second["rwa_usd"] == pytest.approx(12.5 * second["capital_usd"])


@pytest.mark.parametrize(("years", "is_scaled"), [(4, False), (5, True), (10, True)])
def test_losses_of_fewer_than_five_years_do_not_scale(years: int, is_scaled: bool) -> None:
    result = charge(2.5e9, losses(years, 1e8))
    assert bool(result["loss_multiplier"] != 1.0) is is_scaled
    assert ("years of losses are known" in str(result["note"])) is (years < 10)


def test_only_the_last_ten_years_are_averaged() -> None:
    eleven = pd.concat([losses(10, 1e8), pd.DataFrame([(DAY, 2011, 9e9)], columns=losses(1, 0.0).columns)])
    assert charge(2.5e9, eleven)["loss_component_usd"] == pytest.approx(1.5e9 * 1.25)


def test_a_jurisdiction_may_set_the_multiplier_to_one() -> None:
    result = charge(2.5e9, losses(10, 1e8), OPE25__loss_multiplier__is_applied=0.0)
    assert result["loss_multiplier"] == 1.0
    assert "jurisdiction" in result["note"]


def test_until_the_new_approach_is_in_force_the_old_one_is_the_requirement() -> None:
    frame = operational_risk_frame(
        income(100.0), losses(10, 0.0), RATES, parameters(OPE25__approach__is_in_force=0.0)
    ).set_index("approach")
    assert frame["is_headline"].to_dict() == {"standardised": False, "basic_indicator": True}
    assert frame["capital_usd"]["basic_indicator"] == pytest.approx(15.0)


def test_years_before_the_last_three_do_not_count_and_a_missing_one_is_an_error() -> None:
    longer = pd.concat([income(9e9, range(2018, 2019)), income(100.0)])
    result = operational_risk_frame(longer, losses(10, 0.0), RATES, parameters()).set_index("approach")
    assert result["business_indicator_usd"]["standardised"] == pytest.approx(100.0)
    with pytest.raises(CapitalError, match="2 of 3 financial years"):
        operational_risk_frame(income(100.0, range(2020, 2022)), losses(10, 0.0), RATES, parameters())
    with pytest.raises(CapitalError, match="lacks fee_expense"):
        incomplete = income(100.0)
        operational_risk_frame(
            incomplete[incomplete["item_code"] != "fee_expense"], losses(10, 0.0), RATES, parameters()
        )


def test_simplified_charges_are_scaled() -> None:
    equities = pd.DataFrame([(DAY, "USD", 100.0, 40.0)], columns=["reporting_date", "market", "long_usd", "short_usd"])
    currencies = pd.DataFrame(
        [(DAY, "EUR", 10.0), (DAY, "JPY", -30.0), (DAY, "XAU", 5.0)], columns=["reporting_date", "currency", "net_usd"]
    )
    result = simplified_market_frame(equities, currencies, parameters()).set_index("risk_class")
    assert result["capital_usd"]["equity"] == pytest.approx(3.5 * 0.08 * (60.0 + 140.0))
    assert result["capital_usd"]["foreign_exchange"] == pytest.approx(1.2 * 0.08 * 35.0)
    assert result["rwa_usd"]["equity"] == pytest.approx(12.5 * 56.0)
