"""The order and execution system: orders, executions and everybody who appears in transaction reports.

The rows of the last twenty business days are kept in memory; parties and algorithms come when they are new or changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from orchestration.demo_bank import identifiers
from orchestration.demo_bank.calendar import DAILY_FILES, DeliveryCalendar, Period
from orchestration.demo_bank.fills import (
    ACTIONS,
    ACTIVITIES,
    BOND,
    CAPACITIES,
    FORWARD,
    FRACTION_DIGITS,
    OPTION,
    SHARE,
    SPOT,
    SWAP,
    Rows,
)
from orchestration.demo_bank.order_flow import Flow
from orchestration.demo_bank.parties import EXECUTING_LEI, HOME_COUNTRY, Dated, Parties
from orchestration.demo_bank.planting import Values
from orchestration.demo_bank.reference import BOOK_IDS, ISSUERS, Reference
from orchestration.demo_bank.snapshots import NONE, labels
from orchestration.demo_bank.trading import PRICE_UNIT, PRODUCTS, QUANTITY_UNIT
from orchestration.demo_bank.venues import (
    DELISTED,
    DELISTED_ON,
    IS_EEA,
    IS_VENUE,
    VENUES,
    admissions,
    are_admitted,
)
from orchestration.demo_bank.writing import Delivery, Feed, decimals, rounded_decimals

_EARLY: Final = time(4, 20)
_REFERENCE: Final = time(5, 10)
TRANSACTION_PARTIES: Final = Feed("execution", "transaction_parties", "csv", None, 1, _EARLY, "Europe/Berlin")
TRADING_ALGORITHMS: Final = Feed("execution", "trading_algorithms", "csv", None, 1, _EARLY, "Europe/Berlin")
ORDERS: Final = Feed("execution", "orders", "jsonl", "quantity", 1, _EARLY, "Europe/Berlin")
EXECUTIONS: Final = Feed("execution", "executions", "jsonl", "quantity", 1, _EARLY, "Europe/Berlin")
INSTRUMENT_ADMISSIONS: Final = Feed("reference", "instrument_admissions", "csv", None, 1, _REFERENCE, "Europe/London")
LEI_REGISTER: Final = Feed("reference", "lei_register", "csv", None, 1, _REFERENCE, "Europe/London")

TRADED_ON_VENUE: Final = "REPORTABLE_TRADED_ON_VENUE"
REPORTABLE: Final = ("REPORTABLE_ADMITTED", "REPORTABLE_UNDERLYING", TRADED_ON_VENUE)
UNDECIDED: Final = "UNKNOWN_INSTRUMENT"
"""Nobody can tell whether it is to be reported: it is held until someone finds out."""
REASONS: Final = (
    *REPORTABLE, "EXEMPT_SPOT_FX", "EXEMPT_OTC_NO_VENUE", "EXEMPT_NOT_ADMITTED", "EXEMPT_TRANSMITTED", "EXEMPT_SFT",
    UNDECIDED,
)  # fmt: skip

_quantity, _price, _money = pa.decimal128(18, 4), pa.decimal128(18, 8), pa.decimal128(18, 2)
_strike = pa.decimal128(18, 6)
_instant = pa.timestamp("us")
ORDER_SCHEMA: Final = pa.schema(
    [
        ("order_id", pa.string()),
        ("order_date", pa.date32()),
        ("received_at", _instant),
        ("client_party_id", pa.string()),
        ("portfolio_id", pa.string()),
        ("instrument_id", pa.string()),
        ("side", pa.string()),
        ("quantity", _quantity),
        ("order_type", pa.string()),
        ("limit_price", _price),
        ("currency", pa.string()),
        ("is_directed", pa.bool_()),
        ("arrival_bid", _price),
        ("arrival_ask", _price),
        ("cancelled_quantity", _quantity),
        ("closed_at", _instant),
    ]
)
_EXECUTION_TYPES: Final = {
    "version": pa.int32(),
    "trade_date": pa.date32(),
    "is_transmitted": pa.bool_(),
    "quantity": _quantity,
    "price": _price,
    "net_amount": _money,
    "up_front_payment": _money,
    "price_multiplier": _strike,
    "strike_price": _strike,
    "maturity_date": pa.date32(),
    "expiry_date": pa.date32(),
    "is_commodity_hedge": pa.bool_(),
    "is_sft": pa.bool_(),
    "bid": _price,
    "ask": _price,
}
EXECUTION_COLUMNS: Final = (
    "execution_id", "version", "action", "order_id", "trade_id", "transaction_reference", "venue_transaction_id",
    "executing_entity_lei", "executed_at", "trade_date", "activity", "capacity", "side", "client_party_id",
    "counterparty_code", "decision_maker_code", "is_transmitted", "transmitting_firm_lei", "quantity", "quantity_type",
    "quantity_currency", "notional_change", "price", "price_type", "price_currency", "net_amount", "venue_mic",
    "membership_country", "up_front_payment", "up_front_payment_currency", "complex_trade_id", "instrument_id",
    "product_type", "isin", "instrument_name", "cfi_code", "notional_currency", "price_multiplier", "underlying_isin",
    "option_type", "strike_price", "strike_currency", "exercise_style", "maturity_date", "expiry_date", "delivery_type",
    "investment_decision_type", "investment_decision_code", "investment_decision_country", "execution_decision_type",
    "execution_decision_code", "execution_decision_country", "waivers", "short_selling", "otc_post_trade",
    "is_commodity_hedge", "is_sft", "liquidity", "bid", "ask",
)  # fmt: skip
EXECUTION_SCHEMA: Final = pa.schema([(name, _EXECUTION_TYPES.get(name, pa.string())) for name in EXECUTION_COLUMNS])
OUTCOME_SCHEMA: Final = pa.schema([("delivered", pa.int64()), ("reason", pa.string()), ("is_faulty", pa.bool_())])
"""What the generator knows of an event besides its row: day of the window, eligibility, and an error in it."""

_SIDES: Final = ("buy", "sell")
_LIQUIDITY: Final = ("aggressive", "passive")
_SHARE_CFI, _BOND_CFI = "ESVUFR", "DBFTFR"
_OTC_CFI: Final = {SPOT: "IFXXXP", FORWARD: "JFTXFP", SWAP: "SRCCSC"}
_OTC_NAME: Final = {SPOT: "Spot", FORWARD: "Outright forward", SWAP: "Interest-rate swap"}


class Instruments:
    """What the order system knows of each instrument, as columns in the order of the trading system's list."""

    def __init__(self, reference: Reference, instrument_ids: Sequence[str]) -> None:
        rows = reference.instruments
        isins = {f"EQ:{issuer.ticker}": issuer.isin for issuer in ISSUERS}
        self.ids = list(instrument_ids)
        known = [rows[name] for name in instrument_ids]
        kinds = [str(row["instrument_type"]) for row in known]
        options = [row if kind == "equity_option" else None for row, kind in zip(known, kinds, strict=True)]
        self.columns: dict[str, list[str | None]] = {
            "isin": [row["isin"] for row in known],
            "instrument_name": [row["instrument_name"] for row in known],
            "cfi_code": [_cfi(kind, row["option_type"]) for row, kind in zip(known, kinds, strict=True)],
            "notional_currency": [
                row["base_currency"] if kind == "currency_pair" else row["currency"] if kind != "equity" else None
                for row, kind in zip(known, kinds, strict=True)
            ],
            "price_multiplier": [row["contract_multiplier"] if row else None for row in options],
            "underlying_isin": [isins[str(row["underlying_instrument_id"])] if row else None for row in options],
            "option_type": [
                {"call": "CALL", "put": "PUTO"}[str(row["option_type"])] if row else None for row in options
            ],
            "strike_price": [row["strike_price"] if row else None for row in options],
            "strike_currency": [row["currency"] if row else None for row in options],
            "exercise_style": ["AMER" if row else None for row in options],
            "maturity_date": [
                row["maturity_date"] if kind == "government_bond" else None
                for row, kind in zip(known, kinds, strict=True)
            ],
            "expiry_date": [row["maturity_date"] if row else None for row in options],
            "delivery_type": ["PHYS" if row else None for row in options],
        }

    def columns_of(self, index: NDArray[np.int64]) -> dict[str, pa.Array]:
        """Details of instruments by their index; `NONE` has none."""
        taken = pa.array(index.astype(np.int32), mask=index == NONE)
        return {
            name: pa.array(values, type=pa.string()).take(taken).cast(EXECUTION_SCHEMA.field(name).type)
            for name, values in {"instrument_id": self.ids, **self.columns}.items()
        }


