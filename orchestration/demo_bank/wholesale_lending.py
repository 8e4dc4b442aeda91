"""Lending to corporates, banks and public bodies: loans, credit lines, mortgages, guarantees and placements.

Facilities begin and end all the time; sizes are set so that the snapshots have the totals of the table of products on
average. Some facilities are made by hand: large exposures to connected groups, and the planted gaps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from orchestration.demo_bank.facilities import (
    CODE,
    CONTINGENT,
    NEVER,
    PURPOSES,
    REPAYMENTS,
    SLOTS,
    USES,
    Facilities,
    state_at,
)
from orchestration.demo_bank.obligors import Obligors
from orchestration.demo_bank.snapshots import (
    CURRENCIES,
    MILLION,
    NO_DATE,
    NONE,
    Floats,
    Indices,
    Snapshots,
    month_offset,
)

FIRST_NUMBER: Final = 10_000_001


@dataclass(frozen=True)
class Product:
    """A line of business and its size.

    Attributes
    ----------
    name : str
    count : int
        Facilities alive at a time.
    millions : float
        Outstanding on average over the snapshots, millions of USD; of lines and guarantees, their limits.
    months : (int, int) or None
        Shortest and longest term; None for open-ended.
    usage : float
        Usual drawn share of a line.
    rate_pct, loss : float
        Usual interest rate, and loss given default.
    repayment : str
    obligors : str
        ``corporates``, ``landlords`` (a third of the corporates), ``banks`` or ``public``.
    """

    name: str
    count: int
    millions: float
    months: tuple[int, int] | None
    usage: float
    rate_pct: float
    loss: float
    repayment: str
    obligors: str


BOOK: Final = (
    Product("term_loan", 110, 850.0, (30, 84), 1.0, 3.9, 0.42, "amortising", "corporates"),
    Product("term_loan", 12, 160.0, (60, 120), 1.0, 2.6, 0.35, "amortising", "public"),
    Product("revolving_credit", 70, 760.0, (24, 60), 0.42, 3.6, 0.42, "revolving", "corporates"),
    Product("overdraft", 36, 110.0, None, 0.45, 5.2, 0.45, "revolving", "corporates"),
    Product("commercial_mortgage", 48, 420.0, (60, 144), 1.0, 3.8, 0.28, "amortising", "landlords"),
    Product("residential_mortgage", 40, 850.0, (120, 240), 1.0, 3.1, 0.16, "amortising", "landlords"),
    Product("construction_loan", 12, 190.0, (18, 36), 0.6, 5.6, 0.38, "bullet", "landlords"),
    Product("interbank_placement", 14, 240.0, (1, 3), 1.0, 1.9, 0.45, "bullet", "banks"),
    Product("note_issuance_facility", 6, 110.0, (24, 48), 0.0, 0.4, 0.45, "bullet", "corporates"),
    Product("trade_letter_of_credit", 26, 120.0, (3, 9), 0.0, 0.8, 0.40, "bullet", "corporates"),
    Product("performance_guarantee", 24, 95.0, (12, 36), 0.0, 0.9, 0.42, "bullet", "corporates"),
    Product("financial_guarantee", 18, 85.0, (12, 48), 0.0, 1.1, 0.42, "bullet", "corporates"),
)
_LARGEST_MILLIONS: Final = 42.0
"""A facility is no larger, so that large exposures are the ones made by hand."""
_CAPPING_ROUNDS: Final = 6
_CURRENCY_WEIGHTS: Final = np.array([0.5, 0.27, 0.23])
_WINDOW_MONTHS: Final = 15
_DEFAULT_CHANCE: Final = 0.8
"""Defaults within the history, as a multiple of the yearly probability."""


@dataclass(frozen=True)
class ByHand:
    """A facility made by hand.

    `millions` in its currency; `obligor` a position among the corporates, or an LEI that no register has.
    """

    name: str
    obligor: int | str
    millions: float
    currency: str = "USD"
    changes: tuple[tuple[str, float | int | bool], ...] = ()


_UNKNOWN_OBLIGOR = "UNKNOWN"
HAND_MADE: Final = (
    # The connected groups of the register: about 15 %, 28 % and 6 % of tier 1 capital.
    ByHand("large exposure, group of 15 %", 0, 52.0),
    ByHand("large exposure, group of 15 %", 1, 48.0),
    ByHand("large exposure, group of 15 %", 2, 36.0),
    ByHand("large exposure, group of 28 %", 3, 104.0),
    ByHand("large exposure, group of 28 %", 4, 88.0),
    ByHand("large exposure, group of 28 %", 5, 66.0),
    ByHand("connected group", 6, 30.0),
    ByHand("connected group", 7, 24.0),
    ByHand("obligor without rating, grade or probability", 149, 6.5, changes=(("losses", np.nan),)),
    ByHand("obligor unknown", _UNKNOWN_OBLIGOR, 3.2),
    ByHand("provision below 20 %", 140, 8.0, changes=(("defaults_from", 2), ("provision_shares", 0.12))),
    ByHand("provision of 20 %", 141, 8.0, changes=(("defaults_from", 2), ("provision_shares", 0.20))),
    ByHand("provision above 20 %", 142, 8.0, changes=(("defaults_from", 2), ("provision_shares", 0.45))),
    ByHand("default that cures", 143, 9.0, changes=(("defaults_from", 4), ("defaults_until", 10))),
    ByHand("loan to secure with collateral of another currency", 144, 12.0),
    ByHand("loan longer than its guarantee", 145, 10.0),
    ByHand("subordinated loan", 146, 7.0, "EUR", (("is_subordinated", True),)),
    ByHand("project finance, slotted", 147, 16.0, "EUR", (("purposes", 1), ("slots", 1))),
)
_RESERVED: Final = sorted({item.obligor for item in HAND_MADE if isinstance(item.obligor, int)})


class WholesaleBook:
    """The wholesale facilities of the whole history.

    Parameters
    ----------
    snapshots : Snapshots
    obligors : Obligors
    unknown_obligor : str
        LEI of a planted obligor that no register has.
    seed : int

    Attributes
    ----------
    facilities : Facilities
    hand_made : list of str
        Ids of the facilities made by hand, in the order of `HAND_MADE`.
    """

    def __init__(self, snapshots: Snapshots, obligors: Obligors, unknown_obligor: str, seed: int) -> None:
        self._snapshots, self._obligors, self._seed = snapshots, obligors, seed
        self._unknown_obligor = unknown_obligor
        rng = np.random.default_rng([seed, 14])
        parts = [self._product(product, rng) for product in BOOK]
        drawn = Facilities.join([self._scaled(product, part) for product, part in zip(BOOK, parts, strict=True)])
        drawn = drawn.take(np.argsort(drawn.originated, kind="stable"))
        made = self._hand_made()
        self.facilities = Facilities.join([made, drawn])
        numbers = FIRST_NUMBER + np.arange(len(self.facilities))
        self.facilities.facility_ids[:] = [f"F{number}" for number in numbers]
        self.hand_made = [str(made_id) for made_id in self.facilities.facility_ids[: len(made)]]

    def planted(self, name: str) -> list[str]:
        """Ids of the facilities made by hand under a name."""
        return [self.hand_made[number] for number, item in enumerate(HAND_MADE) if item.name == name]

    def _product(self, product: Product, rng: np.random.Generator) -> Facilities:
        """Facilities of one product of about a million each for now; sizes come from `_scaled`."""
        last = self._snapshots.days[-1]
        if product.months is None:
            count = product.count
            term = np.full(count, 12 * 6)
        else:
            mean = sum(product.months) / 2.0
            count = round(product.count * (_WINDOW_MONTHS + mean) / mean)
            term = rng.integers(product.months[0], product.months[1] + 1, count)
        # Evenly over the time in which a facility of its term touches the window, on weekdays.
        months_ago = (_WINDOW_MONTHS + term) * rng.random(count)
        originated = np.busday_offset(last - (months_ago * 30.4).astype(np.int64), 0, roll="backward")
        maturities = np.full(count, NO_DATE) if product.months is None else month_offset(originated, term)
        pool = self._pool(product)
        # In turn rather than by chance, so that no obligor is large by accident.
        obligor = rng.permutation(pool)[np.arange(count) % len(pool)]
        return self._facilities(
            product, originated, maturities, obligor, MILLION * np.exp(0.55 * rng.standard_normal(count)), rng
        )

    def _pool(self, product: Product) -> np.ndarray:
        own = self._obligors
        free = [lei for number, lei in enumerate(own.corporates) if number not in _RESERVED]
        public = [own.by_name[name] for name in ("CITYNORTHWCK", "LANDMERE", "PORTAUTH", "HOUSINGTRUST", "BRAZIL")]
        pools = {"corporates": free, "landlords": free[::3], "banks": [*own.banks, *own.dealer_banks], "public": public}
        return np.array(pools[product.obligors], dtype=object)

    def _facilities(
        self,
        product: Product,
        originated: np.ndarray,
        maturities: np.ndarray,
        obligor: np.ndarray,
        principals: Floats,
        rng: np.random.Generator,
    ) -> Facilities:
        count = len(originated)
        is_mortgage, is_works = product.name.endswith("mortgage"), product.name == "construction_loan"
        ratio = np.clip(rng.normal(0.62 if is_mortgage else 0.7, 0.14, count), 0.3, 1.1)
        use = NONE
        if is_mortgage or is_works:
            use = USES.index("income_producing")
        uses = np.full(count, use)
        if product.name == "commercial_mortgage":
            uses = np.where(rng.random(count) < 0.45, USES.index("owner_occupied"), uses)
        purposes, slots = self._purposes(product, count, rng)
        starts = self._defaults(obligor, product, rng)
        losses = np.round(np.clip(product.loss * rng.uniform(0.85, 1.15, count), 0.05, 0.9), 4).astype(np.float64)
        return Facilities(
            facility_ids=np.empty(count, dtype=object),
            obligor_ids=obligor,
            products=np.full(count, CODE[product.name]),
            currencies=rng.choice(len(CURRENCIES), count, p=_CURRENCY_WEIGHTS),
            originated=originated,
            maturities=maturities,
            principals=principals,
            usages=np.clip(product.usage + 0.12 * rng.standard_normal(count), 0.05, 0.95),
            rates_pct=np.maximum(np.round(product.rate_pct + 0.6 * rng.standard_normal(count), 2), 0.1),
            property_values=principals / ratio if is_mortgage or is_works else np.full(count, np.nan),
            uses=uses,
            purposes=purposes,
            slots=slots,
            repayments=np.where(
                (rng.random(count) < 0.25) & (product.repayment == "amortising"),
                REPAYMENTS.index("bullet"),
                REPAYMENTS.index(product.repayment),
            ),
            is_presold=(rng.random(count) < 0.5) & is_works,
            is_cancellable=np.full(count, product.name == "overdraft"),
            is_subordinated=np.zeros(count, dtype=bool),
            is_transactor=np.zeros(count, dtype=bool),
            defaults_from=starts,
            defaults_until=np.where(
                (starts < NEVER) & (rng.random(count) < 0.4), starts + rng.integers(3, 9, count), NEVER
            ),
            provision_shares=np.round(rng.uniform(0.1, 0.55, count), 3),
            losses=losses,
        )

    def _purposes(self, product: Product, count: int, rng: np.random.Generator) -> tuple[Indices, Indices]:
        """Purpose, and the slotting category of what is specialised lending."""
        purposes = np.full(count, PURPOSES.index("general"))
        if product.name == "term_loan" and product.obligors == "corporates":
            kinds = [
                PURPOSES.index(name)
                for name in ("project_finance", "object_finance", "commodities_finance", "infrastructure")
            ]
            purposes = np.where(rng.random(count) < 0.14, rng.choice(kinds, count), purposes)
        if product.name == "construction_loan":
            purposes = np.where(rng.random(count) < 0.5, PURPOSES.index("high_volatility_real_estate"), purposes)
        slots = np.where(purposes == 0, NONE, rng.choice(len(SLOTS), count, p=[0.3, 0.4, 0.25, 0.05]))
        return purposes, slots

    def _defaults(self, obligor: np.ndarray, product: Product, rng: np.random.Generator) -> Indices:
        """First snapshot in default, likelier for weaker corporates."""
        count = len(obligor)
        chance = np.array([self._obligors.probability_of(lei) for lei in obligor]) * _DEFAULT_CHANCE
        can_default = product.name not in (*CONTINGENT, "interbank_placement")
        starts = rng.integers(0, len(self._snapshots), count)
        defaults: Indices = np.where((rng.random(count) < chance) & can_default, starts, NEVER)
        return defaults

    def _scaled(self, product: Product, part: Facilities) -> Facilities:
        """Set the sizes so that the snapshots have the product's total on average and no facility is too large."""
        shares = np.zeros(len(part))
        for number, day in enumerate(self._snapshots.days):
            state = state_at(part, self._snapshots, number, self._seed)
            outstanding = np.where(np.isnan(state.limits), state.drawn, state.limits) / state.facilities.principals
            shares[part.alive(day)] += outstanding / len(self._snapshots)
        rates = self._snapshots.rates[-1, part.currencies]
        usd = part.principals * rates
        for _ in range(_CAPPING_ROUNDS):
            usd = np.minimum(usd * product.millions * MILLION / float(usd @ shares), _LARGEST_MILLIONS * MILLION)
        principals = np.maximum(np.round(usd / rates, -4), 50_000.0)
        return replace(
            part,
            principals=principals,
            property_values=np.round(part.property_values / part.principals * principals, -4),
        )

    def _hand_made(self) -> Facilities:
        """Make the facilities made by hand: seven-year bullet loans of 2020 unless said otherwise."""
        count = len(HAND_MADE)
        days = np.datetime64("2020-03-02", "D") + 30 * np.arange(count)
        originated = np.busday_offset(days, 0, roll="backward")
        loan = Product("term_loan", count, 1.0, (84, 84), 1.0, 3.9, 0.42, "bullet", "corporates")
        obligor = np.array(
            [
                self._obligors.corporates[item.obligor] if isinstance(item.obligor, int) else self._unknown_obligor
                for item in HAND_MADE
            ],
            dtype=object,
        )
        made = self._facilities(
            loan,
            originated,
            month_offset(originated, np.full(count, 84)),
            obligor,
            np.ones(count),
            np.random.default_rng([self._seed, 15]),
        )
        columns = vars(made)
        shared: tuple[tuple[str, list[float] | list[int] | int], ...] = (
            ("principals", [item.millions * MILLION for item in HAND_MADE]),
            ("currencies", [CURRENCIES.index(item.currency) for item in HAND_MADE]),
            ("purposes", PURPOSES.index("general")),
            ("slots", NONE),
            ("defaults_from", NEVER),
            ("defaults_until", NEVER),
            ("repayments", REPAYMENTS.index("bullet")),
        )
        for column, values in shared:
            columns[column][:] = values
        for number, item in enumerate(HAND_MADE):
            for column, change in item.changes:
                columns[column][number] = change
        return made
