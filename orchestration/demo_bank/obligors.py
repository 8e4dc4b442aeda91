"""Obligors: who owes the bank, guarantees or places money with it, with rating, grade and default probability.

Corporates, cities and smaller banks are invented; central banks, sovereigns and multilateral banks are real, but for
their LEIs. Trading counterparties are obligors too; their ratings stay with reference data.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.demo_bank import identifiers
from orchestration.demo_bank.banking import Banking
from orchestration.demo_bank.calendar import Period
from orchestration.demo_bank.names import FIRM_FORMS, FIRMS
from orchestration.demo_bank.reference import ISSUERS, RATINGS, Reference
from orchestration.demo_bank.snapshots import CURRENCIES, NONE, Flags, Floats, Indices, Snapshots, labels, money
from orchestration.demo_bank.writing import Delivery, Feed, rounded_decimals

OBLIGORS: Final = Feed("lending", "obligors", "csv", None, 1, time(5, 20), "Europe/London")
OBLIGOR_TYPES: Final = (
    "individual", "corporate", "bank", "sovereign", "central_bank", "public_sector", "multilateral_bank", "fund",
    "insurer", "broker",
)  # fmt: skip
SCRA_GRADES: Final = ("A+", "A", "B", "C")
BASES: Final = ("control", "economic_dependence")
COUNTRIES: Final = ("GB", "DE", "US")

DEFAULT_PROBABILITIES: Final = np.array(
    [
        0.0005, 0.0005, 0.0005, 0.0006, 0.0007, 0.0009, 0.0012, 0.0018, 0.0026, 0.0040, 0.0070, 0.0120, 0.0200, 0.0350,
        0.0600, 0.1000, 0.2200, 1.0,
    ]
)  # fmt: skip
"""Of a year, by rating; five basis points are the floor (CRE32.4)."""

_CORPORATES = 150
_RATED_CORPORATES = 0.45
_TRADES = (
    "Steel", "Logistics", "Energy", "Foods", "Retail", "Chemicals", "Property", "Telecom", "Shipping", "Machinery",
    "Health", "Software", "Paper", "Mining", "Airlines",
)  # fmt: skip


class Named(NamedTuple):
    """An obligor that is listed by name."""

    code: str
    name: str
    kind: str
    country: str
    rating: str | None
    scra: str | None = None


PUBLIC: Final = (
    Named("FEDRESERVE", "Federal Reserve Bank of New York", "central_bank", "US", "AA+"),
    Named("ECBANK", "European Central Bank", "central_bank", "DE", "AAA"),
    Named("BOFENGLAND", "Bank of England", "central_bank", "GB", "AA"),
    Named("UNITEDKINGDM", "United Kingdom", "sovereign", "GB", "AA"),
    Named("GERMANY", "Federal Republic of Germany", "sovereign", "DE", "AAA"),
    Named("FRANCE", "French Republic", "sovereign", "FR", "AA"),
    Named("ITALY", "Italian Republic", "sovereign", "IT", "BBB"),
    Named("BRAZIL", "Federative Republic of Brazil", "sovereign", "BR", "BB-"),
    Named("IBRD", "International Bank for Reconstruction and Development", "multilateral_bank", "US", "AAA"),
    Named("EIB", "European Investment Bank", "multilateral_bank", "LU", "AAA"),
    Named("REGIONALDEV", "Western Isles Development Bank", "multilateral_bank", "GB", "A"),
    Named("CITYNORTHWCK", "City of Northwick", "public_sector", "GB", "AA-"),
    Named("LANDMERE", "Land Mereburg", "public_sector", "DE", "AAA"),
    Named("PORTAUTH", "Lakeview Port Authority", "public_sector", "US", "A"),
    Named("HOUSINGTRUST", "Eastholm Housing Agency", "public_sector", "GB", None),
)
SMALLER_BANKS: Final = (
    Named("MEREBANK", "Mereburger Hypothekenbank AG", "bank", "DE", "A+"),
    Named("NORTHBS", "Northwick Building Society", "bank", "GB", "A"),
    Named("LAKEBANK", "Lakeview Savings Bank", "bank", "US", "BBB+"),
    Named("COLDBANK", "Coldbrook Bank plc", "bank", "GB", None, "A+"),
    Named("DUNBANK", "Dunmere Landesbank", "bank", "DE", None, "A"),
    Named("FALKBANK", "Falkenau Privatbank AG", "bank", "CH", None, "B"),
    Named("MILLBANK", "Millhaven Bank Ltd", "bank", "GB", None, "C"),
    Named("GREYBANK", "Greywater Bank Ltd", "bank", "GB", None),
)
"""The last one has neither a rating nor a grade: a planted gap."""
INVESTORS: Final = (
    Named("ASHBYPENSION", "Ashby Vale Pension Scheme", "fund", "GB", None),
    Named("LINDENFUND", "Linden Liquidity Fund", "fund", "DE", "AAA"),
    Named("HARBORFUND", "Harbor Street Money Market Fund", "fund", "US", "AAA"),
    Named("DUNINSURANCE", "Dunmere Mutual Insurance", "insurer", "GB", "A+"),
    Named("FALKINSURAN", "Falkenau Versicherung AG", "insurer", "DE", "A"),
    Named("LAKEINSURAN", "Lakeview Life Insurance Company", "insurer", "US", "AA-"),
)
GROUPS: Final = (("G0001", "control", 3), ("G0002", "economic_dependence", 3), ("G0003", "control", 2))
"""Connected groups, their basis and how many corporates belong to each: the first ones of the list, in turn."""
_KNOWN_INCOMES = 12
"""Customers who earn at home for certain: two of their mortgages are planted in another currency."""
_RATING_CHANGES = (("2022-02-28", 12, 1), ("2022-04-29", 27, 2), ("2022-07-29", 41, 1), ("2022-10-31", 58, 3))
"""Day, position among the corporates with a rating, and notches down."""


class Obligors:
    """The obligor register.

    Parameters
    ----------
    snapshots : Snapshots
    reference : Reference
        Its counterparties are obligors too.
    core : Banking
        Its customers may become obligors.
    seed : int

    Attributes
    ----------
    corporates, banks, dealers, investors : lists of str
        LEIs: corporates in order of the register, smaller banks, counterparties the bank trades with, and investors.
    unrated_corporate, ungraded_bank : str
        Planted gaps: obligors without rating, grade or default probability.
    """

    def __init__(self, snapshots: Snapshots, reference: Reference, core: Banking, seed: int) -> None:
        self._snapshots = snapshots
        rng = np.random.default_rng([seed, 11])
        self.by_name = {
            item.code: identifiers.lei(f"{item.code:X<12}") for item in (*PUBLIC, *SMALLER_BANKS, *INVESTORS)
        }
        self.by_name["TREASURY"] = reference.issuer_leis["TREASURY"]
        self.corporates = [identifiers.lei(f"CORPOR{number:06d}") for number in range(_CORPORATES)]
        self.grades = self._corporate_grades(rng)
        self.banks = [self.by_name[item.code] for item in SMALLER_BANKS]
        self.investors = [self.by_name[item.code] for item in INVESTORS]
        self.dealers = [str(lei) for lei in reference.dealers.leis]
        self._dealer_arrivals = reference.dealers.arrival_dates
        self.dealer_banks = [
            str(row["counterparty_lei"])
            for day, row in reference.counterparties
            if row["counterparty_type"] == "bank" and day < snapshots.days[0]
        ]
        self.unrated_corporate, self.ungraded_bank = self.corporates[-1], self.banks[-1]
        self._rows = [(0, self._named_rows()), (0, self._corporate_rows(rng))]
        self._add_counterparties(reference)
        self._customers = self._customer_rows(rng, core)

    def _corporate_grades(self, rng: np.random.Generator) -> Indices:
        """Draw the internal grade of each corporate, as a position among the ratings."""
        return np.clip(rng.normal(9.0, 2.6, _CORPORATES).round(), 2, 15).astype(np.int64)

    def _corporate_rows(self, rng: np.random.Generator) -> pa.Table:
        count = _CORPORATES
        number = np.arange(count)
        is_rated = rng.random(count) < _RATED_CORPORATES
        is_rated[-1] = False
        self._rated = number[is_rated]
        turnover = np.round(np.exp(rng.normal(18.6, 1.1, count)), -3).astype(np.float64)
        self.is_sme = turnover <= 50e6
        probability = DEFAULT_PROBABILITIES[self.grades]
        probability = np.where(is_rated, probability, probability * np.exp(0.08 * rng.standard_normal(count)))
        turnover[-1] = probability[-1] = np.nan
        self._probabilities = dict(zip(self.corporates, np.nan_to_num(probability).tolist(), strict=True))
        group, basis = np.full(count, NONE), np.full(count, NONE)
        for position, (_, name, members) in enumerate(GROUPS):
            first = sum(size for _, _, size in GROUPS[:position])
            group[first : first + members], basis[first : first + members] = position, BASES.index(name)
        self.group_members = [
            [lei for lei, of in zip(self.corporates, group, strict=True) if of == item] for item in range(len(GROUPS))
        ]
        forms = [form.strip(", ") for form in FIRM_FORMS]
        names = [
            f"{FIRMS[item % len(FIRMS)]} {_TRADES[(item + item // len(FIRMS)) % len(_TRADES)]} {forms[item % 5]}"
            for item in range(count)
        ]
        return _rows(
            ids=self.corporates,
            names=names,
            kinds=np.full(count, OBLIGOR_TYPES.index("corporate")),
            countries=rng.choice(3, count, p=[0.45, 0.25, 0.3]),
            ratings=np.where(is_rated, self.grades, NONE),
            turnover=turnover,
            probability=np.maximum(probability, DEFAULT_PROBABILITIES[0]),
            groups=group,
            bases=basis,
            is_investment_grade=np.where(is_rated | (number == count - 1), NONE, self.grades <= RATINGS.index("BBB-")),
        )

    def _named_rows(self) -> pa.Table:
        items = (*PUBLIC, *SMALLER_BANKS, *INVESTORS)
        ratings = np.array([NONE if item.rating is None else RATINGS.index(item.rating) for item in items])
        probability = np.where(ratings == NONE, 0.006, DEFAULT_PROBABILITIES[ratings])
        probability[[item.kind in ("central_bank", "multilateral_bank") for item in items]] = np.nan
        probability[[item.code == SMALLER_BANKS[-1].code for item in items]] = np.nan
        countries = sorted({item.country for item in items})
        return _rows(
            ids=[self.by_name[item.code] for item in items],
            names=[item.name for item in items],
            kinds=np.array([OBLIGOR_TYPES.index(item.kind) for item in items]),
            countries=np.array([countries.index(item.country) for item in items]),
            country_pool=tuple(countries),
            ratings=ratings,
            grades=np.array([NONE if item.scra is None else SCRA_GRADES.index(item.scra) for item in items]),
            probability=probability,
        )

    def _add_counterparties(self, reference: Reference) -> None:
        """Counterparties and issuers, as they arrive: the kind, country and grade that reference data does not have."""
        issuers = {self.by_name["TREASURY"], *(reference.issuer_leis[issuer.ticker] for issuer in ISSUERS)}
        known: dict[str | None, tuple[np.datetime64, dict[str, str | None]]] = {}
        for day, row in reference.counterparties:
            known[row["counterparty_lei"]] = known.get(row["counterparty_lei"], (day, row))
        arrivals: dict[int, list[dict[str, str | None]]] = {}
        for day, row in known.values():
            number = int(np.searchsorted(self._snapshots.days, day))
            arrivals.setdefault(number, []).append(row)
        for number, rows in arrivals.items():
            kinds = [str(row["counterparty_type"]) for row in rows]
            ratings = np.array([NONE if row["rating"] is None else RATINGS.index(str(row["rating"])) for row in rows])
            countries = sorted({str(row["country"]) for row in rows})
            is_bank = np.array([kind == "bank" for kind in kinds])
            is_issuer = np.array([row["counterparty_lei"] in issuers for row in rows])
            is_corporate = np.array([kind == "corporate" for kind in kinds])
            grade = np.array([number % len(SCRA_GRADES[:3]) for number in range(len(rows))])
            table = _rows(
                ids=[str(row["counterparty_lei"]) for row in rows],
                names=[str(row["counterparty_name"]) for row in rows],
                kinds=np.array([OBLIGOR_TYPES.index(kind) for kind in kinds]),
                countries=np.array([countries.index(str(row["country"])) for row in rows]),
                country_pool=tuple(countries),
                ratings=np.full(len(rows), NONE),
                grades=np.where(is_bank & (ratings == NONE), grade, NONE),
                turnover=np.where(is_corporate, np.where(is_issuer, 60e9, 900e6), np.nan),
                probability=np.where(ratings == NONE, 0.012, DEFAULT_PROBABILITIES[ratings]),
            )
            self._rows.append((number, table))

    def _customer_rows(self, rng: np.random.Generator, core: Banking) -> pa.Table:
        """Make a row for every customer; those with a facility are delivered, from when they have it."""
        customers = core.customers
        count = customers.num_rows
        is_firm = np.array(customers.column("customer_type").to_numpy(zero_copy_only=False) == "corporate")
        segment = customers.column("segment").to_numpy(zero_copy_only=False)
        self.customer_ids = customers.column("customer_id").combine_chunks()
        self.customer_is_firm = is_firm
        self.customer_country = np.searchsorted(
            sorted(COUNTRIES), customers.column("country").to_numpy(zero_copy_only=False).astype(str)
        )
        median = np.select([segment == "small_business", segment == "mid_corporate"], [1.2e6, 25e6], 220e6)
        turnover = np.where(is_firm, np.round(median * np.exp(0.5 * rng.standard_normal(count)), -3), np.nan)
        grade = np.clip(rng.normal(np.where(is_firm, 11.0, 10.0), 1.6, count).round(), 5, 15).astype(np.int64)
        self.customer_probability = DEFAULT_PROBABILITIES[grade] * np.exp(0.05 * rng.standard_normal(count))
        # People earn in the currency of their country, but one in twenty-five does not.
        home = np.array([CURRENCIES.index(name) for name in ("EUR", "GBP", "USD")])[self.customer_country]
        self.customer_currency = home
        income = np.where(rng.random(count) < 0.04, (home + 1) % len(CURRENCIES), home)
        income[:_KNOWN_INCOMES] = home[:_KNOWN_INCOMES]
        return _rows(
            ids=self.customer_ids,
            names=None,
            kinds=np.where(is_firm, OBLIGOR_TYPES.index("corporate"), OBLIGOR_TYPES.index("individual")),
            countries=self.customer_country,
            country_pool=tuple(sorted(COUNTRIES)),
            ratings=np.full(count, NONE),
            turnover=turnover,
            probability=np.maximum(self.customer_probability, DEFAULT_PROBABILITIES[0]),
            incomes=np.where(
                is_firm | ((rng.random(count) < 0.02) & (np.arange(count) >= _KNOWN_INCOMES)), NONE, income
            ),
            is_investment_grade=np.full(count, NONE),
        )

    def is_dealer_known(self, day: np.datetime64) -> Flags:
        """Whether each counterparty the bank trades with is known by a day."""
        known: Flags = self._dealer_arrivals <= day
        return known

    def probability_of(self, obligor_id: str) -> float:
        """Probability of default of a corporate; a small one for every other obligor."""
        return self._probabilities.get(obligor_id, 0.002)

    def admit_customers(self, customers: Indices, known_from: Indices) -> None:
        """Take customers into the register from the snapshot (counted from 0) on in which they first owe something."""
        for number in np.unique(known_from):
            picked = np.sort(customers[known_from == number])
            self._rows.append((int(number), self._customers.take(pa.array(picked))))

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Obligors that are new or changed; nothing between the snapshots."""
        number = self._snapshots.number(period)
        if number is None:
            return
        parts = [table for known_from, table in self._rows if known_from == number]
        parts += self._changes(number)
        if parts:
            yield Delivery(OBLIGORS, period, pa.concat_tables(parts))

    def _changes(self, number: int) -> list[pa.Table]:
        """Corporates whose rating falls: with it rises the probability of default."""
        corporates = self._rows[1][1]
        changed = []
        for day, position, notches in _RATING_CHANGES:
            if self._snapshots.number_of(day) == number:
                which = int(self._rated[position % len(self._rated)])
                row = corporates.slice(which, 1).to_pylist()[0]
                lower = min(RATINGS.index(row["external_rating"]) + notches, len(RATINGS) - 2)
                row["external_rating"] = RATINGS[lower]
                row["default_probability"] = round(float(DEFAULT_PROBABILITIES[lower]), 6)
                changed.append(_with_probability(row, corporates.schema))
        return changed


