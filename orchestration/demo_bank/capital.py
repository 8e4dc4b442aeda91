"""What finance keeps beside the ledger: own funds, subsidiaries' capital, income statements and operational losses."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.demo_bank.calendar import Days
from orchestration.demo_bank.snapshots import CURRENCIES, MILLION, Snapshots, cents, day_column, labels, money
from orchestration.demo_bank.writing import chosen


class Item(NamedTuple):
    """An item of own funds, millions of USD at the first and at the last snapshot."""

    code: str
    tier: str
    first: float
    last: float


OWN_FUNDS: Final = (
    Item("common_shares", "CET1", 260.0, 260.0),
    Item("share_premium", "CET1", 355.0, 355.0),
    Item("retained_earnings", "CET1", 352.0, 428.0),
    Item("accumulated_oci", "CET1", 0.0, 0.0),
    Item("profit_not_verified", "CET1", 12.0, 16.0),
    Item("dividends_foreseeable", "CET1", 9.0, 14.0),
    Item("goodwill", "CET1", 46.0, 46.0),
    Item("other_intangibles", "CET1", 31.0, 26.0),
    Item("deferred_tax_losses", "CET1", 14.0, 8.0),
    Item("deferred_tax_temporary_differences", "CET1", 44.0, 58.0),
    Item("mortgage_servicing_rights", "CET1", 7.0, 9.0),
    Item("significant_financial_holdings_cet1", "CET1", 88.0, 92.0),
    Item("insignificant_financial_holdings", "CET1", 27.0, 31.0),
    Item("own_shares", "CET1", 4.0, 6.0),
    Item("cash_flow_hedge_reserve", "CET1", 3.0, -9.0),
    Item("defined_benefit_pension_asset", "CET1", 11.0, 15.0),
    Item("own_credit_gains", "CET1", 1.0, 4.0),
    Item("at1_instruments", "AT1", 95.0, 95.0),
    Item("t2_instruments", "T2", 140.0, 140.0),
    Item("general_provisions", "T2", 33.0, 39.0),
    Item("distributable_profit_12m", "information", 74.0, 86.0),
    Item("planned_distributions", "information", 30.0, 36.0),
)
_PROFIT_RESTARTS: Final = ("profit_not_verified", "dividends_foreseeable")


class Subsidiary(NamedTuple):
    """A consolidated subsidiary, millions of USD."""

    name: str
    is_bank: bool
    rwa: float
    group_rwa: float
    cet1: tuple[float, float]
    at1: tuple[float, float]
    t2: tuple[float, float]


SUBSIDIARIES: Final = (
    Subsidiary("Tieout Bank Deutschland AG", True, 640.0, 610.0, (92.0, 18.4), (12.0, 4.0), (15.0, 6.0)),
    Subsidiary("Tieout Private Bank Ltd", True, 310.0, 310.0, (48.0, 0.0), (0.0, 0.0), (8.0, 0.0)),
    Subsidiary("Tieout Leasing Ltd", False, 120.0, 120.0, (20.0, 5.0), (0.0, 0.0), (0.0, 0.0)),
)
"""Issued, and what of it others hold."""

INCOME: Final = {
    "interest_income": (338.0, 351.0, 322.0, 316.0),
    "interest_expense": (141.0, 152.0, 108.0, 93.0),
    "interest_earning_assets": (7_480.0, 7_720.0, 7_950.0, 8_160.0),
    "dividend_income": (2.1, 2.4, 1.3, 1.9),
    "fee_income": (71.0, 74.0, 69.0, 78.0),
    "fee_expense": (22.0, 23.0, 20.0, 24.0),
    "other_operating_income": (11.0, 9.0, 8.0, 12.0),
    "other_operating_expense": (8.0, 13.0, 16.0, 9.0),
    "net_pnl_trading_book": (31.0, -14.0, 58.0, 42.0),
    "net_pnl_banking_book": (-3.0, 5.0, 9.0, 4.0),
    "net_profit": (61.0, 57.0, 34.0, 79.0),
}
"""Millions of USD in 2018 to 2021."""
_FIRST_YEAR: Final = 2018
LAST_YEAR_KNOWN_FROM: Final = date(2022, 1, 31)

EVENT_TYPES: Final = (
    "internal_fraud", "external_fraud", "employment_practices", "clients_products_practices", "damage_to_assets",
    "business_disruption", "execution_delivery",
)  # fmt: skip
_EVENT_WEIGHTS: Final = (0.03, 0.34, 0.06, 0.12, 0.03, 0.07, 0.35)
_EVENT_MEDIANS: Final = np.array([90e3, 35e3, 60e3, 140e3, 70e3, 50e3, 45e3])
BUSINESS_LINES: Final = (
    "retail_banking", "commercial_banking", "trading_and_sales", "payment_and_settlement", "corporate_items",
)  # fmt: skip
_EVENTS: Final = 520
_LARGEST_LOSSES: Final = ((137, 11.4e6), (286, 6.2e6), (401, 4.7e6))
"""Position and amount of the losses everybody in the bank remembers."""
REPORTED_TWICE: Final = 333
"""Position of the event that comes a second time, under the last number."""


def own_funds_amounts(snapshots: Snapshots, number: int, unrealised_usd: float) -> dict[str, float]:
    """Amount of every item at a snapshot, USD.

    Parameters
    ----------
    snapshots : Snapshots
    number : int
        Which snapshot.
    unrealised_usd : float
        Gains on securities at fair value through other comprehensive income, after tax.

    Returns
    -------
    dict
        By item code, rounded to cents. Accumulated OCI is the gain and the reserve of cash-flow hedges.
    """
    share = number / (len(snapshots) - 1)
    month = int(snapshots.days[number].astype("datetime64[M]").astype(int)) % 12
    amounts = {}
    for item in OWN_FUNDS:
        amount = item.first + (item.last - item.first) * share
        if item.code in _PROFIT_RESTARTS:
            # An auditor verifies the profit each half-year; until then it grows month by month.
            amount *= (month % 6 + 1) / 6.0
        amounts[item.code] = round(amount * MILLION, 2)
    amounts["accumulated_oci"] = round(unrealised_usd + amounts["cash_flow_hedge_reserve"], 2)
    return amounts


def own_funds_table(day: np.datetime64, amounts: dict[str, float]) -> pa.Table:
    """Rows of the feed."""
    return pa.table(
        {
            "as_of_date": day_column(day, len(OWN_FUNDS)),
            "item_code": pa.array([item.code for item in OWN_FUNDS]),
            "tier": pa.array([item.tier for item in OWN_FUNDS]),
            "amount": money(np.array([amounts[item.code] for item in OWN_FUNDS])),
        }
    )


def subsidiary_table(day: np.datetime64) -> pa.Table:
    """Rows of the feed."""
    amounts = {
        "rwa": [item.rwa for item in SUBSIDIARIES],
        "group_rwa_of_subsidiary": [item.group_rwa for item in SUBSIDIARIES],
        "cet1_issued": [item.cet1[0] for item in SUBSIDIARIES],
        "cet1_third_party": [item.cet1[1] for item in SUBSIDIARIES],
        "at1_issued": [item.at1[0] for item in SUBSIDIARIES],
        "at1_third_party": [item.at1[1] for item in SUBSIDIARIES],
        "t2_issued": [item.t2[0] for item in SUBSIDIARIES],
        "t2_third_party": [item.t2[1] for item in SUBSIDIARIES],
    }
    return pa.table(
        {
            "as_of_date": day_column(day, len(SUBSIDIARIES)),
            "subsidiary_id": pa.array([f"B{number + 1:03d}" for number in range(len(SUBSIDIARIES))]),
            "subsidiary_name": pa.array([item.name for item in SUBSIDIARIES]),
            "is_bank": np.array([item.is_bank for item in SUBSIDIARIES]),
        }
        | {name: money(np.array(values) * MILLION) for name, values in amounts.items()}
    )


def income_table(years: range) -> pa.Table:
    """Rows of the feed for some years."""
    rows = [(year, code, INCOME[code][year - _FIRST_YEAR]) for year in years for code in INCOME]
    return pa.table(
        {
            "fiscal_year": pa.array([year for year, _, _ in rows], type=pa.int32()),
            "item_code": pa.array([code for _, code, _ in rows]),
            "amount": money(np.array([amount for _, _, amount in rows]) * MILLION),
        }
    )


def income_years(day: date, is_first: bool) -> range:
    """Years whose statement is delivered on a day."""
    last = _FIRST_YEAR + len(INCOME["net_profit"]) - 1
    if is_first:
        return range(_FIRST_YEAR, last)
    return range(last, last + 1) if day == LAST_YEAR_KNOWN_FROM else range(0)


def reported_twice() -> tuple[str, str]:
    """Ids of a loss event and of its repetition."""
    return f"E{REPORTED_TWICE + 1:06d}", f"E{_EVENTS + 1:06d}"


def make_losses(last: np.datetime64, seed: int) -> tuple[pa.Table, Days]:
    """Make the operational losses since 2012 and the days they were booked, ascending.

    The last event repeats an earlier one under a number of its own: somebody reported it again.
    """
    rng = np.random.default_rng([seed, 24])
    kind = rng.choice(len(EVENT_TYPES), _EVENTS, p=_EVENT_WEIGHTS)
    first = np.datetime64("2012-01-09", "D")
    booked = np.sort(first + rng.integers(0, int((last - first).astype(int)), _EVENTS))
    discovered = booked - rng.integers(0, 60, _EVENTS)
    occurred = discovered - (rng.exponential(50.0, _EVENTS)).astype(np.int64)
    gross = cents(_EVENT_MEDIANS[kind] * np.exp(1.1 * rng.standard_normal(_EVENTS)))
    for position, amount in _LARGEST_LOSSES:
        gross[position] = amount
    share = np.where(rng.random(_EVENTS) < 0.35, rng.uniform(0.05, 0.6, _EVENTS), 0.0)
    line = rng.choice(len(BUSINESS_LINES), _EVENTS, p=[0.42, 0.2, 0.14, 0.2, 0.04])
    currency = rng.choice(len(CURRENCIES), _EVENTS, p=[0.45, 0.2, 0.35])
    order = np.append(np.arange(_EVENTS), REPORTED_TWICE)
    booked = np.append(booked, booked[-1])
    return pa.table(
        {
            "event_id": pa.array([f"E{number + 1:06d}" for number in range(_EVENTS + 1)]),
            "occurred_on": occurred[order],
            "discovered_on": discovered[order],
            "accounted_on": booked,
            "event_type": chosen(EVENT_TYPES, kind[order]),
            "business_line": chosen(BUSINESS_LINES, line[order]),
            "currency": labels(CURRENCIES, currency[order]),
            "gross_loss_amount": money(gross[order]),
            "recovery_amount": money(cents(gross * share)[order]),
        }
    ), booked
