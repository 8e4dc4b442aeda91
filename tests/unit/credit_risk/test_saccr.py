import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_models.credit_risk.parameters import RuleValues
from python_models.credit_risk.saccr import (
    agreement_replacement_cost,
    allocated_collateral,
    floored_margin_periods,
    margined_replacement_cost,
    multiplier,
    replacement_cost,
    saccr_exposures,
)
from python_models.errors import CapitalError, FrameError
from tests.unit.credit_risk.saccr_book import RULES, book, netting_set, trade


def add_on(*trades: dict[str, object]) -> float:
    return float(saccr_exposures(book(*trades), netting_set(), RULES).netting_sets["aggregate_add_on"].iloc[0])


DURATION = (1.0 - np.exp(-0.05)) / 0.05


@pytest.mark.parametrize(
    ("underlying", "factor"),
    [
        ("interest_rate", 0.005 * DURATION),
        ("foreign_exchange", 0.04),
        ("credit_single_name.bbb", 0.0054 * DURATION),
        ("credit_index.speculative_grade", 0.0106 * DURATION),
        ("equity_single_name", 0.32),
        ("equity_index", 0.20),
        ("commodity.electricity", 0.40),
        ("commodity.metals", 0.18),
    ],
)
@pytest.mark.parametrize("delta", [1.0, -1.0])
def test_one_trade_of_a_year_adds_its_supervisory_factor(underlying: str, factor: float, delta: float) -> None:
    assert add_on(trade(underlying, delta)) == pytest.approx(10_000.0 * factor)


@pytest.mark.parametrize(("kind", "factor"), [("basis", 0.5), ("volatility", 5.0)])
def test_basis_and_volatility_trades_have_their_own_hedging_set(kind: str, factor: float) -> None:
    outright = add_on(trade("interest_rate"))
    assert add_on(trade("interest_rate", -1.0, transaction_kind=kind)) == pytest.approx(factor * outright)
    both = add_on(trade("interest_rate"), trade("interest_rate", -1.0, transaction_kind=kind))
    assert both == pytest.approx((1.0 + factor) * outright)


@pytest.mark.parametrize(("end", "bucket"), [(0.99, 1), (1.0, 2), (5.0, 2), (5.01, 3)])
def test_maturity_buckets_of_interest_rates(end: float, bucket: int) -> None:
    result = saccr_exposures(book(trade("interest_rate", end_years=end)), netting_set(), RULES)
    assert result.trades["maturity_bucket"].tolist() == [bucket]


@pytest.mark.parametrize(("ends", "correlation"), [((0.5, 3.0), 0.7), ((3.0, 7.0), 0.7), ((0.5, 7.0), 0.3)])
def test_buckets_offset_by_their_correlation(ends: tuple[float, float], correlation: float) -> None:
    one, other = (add_on(trade("interest_rate", end_years=end)) for end in ends)
    both = add_on(trade("interest_rate", end_years=ends[0]), trade("interest_rate", -1.0, end_years=ends[1]))
    assert both == pytest.approx(np.sqrt(one**2 + other**2 - 2.0 * correlation * one * other))


def test_currencies_and_pairs_do_not_offset() -> None:
    for underlying in ("interest_rate", "foreign_exchange", "commodity.metals"):
        opposite = add_on(trade(underlying), trade(underlying, -1.0, hedging_set="EUR"))
        assert opposite == pytest.approx(2.0 * add_on(trade(underlying)))


def test_names_offset_in_the_common_factor_only() -> None:
    alone = add_on(trade("equity_single_name"))
    same = add_on(trade("equity_single_name"), trade("equity_single_name", -1.0))
    other = add_on(trade("equity_single_name"), trade("equity_single_name", -1.0, entity="two"))
    assert same == pytest.approx(0.0, abs=1e-12)
    assert other == pytest.approx(np.sqrt(2.0 * (1.0 - 0.5**2)) * alone)


def test_the_same_name_as_bond_and_as_index_are_two_entities() -> None:
    both = add_on(trade("credit_single_name.a"), trade("credit_index.investment_grade"))
    single, index = add_on(trade("credit_single_name.a")), add_on(trade("credit_index.investment_grade"))
    common = 0.5 * single + 0.8 * index
    assert both == pytest.approx(np.sqrt(common**2 + 0.75 * single**2 + 0.36 * index**2))


def test_classes_are_added() -> None:
    parts = [trade("interest_rate"), trade("equity_index", -1.0), trade("credit_index.investment_grade")]
    assert add_on(*parts) == pytest.approx(sum(add_on(each) for each in parts))


