"""Contract terms of the instruments that can be valued, checked before any of them is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from python_models.errors import FrameError, InstrumentError
from python_models.frames import days_of, require_columns
from python_models.pricing.curves import COUPONS_PER_YEAR

PRICE_DECIMALS: Final = {"government_bond": 8, "equity_option": 8, "fx_forward": 12, "interest_rate_swap": 12}
"""The modelled types; prices per unit of notional need the finer grid (1e-12 of a billion is a tenth of a cent)."""

LINEAR_TYPES: Final = ("equity", "currency_pair", "cash")
"""Types whose value is a factor's level: no model, but they are part of a book."""

_INSTRUMENT_COLUMNS: Final = (
    "instrument_id",
    "instrument_type",
    "currency",
    "base_currency",
    "contract_multiplier",
    "start_date",
    "maturity_date",
    "coupon_rate_pct",
    "coupons_per_year",
    "strike_price",
    "option_type",
    "underlying_instrument_id",
)
_REQUIRED_TERMS: Final = {
    "government_bond": ("maturity_date", "contract_multiplier", "coupon_rate_pct", "coupons_per_year"),
    "equity_option": (
        "maturity_date",
        "contract_multiplier",
        "strike_price",
        "option_type",
        "underlying_instrument_id",
    ),
    "fx_forward": ("maturity_date", "contract_multiplier", "strike_price", "currency", "base_currency"),
    "interest_rate_swap": ("start_date", "maturity_date", "contract_multiplier", "coupon_rate_pct"),
    "equity": ("contract_multiplier", "currency"),
    "currency_pair": ("contract_multiplier", "currency", "base_currency"),
    "cash": ("contract_multiplier", "currency"),
}


def checked_terms(instruments: pd.DataFrame, types: Sequence[str] = tuple(PRICE_DECIMALS)) -> pd.DataFrame:
    """Terms of all instruments, typed, with the missing and impossible ones refused.

    Parameters
    ----------
    instruments : DataFrame
        As in `python_models.pricing.valuation.value_instruments`.
    types : sequence of str
        Types of instrument that are expected.

    Returns
    -------
    DataFrame, the columns of the terms only, in the order given, numbered from 0

    Raises
    ------
    FrameError
        If a column is missing or an instrument is named twice or not at all.
    InstrumentError
        If a type is not expected, a term is missing, or a term is impossible.
    """
    require_columns(instruments, "instruments", _INSTRUMENT_COLUMNS)
    terms = instruments.loc[:, list(_INSTRUMENT_COLUMNS)].reset_index(drop=True)
    if terms["instrument_id"].duplicated().any() or terms["instrument_id"].isna().any():
        raise FrameError(
            "The frame 'instruments' names an instrument twice or not at all; keep one row per instrument_id."
        )
    unknown = terms[~terms["instrument_type"].isin(types)]
    if len(unknown):
        first = unknown.iloc[0]
        raise InstrumentError(
            f"{first['instrument_id']} has the type '{first['instrument_type']}', which is not modelled; "
            f"keep only {', '.join(types)}."
        )
    for instrument_type, required in _REQUIRED_TERMS.items():
        group = terms[terms["instrument_type"] == instrument_type]
        incomplete = group.loc[:, list(required)].isna()
        if incomplete.to_numpy().any():
            row, column = np.argwhere(incomplete.to_numpy())[0]
            raise InstrumentError(
                f"{group['instrument_id'].iloc[row]} has no {required[column]}; complete its terms before it is valued."
            )
    bonds = terms["instrument_type"] == "government_bond"
    if (bonds & (terms["coupons_per_year"] != COUPONS_PER_YEAR)).any():
        raise InstrumentError("A bond pays other than two coupons a year; only semi-annual bonds are modelled.")
    options = terms["instrument_type"] == "equity_option"
    if (options & ~terms["option_type"].isin(("call", "put"))).any():
        raise InstrumentError("An option is neither 'call' nor 'put'; correct its option_type.")
    if (options & ~terms["underlying_instrument_id"].astype("str").str.startswith("EQ:")).any():
        raise InstrumentError(
            "An option's underlying is not a share 'EQ:<ticker>'; only options on shares are modelled."
        )
    for column in ("contract_multiplier", "coupon_rate_pct", "strike_price"):
        terms[column] = terms[column].astype(np.float64)
    terms["start_date"] = days_of(terms["start_date"])
    terms["maturity_date"] = days_of(terms["maturity_date"])
    return terms
