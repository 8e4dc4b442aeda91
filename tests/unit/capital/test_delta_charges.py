import numpy as np
import pandas as pd
import pytest

from python_models.capital.delta_charges import (
    delta_contributions_frame,
    equity_delta_parameters,
    parameter_values,
    rule_value,
)
from python_models.capital.sensitivities import product_correlation, sbm_delta, tenor_correlation
from python_models.errors import CapitalError, FrameError

PARAMETERS = [
    ("MAR21.girr_tenor_correlation", "theta", 0.03),
    ("MAR21.girr_tenor_correlation", "floor", 0.40),
    ("MAR21.girr_curve_correlation", "all", 0.999),
    ("MAR21.girr_gamma", "all", 0.5),
    ("MAR21.csr_correlation", "other_name", 0.35),
    ("MAR21.csr_correlation", "other_tenor", 0.65),
    ("MAR21.csr_correlation", "other_basis", 0.999),
    ("MAR21.csr_gamma", "other_rating", 0.5),
    ("MAR21.equity_risk_weight", "5", 0.30),
    ("MAR21.equity_risk_weight", "11", 0.70),
    ("MAR21.equity_risk_weight", "12", 0.15),
    ("MAR21.equity_repo_share_of_spot", "all", 0.01),
    ("MAR21.equity_correlation", "large_advanced", 0.25),
    ("MAR21.equity_correlation", "index", 0.80),
    ("MAR21.equity_correlation", "same_name_spot_repo", 0.999),
    ("MAR21.equity_gamma", "within_1_10", 0.15),
    ("MAR21.equity_gamma", "bucket11", 0.0),
    ("MAR21.equity_gamma", "between_12_13", 0.75),
    ("MAR21.equity_gamma", "index_vs_1_10", 0.45),
    ("MAR21.fx_gamma", "all", 0.6),
]
BUCKETS = pd.DataFrame(
    {
        "bucket": ["5", "11", "12"],
        "correlation_group": ["large_advanced", None, "index"],
        "gamma_group": ["sector", "residual", "index"],
        "is_residual": [False, True, False],
    }
)
DAY = "2022-12-28"


def rules(day: str = DAY, without: str = "") -> pd.DataFrame:
    frame = pd.DataFrame(PARAMETERS, columns=["rule_group", "parameter_key", "value"])
    return frame[frame["rule_group"] + "." + frame["parameter_key"] != without].assign(reporting_date=pd.Timestamp(day))


def rows(*given: tuple[str, str, str, str, float, float], day: str = DAY) -> pd.DataFrame:
    columns = ["risk_class", "bucket", "qualifier", "factor", "tenor_years", "weighted_sensitivity_usd"]
    return pd.DataFrame(given, columns=columns).assign(reporting_date=pd.Timestamp(day))


def charges(frame: pd.DataFrame) -> dict[str, float]:
    of_class = frame.groupby(["risk_class", "scenario"])["class_charge_usd"].first()
    return {scenario: float(of_class.xs(scenario, level="scenario").sum()) for scenario in ("low", "medium", "high")}


def test_tenors_correlate_less_the_further_apart_and_never_below_the_floor() -> None:
    rho = tenor_correlation([0.25, 1.0, 30.0], 0.03, 0.40)
    assert rho[0, 1] == pytest.approx(np.exp(-0.03 * 0.75 / 0.25))
    assert rho[0, 2] == 0.40
    assert rho.diagonal() == pytest.approx(np.ones(3))
    with pytest.raises(CapitalError, match="tenor"):
        tenor_correlation([0.0, 1.0], 0.03, 0.40)


def test_a_product_takes_one_factor_for_each_label_that_differs() -> None:
    rho = product_correlation([["A", "A", "B"], [1.0, 5.0, 5.0]], [0.35, 0.65])
    assert rho[0, 1] == 0.65
    assert rho[0, 2] == pytest.approx(0.35 * 0.65)
    assert rho[1, 2] == 0.35
    with pytest.raises(CapitalError, match="one factor"):
        product_correlation([["A"]], [0.35, 0.65])


@pytest.mark.parametrize("seed", range(4))
def test_contributions_add_up_and_are_amounts_times_slopes(seed: int) -> None:
    random = np.random.default_rng(seed)
    weighted, bucket = random.normal(size=9), np.array([0, 0, 0, 1, 1, 2, 2, 2, 2])
    within = np.where(bucket[:, None] == bucket[None, :], 0.3, 0.0) + 0.7 * np.eye(9)
    across = np.full((3, 3), 0.25) + 0.75 * np.eye(3)
    across[2, :2] = across[:2, 2] = 0.0
    residual = [False, False, True]
    charge = sbm_delta(weighted, bucket, within, across, residual)
    for scenario, total in charge.totals.items():
        assert charge.contributions[scenario].sum() == pytest.approx(total, rel=1e-12)
        for factor in range(9):
            up, down = weighted.copy(), weighted.copy()
            up[factor] += 1e-6
            down[factor] -= 1e-6
            totals = [sbm_delta(each, bucket, within, across, residual).totals[scenario] for each in (up, down)]
            slope = (totals[0] - totals[1]) / 2e-6
            assert charge.contributions[scenario][factor] == pytest.approx(weighted[factor] * slope, abs=1e-6)


def test_contributions_add_up_where_a_bucket_is_held_within_its_charge() -> None:
    within = np.array([[1.0, -0.99, 0.0], [-0.99, 1.0, 0.0], [0.0, 0.0, 1.0]])
    charge = sbm_delta([10.0, 10.0, -20.0], [0, 0, 1], within, [[1.0, 0.95], [0.95, 1.0]], [False, False])
    assert charge.buckets["high"].s[0] == pytest.approx(charge.buckets["high"].k[0])
    for scenario, total in charge.totals.items():
        assert charge.contributions[scenario].sum() == pytest.approx(total)


