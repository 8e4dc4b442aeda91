"""Lending to the bank's customers: mortgages, cards, personal loans, and the overdrafts and loans of small firms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from orchestration.demo_bank import identifiers
from orchestration.demo_bank.banking import Banking
from orchestration.demo_bank.calendar import Days
from orchestration.demo_bank.facilities import CODE, NEVER, REPAYMENTS, USES, Facilities
from orchestration.demo_bank.obligors import Obligors
from orchestration.demo_bank.snapshots import CURRENCIES, NO_DATE, NONE, Floats, Indices, Snapshots, month_offset

BORROWERS: Final = 0.35
"""Share of customers with a facility."""


@dataclass(frozen=True)
class _Product:
    """What part of the borrowers has a product, its usual size and its terms.

    `median` is in currency, `spread` of its logarithm; `years` shortest and longest term, None for open-ended;
    `usage` the usual drawn share; `loss` given default.
    """

    name: str
    for_firms: bool
    share: float
    median: float
    spread: float
    years: tuple[int, int] | None
    rate_pct: float
    usage: float
    loss: float
    repayment: str


_RETAIL: Final = (
    _Product("residential_mortgage", False, 0.62, 235_000, 0.55, (18, 32), 2.9, 1.0, 0.15, "amortising"),
    _Product("credit_card", False, 0.55, 5_200, 0.6, None, 19.9, 0.32, 0.72, "revolving"),
    _Product("term_loan", False, 0.30, 14_000, 0.6, (2, 7), 7.4, 1.0, 0.55, "amortising"),
    _Product("overdraft", False, 0.15, 1_800, 0.5, None, 14.5, 0.3, 0.7, "revolving"),
    _Product("overdraft", True, 0.55, 60_000, 0.9, None, 8.9, 0.4, 0.45, "revolving"),
    _Product("term_loan", True, 0.50, 210_000, 0.9, (3, 8), 5.1, 1.0, 0.42, "amortising"),
    _Product("commercial_mortgage", True, 0.25, 480_000, 0.7, (10, 20), 4.2, 1.0, 0.25, "amortising"),
    _Product("revolving_credit", True, 0.30, 150_000, 0.8, (2, 5), 4.8, 0.45, 0.42, "revolving"),
)
_LOAN_TO_VALUE: Final = np.array([0.30, 0.50, 0.60, 0.70, 0.80, 0.90, 1.00, 1.15])
_LOAN_TO_VALUE_WEIGHTS: Final = np.array([0.14, 0.14, 0.17, 0.24, 0.17, 0.09, 0.05])
"""Edges of the ratio when the loan was granted, and the share of loans between them."""
_FIRST_CUSTOMERS = 12
"""Customers with a mortgage, whatever the scale; the planted gaps are theirs."""
_DEFAULTS, _INCOME_PRODUCING, _TRANSACTORS, _NO_ESTIMATE = 0.03, 0.2, 0.42, 0.08


def make_retail(snapshots: Snapshots, obligors: Obligors, core: Banking, seed: int) -> Facilities:
    """Make the facilities of customers and take those who have one into the register of obligors.

    Parameters
    ----------
    snapshots : Snapshots
    obligors : Obligors
    core : Banking
    seed : int

    Returns
    -------
    Facilities
        By customer, at least one facility at any scale.
    """
    rng = np.random.default_rng([seed, 13])
    onboarded = core.customers.column("onboarded_on").to_numpy().astype("datetime64[D]")
    is_borrower = rng.random(len(onboarded)) < BORROWERS
    is_borrower[:_FIRST_CUSTOMERS] = True
    parts = [
        _facilities(
            product,
            np.flatnonzero(is_borrower & (obligors.customer_is_firm == product.for_firms)),
            onboarded,
            snapshots,
            obligors,
            rng,
        )
        for product in _RETAIL
    ]
    joined = Facilities.join([part for part in parts if len(part)])
    customer = joined.obligor_ids.astype(np.int64)
    order = np.lexsort((joined.products, customer))
    joined = joined.take(order)
    customer = customer[order]
    joined.facility_ids[:] = identifiers.padded("F2", np.arange(1, len(joined) + 1), 7).to_numpy(zero_copy_only=False)
    joined.obligor_ids[:] = obligors.customer_ids.to_numpy(zero_copy_only=False)[customer]
    _plant(joined, obligors, customer)
    first = np.searchsorted(snapshots.days, joined.originated)
    holders, position = np.unique(customer, return_inverse=True)
    known_from = np.full(len(holders), len(snapshots))
    np.minimum.at(known_from, position, first)
    obligors.admit_customers(holders[known_from < len(snapshots)], known_from[known_from < len(snapshots)])
    return joined.take(np.flatnonzero(first < len(snapshots)))


def planted_mortgages(retail: Facilities) -> Indices:
    """Find the first customers' mortgages on which gaps are planted: one without a value, two mismatched."""
    return np.flatnonzero(retail.is_product("residential_mortgage"))[:3]


