"""The whole book under many shifted markets on one date: full revaluation, no sensitivities.

Bonds, swaps and currency forwards are fixed payments on one curve, so on a date they are a sparse matrix of instruments
by payment times per currency, and S shifted curves are a dense matrix of payment times by S. Options go through
Black-Scholes with a shifted spot, volatility and rate; shares, currency pairs and cash are linear in their factors.
Cash flows, fixings, volatilities and option values come from the functions that
`python_models.pricing.valuation.value_instruments` uses, so a zero move gives back the warehouse's prices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array, csr_array, eye_array

from python_models.arrays import DateArray, DatesLike, FloatArray, as_days
from python_models.errors import FrameError, ScenarioError
from python_models.frames import days_of, require_columns
from python_models.pricing.bonds import bond_cash_flows
from python_models.pricing.curves import RISK_FACTORS, TENORS, zero_rate_weights
from python_models.pricing.dates import year_fraction
from python_models.pricing.forwards import forward_cash_flows
from python_models.pricing.market import Market
from python_models.pricing.options import option_prices
from python_models.pricing.swaps import swap_cash_flows
from python_models.pricing.terms import LINEAR_TYPES, PRICE_DECIMALS, checked_terms

MIN_VOLATILITY: Final = 0.01
"""A shock may not take an option's volatility below one point; where it would, the result is flagged."""

_CELLS_PER_CHUNK: Final = 400_000


class Revaluation(NamedTuple):
    """Figures of n owners (instruments or portfolios) under S scenarios.

    Attributes
    ----------
    usd : ndarray, shape (n, S)
        NaN where a figure is missing: never 0.
    reasons : ndarray of object, shape (n,)
        Why figures of an owner are missing; None where all are there.
    is_volatility_floored : ndarray of bool, shape (n, S)
        True where the volatility of an option was kept at `MIN_VOLATILITY`.
    """

    usd: FloatArray
    reasons: NDArray[np.object_]
    is_volatility_floored: NDArray[np.bool_]


class Book(NamedTuple):
    """Terms of the instruments of a book, in the order of their names.

    Attributes
    ----------
    instruments : Index of instrument_id, length n
    terms : DataFrame, one row per instrument, in the same order
    of_type : dict of ndarray of int
        Rows of the instruments of each type.
    start, maturity : ndarray of datetime64[D], shape (n,); NaT where there is none
    currency_factor, base_factor, underlying : ndarray of object, shape (n,)
        Risk factors of the currency, of a pair's or forward's base currency and of an option's share.
    """

    instruments: pd.Index
    terms: pd.DataFrame
    of_type: dict[str, NDArray[np.intp]]
    start: DateArray
    maturity: DateArray
    currency_factor: NDArray[np.object_]
    base_factor: NDArray[np.object_]
    underlying: NDArray[np.object_]

    @classmethod
    def of(cls, instruments: pd.DataFrame) -> Book:
        """Check the terms of a book's instruments.

        Parameters
        ----------
        instruments : DataFrame
            Columns as in `python_models.pricing.valuation.value_instruments`; besides the modelled types `equity`,
            `currency_pair` and `cash`.

        Raises
        ------
        FrameError, InstrumentError
            As in `value_instruments`.
        """
        terms = checked_terms(instruments, (*PRICE_DECIMALS, *LINEAR_TYPES))
        terms = terms.sort_values("instrument_id", ignore_index=True)
        kinds = terms["instrument_type"].to_numpy(dtype=object)
        return cls(
            instruments=pd.Index(terms["instrument_id"].astype("str")),
            terms=terms,
            of_type={kind: np.flatnonzero(kinds == kind) for kind in (*PRICE_DECIMALS, *LINEAR_TYPES)},
            start=days_of(terms["start_date"]),
            maturity=days_of(terms["maturity_date"]),
            currency_factor=("FX:" + terms["currency"].astype("str")).to_numpy(dtype=object),
            base_factor=("FX:" + terms["base_currency"].astype("str")).to_numpy(dtype=object),
            underlying=terms["underlying_instrument_id"].astype("str").to_numpy(dtype=object),
        )

    def numbers(self, column: str, rows: NDArray[np.intp]) -> FloatArray:
        """Read a numeric term of some instruments."""
        return self.terms[column].to_numpy(dtype=np.float64)[rows]

    def positions(self, positions: pd.DataFrame, portfolios: pd.Index) -> csr_array:
        """Quantities as a matrix of portfolios by instruments of the book.

        Parameters
        ----------
        positions : DataFrame ``portfolio_id``, ``instrument_id``, ``quantity``
            The positions of one date.
        portfolios : Index of portfolio_id

        Returns
        -------
        csr_array, shape (portfolios, instruments)

        Raises
        ------
        FrameError
            If a column or quantity is missing, or a portfolio or instrument is not known.
        """
        require_columns(positions, "positions", ("portfolio_id", "instrument_id", "quantity"))
        row = portfolios.get_indexer(pd.Index(positions["portfolio_id"].astype("str")))
        column = self.instruments.get_indexer(pd.Index(positions["instrument_id"].astype("str")))
        quantity = positions["quantity"].to_numpy(dtype=np.float64, na_value=np.nan)
        for code, name in ((row, "portfolio_id"), (column, "instrument_id")):
            if (code < 0).any():
                stranger = positions[name].iloc[int(np.flatnonzero(code < 0)[0])]
                raise FrameError(
                    f"The frame 'positions' has {name} '{stranger}', which the book does not know; add it."
                )
        if not np.isfinite(quantity).all():
            raise FrameError("The frame 'positions' has a position without a quantity; a missing quantity is not 0.")
        held = quantity != 0.0
        return csr_array((quantity[held], (row[held], column[held])), shape=(len(portfolios), len(self.instruments)))

    def on(self, date: DatesLike, market: Market) -> BookOnDate:
        """Prepare the book for one date of the market.

        Parameters
        ----------
        date : date
            One of ``market.dates``.
        market : Market
            Of the terms of this book (`python_models.pricing.market.market_data`); its dates may lack a curve.

        Raises
        ------
        FrameError
            If the date is not one of the market's.
        """
        day = as_days(date)
        row = int(np.searchsorted(market.dates, day))
        if row == len(market.dates) or market.dates[row] != day:
            raise FrameError(f"The market has no date {day}; give the market data of that date.")
        return BookOnDate(self, market, row)


