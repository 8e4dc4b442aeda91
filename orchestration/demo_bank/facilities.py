"""Credit facilities over their life: how they amortise, are drawn, fall into arrears, default and cure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.demo_bank.calendar import Days
from orchestration.demo_bank.snapshots import (
    CURRENCIES,
    NONE,
    Flags,
    Floats,
    Indices,
    Snapshots,
    cents,
    day_column,
    labels,
    money,
    months_between,
    optional_flags,
)
from orchestration.demo_bank.writing import rounded_decimals

PRODUCTS: Final = (
    "term_loan", "residential_mortgage", "commercial_mortgage", "construction_loan", "credit_card", "overdraft",
    "revolving_credit", "note_issuance_facility", "trade_letter_of_credit", "performance_guarantee",
    "financial_guarantee", "interbank_placement",
)  # fmt: skip
CODE: Final = {name: code for code, name in enumerate(PRODUCTS)}
LINES: Final = ("credit_card", "overdraft", "revolving_credit", "construction_loan")
CONTINGENT: Final = (
    "note_issuance_facility", "trade_letter_of_credit", "performance_guarantee", "financial_guarantee",
)  # fmt: skip
USES: Final = ("owner_occupied", "income_producing")
PURPOSES: Final = (
    "general", "project_finance", "object_finance", "commodities_finance", "income_producing_real_estate",
    "high_volatility_real_estate", "infrastructure",
)  # fmt: skip
SLOTS: Final = ("strong", "good", "satisfactory", "weak")
REPAYMENTS: Final = ("bullet", "amortising", "revolving")
NEVER: Final = 10_000
"""Snapshot that never comes."""

_ARREARS = 0.018
_CONSTRUCTION_AT_START = 0.15


@dataclass(frozen=True)
class Facilities:
    """Facilities of the whole history, one array element each.

    Attributes
    ----------
    facility_ids, obligor_ids : ndarray of str
    products, currencies : indices into `PRODUCTS` and `CURRENCIES`
    originated, maturities : dates; NaT for open-ended facilities
    principals : amount granted in currency: the loan, or the limit of a line or guarantee
    usages : usual share of a line that is drawn
    rates_pct : interest rate, per cent a year
    property_values : in currency; NaN without a property or a valuation
    uses, purposes, slots, repayments : indices into `USES`, `PURPOSES`, `SLOTS` and `REPAYMENTS`; `NONE` for none
    is_presold, is_cancellable, is_subordinated, is_transactor : flags
    defaults_from, defaults_until : first snapshot in default, and first after it; `NEVER`
    provision_shares : specific provision in default, as a share of the drawn amount
    losses : internal estimate of the loss given default; NaN for none
    """

    facility_ids: NDArray
    obligor_ids: NDArray
    products: Indices
    currencies: Indices
    originated: Days
    maturities: Days
    principals: Floats
    usages: Floats
    rates_pct: Floats
    property_values: Floats
    uses: Indices
    purposes: Indices
    slots: Indices
    repayments: Indices
    is_presold: Flags
    is_cancellable: Flags
    is_subordinated: Flags
    is_transactor: Flags
    defaults_from: Indices
    defaults_until: Indices
    provision_shares: Floats
    losses: Floats

    def __len__(self) -> int:
        return len(self.facility_ids)

    def take(self, index: NDArray) -> Facilities:
        """Return some of the facilities."""
        return Facilities(**{column.name: getattr(self, column.name)[index] for column in fields(self)})

    @staticmethod
    def join(parts: list[Facilities]) -> Facilities:
        """Facilities of all parts, one after the other."""
        return Facilities(
            **{
                column.name: np.concatenate([getattr(part, column.name) for part in parts])
                for column in fields(Facilities)
            }
        )

    def is_product(self, *names: str) -> Flags:
        """Whether each facility is one of the products."""
        found: Flags = np.isin(self.products, [CODE[name] for name in names])
        return found

    def alive(self, day: np.datetime64) -> Flags:
        """Whether each facility is granted and has not matured on a day."""
        alive: Flags = (self.originated <= day) & ~(self.maturities <= day)
        return alive


@dataclass(frozen=True)
class State:
    """Facilities at one snapshot, amounts in currency, rounded to cents.

    Attributes
    ----------
    facilities : those that are alive
    limits : NaN where nothing is left to draw
    drawn, accrued, provisions : amounts
    undrawn : limit less drawn
    days_past_due, is_defaulted
    """

    day: np.datetime64
    facilities: Facilities
    limits: Floats
    drawn: Floats
    accrued: Floats
    provisions: Floats
    days_past_due: Indices
    is_defaulted: Flags

    @property
    def undrawn(self) -> Floats:
        """Limit less what is drawn; 0 where nothing is left to draw."""
        left: Floats = np.where(np.isnan(self.limits), 0.0, np.maximum(self.limits - self.drawn, 0.0))
        return cents(left)

    def table(self) -> pa.Table:
        """Rows of the feed, by facility."""
        own = self.facilities
        is_property = own.uses != NONE
        return pa.table(
            {
                "as_of_date": day_column(self.day, len(own)),
                "facility_id": pa.array(own.facility_ids.tolist()),
                "obligor_id": pa.array(own.obligor_ids.tolist()),
                "product_type": labels(PRODUCTS, own.products),
                "currency": labels(CURRENCIES, own.currencies),
                "originated_on": own.originated,
                "maturity_date": own.maturities,
                "limit_amount": money(self.limits),
                "drawn_amount": money(self.drawn),
                "accrued_interest_amount": money(self.accrued),
                "specific_provision_amount": money(self.provisions),
                "days_past_due": pa.array(self.days_past_due, type=pa.int32()),
                "is_defaulted": self.is_defaulted,
                "is_unconditionally_cancellable": own.is_cancellable,
                "is_subordinated": own.is_subordinated,
                "is_transactor": own.is_transactor,
                "property_value": money(np.where(is_property, own.property_values, np.nan)),
                "property_use": labels(USES, own.uses),
                "is_presold": optional_flags(own.is_presold, own.is_product("construction_loan")),
                "purpose": labels(PURPOSES, own.purposes),
                "slotting_category": labels(SLOTS, own.slots),
                "repayment_type": labels(REPAYMENTS, own.repayments),
                "interest_rate_pct": rounded_decimals(own.rates_pct, 9, 4),
                "loss_given_default": rounded_decimals(own.losses, 9, 6),
            }
        )


def state_at(facilities: Facilities, snapshots: Snapshots, number: int, seed: int) -> State:
    """Say how the facilities stand at a snapshot.

    Parameters
    ----------
    facilities : Facilities
    snapshots : Snapshots
    number : int
        Which snapshot, from 0.
    seed : int
        Of how lines are drawn and who is in arrears.

    Returns
    -------
    State
        Of the facilities alive that day.

    Notes
    -----
    Amortising loans follow the annuity: after k of n months ``((1 + r)^n - (1 + r)^k) / ((1 + r)^n - 1)`` is left. A
    loan in default pays nothing; once cured it has caught up.
    """
    day = snapshots.days[number]
    rng = np.random.default_rng([seed, 12, number, len(facilities)])
    noise, luck, delay = rng.standard_normal(len(facilities)), rng.random(len(facilities)), rng.random(len(facilities))
    alive = np.flatnonzero(facilities.alive(day))
    own, noise, luck, delay = facilities.take(alive), noise[alive], luck[alive], delay[alive]

    in_default = (own.defaults_from <= number) & (number < own.defaults_until)
    since = np.where(in_default, number - own.defaults_from, 0)
    before = own.defaults_from - number
    is_late = ~in_default & (luck < _ARREARS) & ~own.is_product(*CONTINGENT, "interbank_placement")
    days_past_due = np.select(
        [in_default, before == 1, before == 2, is_late],
        [92 + 30 * since, 63, 33, 5 + (delay * 55).astype(np.int64)],
        0,
    )
    drawn = cents(own.principals * _outstanding_shares(own, day, since, in_default, noise))
    late_share = np.minimum(days_past_due, 360) / 360.0
    accrued = cents(drawn * own.rates_pct / 100.0 * (0.035 + late_share))
    has_limit = own.is_product(*LINES, *CONTINGENT)
    return State(
        day=day,
        facilities=own,
        limits=np.where(has_limit, cents(own.principals), np.nan),
        drawn=drawn,
        accrued=accrued,
        provisions=cents(np.where(in_default, drawn * own.provision_shares, 0.0)),
        days_past_due=days_past_due,
        is_defaulted=in_default,
    )


def _outstanding_shares(
    own: Facilities, day: np.datetime64, since: Indices, in_default: Flags, noise: Floats
) -> Floats:
    """Part of the amount granted that is outstanding: by annuity, by usage, by progress of the works, or nothing."""
    is_open_ended = np.isnat(own.maturities)
    term = np.where(is_open_ended, 1, np.maximum(months_between(own.originated, own.maturities), 1))
    age = np.clip(months_between(own.originated, day_column(day, len(own))) - since, 0, term)
    growth = 1.0 + own.rates_pct / 1200.0
    whole = growth**term
    annuity = (whole - growth**age) / np.maximum(whole - 1.0, 1e-9)
    progress = _CONSTRUCTION_AT_START + (0.95 - _CONSTRUCTION_AT_START) * np.minimum(age / (0.8 * term), 1.0)
    usage = np.clip(own.usages * (1.0 + 0.10 * noise), 0.0, 0.99)
    usage = np.where(in_default, np.maximum(usage, 0.97), usage)
    return np.select(
        [
            own.is_product(*CONTINGENT),
            own.is_product("construction_loan"),
            own.is_product(*LINES),
            own.repayments == REPAYMENTS.index("amortising"),
        ],
        [np.zeros(len(own)), progress, usage, annuity],
        1.0,
    )
