"""The plan of faults: what a real bank's deliveries suffer from, and what must become of each.

Rows are planted in files of the opening history and again among the daily files. Personal data in them is that of the
bank's first customer, whose account, card and social security number are the canaries: they stand in good rows, in
quarantined rows and in refused files, and must be found nowhere in clear.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import count
from pathlib import PurePath
from typing import Any, Final

import duckdb
import numpy as np

from orchestration.demo_bank import identifiers
from orchestration.demo_bank.banking import ACCOUNTS, CARD_TRANSACTIONS, CARDS, CUSTOMERS, MERCHANTS, PAYMENTS, Banking
from orchestration.demo_bank.market_data import (
    EQUITY_PRICES,
    FX_RATES,
    PAR_YIELDS,
    STALE_DATES,
    STALE_TICKER,
    VOLATILITIES,
    MarketData,
)
from orchestration.demo_bank.planting import Cell, Facts, FileFault, Outcome, PlantedRow, Values
from orchestration.demo_bank.reference import BOOK_IDS, COUNTERPARTIES, INSTRUMENTS, ISSUERS, Reference
from orchestration.demo_bank.trading import TRADES

FILE_FAULTS: Final = (
    FileFault(PAYMENTS, "2021-02", "trailer_count"),
    FileFault(PAYMENTS, "2021-05", "sent_twice"),
    FileFault(PAYMENTS, "2022-12-05", "trailer_count"),
    FileFault(PAYMENTS, "2022-12-07", "sent_twice"),
    FileFault(CARD_TRANSACTIONS, "2020-10", "missing_column"),
    FileFault(CARD_TRANSACTIONS, "2022-12-12", "trailer_sum"),
    FileFault(CARD_TRANSACTIONS, "2022-12-21", "late"),
    FileFault(TRADES, "2022-12-15", "sent_twice"),
    FileFault(EQUITY_PRICES, "2021-11", "missing_column"),
    FileFault(VOLATILITIES, "2022-12-15", "unreadable"),
    FileFault(PAR_YIELDS, "2022-12-20", "sent_twice"),
)
MISPLACED_PERIOD: Final = "2022-12-22"

_UNUSED = np.array([99_000_000])
"""Index of identifiers that are valid and that nobody in the bank has."""
_FUTURE = "2099-01-01"
_NOBODY_LEI = identifiers.lei("NOBODY000001")
_UNKNOWN_ACCOUNT = str(identifiers.own_ibans(_UNUSED, np.array([False]))[0])
_UNKNOWN_CARD = str(identifiers.card_numbers(_UNUSED)[0])


def canaries() -> dict[str, str]:
    """Account number, card number and social security number of the first customer, in clear, at any scale and seed."""
    first = np.zeros(1, dtype=np.int64)
    return {
        "account_number": str(identifiers.own_ibans(first, np.array([False]))[0]),
        "card_number": str(identifiers.card_numbers(first)[0]),
        "ssn": str(identifiers.social_security_numbers(first)[0]),
    }


def canary_hashes() -> dict[str, str]:
    """SHA-256 of each canary: the answers hold no personal data in clear."""
    return {name: hashlib.sha256(value.encode()).hexdigest() for name, value in canaries().items()}


def known_gaps(static: Reference) -> Iterator[tuple[str, str, Facts]]:
    """Kind, outcome and facts of what is missing rather than wrong."""
    dates = [day.isoformat() for day in STALE_DATES]
    yield "price missing for three days", "stale", {"feed": EQUITY_PRICES.name, "ticker": STALE_TICKER, "dates": dates}
    for lei in static.missing_ratings:
        yield "rating missing", "defaulted", {"feed": COUNTERPARTIES.name, "counterparty_lei": lei}


def unanswered(answers: Mapping[str, Any], connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Compare the answers with what landing made of the deliveries.

    Parameters
    ----------
    answers : mapping
        The content of the answers file.
    connection : duckdb.DuckDBPyConnection
        With the raw tables in the database ``warehouse``, after every file has been landed.

    Returns
    -------
    list of str
        A sentence for every file and planted row that did not become what it should, and for everything refused or
        quarantined that was not planted. Empty when all is well.
    """
    names = ("status", "rows_loaded", "rows_quarantined", "rows_duplicate", "is_late", "refusal_rule")
    landed = {
        f"{system}/{day}/{file}": (delivery, dict(zip(names, found, strict=True)))
        for delivery, system, day, file, *found in connection.execute(
            f"""
            select delivery_id, system, business_date::varchar, file_name, {", ".join(names)}
            from warehouse.raw.deliveries order by load_sequence
            """
        ).fetchall()
    }
    problems = [f"{path} was not planned." for path in landed.keys() - answers["files"].keys()]
    for path, facts in answers["files"].items():
        expected = {name: facts.get(name) for name in names}
        found = landed[path][1] if path in landed else None
        if found != expected:
            problems.append(f"{path} should be {expected} and is {found}.")

    quarantined = {
        (feed, delivery, line): (field, rule)
        for feed, delivery, line, field, rule in connection.execute(
            "select feed, delivery_id, line, field, rule from warehouse.raw.quarantine"
        ).fetchall()
    }
    for fault in answers["faults"]:
        if fault.get("line") is None or fault["file"] not in landed:
            continue
        feed, delivery, line = fault["feed"], landed[fault["file"]][0], fault["line"]
        rejected = quarantined.pop((feed, delivery, line), None)
        expected_reject = (fault["field"], fault["rule"]) if fault["outcome"] == "quarantined" else None
        is_loaded = connection.execute(
            f"select count(*) from warehouse.raw.{feed} where _delivery_id = ? and _line = ?", [delivery, line]
        ).fetchone() == (1,)
        should_load = fault["outcome"] in ("loaded", "late", "correction")
        if rejected != expected_reject or is_loaded != should_load:
            problems.append(
                f"{fault['id']} ({fault['kind']}, {PurePath(fault['file']).name} line {line}) should be "
                f"{fault['outcome']} {expected_reject} and is {'loaded' if is_loaded else 'not loaded'} {rejected}."
            )
    for fault in answers["faults"]:
        if "condition" in fault:
            # The conditions are the generator's own, about rows as they were landed.
            (rows,) = connection.execute(
                f"select count(*) from warehouse.raw.{fault['feed']} where {fault['condition']}"
            ).fetchall()[0]
            if (rows > 0) != fault["is_present"]:
                problems.append(f"{fault['id']} ({fault['kind']}): {rows} rows of {fault['feed']} are found.")
    problems += [f"{feed} {delivery} line {line} was not planted." for feed, delivery, line in quarantined]
    return problems


