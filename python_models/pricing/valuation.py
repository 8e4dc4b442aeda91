"""Values and sensitivities of every modelled instrument on every business date: long frames in, long frames out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_models.arrays import DateArray, DatesLike, FloatArray, as_days
from python_models.errors import FrameError, InstrumentError
from python_models.frames import days_of, pivot_long, require_columns, rounded
from python_models.pricing.bonds import value_bonds
from python_models.pricing.curves import COUPONS_PER_YEAR, RISK_FACTORS, TENOR_YEARS, TENORS, node_weights
from python_models.pricing.dates import DAYS_PER_YEAR, year_fraction
from python_models.pricing.forwards import value_forwards
from python_models.pricing.options import black_scholes, interpolate_volatilities
from python_models.pricing.swaps import HALF_YEAR, fixing_dates, value_swaps

PRICE_DECIMALS: Final = {"government_bond": 8, "equity_option": 8, "fx_forward": 12, "interest_rate_swap": 12}
"""The modelled types; prices per unit of notional need the finer grid (1e-12 of a billion is a tenth of a cent)."""

SENSITIVITY_DECIMALS = 12
FIXING_NODE: Final = TENORS.index("6 Mo")
MAX_FIXING_AGE_DAYS = 7
PAIRS_PER_CHUNK = 50_000

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
}


class _Market(NamedTuple):
    """Market data on the business dates to be valued; NaN = missing. Rows of every matrix follow `dates`."""

    dates: DateArray
    zero_rates: FloatArray
    factors: pd.Index
    spots: FloatArray
    spot_columns: pd.Index
    volatilities: FloatArray
    volatility_tickers: pd.Index
    pillar_years: FloatArray
    fixing_dates: DateArray
    fixing_rates: FloatArray

    def spot(self, factor_ids: pd.Series, date: NDArray[np.intp]) -> FloatArray:
        """Level of one factor per pair; 1 for the dollar itself."""
        column = self.spot_columns.get_indexer(pd.Index(factor_ids))
        level = (
            np.where(column >= 0, self.spots[date, column], np.nan) if self.spots.size else np.full(len(date), np.nan)
        )
        return np.where(factor_ids.to_numpy() == "FX:USD", 1.0, level)


class _Valued(NamedTuple):
    """Results of a chunk of n (date, instrument) pairs, before the contract multiplier is applied to sensitivities."""

    prices: FloatArray
    rate_deltas: FloatArray
    other: list[tuple[pd.Series, FloatArray, FloatArray]]


def value_instruments(
    instruments: pd.DataFrame,
    curves: pd.DataFrame,
    spots: pd.DataFrame,
    volatilities: pd.DataFrame,
    dates: DatesLike,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Price the modelled instruments and their sensitivities on every date on which each of them is alive.

    Parameters
    ----------
    instruments : DataFrame, one row per instrument
        ``instrument_id``; ``instrument_type`` (`government_bond`, `equity_option`, `fx_forward`,
        `interest_rate_swap`; filter the others out); ``currency``; ``base_currency`` (forwards);
        ``contract_multiplier``; ``start_date`` (issue or trade date; null = since ever, not for swaps);
        ``maturity_date``; ``coupon_rate_pct`` (bonds: coupon; swaps: fixed rate; per cent a year);
        ``coupons_per_year`` (bonds; 2); ``strike_price`` (options: USD per share; forwards: contract rate, quote per
        base); ``option_type`` (`call` or `put`); ``underlying_instrument_id`` (`EQ:<ticker>`).
    curves : DataFrame ``business_date``, ``tenor``, ``zero_rate``
        Zero rates as from `zero_curve_frame`. For swaps the curves must reach back to the first fixing date, at most
        six months and a week before the first of `dates`.
    spots : DataFrame ``business_date``, ``risk_factor_id``, ``level``
        `EQ:<ticker>` USD per share, `FX:<currency>` USD per unit of currency (`FX:USD` is 1 and not needed).
    volatilities : DataFrame ``business_date``, ``ticker``, ``tenor_days``, ``implied_volatility``
        Annualised, decimal.
    dates : array_like of dates
        Business dates to value.

    Returns
    -------
    prices : DataFrame ``business_date``, ``instrument_id``, ``price_local``, ``is_price_proxied``
        Contract units: bond, full price per 100 of face; option, per share; forward, quote currency per unit of base;
        swap (pay fixed), USD per unit of notional. Rounded as in `PRICE_DECIMALS`. Forwards are proxied (no points).
    sensitivities : DataFrame ``business_date``, ``instrument_id``, ``risk_factor_id``, ``delta_local``, ``gamma_local``
        Per unit of quantity, contract multiplier included, in the instrument's currency; rounded to 12 decimals.
        ``value change = delta_local * move + gamma_local * move^2 / 2`` with the move of the factor as a relative
        return for `EQ:` and `FX:`, as an absolute change for `IR:USD:<tenor>` (1.00 = 10,000 basis points) and
        `VOL:<ticker>` (1.00 = 100 volatility points; the option's own volatility moves as much as the factor).
        The translation of a foreign value into USD is not in it: add the market value itself to the delta of
        `FX:<currency>` for every instrument and cash balance that is not in USD.
        Linear instruments need no model: the delta of a share to `EQ:<ticker>` is its price; the delta of a currency
        pair is its price to `FX:<base>` and minus its price to `FX:<quote>`.

    Raises
    ------
    FrameError
        If a column is missing, a key appears twice, or the curves do not reach back to a swap's fixing.
    InstrumentError
        If a type is not modelled, a term is missing, or a term or level is impossible.

    Notes
    -----
    An instrument is alive from `start_date` to the day before `maturity_date`. A pair whose curve, spot, volatility or
    fixing is missing on the date has no row: missing is not zero, and carrying data forward (flagged) is the caller's
    decision. A swap is fixed at the 6 Mo par yield of the last curve up to `MAX_FIXING_AGE_DAYS` before the reset.
    Pairs are valued in chunks, so memory is that of the result. The result does not depend on the other instruments
    and dates in the call.
    """
    terms = _checked_terms(instruments)
    market = _market(curves, spots, volatilities, dates, terms)
    ids = pd.Index(terms["instrument_id"])
    priced: list[tuple[NDArray[np.intp], NDArray[np.intp], FloatArray, NDArray[np.bool_]]] = []
    moved: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], FloatArray, FloatArray]] = []
    for instrument_type, value in _VALUERS.items():
        for instrument, date in _alive_pairs(terms, instrument_type, market.dates):
            pair_terms = terms.iloc[instrument].reset_index(drop=True)
            valued = value(pair_terms, market, date)
            known = np.isfinite(valued.prices)
            prices = rounded(valued.prices[known], PRICE_DECIMALS[instrument_type])
            proxied = np.full(len(prices), instrument_type == "fx_forward")
            priced.append((date[known], instrument[known], prices, proxied))
            multiplier = pair_terms["contract_multiplier"].to_numpy(dtype=np.float64)
            for row, factor, delta, gamma in _sensitivity_rows(valued, market.factors):
                keep = known[row]
                row, delta, gamma = row[keep], delta[keep] * multiplier[row[keep]], gamma[keep] * multiplier[row[keep]]
                moved.append(
                    (
                        date[row].astype(np.int32),
                        instrument[row].astype(np.int32),
                        factor[keep].astype(np.int32),
                        rounded(delta, SENSITIVITY_DECIMALS),
                        rounded(gamma, SENSITIVITY_DECIMALS),
                    )
                )
    days = market.dates.astype("datetime64[s]")
    date, instrument, price, is_proxied = _stack(priced, (np.intp, np.intp, np.float64, np.bool_))
    prices_frame = pd.DataFrame(
        {
            "business_date": days[date],
            "instrument_id": _labels(ids, instrument),
            "price_local": price,
            "is_price_proxied": is_proxied,
        },
        copy=False,
    )
    date, instrument, factor, delta, gamma = _stack(moved, (np.int32, np.int32, np.int32, np.float64, np.float64))
    moved.clear()  # the chunks are as large as the result: free them before it is made
    sensitivities_frame = pd.DataFrame(
        {
            "business_date": days[date],
            "instrument_id": _labels(ids, instrument),
            "risk_factor_id": _labels(market.factors, factor),
            "delta_local": delta,
            "gamma_local": gamma,
        },
        copy=False,
    )
    return prices_frame, sensitivities_frame


