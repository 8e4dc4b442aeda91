"""A small book and its market for tests of full revaluation: no files, no warehouse."""

from __future__ import annotations

import numpy as np
import pandas as pd

from python_models.pricing.curves import RISK_FACTORS, TENORS, bootstrap_zero_rates

DATES = np.array(["2020-02-28", "2020-03-31"], dtype="datetime64[D]")
PAR_YIELDS = np.array([0.02, 0.03, 0.09, 0.25, 0.66, 1.07, 1.61, 1.92, 2.12, 2.41, 2.69])
SPOTS = {"EQ:AAA": 50.0, "FX:EUR": 1.10}
FACTORS = (*RISK_FACTORS, *SPOTS, "VOL:AAA")
FACTOR_TYPES = (*["interest_rate"] * len(RISK_FACTORS), "equity", "fx", "volatility")
BLANK = {
    "currency": "USD",
    "base_currency": None,
    "contract_multiplier": 1.0,
    "start_date": None,
    "maturity_date": None,
    "coupon_rate_pct": None,
    "coupons_per_year": None,
    "strike_price": None,
    "option_type": None,
    "underlying_instrument_id": None,
}
INSTRUMENTS = pd.DataFrame(
    [
        {**BLANK, "instrument_id": "EQ:AAA", "instrument_type": "equity"},
        {**BLANK, "instrument_id": "CASH:EUR", "instrument_type": "cash", "currency": "EUR"},
        {
            **BLANK,
            "instrument_id": "GB:A",
            "instrument_type": "government_bond",
            "contract_multiplier": 0.01,
            "maturity_date": "2029-02-15",
            "coupon_rate_pct": 2.0,
            "coupons_per_year": 2,
        },
        {
            **BLANK,
            "instrument_id": "OP:A",
            "instrument_type": "equity_option",
            "contract_multiplier": 100.0,
            "maturity_date": "2020-09-18",
            "strike_price": 50.0,
            "option_type": "put",
            "underlying_instrument_id": "EQ:AAA",
        },
    ]
)
PORTFOLIOS = pd.DataFrame({"portfolio_id": ["P1", "P2", "P3"], "desk_id": ["D1", "D1", "D2"]})
POSITIONS = pd.DataFrame(
    [
        (date, portfolio, instrument, quantity)
        for date in DATES
        for portfolio, instrument, quantity in (
            ("P1", "EQ:AAA", 1_000.0),
            ("P1", "GB:A", 100_000.0),
            ("P2", "OP:A", -50.0),
            ("P3", "CASH:EUR", 20_000.0),
        )
    ],
    columns=["business_date", "portfolio_id", "instrument_id", "quantity"],
)


def curves(dates: np.ndarray = DATES) -> pd.DataFrame:
    zero_rates = bootstrap_zero_rates(PAR_YIELDS[np.newaxis, :])[0]
    return pd.DataFrame(
        {
            "business_date": np.repeat(dates, len(TENORS)),
            "tenor": np.tile(TENORS, len(dates)),
            "zero_rate": np.tile(zero_rates, len(dates)),
        }
    )


def spots(dates: np.ndarray = DATES) -> pd.DataFrame:
    rows = [(date, name, level) for date in dates for name, level in SPOTS.items()]
    return pd.DataFrame(rows, columns=["business_date", "risk_factor_id", "level"])


def volatilities(dates: np.ndarray = DATES) -> pd.DataFrame:
    rows = [(date, "AAA", tenor, 0.4) for date in dates for tenor in (30, 365)]
    return pd.DataFrame(rows, columns=["business_date", "ticker", "tenor_days", "implied_volatility"])


def factor_returns(n: int, last: np.datetime64, seed: int = 1) -> pd.DataFrame:
    """One-day moves of the n calendar days up to and including the last one."""
    dates = last - np.arange(n)[::-1]
    deviations = np.array([0.02 if kind in ("equity", "volatility") else 0.0005 for kind in FACTOR_TYPES])
    moves = np.random.default_rng(seed).normal(size=(n, len(FACTORS))) * deviations
    return pd.DataFrame(
        {
            "business_date": np.repeat(dates, len(FACTORS)),
            "risk_factor_id": np.tile(FACTORS, n),
            "factor_type": np.tile(FACTOR_TYPES, n),
            "factor_return": moves.ravel(),
        }
    )


def without(frame: pd.DataFrame, factor: str) -> pd.DataFrame:
    """Levels without a factor on the dates of the book; it was known before."""
    earlier = frame[frame["risk_factor_id"] == factor].head(1).assign(business_date=DATES[0] - 7)
    return pd.concat([earlier, frame[frame["risk_factor_id"] != factor]])
