"""What the reader of RWA scenarios takes from columns and words; none of the sentences is a published one."""

import pytest

from orchestration.errors import CaseNotRecognised
from orchestration.validation.rwa_reading import amount, read_case, says


def row(description: str = "", notes: str = "", **columns: str) -> dict[str, str]:
    return {"approach": "SA", "exposure_class": "CORPORATE", "ead": "1000.0", "description": description,
            "calculation_notes": notes} | columns  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [("limit £1,500,000 given", 1.5e6), ("limit £2.5m", 2.5e6), ("limit 30k", 3e4), ("limit £950,000", 9.5e5)],
)
def test_amounts_are_read_in_every_spelling(text: str, value: float) -> None:
    assert amount("limit ", text) == value


@pytest.mark.parametrize(("text", "is_said"), [("defaulted", True), ("non-defaulted", False), ("not defaulted", False)])
def test_a_negated_word_is_not_said(text: str, is_said: bool) -> None:
    assert says("defaulted", text) is is_said


def test_a_rated_bank_has_its_step() -> None:
    exposure = read_case(row(exposure_class="INSTITUTION", cqs="2.0")).exposure
    assert (exposure["obligor_type"], exposure["credit_quality_step"]) == ("bank", 2)


def test_millions_of_turnover_are_millions() -> None:
    plain = read_case(row(exposure_class="CORPORATE_SME", turnover="30000000")).exposure
    short = read_case(row(exposure_class="CORPORATE_SME", turnover="30.0")).exposure
    assert plain["annual_turnover_eur"] == short["annual_turnover_eur"] == pytest.approx(30e6 / 0.8732)


def test_a_slotting_grade_and_both_columns_of_maturity() -> None:
    short = read_case(row("Object finance - Weak, <2.5yr", approach="Slotting", exposure_class="SPECIALISED_LENDING"))
    long = read_case(row("HVCRE - Good", "Good, >=2.5yr", approach="Slotting", exposure_class="SPECIALISED_LENDING"))
    assert (short.exposure["slotting_category"], short.exposure["purpose"]) == ("weak", "object_finance")
    assert short.exposure["remaining_maturity_years"] < 2.5 <= long.exposure["remaining_maturity_years"]
    assert long.exposure["purpose"] == "high_volatility_real_estate"


def test_a_slot_without_a_grade_is_refused() -> None:
    with pytest.raises(CaseNotRecognised, match="category"):
        read_case(row("Project finance", approach="Slotting", exposure_class="SPECIALISED_LENDING"))


def test_collateral_comes_with_its_haircut_formula() -> None:
    case = read_case(
        row(
            "Gold collateral", "adj=200k x (1-0.2)=160,000.00. EAD=840,000.00", approach="SA-CRM", ead="840000.0"
        )
    )  # fmt: skip
    (gold,) = case.mitigants
    assert (gold["collateral_type"], gold["amount_usd"], case.exposure["on_balance_usd"]) == ("gold", 2e5, 1e6)
    assert not case.is_ead_given


def test_an_amount_that_the_text_does_not_explain_is_given() -> None:
    case = read_case(row("Maturity mismatch - 1y collateral, 4y exposure", approach="SA-CRM", maturity="4.0"))
    (cash,) = case.mitigants
    assert case.is_ead_given
    assert (cash["amount_usd"], cash["remaining_maturity_years"]) == (None, 1.0)
    assert case.exposure["remaining_maturity_years"] == 4.0


def test_a_guarantee_covers_its_share() -> None:
    (guarantee,) = read_case(
        row("Sovereign guarantee substitution", "25% guaranteed by CQS 1 sovereign", approach="SA-CRM")
    ).mitigants
    assert (guarantee["obligor_type"], guarantee["credit_quality_step"], guarantee["amount_usd"]) == (
        "sovereign", 1, 250.0,
    )  # fmt: skip


def test_a_commitment_is_put_back_to_its_nominal() -> None:
    exposure = read_case(row("Undrawn commitment (40% CCF)")).exposure
    assert exposure["on_balance_usd"] == 0.0
    assert exposure["off_balance_usd"] == pytest.approx(2_500.0)
    assert exposure["commitment_kind"] == "other_commitment"


def test_a_provision_raises_the_amount_to_gross() -> None:
    exposure = read_case(row("Corporate with provision", "Provision = £50")).exposure
    assert (exposure["on_balance_usd"], exposure["provisions_usd"]) == (1_050.0, 50.0)


def test_provisions_leave_an_internally_rated_amount_alone() -> None:
    case = read_case(row("EL shortfall", "Provisions = £3. Shortfall = £7", approach="F-IRB", pd="0.02", lgd="0.45"))
    assert (case.exposure["on_balance_usd"], case.exposure["provisions_usd"]) == (1_000.0, 3.0)
    assert case.printed["shortfall"] == 7.0


def test_figures_of_the_floor_are_kept() -> None:
    printed = read_case(
        row("Output floor", "SA RW=75%. Floor (75% \u00d7 60% = 45%)", approach="F-IRB", pd="0.02", lgd="0.4")
    ).printed
    assert (printed["standardised_weight"], printed["floor_share"]) == (0.75, 0.6)
    assert printed["floored_weight"] == 0.45


@pytest.mark.parametrize(
    ("columns", "message"),
    [({"approach": "AMA"}, "approach"), ({"exposure_class": "LEASING"}, "class"), ({"ead": ""}, "amount"),
     ({"approach": "F-IRB"}, "probability")],
)  # fmt: skip
def test_what_nobody_knows_is_refused(columns: dict[str, str], message: str) -> None:
    with pytest.raises(CaseNotRecognised, match=message):
        read_case(row(**columns))