def test_netting_sets_do_not_net() -> None:
    first = trade("foreign_exchange", market_value=10.0)
    second = trade("foreign_exchange", -1.0, netting_set_id="N2", market_value=-10.0)
    sets = pd.concat([netting_set("N2"), netting_set("N1")])
    result = saccr_exposures(book(first, second), sets, RULES).netting_sets
    assert result["netting_set_id"].tolist() == ["N1", "N2"]
    assert result["replacement_cost"].tolist() == [10.0, 0.0]
    assert result["aggregate_add_on"].tolist() == [400.0, 400.0]
    assert result["multiplier"].iloc[1] < result["multiplier"].iloc[0] == 1.0


def test_a_margined_set_uses_the_margin_period_and_the_terms_of_the_agreement() -> None:
    terms = {"is_margined": True, "margin_period_days": 10.0, "threshold": 3.0, "minimum_transfer_amount": 2.0}
    result = saccr_exposures(book(trade("foreign_exchange")), netting_set(**terms), RULES).netting_sets.iloc[0]
    assert result["aggregate_add_on"] == pytest.approx(0.3 * 400.0)
    assert result["replacement_cost"] == 5.0
    assert result["ead"] == pytest.approx(1.4 * (5.0 + 120.0))
    assert result["is_margined_basis"]
    assert not result["is_capped"]


@pytest.mark.parametrize(("threshold", "is_capped"), [(280.0, False), (280.1, True)])
def test_a_margined_set_is_capped_by_the_unmargined_exposure(threshold: float, is_capped: bool) -> None:
    terms = {"is_margined": True, "margin_period_days": 10.0, "threshold": threshold}
    result = saccr_exposures(book(trade("foreign_exchange")), netting_set(**terms), RULES).netting_sets.iloc[0]
    assert bool(result["is_capped"]) is is_capped
    assert result["ead"] == pytest.approx(560.0)
    assert result["replacement_cost"] == (0.0 if is_capped else 280.0)
    assert result["ead_margined"] == pytest.approx(1.4 * (threshold + 120.0))


def test_replacement_costs_of_a_margin_agreement() -> None:
    assert replacement_cost([80.0, -50.0], [90.0, -60.0]).tolist() == [0.0, 10.0]
    assert margined_replacement_cost(-50.0, -60.0, 0.0, 0.0, -10.0) == 10.0
    assert margined_replacement_cost(80.0, 90.0, 0.0, 1.0, 10.0) == 0.0
    assert margined_replacement_cost(80.0, 90.0, 0.0, 11.0, 10.0) == 1.0


def test_multiplier_is_floored_and_never_above_one() -> None:
    share = multiplier([10.0, 0.0, -1e9, -50.0], 0.0, [100.0, 100.0, 100.0, 0.0], floor=0.05, denominator=2.0)
    assert share.tolist() == [1.0, 1.0, 0.05, 1.0]
    assert multiplier(-19.0, 0.0, 100.0, floor=0.05, denominator=2.0) == pytest.approx(0.05 + 0.95 * np.exp(-0.1))


@pytest.mark.parametrize(("count", "is_cleared", "days"), [(5000, False, 10), (5001, False, 20), (5001, True, 10)])
def test_floors_of_the_margin_period(count: int, is_cleared: bool, days: float) -> None:
    assert floored_margin_periods([5.0], [count], [is_cleared], RULES)[0] == days
    assert floored_margin_periods([25.0], [count], [is_cleared], RULES)[0] == 25.0


@pytest.mark.parametrize("collateral", [-30.0, -5.0, 0.0, 4.0, 40.0])
@pytest.mark.parametrize("values", [[10.0, -7.0, 5.0, -1.0], [3.0, 2.0], [-3.0, -2.0], [0.0, 0.0]])
def test_allocated_collateral_keeps_the_agreements_replacement_cost(values: list[float], collateral: float) -> None:
    shares = allocated_collateral(["A"] * len(values), values, [collateral] * len(values))
    assert shares.sum() == pytest.approx(collateral)
    assert replacement_cost(values, shares).sum() == pytest.approx(agreement_replacement_cost(values, collateral))


def test_a_missing_parameter_is_named() -> None:
    rules = RuleValues({name: value for name, value in RULES.items() if name != "CRE52.sf.equity_index"})
    with pytest.raises(CapitalError, match=r"CRE52\.sf\.equity_index"):
        saccr_exposures(book(trade("equity_index")), netting_set(), rules)
    with pytest.raises(CapitalError, match=r"CRE52\.sf\.credit_single_name\.d"):
        saccr_exposures(book(trade("credit_single_name.d")), netting_set(), RULES)


