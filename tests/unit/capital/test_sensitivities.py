import numpy as np
import pandas as pd
import pytest

from python_models.capital.sensitivities import (
    CORRELATION_SCENARIOS,
    EquityDeltaParameters,
    equity_delta,
    sbm_delta,
)
from python_models.errors import CapitalError, FrameError

BUCKETS = ["5", "6", "11"]
ACROSS = pd.DataFrame([[1.0, 0.15, 0.0], [0.15, 1.0, 0.0], [0.0, 0.0, 1.0]], index=BUCKETS, columns=BUCKETS)
PARAMETERS = EquityDeltaParameters(
    spot_weights={"5": 0.30, "6": 0.35, "11": 0.70},
    repo_weights={"5": 0.0030, "6": 0.0035, "11": 0.0070},
    correlations={"5": 0.25, "6": 0.25},
    spot_repo_correlation=0.999,
    residual_bucket="11",
    across=ACROSS,
)


def rows(*given: tuple[str, str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(given, columns=["bucket", "issuer", "factor", "sensitivity_usd"])


@pytest.mark.parametrize(
    ("correlation", "low", "high"), [(0.25, 0.1875, 0.3125), (0.8, 0.6, 1.0), (0.9, 0.8, 1.0), (1.0, 1.0, 1.0)]
)
def test_scenarios_raise_and_lower_a_correlation(correlation: float, low: float, high: float) -> None:
    given = np.array([correlation])
    assert CORRELATION_SCENARIOS["low"](given) == pytest.approx([low])
    assert CORRELATION_SCENARIOS["medium"](given) == pytest.approx([correlation])
    assert CORRELATION_SCENARIOS["high"](given) == pytest.approx([high])


def test_one_sensitivity_is_its_weight_in_every_scenario() -> None:
    charge = equity_delta(rows(("5", "A", "spot", -1000.0)), PARAMETERS).charge
    assert charge.totals == {"low": 300.0, "medium": 300.0, "high": 300.0}
    assert charge.selected == "low"


def test_long_positions_are_dearest_when_all_moves_together() -> None:
    charge = equity_delta(rows(("5", "A", "spot", 1000.0), ("6", "B", "spot", 1000.0)), PARAMETERS).charge
    gamma = 0.15 * 1.25
    assert charge.selected == "high"
    assert charge.capital == pytest.approx(np.sqrt(300**2 + 350**2 + 2 * gamma * 300 * 350))


def test_a_hedge_is_worth_least_when_correlation_falls() -> None:
    charge = equity_delta(rows(("5", "A", "spot", 1000.0), ("5", "B", "spot", -1000.0)), PARAMETERS).charge
    assert charge.selected == "low"
    assert charge.capital == pytest.approx(np.sqrt(2 * 300**2 * (1 - 0.1875)))


def test_spot_and_repo_of_one_issuer_and_of_two() -> None:
    result = equity_delta(rows(("5", "A", "spot", 1000.0), ("5", "A", "repo", 100000.0)), PARAMETERS)
    assert result.charge.totals["medium"] == pytest.approx(np.sqrt(2 * 300**2 * (1 + 0.999)))
    two = equity_delta(rows(("5", "A", "spot", 1000.0), ("5", "B", "repo", 100000.0)), PARAMETERS)
    assert two.charge.totals["medium"] == pytest.approx(np.sqrt(2 * 300**2 * (1 + 0.25 * 0.999)))


def test_positions_in_one_factor_are_netted_first() -> None:
    result = equity_delta(rows(("11", "A", "spot", 1000.0), ("11", "A", "spot", -900.0)), PARAMETERS)
    assert result.weighted["weighted_usd"].tolist() == [pytest.approx(70.0)]
    assert result.charge.capital == pytest.approx(70.0)


def test_the_residual_bucket_neither_hedges_nor_diversifies() -> None:
    long_and_short = rows(("11", "A", "spot", 1000.0), ("11", "B", "spot", -1000.0), ("5", "C", "spot", 1000.0))
    charge = equity_delta(long_and_short, PARAMETERS).charge
    assert charge.capital == pytest.approx(np.sqrt(1400.0**2 + 300.0**2))


def test_a_negative_sum_under_the_root_holds_the_buckets_within_their_charge() -> None:
    # Two factors of a bucket that hedge each other in part: |S_b| is then far above K_b, and S_1 S_2 far below 0.
    weighted, bucket = [10.0, 10.0, -20.0], [0, 0, 1]
    within = np.array([[1.0, -0.99, 0.0], [-0.99, 1.0, 0.0], [0.0, 0.0, 1.0]])
    charge = sbm_delta(weighted, bucket, within, [[1.0, 0.95], [0.95, 1.0]], [False, False])
    k = charge.buckets["high"].k
    assert charge.buckets["high"].s == pytest.approx([k[0], -20.0])
    assert charge.totals["high"] == pytest.approx(np.sqrt(k[0] ** 2 + 400.0 - 2 * 1.0 * k[0] * 20.0))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (rows(("99", "A", "spot", 1.0)), "no risk weight for spot of bucket 99"),
        (rows(("5", "A", "vega", 1.0)), "no risk weight for vega"),
        (rows(("5", "A", "spot", np.nan)), "not zero"),
        (rows(("5", None, "spot", 1.0)), "issuer"),
    ],
)
def test_a_sensitivity_without_a_place_is_refused(given: pd.DataFrame, message: str) -> None:
    with pytest.raises(CapitalError, match=message):
        equity_delta(given, PARAMETERS)


def test_a_frame_without_its_columns_is_refused() -> None:
    with pytest.raises(FrameError, match="issuer"):
        equity_delta(pd.DataFrame({"bucket": [], "factor": [], "sensitivity_usd": []}), PARAMETERS)


def test_correlations_that_do_not_fit_are_refused() -> None:
    with pytest.raises(CapitalError, match="shapes"):
        sbm_delta([1.0, 2.0], [0, 0], np.eye(3), [[1.0]], [False])
    with pytest.raises(CapitalError, match="outside -1 to 1"):
        sbm_delta([1.0], [0], [[1.0]], [[1.2]], [False])
    with pytest.raises(CapitalError, match="bucket"):
        sbm_delta([1.0], [1], [[1.0]], [[1.0]], [False])