def test_a_book_without_risk_has_no_contributions() -> None:
    charge = sbm_delta([0.0, 0.0], [0, 0], np.eye(2), [[1.0]], [False])
    assert charge.contributions["medium"].tolist() == [0.0, 0.0]


def test_interest_rates_take_tenor_and_currency_correlations() -> None:
    frame = delta_contributions_frame(
        rows(
            ("interest_rate", "USD", "IR:USD", "zero_rate", 1.0, 100.0),
            ("interest_rate", "USD", "IR:USD", "zero_rate", 10.0, -50.0),
            ("interest_rate", "EUR", "IR:EUR", "zero_rate", 5.0, 80.0),
        ),
        rules(),
        BUCKETS,
    )
    rho = np.exp(-0.03 * 9.0)
    usd = 100.0**2 + 50.0**2 - 2 * rho * 100.0 * 50.0
    assert charges(frame)["medium"] == pytest.approx(np.sqrt(usd + 80.0**2 + 2 * 0.5 * 50.0 * 80.0))
    assert frame.groupby("scenario")["contribution_usd"].sum().to_dict() == pytest.approx(charges(frame), abs=1e-5)


def test_spreads_of_one_issuer_correlate_by_tenor_and_ratings_by_gamma() -> None:
    frame = delta_contributions_frame(
        rows(
            ("credit_spread", "1", "LEI-A", "bond", 1.0, 10.0),
            ("credit_spread", "1", "LEI-A", "bond", 5.0, 10.0),
            ("credit_spread", "9", "LEI-B", "bond", 5.0, 4.0),
        ),
        rules(),
        BUCKETS,
    )
    assert charges(frame)["medium"] == pytest.approx(np.sqrt(200 + 2 * 0.65 * 100 + 16 + 2 * 0.5 * 20 * 4))


def test_shares_and_currencies_are_classes_of_their_own_that_add_up() -> None:
    frame = delta_contributions_frame(
        rows(
            ("equity", "5", "LEI-A", "spot", np.nan, 30.0),
            ("equity", "5", "LEI-B", "spot", np.nan, 30.0),
            ("equity", "11", "LEI-C", "spot", np.nan, -7.0),
            ("foreign_exchange", "EUR", "EUR", "spot", np.nan, 20.0),
            ("foreign_exchange", "PLN", "PLN", "spot", np.nan, -20.0),
        ),
        rules(),
        BUCKETS,
    )
    shares = np.sqrt(1800 + 2 * 0.25 * 900 + 49)
    currencies = np.sqrt(800 - 2 * 0.6 * 400)
    assert charges(frame)["medium"] == pytest.approx(shares + currencies)
    of_pln = frame[(frame["bucket"] == "PLN") & (frame["scenario"] == "medium")].iloc[0]
    assert of_pln["bucket_charge_usd"] == 20.0


def test_every_date_takes_its_own_rules() -> None:
    later = "2023-01-31"
    changed = rules(later).replace({"value": {0.6: 0.0}})
    row = ("foreign_exchange", "EUR", "EUR", "spot", np.nan, 3.0)
    other = ("foreign_exchange", "PLN", "PLN", "spot", np.nan, 4.0)
    frame = delta_contributions_frame(
        pd.concat([rows(row, other), rows(row, other, day=later)]), pd.concat([rules(), changed]), BUCKETS
    )
    medium = frame[frame["scenario"] == "medium"].groupby("reporting_date")["class_charge_usd"].first().tolist()
    assert medium == pytest.approx([np.sqrt(25 + 2 * 0.6 * 12), 5.0], abs=1e-6)


@pytest.mark.parametrize(
    ("given", "without", "message"),
    [
        (("commodity", "1", "OIL", "spot", np.nan, 1.0), "", "Risk class commodity"),
        (("equity", "8", "LEI-A", "spot", np.nan, 1.0), "", "bucket 8"),
        (("foreign_exchange", "EUR", "EUR", "spot", np.nan, 1.0), "MAR21.fx_gamma.all", "MAR21.fx_gamma.all"),
        (("foreign_exchange", "EUR", "EUR", "spot", np.nan, np.nan), "", "not zero"),
    ],
)
def test_what_has_no_rule_is_refused_by_name(
    given: tuple[str, str, str, str, float, float], without: str, message: str
) -> None:
    with pytest.raises(CapitalError, match=message):
        delta_contributions_frame(rows(given), rules(without=without), BUCKETS)


def test_rows_without_a_column_and_rules_with_two_values_are_refused() -> None:
    with pytest.raises(FrameError, match="tenor_years"):
        delta_contributions_frame(rows().drop(columns="tenor_years"), rules(), BUCKETS)
    with pytest.raises(CapitalError, match="two values"):
        parameter_values(pd.concat([rules(), rules()]))


def test_no_sensitivities_give_no_rows_with_the_same_columns() -> None:
    some = delta_contributions_frame(rows(("foreign_exchange", "EUR", "EUR", "spot", np.nan, 1.0)), rules(), BUCKETS)
    none = delta_contributions_frame(rows(), rules(), BUCKETS)
    assert len(none) == 0
    assert list(none.columns) == list(some.columns)


def test_equity_parameters_come_from_rules_and_buckets() -> None:
    parameters = equity_delta_parameters(parameter_values(rules()), BUCKETS)
    assert parameters.residual_bucket == "11"
    assert parameters.repo_weights["5"] == pytest.approx(0.003)
    assert parameters.across.loc["5", "12"] == 0.45
    assert parameters.across.loc["5", "11"] == 0.0
    with pytest.raises(CapitalError, match=r"MAR21\.none\.all"):
        rule_value(parameter_values(rules()), "MAR21.none")