class _Payments(NamedTuple):
    """Fixed payments: rows are an owner's payments in one currency, columns are payment times."""

    owner: NDArray[np.intp]
    currency: NDArray[np.intp]
    amounts: csr_array
    discounting: csr_array


class _Options(NamedTuple):
    """Options that can be valued; `spot` and `currency` are positions in the levels, `factor` one in the tickers."""

    instrument: NDArray[np.intp]
    strike: FloatArray
    time: FloatArray
    rate_weights: csr_array
    spot: NDArray[np.intp]
    factor: NDArray[np.intp]
    volatility: FloatArray
    currency: NDArray[np.intp]
    is_call: NDArray[np.bool_]
    multiplier: FloatArray


class _Linear(NamedTuple):
    """Instruments worth a multiple of one level times that of their currency; positions in the levels."""

    instrument: NDArray[np.intp]
    level: NDArray[np.intp]
    currency: NDArray[np.intp]
    multiplier: FloatArray


class _Shifted(NamedTuple):
    """A chunk of shifted markets, scenarios last; the last level is the dollar's."""

    levels: FloatArray
    zero_rates: FloatArray
    volatility_moves: FloatArray


class BookOnDate:
    """A book on one date: revalue it under any number of moves of the market of that date.

    Attributes
    ----------
    date : datetime64
    book : Book
    factors : Index of the risk factors of the market, which are the ones that moves may name
    reasons : ndarray of object, shape (instruments,)
        Why an instrument has no value on the date; None where it has one.

    Notes
    -----
    A move is relative for `EQ:` and `FX:` and absolute for `IR:USD:<tenor>` and `VOL:<ticker>`, where the option's own
    volatility moves as much as the factor. Figures of one date are the same bytes whatever other dates are valued.
    """

    def __init__(self, book: Book, market: Market, row: int) -> None:
        self.date = market.dates[row]
        self.book = book
        self.factors = pd.Index(
            [*RISK_FACTORS, *market.spot_columns, *(f"VOL:{ticker}" for ticker in market.volatility_tickers)]
        )
        self.reasons = np.full(len(book.instruments), None, dtype=object)
        self._spot_columns = market.spot_columns
        self._n_spots = len(market.spot_columns)
        self._levels = np.append(market.spots[row], 1.0)
        self._zero_rates = market.zero_rates[row]
        self._needs: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []
        self._refuse_outside_life()
        self._payments = self._fixed_payments(market)
        self._options = self._priced_options(market, row)
        self._linear = self._linear_instruments()

    def holdings(self, positions: csr_array) -> Holdings:
        """Prepare owners of instruments, to be revalued any number of times.

        Parameters
        ----------
        positions : csr_array, shape (owners, instruments)
            Quantities, as from `Book.positions`.
        """
        return Holdings(self, positions)

    def revalue(
        self, moves: ArrayLike, factors: Sequence[str], instruments: NDArray[np.intp] | None = None
    ) -> Revaluation:
        """Value one unit of quantity of every instrument under every scenario.

        Parameters
        ----------
        moves, factors, errors
            As in `Holdings.values`.
        instruments : ndarray of int, optional
            Positions in the book of the instruments to value; all of them when not given.

        Returns
        -------
        Revaluation
            `usd` of shape (instruments, S), contract multiplier and translation into USD included.
        """
        one_each = csr_array(eye_array(len(self.book.instruments), format="csr"))
        return self.holdings(one_each if instruments is None else one_each[instruments]).values(moves, factors)

    def portfolio_pnl(self, positions: csr_array, moves: ArrayLike, factors: Sequence[str]) -> Revaluation:
        """P&L of portfolios under every scenario: `Holdings.pnl` of the positions."""
        return self.holdings(positions).pnl(moves, factors)

    def factor_needs(self) -> csr_array:
        """Mark the factors that each instrument's value depends on.

        Returns
        -------
        csr_array, shape (instruments, factors)
            Positive where it does, in the order of ``book.instruments`` and of `factors`.
        """
        instrument = np.concatenate([codes for codes, _ in self._needs])
        factor = np.concatenate([codes for _, codes in self._needs])
        return csr_array(
            (np.ones(len(instrument)), (instrument, factor)), shape=(len(self.book.instruments), len(self.factors))
        )

    def is_relative(self, factors: Sequence[str]) -> NDArray[np.bool_]:
        """Tell the factors whose moves are relative, so greater than -1, from those whose moves are absolute."""
        codes = self.factors.get_indexer(pd.Index(factors))
        return (codes >= len(TENORS)) & (codes < len(TENORS) + self._n_spots)

    def _aligned(self, moves: ArrayLike, factors: Sequence[str]) -> FloatArray:
        """Spread the moves over all known factors, shape (factors, S), NaN where none was given."""
        given, names = np.asarray(moves, dtype=np.float64), pd.Index(factors)
        if given.ndim != 2 or given.shape[1] != len(names):
            raise ScenarioError(f"Moves of shape {given.shape} do not fit {len(names)} factors; factors come last.")
        code = self.factors.get_indexer(names)
        if (code < 0).any():
            raise ScenarioError(
                f"The risk factor '{names[int(np.flatnonzero(code < 0)[0])]}' is not in the market of {self.date}; "
                "correct its name or leave it out."
            )
        if names.has_duplicates:
            raise ScenarioError(f"The risk factor '{names[names.duplicated()][0]}' is given twice; keep one column.")
        aligned = np.full((len(self.factors), len(given)), np.nan)
        aligned[code] = given.T
        impossible = np.argwhere(aligned[len(TENORS) : len(TENORS) + self._n_spots] <= -1.0)
        if len(impossible):
            factor, scenario = impossible[0]
            raise ScenarioError(
                f"Scenario {scenario} takes {self.factors[len(TENORS) + factor]} to zero or below; "
                "a relative move is greater than -1."
            )
        return aligned

    def _shifted(self, moves: FloatArray) -> _Shifted:
        first_volatility = len(TENORS) + self._n_spots
        grown = np.vstack([1.0 + moves[len(TENORS) : first_volatility], np.ones((1, moves.shape[1]))])
        return _Shifted(
            levels=self._levels[:, np.newaxis] * grown,
            zero_rates=self._zero_rates[:, np.newaxis] + moves[: len(TENORS)],
            volatility_moves=moves[first_volatility:],
        )

    def _is_valued(self) -> NDArray[np.bool_]:
        return np.array([reason is None for reason in self.reasons], dtype=np.bool_)

    def _refuse(self, instruments: NDArray[np.intp], reason: str) -> None:
        """Give a reason to instruments that have none yet."""
        for code in instruments:
            if self.reasons[code] is None:
                self.reasons[code] = reason

    def _refuse_outside_life(self) -> None:
        modelled = np.concatenate([self.book.of_type[kind] for kind in PRICE_DECIMALS])
        outside = (self.book.start[modelled] > self.date) | (self.book.maturity[modelled] <= self.date)
        self.reasons[modelled[outside]] = "it is not alive on the date"
        if np.isnan(self._zero_rates).any():
            self._refuse(modelled, "no curve on the date")

    def _of_type(self, instrument_type: str) -> NDArray[np.intp]:
        """Rows of the instruments of a type that can still be valued."""
        rows = self.book.of_type[instrument_type]
        return rows[[self.reasons[row] is None for row in rows]]

    def _level_codes(self, names: NDArray[np.object_], instruments: NDArray[np.intp]) -> NDArray[np.intp]:
        """Position of each instrument's factor in the levels; the dollar is -1. An instrument without is refused."""
        codes = self._spot_columns.get_indexer(pd.Index(names, dtype=object))
        is_dollar = names == "FX:USD"
        for row in np.flatnonzero(~is_dollar & ((codes < 0) | np.isnan(self._levels[codes]))):
            self._refuse(instruments[row : row + 1], f"no level of {names[row]} on the date")
        self._needs.append((instruments[codes >= 0], codes[codes >= 0] + len(TENORS)))
        return np.where(is_dollar, -1, codes)

    def _need_nodes(self, instruments: NDArray[np.intp], rate_weights: csr_array) -> None:
        row, node = rate_weights.nonzero()
        self._needs.append((instruments[row], np.asarray(node, dtype=np.intp)))

    def _fixed_payments(self, market: Market) -> _Payments:
        """Rows: bonds and swaps, then both sides of the forwards; columns: the distinct payment times."""
        book = self.book
        rows: list[tuple[NDArray[np.intp], NDArray[np.intp], FloatArray, FloatArray]] = []

        bonds = self._of_type("government_bond")
        days = np.full(len(bonds), self.date)
        times, amounts = bond_cash_flows(days, book.maturity[bonds], book.numbers("coupon_rate_pct", bonds))
        rows.append((bonds, self._level_codes(book.currency_factor[bonds], bonds), times, amounts))

        swaps = self._of_type("interest_rate_swap")
        days, start, maturity = np.full(len(swaps), self.date), book.start[swaps], book.maturity[swaps]
        fixing = market.fixings(days, start, maturity)
        self._refuse(swaps[np.isnan(fixing)], "no fixing of its floating rate")
        times, amounts = swap_cash_flows(days, start, maturity, book.numbers("coupon_rate_pct", swaps), fixing)
        rows.append((swaps, self._level_codes(book.currency_factor[swaps], swaps), times, amounts))

        forwards = self._of_type("fx_forward")
        time = year_fraction(np.full(len(forwards), self.date), book.maturity[forwards])[np.newaxis, :]
        sides = forward_cash_flows(book.numbers("strike_price", forwards))
        for amount, factor in zip(sides, (book.base_factor, book.currency_factor), strict=True):
            rows.append((forwards, self._level_codes(factor[forwards], forwards), time, amount[np.newaxis, :]))

        first = np.cumsum([0, *(len(instruments) for instruments, *_ in rows)])
        to_come = [np.nonzero(times > 0.0) for _, _, times, _ in rows]
        row = np.concatenate([begin + of for begin, (_, of) in zip(first[:-1], to_come, strict=True)])
        time_of = np.concatenate([times[cells] for (_, _, times, _), cells in zip(rows, to_come, strict=True)])
        amount_of = np.concatenate([amounts[cells] for (*_, amounts), cells in zip(rows, to_come, strict=True)])
        distinct, period = np.unique(time_of, return_inverse=True)
        instrument = np.concatenate([instruments for instruments, *_ in rows])
        amount_of *= book.numbers("contract_multiplier", instrument[row])
        rate_weights = zero_rate_weights(distinct)
        self._need_nodes(instrument[row], rate_weights[period])
        return _Payments(
            owner=instrument,
            currency=np.concatenate([codes for _, codes, *_ in rows]),
            amounts=csr_array((amount_of, (row, period)), shape=(first[-1], len(distinct))),
            discounting=csr_array(rate_weights.multiply(-distinct[:, np.newaxis])),
        )

    def _priced_options(self, market: Market, row: int) -> _Options:
        book = self.book
        options = self._of_type("equity_option")
        ticker = pd.Series([name.removeprefix("EQ:") for name in book.underlying[options]], dtype=object)
        time = year_fraction(np.full(len(options), self.date), book.maturity[options])
        volatility = market.volatility(ticker, np.full(len(options), row), time)
        spot = self._level_codes(book.underlying[options], options)
        currency = self._level_codes(book.currency_factor[options], options)
        factor = market.volatility_tickers.get_indexer(pd.Index(ticker))
        self._refuse(options[(factor < 0) | np.isnan(volatility)], "no implied volatility of its share on the date")
        self._needs.append((options[factor >= 0], factor[factor >= 0] + len(TENORS) + self._n_spots))
        rate_weights = zero_rate_weights(time)
        self._need_nodes(options, rate_weights)
        valued = np.flatnonzero(self._is_valued()[options])
        is_call = (book.terms["option_type"] == "call").to_numpy(dtype=np.bool_)
        return _Options(
            instrument=options[valued],
            strike=book.numbers("strike_price", options[valued]),
            time=time[valued],
            rate_weights=rate_weights[valued],
            spot=spot[valued],
            factor=factor[valued],
            volatility=volatility[valued],
            currency=currency[valued],
            is_call=is_call[options[valued]],
            multiplier=book.numbers("contract_multiplier", options[valued]),
        )

    def _linear_instruments(self) -> _Linear:
        book = self.book
        shares, pairs, cash = (self._of_type(kind) for kind in ("equity", "currency_pair", "cash"))
        level = np.concatenate(
            [
                self._level_codes(book.instruments.to_numpy(dtype=object)[shares], shares),
                # A pair is quoted in one currency, but worth its other one.
                self._level_codes(book.base_factor[pairs], pairs),
                self._level_codes(book.currency_factor[cash], cash),
            ]
        )
        quoted_in = self._level_codes(book.currency_factor[shares], shares)
        instrument = np.concatenate([shares, pairs, cash])
        return _Linear(
            instrument,
            level,
            np.concatenate([quoted_in, np.full(len(pairs) + len(cash), -1)]),
            book.numbers("contract_multiplier", instrument),
        )


