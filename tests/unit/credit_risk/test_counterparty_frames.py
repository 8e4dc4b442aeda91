"""Counterparty exposures and CVA over reporting dates: which rules, collateral and maturities each set is given."""

import numpy as np
import pandas as pd
import pytest

from python_models.credit_risk.counterparty_frames import counterparty_exposures, cva_contributions
from python_models.errors import CapitalError, FrameError
from tests.unit.credit_risk.saccr_book import RULES

DAY, NEXT = pd.Timestamp("2022-09-30"), pd.Timestamp("2022-12-28")
PARAMETERS = pd.DataFrame(
    [
        {"reporting_date": day, "rule_id": rule_id, "value": value}
        for day in (DAY, NEXT)
        for rule_id, value in RULES.items()
    ]
)


def swap(trade_id: str, exposure_set_id: str, value: float, delta: float = 1.0, **terms: object) -> dict[str, object]:
    return {
        "reporting_date": DAY,
        "exposure_set_id": exposure_set_id,
        "trade_id": trade_id,
        "underlying_class": "interest_rate",
        "underlying_grade": None,
        "hedging_set": "USD",
        "entity": "all",
        "transaction_kind": "outright",
        "first_leg_usd": 1_000_000.0,
        "second_leg_usd": None,
        "first_currency": "USD",
        "second_currency": None,
        "start_years": 0.0,
        "end_years": 4.0,
        "maturity_years": 4.0,
        "delta": delta,
        "market_value_usd": value,
    } | terms


def forward(trade_id: str, exposure_set_id: str, **terms: object) -> dict[str, object]:
    return (
        swap(
            trade_id,
            exposure_set_id,
            0.0,
            underlying_class="foreign_exchange",
            hedging_set="EURUSD",
            second_leg_usd=1_010_000.0,
            first_currency="EUR",
            second_currency="USD",
            start_years=None,
            end_years=None,
            maturity_years=0.25,
        )
        | terms
    )


def terms(exposure_set_id: str, **given: object) -> dict[str, object]:
    return {
        "reporting_date": DAY,
        "exposure_set_id": exposure_set_id,
        "margin_agreement_id": None,
        "is_margined": False,
        "is_qualifying_ccp": False,
        "margin_period_days": None,
        "threshold_usd": 0.0,
        "minimum_transfer_amount_usd": 0.0,
        "independent_collateral_usd": 0.0,
        "variation_margin_usd": 0.0,
    } | given


def sets_of(trades: list[dict], sets: list[dict], parameters: pd.DataFrame = PARAMETERS) -> pd.DataFrame:
    found = counterparty_exposures(pd.DataFrame(trades), pd.DataFrame(sets), parameters, "USD").netting_sets
    return found.set_index(["reporting_date", "exposure_set_id"]).loc[DAY]


def test_trades_explain_the_exposure_of_their_set() -> None:
    trades = [swap("T1", "N1", 5_000.0), swap("T2", "N1", -1_000.0, -1.0, end_years=8.0), forward("T3", "N1")]
    found = counterparty_exposures(pd.DataFrame(trades), pd.DataFrame([terms("N1")]), PARAMETERS, "USD")
    whole = found.netting_sets.iloc[0]
    assert found.trades["trade_id"].tolist() == ["T1", "T2", "T3"]
    assert found.trades["add_on_contribution_usd"].sum() == pytest.approx(whole["aggregate_add_on_usd"], abs=1e-5)
    assert found.trades["maturity_bucket"].tolist()[:2] == [2.0, 3.0]
    assert whole["trade_count"] == 3
    assert whole["replacement_cost_usd"] == 4_000.0
    assert whole["ead_usd"] == pytest.approx(1.4 * (4_000.0 + whole["pfe_usd"]), abs=1e-5)
    assert "CRE52.sf.foreign_exchange; " in whole["rule_ids"]
    assert whole["rule_ids"].split("; ") == sorted(whole["rule_ids"].split("; "))
    assert "margined_multiple" not in whole["rule_ids"]


def test_a_forward_counts_its_foreign_leg_and_of_two_the_larger() -> None:
    trades = [forward("T1", "N1"), forward("T2", "N1", first_currency="CHF", second_currency="EUR")]
    found = counterparty_exposures(pd.DataFrame(trades), pd.DataFrame([terms("N1")]), PARAMETERS, "USD").trades
    assert found["notional_usd"].tolist() == [1_000_000.0, 1_010_000.0]
    assert found["adjusted_notional_usd"].tolist() == [1_000_000.0, 1_010_000.0]


def test_trades_that_may_not_net_share_the_collateral_of_their_agreement() -> None:
    trades = [
        swap("T1", "TRADE:T1", 30_000.0),
        swap("T2", "TRADE:T2", -20_000.0, -1.0),
        swap("T3", "TRADE:T3", 10_000.0),
    ]
    sets = [
        terms(
            f"TRADE:T{number}",
            margin_agreement_id="N1",
            variation_margin_usd=16_000.0,
            independent_collateral_usd=4_000.0,
        )
        for number in (1, 2, 3)
    ]
    found = sets_of(trades, sets)
    assert found["collateral_usd"].tolist() == [15_000.0, 0.0, 5_000.0]
    assert found["replacement_cost_usd"].sum() == 20_000.0
    assert found["variation_margin_usd"].tolist() == [12_000.0, 0.0, 4_000.0]
    assert found["replacement_cost_leverage_usd"].sum() == 24_000.0
    assert not found["is_margined"].any()