def _plant(retail: Facilities, obligors: Obligors, customer: Indices) -> None:
    """Take the valuation from the first mortgage; put the next two in a currency their owners do not earn."""
    valued, *mismatched = planted_mortgages(retail)
    retail.property_values[valued] = np.nan
    retail.currencies[valued] = obligors.customer_currency[customer[valued]]
    retail.currencies[mismatched] = (obligors.customer_currency[customer[mismatched]] + 1) % len(CURRENCIES)
    retail.defaults_from[[valued, *mismatched]] = NEVER


def _facilities(
    product: _Product,
    borrowers: Indices,
    onboarded: Days,
    snapshots: Snapshots,
    obligors: Obligors,
    rng: np.random.Generator,
) -> Facilities:
    """Facilities of one product; in place of ids they carry the customers' positions."""
    is_first = (borrowers < _FIRST_CUSTOMERS) & (product.name == "residential_mortgage")
    customer = borrowers[(rng.random(len(borrowers)) < product.share) | is_first]
    count = len(customer)
    last = snapshots.days[-1]
    earliest = last - (365 * 12 if product.years is None else 365 * min(product.years[1], 12))
    first = np.maximum(onboarded[customer], earliest)
    originated = first + (rng.random(count) * (last - first).astype(np.int64)).astype(np.int64)
    originated = np.where(customer < _FIRST_CUSTOMERS, np.minimum(originated, snapshots.days[0] - 90), originated)
    if product.years is None:
        maturities: Days = np.full(count, NO_DATE)
    else:
        maturities = month_offset(originated, 12 * rng.integers(product.years[0], product.years[1] + 1, count))
    principal = np.round(product.median * np.exp(product.spread * rng.standard_normal(count)), -2)
    principal = np.maximum(principal, 500.0)
    is_mortgage = product.name.endswith("mortgage")
    band = rng.choice(len(_LOAN_TO_VALUE_WEIGHTS), count, p=_LOAN_TO_VALUE_WEIGHTS)
    ratio = _LOAN_TO_VALUE[band] + rng.random(count) * np.diff(_LOAN_TO_VALUE)[band]
    use = np.where(rng.random(count) < _INCOME_PRODUCING, USES.index("income_producing"), USES.index("owner_occupied"))
    risk = obligors.customer_probability[customer]
    default = rng.random(count) < np.minimum(_DEFAULTS * risk / risk.mean() if count else risk, 0.5)
    start = np.where(default, rng.integers(0, len(snapshots), count), NEVER)
    lasts = np.where(rng.random(count) < 0.5, rng.integers(3, 8, count), NEVER)
    home = obligors.customer_currency[customer]
    # A few borrow in a foreign currency, mostly because its interest is lower.
    currency = np.where((rng.random(count) < 0.03) & is_mortgage, (home + 2) % len(CURRENCIES), home)
    return Facilities(
        facility_ids=np.empty(count, dtype=object),
        obligor_ids=customer.astype(object),
        products=np.full(count, CODE[product.name]),
        currencies=currency,
        originated=originated,
        maturities=maturities,
        principals=principal,
        usages=np.clip(product.usage * np.exp(0.4 * rng.standard_normal(count)), 0.02, 0.95),
        rates_pct=_rates(product, risk, rng),
        property_values=np.round(principal / ratio, -3) if is_mortgage else np.full(count, np.nan),
        uses=use if is_mortgage else np.full(count, NONE),
        purposes=np.zeros(count, dtype=np.int64),
        slots=np.full(count, NONE),
        repayments=np.full(count, REPAYMENTS.index(product.repayment)),
        is_presold=np.zeros(count, dtype=bool),
        is_cancellable=np.full(count, product.name in ("credit_card", "overdraft")),
        is_subordinated=np.zeros(count, dtype=bool),
        is_transactor=(rng.random(count) < _TRANSACTORS) & (product.name == "credit_card"),
        defaults_from=start,
        defaults_until=np.minimum(start + lasts, NEVER),
        provision_shares=np.round(rng.uniform(0.05, 0.6, count), 3),
        losses=np.where(
            rng.random(count) < _NO_ESTIMATE, np.nan, np.round(product.loss * rng.uniform(0.8, 1.25, count), 4)
        ),
    )


def _rates(product: _Product, risk: Floats, rng: np.random.Generator) -> Floats:
    """Interest rates: the product's, more for the riskier."""
    rates: Floats = np.round(product.rate_pct + 6.0 * np.minimum(risk, 0.1) + 0.35 * rng.standard_normal(len(risk)), 2)
    return np.maximum(rates, 0.5)