def _with_probability(row: dict, schema: pa.Schema) -> pa.Table:
    columns = {name: [value] for name, value in row.items()}
    probability = rounded_decimals(np.array([row["default_probability"]]), 9, 6)
    table = pa.table(
        {
            name: pa.array(value, type=schema.field(name).type)
            for name, value in columns.items()
            if name != "default_probability"
        }
    )
    position = schema.get_field_index("default_probability")
    return table.add_column(position, "default_probability", probability)


def _rows(
    *,
    ids: pa.Array | list[str],
    names: list[str] | None,
    kinds: Indices,
    countries: Indices,
    ratings: Indices,
    probability: Floats,
    country_pool: tuple[str, ...] = COUNTRIES,
    grades: Indices | None = None,
    turnover: Floats | None = None,
    incomes: Indices | None = None,
    groups: Indices | None = None,
    bases: Indices | None = None,
    is_investment_grade: Indices | None = None,
) -> pa.Table:
    """Rows of the register; what is left out is null."""
    count = len(kinds)
    nothing = np.full(count, NONE)
    grade = nothing if is_investment_grade is None else is_investment_grade
    return pa.table(
        {
            "obligor_id": pa.array(ids),
            "obligor_name": pa.nulls(count, pa.string()) if names is None else pa.array(names),
            "obligor_type": labels(OBLIGOR_TYPES, kinds),
            "country": labels(country_pool, countries),
            "external_rating": labels(RATINGS, ratings),
            "annual_turnover_eur": money(np.full(count, np.nan) if turnover is None else turnover),
            "scra_grade": labels(SCRA_GRADES, nothing if grades is None else grades),
            "default_probability": rounded_decimals(probability, 9, 6),
            "income_currency": labels(CURRENCIES, nothing if incomes is None else incomes),
            "connected_group_id": labels([name for name, _, _ in GROUPS], nothing if groups is None else groups),
            "connection_basis": labels(BASES, nothing if bases is None else bases),
            "is_investment_grade": pa.array(grade == 1, mask=grade == NONE),
        }
    )