@pytest.mark.parametrize(("is_margined", "days", "years"), [(False, None, 1.0), (True, 5.0, 0.25), (True, 100.0, 0.4)])
def test_maturity_is_at_least_a_year_or_the_margin_period(is_margined: bool, days: float | None, years: float) -> None:
    found = sets_of([forward("T1", "N1")], [terms("N1", is_margined=is_margined, margin_period_days=days)])
    assert found["effective_maturity_years"].tolist() == [years]
    if is_margined:
        assert found["margin_period_days"].tolist() == [max(days or 0.0, 10.0)]
        # With so long a margin period the unmargined exposure is smaller and counts.
        assert found["is_capped"].tolist() == [days == 100.0]
        assert ("margined_multiple" in found["rule_ids"].iloc[0]) is (days == 5.0)


def test_a_capped_set_shows_the_unmargined_figures_and_keeps_its_agreement() -> None:
    agreement = terms("N1", is_margined=True, margin_period_days=10.0, threshold_usd=1e9)
    found = sets_of([swap("T1", "N1", 1_000.0)], [agreement])
    alone = sets_of([swap("T1", "N1", 1_000.0)], [terms("N1")])
    assert found["is_capped"].tolist() == [True]
    assert found["is_margined_basis"].tolist() == [False]
    assert found["ead_usd"].tolist() == alone["ead_usd"].tolist()
    assert "margined_multiple" not in found["rule_ids"].iloc[0]


def test_each_date_has_its_own_rules_and_sets() -> None:
    later = PARAMETERS.copy()
    is_factor = (later["rule_id"] == "CRE52.sf.interest_rate") & (later["reporting_date"] == NEXT)
    later.loc[is_factor, "value"] *= 2.0
    trades = [swap("T1", "N1", 0.0), swap("T1", "N1", 0.0) | {"reporting_date": NEXT}]
    sets = [terms("N1"), terms("N1") | {"reporting_date": NEXT}, terms("N9")]
    found = counterparty_exposures(pd.DataFrame(trades), pd.DataFrame(sets), later, "USD").netting_sets
    assert found["exposure_set_id"].tolist() == ["N1", "N1"]
    assert found["ead_usd"].iloc[1] == pytest.approx(2.0 * found["ead_usd"].iloc[0], rel=1e-9)


def test_no_trades_have_no_exposures() -> None:
    trades = pd.DataFrame([swap("T1", "N1", 0.0)]).iloc[:0]
    found = counterparty_exposures(trades, pd.DataFrame([terms("N1")]), PARAMETERS, "USD")
    assert len(found.trades) == len(found.netting_sets) == 0
    assert "ead_usd" in found.netting_sets.columns


def test_what_is_missing_is_named() -> None:
    with pytest.raises(CapitalError, match="N1"):
        sets_of([swap("T1", "N1", 0.0)], [terms("N2")])
    with pytest.raises(CapitalError, match="2022-09-30"):
        sets_of([swap("T1", "N1", 0.0)], [terms("N1")], PARAMETERS[PARAMETERS["reporting_date"] == NEXT])
    with pytest.raises(CapitalError, match=r"CRE52\.exposure\.alpha"):
        sets_of([swap("T1", "N1", 0.0)], [terms("N1")], PARAMETERS[PARAMETERS["rule_id"] != "CRE52.exposure.alpha"])
    with pytest.raises(FrameError, match="delta"):
        counterparty_exposures(
            pd.DataFrame([swap("T1", "N1", 0.0)]).drop(columns="delta"), pd.DataFrame([terms("N1")]), PARAMETERS, "USD"
        )


# CVA ----------------------------------------------------------------------------------------------------------------

EXPOSURES = pd.DataFrame(
    {
        "reporting_date": DAY,
        "counterparty_lei": ["B", "A", "B"],
        "ead_usd": [600.0, 200.0, 200.0],
        "effective_maturity_years": [3.0, 1.0, 3.0],
        "reduced_weight": [0.05, 0.12, 0.05],
        "standardised_weight": [0.007, 0.02, 0.007],
    }
)


def test_counterparties_add_up_to_the_capital_of_both_methods() -> None:
    found = cva_contributions(EXPOSURES, PARAMETERS)
    by_method = found.groupby("method")["capital_usd"].sum()
    assert by_method["standardised"] == pytest.approx(39.61, abs=0.005)
    discount = [(1.0 - np.exp(-0.05 * years)) / (0.05 * years) for years in (1.0, 3.0)]
    alone = [0.12 * 200.0 / 1.4 * discount[0], 0.05 * 3.0 * 800.0 / 1.4 * discount[1]]
    expected = 0.65 * np.sqrt((0.5 * sum(alone)) ** 2 + 0.75 * (alone[0] ** 2 + alone[1] ** 2))
    assert by_method["reduced_basic"] == pytest.approx(expected, abs=1e-5)
    assert found["counterparty_lei"].tolist() == ["A", "B", "A", "B"]
    assert found["ead_usd"].tolist() == [200.0, 800.0, 200.0, 800.0]
    assert (found["capital_usd"] <= found["standalone_usd"]).all()


def test_cva_without_weight_rules_or_rows() -> None:
    with pytest.raises(CapitalError, match="risk weight"):
        cva_contributions(EXPOSURES.assign(reduced_weight=np.nan), PARAMETERS)
    with pytest.raises(CapitalError, match="no parameters"):
        cva_contributions(EXPOSURES.assign(reporting_date=pd.Timestamp("2020-01-01")), PARAMETERS)
    assert cva_contributions(EXPOSURES.iloc[:0], PARAMETERS).columns.tolist()[:2] == ["reporting_date", "method"]