class Plan:
    """The rows to plant, made from what the bank's systems hold.

    Parameters
    ----------
    market, static, core
        The systems whose identifiers and prices the rows use.
    """

    def __init__(self, market: MarketData, static: Reference, core: Banking) -> None:
        self._market, self._static, self._core = market, static, core
        self._canaries = canaries()
        self._number = count(1)

    def rows(self) -> Iterator[PlantedRow]:
        """Every planted row but those of the misplaced file."""
        for period, day in (("2020-03", "2020-03-16"), ("2022-12-14", "2022-12-14")):
            yield from self._bad_payments(period, day)
            yield from self._bad_card_transactions(period, day)
        for period, day in (("2020-08", "2020-08-12"), ("2022-12-13", "2022-12-13")):
            yield from self._bad_trades(period, day)
        yield from self._bad_banking_data("2020-06")
        yield from self._bad_reference_data("2020-06")
        yield from self._bad_market_data("2022-12-13")
        yield from self._repeated()
        yield from self._late_and_corrected()
        yield from self._good_rows_in_faulty_files()

    def misplaced(self) -> list[PlantedRow]:
        """Rows of the supplement that is first put in the wrong folder."""
        return [self._payment(MISPLACED_PERIOD, MISPLACED_PERIOD, "supplement", "loaded") for _ in range(2)]

    def _payment(self, period: str, day: str, kind: str, outcome: Outcome, **changes: Cell) -> PlantedRow:
        iban, name = self._core.first_payee
        values: Values = {
            "payment_id": f"P9{next(self._number):011d}",
            "booked_at": f"{day} 10:15:00",
            "account_number": self._canaries["account_number"],
            "beneficiary_account_number": iban,
            "beneficiary_name": name,
            "amount": "25.00",
            "currency": "USD",
            "payment_type": "credit_transfer",
            "channel": "web",
        }
        return PlantedRow(PAYMENTS, period, kind, outcome, values | changes)

    def _card_transaction(self, period: str, day: str, kind: str, outcome: Outcome, **changes: Cell) -> PlantedRow:
        values: Values = {
            "card_transaction_id": f"X9{next(self._number):011d}",
            "transacted_at": f"{day} 13:05:00",
            "card_number": self._canaries["card_number"],
            "account_number": self._canaries["account_number"],
            "merchant_id": "M000001",
            "amount": "18.40",
            "currency": "USD",
            "entry_mode": "contactless",
        }
        return PlantedRow(CARD_TRANSACTIONS, period, kind, outcome, values | changes)

    def _trade(self, period: str, day: str, kind: str, outcome: Outcome, **changes: Cell) -> PlantedRow:
        """Buy a hundred shares at the close: too little to be seen in the bank's risk."""
        market = self._market
        row = market.day_index(np.array([day], dtype="datetime64[D]"))[0]
        values: Values = {
            "trade_id": f"T9{next(self._number):08d}",
            "version": 1,
            "action": "new",
            "product_type": "equity",
            "executed_at": f"{day}T15:00:00.000Z",
            "trade_date": day,
            "portfolio_id": "EQ-TECH",
            "trader_id": str(self._static.traders.trader_ids[BOOK_IDS.index("EQ-TECH")]),
            "counterparty_lei": str(self._static.dealers.leis[0]),
            "instrument_id": "EQ:AAPL",
            "side": "buy",
            "quantity": 100,
            "price": float(market.closes[row, market.tickers.index("AAPL")]),
            "currency": "USD",
            "contract": None,
        }
        return PlantedRow(TRADES, period, kind, outcome, values | changes)

    def _bad_payments(self, period: str, day: str) -> Iterator[PlantedRow]:
        def bad(kind: str, rule: str, field: str, value: Cell) -> PlantedRow:
            return _breaking(self._payment(period, day, kind, "quarantined"), rule, field, value)

        payee, _ = self._core.first_payee
        smallest = self._payment(period, day, "amount at the lower limit", "loaded", amount="0.01")
        yield smallest
        yield self._payment(period, day, "amount at the upper limit", "loaded", amount="10000000.00")
        yield bad("amount missing", "required", "amount", None)
        yield bad("amount not a number", "type", "amount", "12,50 EUR")
        yield bad("amount zero", "min", "amount", "0.00")
        yield bad("amount below the lower limit, with three decimals", "scale", "amount", "0.009")
        yield bad("amount above the upper limit", "max", "amount", "10000000.01")
        yield bad("account number missing", "required", "account_number", None)
        misprinted = _misprinted(self._canaries["account_number"])
        yield bad("account number with wrong check digits", "check", "account_number", misprinted)
        yield bad("account number of no account", "exists_in", "account_number", _UNKNOWN_ACCOUNT)
        yield bad("beneficiary with wrong check digits", "check", "beneficiary_account_number", _misprinted(payee))
        yield bad("timestamp missing", "required", "booked_at", None)
        yield bad("timestamp not a time", "type", "booked_at", f"{day[:4]}-13-45 25:61:00")
        yield bad("timestamp in the future", "not_future", "booked_at", f"{_FUTURE} 00:00:00")
        short = self._payment(period, day, "line with too few fields", "quarantined")
        yield _broken(short, ",".join(short.text().split(",")[:4]))
        long = self._payment(period, day, "line with too many fields", "quarantined", beneficiary_name="Doe")
        yield _broken(long, long.text().replace(",Doe,", ",Doe, John,"))
        yield _again(smallest, "row twice in a file")

    def _bad_card_transactions(self, period: str, day: str) -> Iterator[PlantedRow]:
        def bad(kind: str, rule: str, field: str, value: Cell) -> PlantedRow:
            return _breaking(self._card_transaction(period, day, kind, "quarantined"), rule, field, value)

        good = self._card_transaction(period, day, "good row", "loaded")
        yield good
        yield bad("merchant unknown", "exists_in", "merchant_id", "M999999")
        misprinted = _misprinted(self._canaries["card_number"])
        yield bad("card number with a wrong check digit", "check", "card_number", misprinted)
        yield bad("card number of no card", "exists_in", "card_number", _UNKNOWN_CARD)
        yield bad("account number of no account", "exists_in", "account_number", _UNKNOWN_ACCOUNT)
        yield bad("amount missing", "required", "amount", None)
        yield bad("amount above the upper limit", "max", "amount", "10000000.01")
        yield bad("timestamp in the future", "not_future", "transacted_at", f"{_FUTURE} 00:00:00")
        yield bad("value not in the list", "values", "entry_mode", "imprint")
        short = self._card_transaction(period, day, "line with too few fields", "quarantined")
        yield _broken(short, ",".join(short.text().split(",")[:3]))
        yield _again(good, "row twice in a file")

    def _bad_trades(self, period: str, day: str) -> Iterator[PlantedRow]:
        def bad(kind: str, rule: str, field: str, value: Cell) -> PlantedRow:
            return _breaking(self._trade(period, day, kind, "quarantined"), rule, field, value)

        good = self._trade(period, day, "good row", "loaded")
        yield good
        yield bad("quantity missing", "required", "quantity", None)
        yield bad("quantity not a number", "type", "quantity", "a hundred")
        yield bad("quantity zero", "min", "quantity", 0)
        yield bad("timestamp missing", "required", "executed_at", None)
        yield bad("timestamp not a time", "type", "executed_at", "yesterday, about noon")
        yield bad("timestamp in the future", "not_future", "executed_at", f"{_FUTURE}T00:00:00.000Z")
        yield bad("counterparty unknown", "exists_in", "counterparty_lei", _NOBODY_LEI)
        yield bad("instrument unknown", "exists_in", "instrument_id", "EQ:NOBODY")
        yield bad("portfolio unknown", "exists_in", "portfolio_id", "EQ-NOWHERE")
        yield bad("value not in the list", "values", "side", "hold")
        forward = self._trade(period, day, "forward without its contract", "quarantined", product_type="fx_forward")
        yield _breaking(forward, "otc_needs_contract", "instrument_id", None)
        cut = self._trade(period, day, "line that is not JSON", "quarantined")
        yield _broken(cut, cut.text()[:120])
        yield _again(good, "row twice in a file")

    def _bad_banking_data(self, period: str) -> Iterator[PlantedRow]:
        day = f"{period}-10"
        person: Values = {**self._core.customer_row(0), "customer_id": "C99999999", "onboarded_on": day}
        account: Values = {
            "account_id": "A999999999",
            "customer_id": "C00000001",
            "account_number": _UNKNOWN_ACCOUNT,
            "account_type": "current",
            "currency": "USD",
            "opened_on": day,
            "account_status": "open",
        }
        card: Values = {
            "card_id": "K999999999",
            "account_id": "A000000001",
            "card_number": _UNKNOWN_CARD,
            "card_type": "debit",
            "issued_on": day,
            "expires_on": "2025-06-30",
        }
        merchant: Values = {
            "merchant_id": "M999999",
            "merchant_name": "Nowhere Stores",
            "merchant_category_code": "5411",
            "country": "GB",
        }
        compact_ssn = self._canaries["ssn"].replace("-", "")
        misprinted = _misprinted(self._canaries["account_number"])
        for kind, feed, values, rule, field, value in (
            ("SSN without its dashes", CUSTOMERS, person, "pattern", "ssn", compact_ssn),
            ("country as three letters", CUSTOMERS, person, "pattern", "country", "USA"),
            ("account number with wrong check digits", ACCOUNTS, account, "check", "account_number", misprinted),
            ("customer unknown", ACCOUNTS, account, "exists_in", "customer_id", "C99999999"),
            ("account unknown", CARDS, card, "exists_in", "account_id", "A999999999"),
            ("category code too short", MERCHANTS, merchant, "pattern", "merchant_category_code", "54"),
        ):
            yield _breaking(PlantedRow(feed, period, kind, "quarantined", values), rule, field, value)

    def _bad_reference_data(self, period: str) -> Iterator[PlantedRow]:
        entity: Values = {
            "counterparty_lei": _NOBODY_LEI,
            "counterparty_name": "Nobody Holdings",
            "counterparty_type": "corporate",
            "sector": "Industrials",
            "country": "GB",
            "rating": "BBB",
            "rating_agency": "Nordlys Ratings",
        }
        share: Values = {
            "instrument_id": "EQ:NOBODY",
            "instrument_type": "equity",
            "instrument_name": "Nobody Holdings",
            "isin": None,
            "ticker": "NOBODY",
            "issuer_lei": self._static.issuer_leis["AAPL"],
            "currency": "USD",
            "contract_multiplier": "1",
            "issue_date": None,
            "maturity_date": None,
            "coupon_rate_pct": None,
            "coupons_per_year": None,
            "underlying_instrument_id": None,
            "option_type": None,
            "strike_price": None,
            "base_currency": None,
        }
        misprinted_isin = _misprinted(ISSUERS[0].isin)
        for kind, feed, values, rule, field, value in (
            (
                "LEI with wrong check digits",
                COUNTERPARTIES,
                entity,
                "check",
                "counterparty_lei",
                _misprinted(_NOBODY_LEI),
            ),
            ("rating of another scale", COUNTERPARTIES, entity, "values", "rating", "Baa2"),
            ("ISIN with a wrong check digit", INSTRUMENTS, share, "check", "isin", misprinted_isin),
            ("issuer unknown", INSTRUMENTS, share, "exists_in", "issuer_lei", _NOBODY_LEI),
        ):
            yield _breaking(PlantedRow(feed, period, kind, "quarantined", values), rule, field, value)

    def _bad_market_data(self, period: str) -> Iterator[PlantedRow]:
        day = np.datetime64(period, "D").item()
        price: Values = {"price_date": day, "ticker": STALE_TICKER, "close_price": None, "currency": "USD"}
        rate: Values = {"rate_date": day, "currency": "RUB", "units_per_eur": None}
        par_yield: Values = {"curve_date": day, "tenor": "9 Yr", "par_yield_pct": None}
        volatility: Values = {"quote_date": day, "ticker": "AAPL", "tenor_days": 60, "implied_volatility": None}
        for kind, feed, values, rule, field, value in (
            ("price missing", EQUITY_PRICES, price, "required", "close_price", None),
            ("rate below zero", FX_RATES, rate, "min", "units_per_eur", Decimal(-1)),
            ("yield in basis points", PAR_YIELDS, par_yield, "max", "par_yield_pct", Decimal(375)),
            ("volatility in per cent", VOLATILITIES, volatility, "max", "implied_volatility", Decimal("38.5")),
        ):
            yield _breaking(PlantedRow(feed, period, kind, "quarantined", values), rule, field, value)

    def _repeated(self) -> Iterator[PlantedRow]:
        """Rows that the next delivery holds once more."""
        for first, second, day in (("2021-08", "2021-09", "2021-08-30"), ("2022-12-08", "2022-12-09", "2022-12-08")):
            for make in (self._payment, self._card_transaction, self._trade):
                rows = [make(first, day, "row that the next file repeats", "loaded") for _ in range(3)]
                yield from rows
                yield from (_again(row, "row of the previous file", second) for row in rows)

    def _late_and_corrected(self) -> Iterator[PlantedRow]:
        for period, day in (("2021-04", "2021-03-30"), ("2022-12-08", "2022-12-06")):
            yield self._trade(period, day, "trade of an earlier day", "late")
        paid = self._payment("2022-12-19", "2022-12-19", "row that a later file corrects", "loaded", amount="125.00")
        yield paid
        corrected: Values = paid.values | {"amount": "152.00"}
        yield PlantedRow(PAYMENTS, "2022-12-20", "payment corrected", "correction", corrected, field="amount")
        for period, number in (("2021-06", 1), ("2022-12-16", 0)):
            customer: Values = dict(self._core.customer_row(number))
            customer["segment"] = "private" if customer["segment"] == "affluent" else "affluent"
            yield PlantedRow(CUSTOMERS, period, "customer changes segment", "correction", customer, field="segment")

    def _good_rows_in_faulty_files(self) -> Iterator[PlantedRow]:
        """Canaries in refused files, and something to deliver at the smallest scale."""
        makers = {PAYMENTS: self._payment, CARD_TRANSACTIONS: self._card_transaction, TRADES: self._trade}
        for fault in FILE_FAULTS:
            if make := makers.get(fault.feed):
                day = fault.period if len(fault.period) == len("2022-12-28") else f"{fault.period}-10"
                yield make(fault.period, day, "good row in a file with a fault", "loaded")


def _breaking(row: PlantedRow, rule: str, field: str, value: Cell) -> PlantedRow:
    """Put a value that breaks a rule into a row."""
    return PlantedRow(row.feed, row.period, row.kind, row.outcome, row.values | {field: value}, rule, field)


def _broken(row: PlantedRow, line: str) -> PlantedRow:
    """Put a broken line in a row's place."""
    return PlantedRow(row.feed, row.period, row.kind, row.outcome, row.values, "malformed", None, line)


def _again(row: PlantedRow, kind: str, period: str | None = None) -> PlantedRow:
    """Repeat a row exactly."""
    return PlantedRow(row.feed, period or row.period, kind, "duplicate", row.values)


def _misprinted(identifier: str) -> str:
    """Change the last digit of an identifier, so that its check digits are wrong."""
    return identifier[:-1] + str((int(identifier[-1]) + 1) % 10)