def _cfi(kind: str, option_type: str | None) -> str:
    """ISO 10962 code: shares, bonds at a fixed rate, American options on shares with physical delivery."""
    return {"equity": _SHARE_CFI, "government_bond": _BOND_CFI, "currency_pair": "IFXXXP"}.get(
        kind, "OCASPS" if option_type == "call" else "OPASPS"
    )


class Execution:
    """The order and execution system, and what the reference system adds for it.

    Parameters
    ----------
    calendar : DeliveryCalendar
    reference : Reference
    parties : Parties
    instruments : Instruments
    flow : Flow
        What happens without faults.

    Attributes
    ----------
    executions : Table
        Every event without the planted ones, in order of delivery, execution and version.
    outcomes : Table
        What the generator knows of each, in the same order.
    """

    def __init__(
        self,
        calendar: DeliveryCalendar,
        reference: Reference,
        parties: Parties,
        instruments: Instruments,
        flow: Flow,
    ) -> None:
        self._days = calendar.book_days[-DAILY_FILES:]
        self._first_period = len(calendar.periods) - DAILY_FILES
        self._static: list[tuple[Feed, Dated, NDArray[np.intp]]] = [
            (feed, rows, calendar.period_index(rows.known_from))
            for feed, rows in (
                (LEI_REGISTER, parties.entities),
                (INSTRUMENT_ADMISSIONS, admissions(reference.bonds)),
                (TRANSACTION_PARTIES, parties.parties),
                (TRADING_ALGORITHMS, parties.algorithms),
            )
        ]
        self._bonds = reference.bonds
        self._party_pool = parties.clients.party_ids.tolist()
        self._delisted = instruments.ids.index(f"EQ:{DELISTED}")
        self._bond_offset = instruments.ids.index(str(reference.bonds.instrument_ids[0]))
        self._orders = self._order_table(flow.orders, instruments)
        self._order_days = flow.orders["day"]
        self.executions = self._execution_table(flow, instruments)
        self.outcomes = self._outcome_table(flow)

    def add(self, orders: Sequence[tuple[int, Values]], executions: pa.Table, outcomes: pa.Table) -> None:
        """Take in planted orders, each with its day of the window, and planted executions with their outcomes."""
        self._orders = pa.concat_tables(
            [self._orders, pa.Table.from_pylist([values for _, values in orders], schema=ORDER_SCHEMA)]
        )
        self._order_days = np.append(self._order_days, [day for day, _ in orders]).astype(np.int64)
        self.executions = pa.concat_tables([self.executions, executions])
        self.outcomes = pa.concat_tables([self.outcomes, outcomes])
        order = pc.sort_indices(
            self.outcomes.append_column("execution_id", self.executions["execution_id"]).append_column(
                "version", self.executions["version"]
            ),
            [("delivered", "ascending"), ("execution_id", "ascending"), ("version", "ascending")],
        )
        self.executions, self.outcomes = self.executions.take(order), self.outcomes.take(order)

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Yield static rows that are new or changed, and the orders and executions of a day of the window."""
        for feed, rows, periods in self._static:
            table = rows.known_in(periods, period.index)
            if table.num_rows:
                yield Delivery(feed, period, table)
        day = period.index - self._first_period
        if day < 0:
            return
        yield Delivery(ORDERS, period, self._orders.take(pa.array(np.flatnonzero(self._order_days == day))))
        delivered = self.outcomes["delivered"].to_numpy()
        yield Delivery(EXECUTIONS, period, self.executions.take(pa.array(np.flatnonzero(delivered == day))))

    def _order_table(self, orders: Rows, instruments: Instruments) -> pa.Table:
        ids = identifiers.padded("O", np.arange(1, len(orders) + 1), 9)
        limit = orders["limit"]
        return pa.table(
            {
                "order_id": ids,
                "order_date": pa.array(self._days[orders["day"]]),
                "received_at": pa.array(orders["received"].astype("datetime64[us]")),
                "client_party_id": labels(self._party_pool, orders["client"]),
                "portfolio_id": labels(BOOK_IDS, orders["book"]),
                "instrument_id": labels(instruments.ids, orders["instrument"]),
                "side": labels(_SIDES, (~orders["is_buy"]).astype(int)),
                "quantity": decimals(orders["quantity"], 18, 4),
                "order_type": labels(("market", "limit"), (limit != NONE).astype(int)),
                "limit_price": _null_where(decimals(limit, 18, 8), limit == NONE),
                "currency": pa.array(orders["currency"], type=pa.string()),
                "is_directed": pa.array(orders["is_directed"]),
                "arrival_bid": rounded_decimals(orders["arrival_bid"], 18, 8),
                "arrival_ask": rounded_decimals(orders["arrival_ask"], 18, 8),
                "cancelled_quantity": decimals(orders["cancelled"], 18, 4),
                "closed_at": pa.array(orders["closed"].astype("datetime64[us]")),
            },
            schema=ORDER_SCHEMA,
        )

    def _execution_table(self, flow: Flow, instruments: Instruments) -> pa.Table:
        events = flow.events
        fills = flow.fills.take(events["fill"])
        product, venue, day = fills["product"], fills["venue"], self._days[fills["day"]]
        number = identifiers.padded("", fills["number"], 9)
        compact_day = pc.replace_substring(pa.array(np.datetime_as_string(day)), "-", "")
        is_bond, is_otc = product == BOND, fills["instrument"] == NONE
        is_nominal = ~np.isin(product, (SHARE, OPTION))
        is_percentage = np.isin(product, (BOND, SWAP))
        details = instruments.columns_of(fills["instrument"])
        contract = {
            "instrument_name": _by_product(product, _OTC_NAME, is_otc),
            "cfi_code": _by_product(product, _OTC_CFI, is_otc),
            "notional_currency": pa.array(np.where(product == SWAP, "USD", fills["base"]), pa.string(), mask=~is_otc),
            "expiry_date": pa.array(fills["maturity"], pa.date32(), mask=~is_otc | np.isnat(fills["maturity"])),
        }
        details |= {name: pc.coalesce(details[name], column) for name, column in contract.items()}
        amount = np.where(is_bond, events["quantity"] / QUANTITY_UNIT * (events["price"] / PRICE_UNIT) / 100.0, np.nan)
        on_venue = IS_VENUE[venue]
        return (
            pa.table(
                {
                    "execution_id": pc.binary_join_element_wise("X", number, ""),
                    "version": events["version"].astype(np.int32),
                    "action": labels(ACTIONS, events["action"]),
                    "order_id": identifiers.padded("O", fills["order"] + 1, 9),
                    "trade_id": pa.array(fills["trade_id"], pa.string()),
                    "transaction_reference": pc.binary_join_element_wise("TIEO", compact_day, "X", number, ""),
                    "venue_transaction_id": _null_where(
                        pc.binary_join_element_wise(labels(VENUES, venue), compact_day, number, ""), ~IS_EEA[venue]
                    ),
                    "executing_entity_lei": pa.array([EXECUTING_LEI] * len(events)),
                    "executed_at": _time_texts(fills["moment"], FRACTION_DIGITS[fills["activity"]]),
                    "trade_date": pa.array(day),
                    "activity": labels(ACTIVITIES, fills["activity"]),
                    "capacity": labels(CAPACITIES, fills["capacity"]),
                    "side": labels(_SIDES, (~fills["is_buy"]).astype(int)),
                    "client_party_id": labels(self._party_pool, fills["client"]),
                    "counterparty_code": pa.array(fills["counterparty"], pa.string()),
                    "decision_maker_code": pa.array(fills["decision_maker"], pa.string()),
                    "is_transmitted": pa.array(fills["is_transmitted"]),
                    "transmitting_firm_lei": pa.array(fills["transmitting"], pa.string()),
                    "quantity": decimals(events["quantity"], 18, 4),
                    "quantity_type": labels(("units", "nominal"), is_nominal.astype(int)),
                    "quantity_currency": _null_where(details["notional_currency"], ~is_nominal),
                    "notional_change": pa.nulls(len(events), pa.string()),
                    "price": decimals(events["price"], 18, 8),
                    "price_type": labels(("monetary", "percentage"), is_percentage.astype(int)),
                    "price_currency": pa.array(fills["currency"], pa.string(), mask=is_percentage),
                    "net_amount": rounded_decimals(amount, 18, 2),
                    "venue_mic": labels(VENUES, venue),
                    "membership_country": labels((HOME_COUNTRY,), np.where(on_venue, 0, NONE)),
                    "up_front_payment": pa.nulls(len(events), _money),
                    "up_front_payment_currency": pa.nulls(len(events), pa.string()),
                    "complex_trade_id": pa.array(fills["complex_id"], pa.string()),
                    "product_type": labels(PRODUCTS, product),
                    **details,
                    "investment_decision_type": pa.array(fills["investment_type"], pa.string()),
                    "investment_decision_code": pa.array(fills["investment_code"], pa.string()),
                    "investment_decision_country": _country_of(fills["investment_type"]),
                    "execution_decision_type": pa.array(fills["execution_type"], pa.string()),
                    "execution_decision_code": pa.array(fills["execution_code"], pa.string()),
                    "execution_decision_country": _country_of(fills["execution_type"]),
                    "waivers": pa.array(fills["waivers"], pa.string()),
                    "short_selling": pa.array(fills["short"], pa.string()),
                    "otc_post_trade": pa.array(fills["otc"], pa.string()),
                    "is_commodity_hedge": pa.nulls(len(events), pa.bool_()),
                    "is_sft": pa.array(fills["is_sft"]),
                    "liquidity": labels(_LIQUIDITY, fills["is_passive"].astype(int)),
                    "bid": rounded_decimals(fills["bid"], 18, 8),
                    "ask": rounded_decimals(fills["ask"], 18, 8),
                }
            )
            .select(EXECUTION_COLUMNS)
            .cast(EXECUTION_SCHEMA)
        )

    def _outcome_table(self, flow: Flow) -> pa.Table:
        """Whether each event must be reported, and why: the truth that the warehouse has to find."""
        fills = flow.fills.take(flow.events["fill"])
        product, instrument = fills["product"], fills["instrument"]
        bond = np.clip(instrument - self._bond_offset, 0, len(self._bonds.isins) - 1)
        is_left = (instrument == self._delisted) & (self._days[fills["day"]] >= DELISTED_ON)
        is_admitted = np.where(product == BOND, are_admitted(self._bonds)[bond], ~is_left)
        is_passed_on = fills["is_transmitted"] & (fills["transmitting"] == EXECUTING_LEI)
        reason = np.select(
            [
                product == SPOT,
                np.isin(product, (FORWARD, SWAP)),
                product == OPTION,
                ~is_admitted & ~IS_EEA[fills["venue"]],
                fills["is_sft"],
                is_passed_on.astype(bool),
                ~is_admitted,
            ],
            [
                "EXEMPT_SPOT_FX",
                "EXEMPT_OTC_NO_VENUE",
                "REPORTABLE_UNDERLYING",
                "EXEMPT_NOT_ADMITTED",
                "EXEMPT_SFT",
                "EXEMPT_TRANSMITTED",
                TRADED_ON_VENUE,
            ],
            "REPORTABLE_ADMITTED",
        )
        return pa.table(
            {
                "delivered": pa.array(flow.events["delivered"]),
                "reason": pa.array(reason),
                "is_faulty": pa.array(np.zeros(len(reason), dtype=bool)),
            },
            schema=OUTCOME_SCHEMA,
        )


def _null_where(column: pa.Array, is_null: NDArray[np.bool_]) -> pa.Array:
    return pc.if_else(pa.array(~is_null), column, pa.scalar(None, column.type))


def _by_product(product: NDArray[np.int64], texts: dict[int, str], is_otc: NDArray[np.bool_]) -> pa.Array:
    """Text of the product of each contract over the counter; null for what is listed."""
    pool = np.array([texts.get(number) for number in range(len(PRODUCTS))], dtype=object)
    return pa.array(pool[product], pa.string(), mask=~is_otc)


def _country_of(decision_type: NDArray[np.object_]) -> pa.Array:
    """Country of the branch that supervises a person; algorithms have none."""
    return labels((HOME_COUNTRY,), np.where(decision_type == "person", 0, NONE))


def _time_texts(microseconds: NDArray[np.int64], digits: NDArray[np.int64]) -> pa.Array:
    """Time stamps in the form of field 28, with so many digits of a second."""
    full = pa.array(np.datetime_as_string(microseconds.astype("datetime64[us]"), unit="us"))
    cut = [pc.utf8_slice_codeunits(full, 0, stop) for stop in (19, 23, 26)]
    return pc.binary_join_element_wise(pc.choose(pa.array(digits // 3), *cut), "Z", "")