class Holdings:
    """Owners of instruments (portfolios, desks, or single units) on one date, to be revalued any number of times.

    Attributes
    ----------
    book : BookOnDate
    positions : csr_array, shape (owners, instruments)
    """

    def __init__(self, book: BookOnDate, positions: csr_array) -> None:
        self.book = book
        self.positions = positions
        held = np.bincount(positions.indices, minlength=positions.shape[1]) > 0
        self._payments = _owned(book._payments, positions)
        n_rows = len(self._payments.owner)
        self._to_owner = csr_array(
            (np.ones(n_rows), (self._payments.owner, np.arange(n_rows))), shape=(positions.shape[0], n_rows)
        )
        self._options, self._linear = _held_options(book._options, held), _held_linear(book._linear, held)
        self._of_options = csr_array(positions[:, self._options.instrument])
        self._of_linear = csr_array(positions[:, self._linear.instrument])
        self._is_whole = (abs(positions) @ (~book._is_valued()).astype(np.float64)) == 0.0
        self._base = self._weighted_sums(np.zeros((len(book.factors), 1)))[0]

    def values(self, moves: ArrayLike, factors: Sequence[str]) -> Revaluation:
        """Value the owners under every scenario.

        Parameters
        ----------
        moves : array_like, shape (S, len(factors))
            NaN = missing: whatever depends on it is missing too.
        factors : sequence of str
            Risk factors that move. A factor that is needed and not among them is a missing move, not a zero.

        Returns
        -------
        Revaluation
            `usd` of shape (owners, S). An owner that holds an instrument without a value is missing as a whole, one
            that needs a missing move is missing in that scenario; `reasons` says why.

        Raises
        ------
        ScenarioError
            If a factor is unknown or named twice, the shapes do not fit, or a relative move takes a price or rate to
            zero or below.
        """
        aligned = self.book._aligned(moves, factors)
        usd, is_floored = self._weighted_sums(aligned)
        return Revaluation(usd, self._reasons(aligned), is_floored)

    def pnl(self, moves: ArrayLike, factors: Sequence[str]) -> Revaluation:
        """P&L of the owners under every scenario, against their value with no move.

        Parameters, errors
            As in `values`.

        Returns
        -------
        Revaluation
            `usd` of shape (owners, S), gains positive.

        Notes
        -----
        Positions, instruments and payment times were multiplied first, so the cost hardly grows with the instruments.
        """
        valued = self.values(moves, factors)
        return valued._replace(usd=valued.usd - self._base)

    def needed_factors(self) -> NDArray[np.intp]:
        """Find the factors that any owner's value depends on: positions in ``book.factors``, in order."""
        return np.unique((abs(self.positions) @ self.book.factor_needs()).indices)

    def _weighted_sums(self, moves: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Sum of quantity times value per owner and scenario, and where a volatility was floored."""
        n_owners, n_scenarios = self.positions.shape[0], moves.shape[1]
        usd = np.zeros((n_owners, n_scenarios))
        is_floored = np.zeros((n_owners, n_scenarios), dtype=np.bool_)
        payments, options, linear = self._payments, self._options, self._linear
        size = max(16, _CELLS_PER_CHUNK // max(payments.amounts.shape[1], len(options.instrument), 1))
        for begin in range(0, n_scenarios, size):
            chunk = slice(begin, min(begin + size, n_scenarios))
            market = self.book._shifted(moves[:, chunk])
            discounts = payments.discounting @ market.zero_rates
            np.exp(discounts, out=discounts)
            usd[:, chunk] += self._to_owner @ ((payments.amounts @ discounts) * market.levels[payments.currency])
            values, floored = _option_values(options, market)
            usd[:, chunk] += self._of_options @ values
            if floored.any():
                is_floored[:, chunk] = (abs(self._of_options) @ floored.astype(np.float64)) > 0.0
            levels = market.levels[linear.level] * market.levels[linear.currency]
            usd[:, chunk] += self._of_linear @ (levels * linear.multiplier[:, np.newaxis])
        usd[~self._is_whole] = np.nan
        return usd, is_floored

    def _reasons(self, moves: FloatArray) -> NDArray[np.object_]:
        """Name per owner the first instrument without a value, else the first factor without a move."""
        reasons = np.full(self.positions.shape[0], None, dtype=object)
        missing = np.flatnonzero(np.isnan(moves).any(axis=1))
        if len(missing):
            owner, factor = (abs(self.positions) @ self.book.factor_needs()[:, missing]).nonzero()
            for row in np.unique(owner):
                reasons[row] = f"no move of {self.book.factors[missing[factor[owner == row].min()]]}"
        for row in np.flatnonzero(~self._is_whole):
            held = np.sort(self.positions.indices[self.positions.indptr[row] : self.positions.indptr[row + 1]])
            code = next(code for code in held if self.book.reasons[code] is not None)
            reasons[row] = f"{self.book.book.instruments[code]}: {self.book.reasons[code]}"
        return reasons


def _owned(payments: _Payments, weights: csr_array) -> _Payments:
    """Payments of owners instead of instruments: one row per owner and currency, times nobody has left out."""
    by_row = coo_array(weights[:, payments.owner])
    n_currencies = payments.currency.max(initial=0) + 2
    key = by_row.row * n_currencies + payments.currency[by_row.col] + 1
    keys, row = np.unique(key, return_inverse=True)
    amounts = csr_array((by_row.data, (row, by_row.col)), shape=(len(keys), len(payments.owner))) @ payments.amounts
    used = np.unique(amounts.indices)
    return _Payments(
        owner=keys // n_currencies,
        currency=keys % n_currencies - 1,
        amounts=csr_array(amounts[:, used]),
        discounting=payments.discounting[used],
    )


def _held_options(options: _Options, held: NDArray[np.bool_]) -> _Options:
    rows = np.flatnonzero(held[options.instrument])
    return _Options(
        instrument=options.instrument[rows],
        strike=options.strike[rows],
        time=options.time[rows],
        rate_weights=options.rate_weights[rows],
        spot=options.spot[rows],
        factor=options.factor[rows],
        volatility=options.volatility[rows],
        currency=options.currency[rows],
        is_call=options.is_call[rows],
        multiplier=options.multiplier[rows],
    )


def _held_linear(linear: _Linear, held: NDArray[np.bool_]) -> _Linear:
    rows = np.flatnonzero(held[linear.instrument])
    return _Linear(linear.instrument[rows], linear.level[rows], linear.currency[rows], linear.multiplier[rows])


def _option_values(options: _Options, market: _Shifted) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Values in USD, shape (options, scenarios), and where the volatility was kept at its floor."""
    base = options.volatility[:, np.newaxis]
    volatility = base + market.volatility_moves[options.factor]
    floor = np.minimum(MIN_VOLATILITY, base)
    is_floored = volatility < floor
    values = option_prices(
        market.levels[options.spot],
        options.strike[:, np.newaxis],
        options.time[:, np.newaxis],
        options.rate_weights @ market.zero_rates,
        np.where(is_floored, floor, volatility),
        options.is_call[:, np.newaxis],
    )
    return values * options.multiplier[:, np.newaxis] * market.levels[options.currency], is_floored
