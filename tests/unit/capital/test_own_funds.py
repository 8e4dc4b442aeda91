import pytest

from python_models.capital.own_funds import (
    Tiers,
    deduction_above_limit,
    third_party_capital,
    threshold_deductions,
)
from python_models.errors import CapitalError

REQUIREMENT = Tiers(0.07, 0.085, 0.105)
LIMITS = {"holdings": 0.10, "servicing": 0.10, "tax": 0.10}


def test_surplus_of_third_parties_is_left_out() -> None:
    """Worked example of the Central Bank of the UAE, with its own minima."""
    result = third_party_capital(
        100.0,
        Tiers(0.095, 0.11, 0.13),
        Tiers.of_instruments(10.0, 5.0, 8.0),
        Tiers.of_instruments(3.0, 1.0, 6.0),
    )
    assert (result.surplus.cet1, result.surplus.tier_1, result.surplus.total) == pytest.approx((0.5, 4.0, 10.0))
    assert result.included.cet1 == pytest.approx(2.85)
    assert result.included.additional_tier_1 == pytest.approx(4.0 - 4.0 * 4.0 / 15.0 - 2.85)
    assert result.included.tier_2 == pytest.approx(10.0 - 100.0 / 23.0 - (4.0 - 16.0 / 15.0))


def test_all_counts_when_the_subsidiary_has_no_surplus() -> None:
    result = third_party_capital(100.0, REQUIREMENT, Tiers(7.0, 8.5, 10.5), Tiers(2.0, 2.0, 2.0))
    assert result.surplus == Tiers(0.0, 0.0, 0.0)
    assert result.included == Tiers(2.0, 2.0, 2.0)


def test_common_equity_of_a_company_that_is_no_bank_never_counts() -> None:
    issued, theirs = Tiers.of_instruments(10.0, 5.0, 8.0), Tiers.of_instruments(3.0, 1.0, 6.0)
    bank = third_party_capital(100.0, REQUIREMENT, issued, theirs)
    company = third_party_capital(100.0, REQUIREMENT, issued, theirs, is_bank=False)
    assert bank.included.cet1 > 0.0
    assert company.included.cet1 == 0.0
    assert 0.0 < company.included.tier_1 < 1.0


@pytest.mark.parametrize(
    ("issued", "theirs", "message"),
    [
        (Tiers(1.0, 1.0, 1.0), Tiers(2.0, 2.0, 2.0), "Third parties hold"),
        (Tiers(-1.0, 1.0, 1.0), Tiers(0.0, 0.0, 0.0), "zero or more"),
        (Tiers(float("nan"), 1.0, 1.0), Tiers(0.0, 0.0, 0.0), "not missing"),
    ],
)
def test_capital_that_cannot_be(issued: Tiers, theirs: Tiers, message: str) -> None:
    with pytest.raises(CapitalError, match=message):
        third_party_capital(100.0, REQUIREMENT, issued, theirs)


def test_an_item_of_ten_per_cent_is_kept_and_the_next_cent_is_deducted() -> None:
    kept = threshold_deductions(1000.0, {"tax": 100.0}, LIMITS, 0.15)["tax"]
    assert (kept.deducted, kept.recognised) == (0.0, 100.0)
    over = threshold_deductions(1000.0, {"tax": 100.01}, LIMITS, 0.15)["tax"]
    assert over.over_individual_limit == pytest.approx(0.01)
    assert over.recognised == pytest.approx(100.0)


def test_items_together_are_at_most_15_per_cent_of_final_cet1() -> None:
    """Annex 2 of Basel III: 85 of CET1 with all items deducted lets 15 count, which is 15 % of 100."""
    items = {"holdings": 8.0, "servicing": 8.0, "tax": 8.0}
    result = threshold_deductions(85.0 + 24.0, items, LIMITS, 0.15)
    recognised = sum(item.recognised for item in result.values())
    assert recognised == pytest.approx(15.0)
    assert recognised / (109.0 - sum(item.deducted for item in result.values())) == pytest.approx(0.15)
    assert result["tax"].over_joint_limit == pytest.approx(3.0)


def test_items_just_within_the_joint_limit_are_kept() -> None:
    items = {"holdings": 7.5, "tax": 7.5}
    assert all(
        item.deducted == pytest.approx(0.0) for item in threshold_deductions(100.0, items, LIMITS, 0.15).values()
    )
    above = threshold_deductions(100.0, {"holdings": 7.5, "tax": 7.6}, LIMITS, 0.15)
    assert sum(item.over_joint_limit for item in above.values()) == pytest.approx(15.1 - 84.9 * 15 / 85)


def test_servicing_rights_with_a_limit_of_zero_are_deducted_in_full() -> None:
    result = threshold_deductions(1000.0, {"servicing": 50.0}, {"servicing": 0.0}, 0.15)["servicing"]
    assert (result.over_individual_limit, result.recognised) == (50.0, 0.0)


def test_without_cet1_nothing_is_kept() -> None:
    assert threshold_deductions(-5.0, {"tax": 10.0}, LIMITS, 0.15)["tax"].deducted == 10.0


def test_an_item_without_a_threshold_is_named() -> None:
    with pytest.raises(CapitalError, match="no threshold for software"):
        threshold_deductions(1000.0, {"software": 1.0}, LIMITS, 0.15)
    with pytest.raises(CapitalError, match="not negative"):
        threshold_deductions(1000.0, {"tax": -1.0}, LIMITS, 0.15)
    with pytest.raises(CapitalError, match="between 0 and 1"):
        threshold_deductions(1000.0, {"tax": 1.0}, LIMITS, 1.0)


def test_small_holdings_are_deducted_above_a_tenth_of_cet1() -> None:
    assert deduction_above_limit(100.0, 1000.0, 0.10) == 0.0
    assert deduction_above_limit(141.0, 1000.0, 0.10) == pytest.approx(41.0)
    assert deduction_above_limit(5.0, -10.0, 0.10) == 5.0
    with pytest.raises(CapitalError, match="missing"):
        deduction_above_limit(float("nan"), 1000.0, 0.10)