def _checked_terms(instruments: pd.DataFrame) -> pd.DataFrame:
    """Terms of all instruments, typed, with the missing and impossible ones refused."""
    require_columns(instruments, "instruments", _INSTRUMENT_COLUMNS)
    terms = instruments.loc[:, list(_INSTRUMENT_COLUMNS)].reset_index(drop=True)
    if terms["instrument_id"].duplicated().any() or terms["instrument_id"].isna().any():
        raise FrameError(
            "The frame 'instruments' names an instrument twice or not at all; keep one row per instrument_id."
        )
    unknown = terms[~terms["instrument_type"].isin(PRICE_DECIMALS)]
    if len(unknown):
        first = unknown.iloc[0]
        raise InstrumentError(
            f"{first['instrument_id']} has the type '{first['instrument_type']}', which is not modelled; "
            f"keep only {', '.join(PRICE_DECIMALS)}."
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


def _market(
    curves: pd.DataFrame, spots: pd.DataFrame, volatilities: pd.DataFrame, dates: DatesLike, terms: pd.DataFrame
) -> _Market:
    """All market data as matrices on the business dates that have a curve."""
    require_columns(curves, "curves", ("business_date", "tenor", "zero_rate"))
    require_columns(spots, "spots", ("business_date", "risk_factor_id", "level"))
    require_columns(volatilities, "volatilities", ("business_date", "ticker", "tenor_days", "implied_volatility"))
    curve_dates, zero_rates = pivot_long(curves, "curves", "business_date", "tenor", "zero_rate", TENORS)
    complete = ~np.isnan(zero_rates).any(axis=1)
    curve_dates, zero_rates = curve_dates[complete], zero_rates[complete]
    wanted = np.unique(as_days(dates))
    valued, curve_rows, _ = np.intersect1d(curve_dates, wanted, assume_unique=True, return_indices=True)

    spot_columns = pd.Index(np.unique(spots["risk_factor_id"].to_numpy(dtype=object)))
    spot_dates, levels = pivot_long(spots, "spots", "business_date", "risk_factor_id", "level", list(spot_columns))

    tickers = pd.Index(np.unique(volatilities["ticker"].to_numpy(dtype=object)))
    tenors = np.unique(volatilities["tenor_days"].to_numpy(dtype=np.int64))
    keyed = volatilities.assign(
        quote=volatilities["ticker"].astype("str") + " " + volatilities["tenor_days"].astype("str")
    )
    quotes = [f"{ticker} {tenor}" for ticker in tickers for tenor in tenors]
    quote_dates, quoted = pivot_long(keyed, "volatilities", "business_date", "quote", "implied_volatility", quotes)

    underlyings = terms["underlying_instrument_id"].dropna().unique()
    currencies = pd.concat([terms["currency"], terms["base_currency"]]).dropna().unique()
    factors = [
        *RISK_FACTORS,
        *sorted(underlyings),
        *sorted(f"VOL:{underlying.removeprefix('EQ:')}" for underlying in underlyings),
        *sorted(f"FX:{currency}" for currency in currencies if currency != "USD"),
    ]
    return _Market(
        dates=valued,
        zero_rates=zero_rates[curve_rows],
        factors=pd.Index(factors),
        spots=_on_dates(levels, spot_dates, valued),
        spot_columns=spot_columns,
        volatilities=_on_dates(quoted, quote_dates, valued).reshape(len(valued), len(tickers), len(tenors)),
        volatility_tickers=tickers,
        pillar_years=tenors / DAYS_PER_YEAR,
        fixing_dates=curve_dates,
        fixing_rates=np.expm1(zero_rates[:, FIXING_NODE] * TENOR_YEARS[FIXING_NODE]) / HALF_YEAR,
    )


def _on_dates(matrix: FloatArray, matrix_dates: DateArray, dates: DateArray) -> FloatArray:
    """Rows of the matrix for the wanted dates, NaN where it has none."""
    rows = np.full((len(dates), matrix.shape[1]), np.nan)
    _, source, target = np.intersect1d(matrix_dates, dates, assume_unique=True, return_indices=True)
    rows[target] = matrix[source]
    return rows


def _alive_pairs(
    terms: pd.DataFrame, instrument_type: str, dates: DateArray
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Chunks of (instrument, date) positions; instruments of like length together, to spare padding."""
    group = terms[terms["instrument_type"] == instrument_type].sort_values(["maturity_date", "instrument_id"])
    start, maturity = days_of(group["start_date"]), days_of(group["maturity_date"])
    first = np.where(np.isnat(start), 0, np.searchsorted(dates, start))
    count = np.maximum(np.searchsorted(dates, maturity) - first, 0)
    instrument = np.repeat(group.index.to_numpy(dtype=np.intp), count)
    date = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    for begin in range(0, len(instrument), PAIRS_PER_CHUNK):
        yield instrument[begin : begin + PAIRS_PER_CHUNK], date[begin : begin + PAIRS_PER_CHUNK]


def _value_bonds(terms: pd.DataFrame, market: _Market, date: NDArray[np.intp]) -> _Valued:
    prices, deltas = value_bonds(
        market.dates[date], days_of(terms["maturity_date"]), terms["coupon_rate_pct"], market.zero_rates[date]
    )
    return _Valued(prices, deltas, [])


def _value_options(terms: pd.DataFrame, market: _Market, date: NDArray[np.intp]) -> _Valued:
    underlying = terms["underlying_instrument_id"].astype("str")
    ticker = underlying.str.removeprefix("EQ:")
    time = year_fraction(market.dates[date], days_of(terms["maturity_date"]))
    lower, weight = node_weights(time)
    curve = market.zero_rates[date]
    pairs = np.arange(len(date))
    rate = (1.0 - weight) * curve[pairs, lower] + weight * curve[pairs, lower + 1]
    column = market.volatility_tickers.get_indexer(pd.Index(ticker))
    if market.volatilities.size:
        surface = np.where((column >= 0)[:, np.newaxis], market.volatilities[date, column], np.nan)
        volatility = interpolate_volatilities(market.pillar_years, surface, time)
    else:
        volatility = np.full(len(date), np.nan)
    spot = market.spot(underlying, date)
    is_call = terms["option_type"].to_numpy() == "call"
    option = black_scholes(spot, terms["strike_price"], time, rate, volatility, is_call)
    rate_deltas = np.zeros_like(curve)
    rate_deltas[pairs, lower] = option.rho * (1.0 - weight)
    rate_deltas[pairs, lower + 1] = option.rho * weight
    return _Valued(
        option.price,
        rate_deltas,
        [
            (underlying, option.delta * spot, option.gamma * spot * spot),
            ("VOL:" + ticker, option.vega, np.zeros_like(option.vega)),
        ],
    )


def _value_forwards(terms: pd.DataFrame, market: _Market, date: NDArray[np.intp]) -> _Valued:
    base, quote = "FX:" + terms["base_currency"].astype("str"), "FX:" + terms["currency"].astype("str")
    time = year_fraction(market.dates[date], days_of(terms["maturity_date"]))
    cross = market.spot(base, date) / market.spot(quote, date)
    forward = value_forwards(cross, terms["strike_price"], time, market.zero_rates[date])
    none = np.zeros_like(forward.price)
    return _Valued(
        forward.price, forward.key_rate_deltas, [(base, forward.base_delta, none), (quote, forward.quote_delta, none)]
    )


def _value_swaps(terms: pd.DataFrame, market: _Market, date: NDArray[np.intp]) -> _Valued:
    start, maturity = days_of(terms["start_date"]), days_of(terms["maturity_date"])
    reset = fixing_dates(market.dates[date], start, maturity)
    source = np.searchsorted(market.fixing_dates, reset, side="right") - 1
    if (source < 0).any():
        missing = reset[source < 0].min()
        raise FrameError(f"A swap was fixed on {missing}, before the first curve; give the curves from that date on.")
    age = (reset - market.fixing_dates[source]).astype(np.int64)
    fixing = np.where(age <= MAX_FIXING_AGE_DAYS, market.fixing_rates[source], np.nan)
    values, deltas = value_swaps(
        market.dates[date], start, maturity, terms["coupon_rate_pct"], fixing, market.zero_rates[date]
    )
    return _Valued(values, deltas, [])


_VALUERS: Final[dict[str, Callable[[pd.DataFrame, _Market, NDArray[np.intp]], _Valued]]] = {
    "government_bond": _value_bonds,
    "equity_option": _value_options,
    "fx_forward": _value_forwards,
    "interest_rate_swap": _value_swaps,
}


def _sensitivity_rows(
    valued: _Valued, factors: pd.Index
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp], FloatArray, FloatArray]]:
    """(pair, factor, delta, gamma) of every factor a pair depends on; the dollar is not a factor."""
    row, node = np.nonzero(valued.rate_deltas)
    yield row, node, valued.rate_deltas[row, node], np.zeros(len(row))
    for factor_ids, delta, gamma in valued.other:
        factor = factors.get_indexer(pd.Index(factor_ids))
        row = np.flatnonzero(factor >= 0)
        yield row, factor[row], delta[row], gamma[row]


def _stack(parts: list[Any], dtypes: tuple[Any, ...]) -> list[Any]:
    """Concatenate the parts column by column; typed empty columns when there are none."""
    if not parts:
        return [np.empty(0, dtype=dtype) for dtype in dtypes]
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _labels(names: pd.Index, codes: NDArray[Any]) -> pd.Series:
    return pd.Series(names.astype("str").take(codes).array)