def test_what_cannot_be_calculated_is_refused() -> None:
    for terms in ({"underlying_class": "weather"}, {"transaction_kind": "other"}, {"netting_set_id": "N9"}):
        with pytest.raises(CapitalError):
            saccr_exposures(book(trade("interest_rate", **terms)), netting_set(), RULES)
    for terms in ({"notional": -1.0}, {"delta": np.nan}, {"market_value": np.nan}, {"hedging_set": None}):
        with pytest.raises(CapitalError):
            saccr_exposures(book(trade("interest_rate") | terms), netting_set(), RULES)
    with pytest.raises(CapitalError, match="twice"):
        saccr_exposures(book(trade("interest_rate")), pd.concat([netting_set(), netting_set()]), RULES)
    with pytest.raises(FrameError, match="delta"):
        saccr_exposures(book(trade("interest_rate")).drop(columns="delta"), netting_set(), RULES)


# Laws ---------------------------------------------------------------------------------------------------------------

AMOUNTS = st.integers(-1_000_000, 1_000_000).map(lambda cents: cents / 100.0)
TRADES = st.lists(
    st.builds(
        lambda underlying, delta, notional, end, entity, hedging_set, value: trade(
            underlying,
            delta,
            notional,
            end_years=end,
            maturity_years=end,
            entity=entity,
            hedging_set=hedging_set,
            market_value=value,
        ),
        st.sampled_from(
            ["interest_rate", "foreign_exchange", "credit_single_name.bb", "credit_index.investment_grade",
             "equity_single_name", "equity_index", "commodity.oil_gas"]
        ),
        st.sampled_from([-1.0, 1.0, 0.4, -0.25]),
        st.integers(0, 100_000).map(float),
        st.sampled_from([0.02, 0.5, 1.0, 3.0, 5.0, 12.0]),
        st.sampled_from(["one", "two", "three"]),
        st.sampled_from(["USD", "EUR"]),
        AMOUNTS,
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip
TERMS = st.fixed_dictionaries(
    {
        "is_margined": st.booleans(),
        "margin_period_days": st.sampled_from([10.0, 20.0]),
        "threshold": st.integers(0, 10_000).map(float),
        "minimum_transfer_amount": st.integers(0, 1_000).map(float),
        "independent_collateral": AMOUNTS,
        "collateral": AMOUNTS,
    }
)


@settings(max_examples=40, deadline=None)
@given(TRADES, TERMS, st.integers(0, 100_000))
def test_more_collateral_never_raises_the_exposure(trades: list, terms: dict, more: int) -> None:
    fewer = saccr_exposures(book(*trades), netting_set(**terms), RULES).netting_sets.iloc[0]
    after = terms | {"collateral": terms["collateral"] + more / 10.0}
    assert (
        saccr_exposures(book(*trades), netting_set(**after), RULES).netting_sets["ead"].iloc[0] <= fewer["ead"] + 1e-6
    )
    assert fewer["ead"] >= 0.0
    assert fewer["ead"] <= fewer["ead_unmargined"]


@settings(max_examples=40, deadline=None)
@given(TRADES)
def test_netting_is_never_worse_than_the_trades_alone(trades: list) -> None:
    whole = saccr_exposures(book(*trades), netting_set(), RULES).netting_sets.iloc[0]
    alone = [{**each, "netting_set_id": f"N{number}"} for number, each in enumerate(trades)]
    sets = pd.concat([netting_set(f"N{number}") for number in range(len(trades))])
    parts = saccr_exposures(book(*alone), sets, RULES).netting_sets
    for amount in ("replacement_cost", "aggregate_add_on", "ead"):
        assert whole[amount] <= parts[amount].sum() + 1e-6


@settings(max_examples=40, deadline=None)
@given(TRADES, TERMS)
def test_contributions_sum_to_the_add_on_and_the_order_of_trades_does_not_matter(trades: list, terms: dict) -> None:
    result = saccr_exposures(book(*trades), netting_set(**terms), RULES)
    for basis, of_basis in result.trades.groupby("is_margined_basis"):
        sets = result.hedging_sets[result.hedging_sets["is_margined_basis"] == basis]
        assert of_basis["add_on_contribution"].sum() == pytest.approx(sets["add_on"].sum(), abs=1e-6)
    turned = saccr_exposures(book(*trades).iloc[::-1], netting_set(**terms), RULES)
    assert turned.netting_sets["ead"].iloc[0] == pytest.approx(result.netting_sets["ead"].iloc[0], abs=1e-6)
