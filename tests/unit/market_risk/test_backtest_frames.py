import numpy as np
import pandas as pd
import pytest

from python_models.errors import BacktestError, FrameError
from python_models.market_risk.backtest_frames import pnl_attribution_frame, var_backtest_frame
from python_models.market_risk.backtesting import conditional_coverage, kupiec, pnl_attribution_statistics

DATES = pd.date_range("2022-03-01", periods=8, freq="D")


def counts(**changes: object) -> pd.DataFrame:
    row = {
        "business_date": pd.Timestamp("2022-03-01"),
        "scope_type": "firm",
        "scope_id": "FIRM",
        "confidence_level": 0.99,
        "pnl_type": "actual",
        "observations": 250,
        "exceptions": 6,
        "n00": 238,
        "n01": 5,
        "n10": 5,
        "n11": 1,
        "shortfall_ratio_sum": 7.5,
    }
    return pd.DataFrame([row | changes])


def test_a_row_has_the_statistics_of_its_counts() -> None:
    row = var_backtest_frame(counts()).iloc[0]
    assert row["kupiec_statistic"] == pytest.approx(float(kupiec(250, 6, 0.01).statistic), abs=1e-9)
    both = conditional_coverage(250, 6, 0.01, 238, 5, 5, 1)
    assert row["conditional_coverage_statistic"] == pytest.approx(float(both.statistic), abs=1e-9)
    assert row["conditional_coverage_p_value"] == pytest.approx(float(both.p_value), abs=1e-9)
    assert row["es_z2_statistic"] == pytest.approx(1 - 7.5 / 2.5)


def test_the_share_of_a_level_is_the_decimal_it_is_written_as() -> None:
    exact = var_backtest_frame(counts(confidence_level=0.9, observations=10, exceptions=1, n00=7, n01=1, n10=1, n11=0))
    assert exact["kupiec_statistic"].item() == 0.0


def test_a_window_of_one_day_has_no_pairs_and_null_statistics_of_pairs() -> None:
    first_day = counts(observations=1, exceptions=0, n00=0, n01=0, n10=0, n11=0, shortfall_ratio_sum=None)
    frame = var_backtest_frame(pd.concat([first_day, counts()], ignore_index=True))
    assert frame["independence_statistic"].isna().tolist() == [True, False]
    assert frame["conditional_coverage_p_value"].isna().tolist() == [True, False]
    assert frame["es_z2_statistic"].isna().tolist() == [True, False]
    assert frame["kupiec_p_value"].notna().all()


def test_no_counts_give_no_rows_and_a_missing_column_is_named() -> None:
    assert len(var_backtest_frame(counts().iloc[:0])) == 0
    with pytest.raises(FrameError, match="n11"):
        var_backtest_frame(counts().drop(columns="n11"))


def desk_pnl(desk: str, hypothetical: list[float], theoretical: list[float | None]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "business_date": DATES[: len(hypothetical)],
            "desk_id": desk,
            "hypothetical_pnl_usd": hypothetical,
            "risk_theoretical_pnl_usd": theoretical,
        }
    )


def test_attribution_looks_at_the_last_days_that_have_both() -> None:
    hypothetical = [1.0, -2.0, 3.0, 5.0, -4.0, 6.0]
    theoretical = [None, -2.5, 2.0, None, -3.0, 7.0]
    frame = pnl_attribution_frame(desk_pnl("FX", hypothetical, theoretical).sample(frac=1.0, random_state=3), 3)
    assert frame["observations"].tolist() == [0, 1, 2, 2, 3, 3]
    assert frame["days_left_out"].tolist() == [1, 0, 0, 1, 1, 1]
    assert frame["spearman_correlation"].isna().tolist() == [True, True, False, False, False, False]
    last = pnl_attribution_statistics([3.0, -4.0, 6.0], [2.0, -3.0, 7.0])
    assert frame["spearman_correlation"].iloc[-1] == pytest.approx(float(last.spearman_correlation))
    assert frame["kolmogorov_smirnov"].iloc[-1] == pytest.approx(float(last.kolmogorov_smirnov))


def test_desks_are_apart_and_the_end_of_the_window_is_enough() -> None:
    generator = np.random.default_rng(2)
    desks = [
        desk_pnl(name, generator.normal(size=8).tolist(), generator.normal(size=8).tolist()) for name in ("FX", "EQ")
    ]
    together = pnl_attribution_frame(pd.concat(desks), 4)
    alone = pnl_attribution_frame(desks[1], 4)
    assert together["desk_id"].tolist() == ["EQ"] * 8 + ["FX"] * 8
    pd.testing.assert_frame_equal(together.iloc[:8], alone)
    shorter = pnl_attribution_frame(desks[1].iloc[:6], 4)
    pd.testing.assert_frame_equal(alone.iloc[:6], shorter)


def test_attribution_refuses_what_it_cannot_pair() -> None:
    day = desk_pnl("FX", [1.0], [1.0])
    with pytest.raises(FrameError, match="twice"):
        pnl_attribution_frame(pd.concat([day, day]), 250)
    with pytest.raises(BacktestError, match="at least 2"):
        pnl_attribution_frame(day, 1)
    assert len(pnl_attribution_frame(day.iloc[:0], 250)) == 0
