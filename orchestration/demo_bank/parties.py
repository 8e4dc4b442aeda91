"""Whom transaction reports name: clients, staff, decision makers, algorithms, and the register of legal entities.

Every person is invented, and so is every number: national numbers keep the form and the check digits of their country,
because a report is refused otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from orchestration.demo_bank import identifiers
from orchestration.demo_bank.calendar import OPENING, Days
from orchestration.demo_bank.names import BUSINESSES, FIRMS, FIRST_NAMES, LAST_NAMES
from orchestration.demo_bank.planting import Values
from orchestration.demo_bank.reference import TRADER_NAMES, Reference
from orchestration.demo_bank.snapshots import NONE, labels

Indices = NDArray[np.int64]

EXECUTING_LEI: Final = identifiers.lei("TIEOUTBANK01")
CLEARING_LEI: Final = identifiers.lei("CLEARHOUSE01")
HOME_COUNTRY: Final = "DE"
PEOPLE_AT_SCALE_1: Final = 400
FIRMS_AT_SCALE_1: Final = 80

PARTY_COLUMNS: Final = (
    "party_id", "party_type", "client_category", "lei", "nationality", "identifier_type", "national_id", "first_name",
    "surname", "birth_date", "branch_country", "recorded_on",
)  # fmt: skip
LEI_COLUMNS: Final = ("lei", "legal_name", "country", "status", "next_renewal_on")
ALGORITHM_COLUMNS: Final = (
    "algorithm_id", "algorithm_name", "purpose", "is_high_frequency", "valid_from", "valid_to",
)  # fmt: skip

_NATIONALITIES: Final = ("DE", "AT", "FR", "IE", "ES", "BE", "PL", "NL", "US", "CH")
_NATIONALITY_SHARES: Final = (0.42, 0.08, 0.1, 0.03, 0.1, 0.07, 0.06, 0.07, 0.04, 0.03)
_IDENTIFIER_TYPES: Final = ("CONCAT", "NIDN", "CCPT")
_CONCAT, _NIDN, _CCPT = range(3)
_TYPE_OF_NATIONALITY: Final = np.array([_CONCAT] * 4 + [_NIDN] * 3 + [_CCPT] * 3)
"""First priority of each nationality: (EU) 2017/590, Annex II."""
_CATEGORIES: Final = ("retail", "professional", "eligible_counterparty")
_DNI_LETTERS: Final = np.array(list("TRWAGMYFPDXBNJZSQVHLCKE"))
_PESEL_WEIGHTS: Final = np.array([1, 3, 7, 9, 1, 3, 7, 9, 1, 3])
_WITHOUT_MARKS: Final = str.maketrans({"Ä": "A", "Ö": "O", "Ü": "U", "'": None, " ": None, "-": None})
_PREFIXES: Final = ("D'", "O'", "DE ")
"""Prefixes of surnames that a CONCAT code leaves out: (EU) 2017/590, Article 6(4), as far as names here have them."""
_FIRM_KINDS: Final = ("GMBH", "AG", "SE", "KG")
_RENEWAL: Final = np.datetime64("2023-04-28")
_ARRIVALS: Final = np.array(
    ["2020-01-31", "2020-09-30", "2021-06-30", "2022-03-31", "2022-09-30"], dtype="datetime64[D]"
)
"""When clients of later years are taken on: together, so that they come in few files."""

MANAGERS: Final = ("Hollander Vermoegensverwaltung GmbH", "Montclair Gestion SA", "Oakhaven Asset Management")
BROKERS: Final = ("Seestern Brokerage AG", "Linden Direktbank AG")
RETIRED_LEI, ANNULLED_LEI, LAPSED_LEI, UNKNOWN_LEI = (
    identifiers.lei(entity) for entity in ("RETIREDCORP1", "ANNULLEDCOR1", "LAPSEDCORP01", "UNKNOWNCORP1")
)


class Algorithm:
    """Names of the algorithms, so that nobody writes one twice."""

    ROUTER = "ALGSMARTROUTER01"
    SLICER = "ALGVWAPSLICER02"
    OLD_MAKER = "ALGMARKETMAKER03"
    MAKER = "ALGMARKETMAKER04"
    HEDGER = "ALGDELTAHEDGER05"
    ALLOCATOR = "ALGMANDATEALLOCATOR06"
    RETIRED = "ALGPAIRTRADER07"


MAKER_CHANGE: Final = np.datetime64("2022-12-12")
"""From this day the newer market maker trades; the older one's end is known the business day before."""

_ALGORITHMS: Final = (
    # id, name, purpose, high frequency, valid from, valid to, the day from which this row is known
    (Algorithm.ROUTER, "Smart order router", "execution", False, "2018-01-03", None, "2019-06-28"),
    (Algorithm.SLICER, "Volume-weighted slicing", "execution", False, "2018-01-03", None, "2019-06-28"),
    (Algorithm.OLD_MAKER, "Market maker, third release", "both", True, "2019-02-01", None, "2019-06-28"),
    (Algorithm.OLD_MAKER, "Market maker, third release", "both", True, "2019-02-01", "2022-12-12", "2022-12-09"),
    (Algorithm.MAKER, "Market maker, fourth release", "both", True, "2022-12-12", None, "2022-12-09"),
    (Algorithm.HEDGER, "Delta hedger", "both", False, "2020-03-02", None, "2020-03-02"),
    (Algorithm.ALLOCATOR, "Mandate allocation", "investment_decision", False, "2021-05-03", None, "2021-05-03"),
    (Algorithm.RETIRED, "Pair trader", "both", False, "2018-01-03", "2021-07-01", "2019-06-28"),
)  # fmt: skip


@dataclass
class Dated:
    """Rows of a static feed with the day from which each is known."""

    table: pa.Table
    known_from: Days

    def known_in(self, periods: NDArray[np.intp], index: int) -> pa.Table:
        """Rows of one period; `periods` has the period of each row."""
        return self.table.take(pa.array(np.flatnonzero(periods == index)))


@dataclass(frozen=True)
class Clients:
    """Clients that trade, one array element each.

    Attributes
    ----------
    party_ids : ndarray of str
    is_retail : ndarray of bool
    decision_makers : ndarray of object
        A party, an LEI, or None where the client decides.
    activity : ndarray of float
        How much each trades, relative to others.
    """

    party_ids: NDArray[np.str_]
    is_retail: NDArray[np.bool_]
    decision_makers: NDArray[np.object_]
    activity: NDArray[np.float64]


@dataclass
class Additions:
    """Rows that planted faults need, each with the day from which it is known."""

    parties: list[tuple[date, Values]] = field(default_factory=list)
    entities: list[tuple[date, Values]] = field(default_factory=list)


class Parties:
    """Everybody a transaction report can name.

    Parameters
    ----------
    reference : Reference
        Counterparties, issuers and traders.
    scale : float
    seed : int

    Attributes
    ----------
    clients : Clients
    """

    def __init__(self, reference: Reference, scale: float, seed: int) -> None:
        rng = np.random.default_rng([seed, 20])
        people = max(round(PEOPLE_AT_SCALE_1 * scale), 60)
        firms = max(round(FIRMS_AT_SCALE_1 * scale), 24)
        helpers = max(people // 40, 2)
        self._additions = Additions()
        self._people(rng, people, helpers)
        self._firms(rng, firms)
        self._make_clients(rng, people, firms, helpers)
        self._staff(rng, reference)
        self._register(reference)

    def add(self, additions: Additions) -> None:
        """Take in the parties and legal entities of planted faults."""
        self._additions = additions

    @property
    def parties(self) -> Dated:
        """Rows of the parties feed."""
        known = np.concatenate([self._clients_known, np.full(len(TRADER_NAMES), OPENING)])
        table = pa.concat_tables([self._client_rows, self._staff_rows])
        return _with(Dated(table, known), self._additions.parties)

    @property
    def entities(self) -> Dated:
        """Rows of the register of legal entities."""
        return _with(self._entities, self._additions.entities)

    @property
    def algorithms(self) -> Dated:
        """Rows of the algorithms feed."""
        *columns, known = (list(column) for column in zip(*_ALGORITHMS, strict=True))
        return Dated(
            pa.table(dict(zip(ALGORITHM_COLUMNS, columns, strict=True))), np.array(known, dtype="datetime64[D]")
        )

    def _people(self, rng: np.random.Generator, people: int, helpers: int) -> None:
        """Make persons; the last of them hold powers of attorney and are no clients."""
        count = people + helpers
        nationality = rng.choice(len(_NATIONALITIES), count, p=_NATIONALITY_SHARES)
        first, last = rng.integers(0, len(FIRST_NAMES), count), rng.integers(0, len(LAST_NAMES), count)
        birth = np.datetime64("1940-01-01") + rng.integers(0, 365 * 59, count)
        self._person_columns = {
            "nationality": labels(_NATIONALITIES, nationality),
            "identifier_type": labels(_IDENTIFIER_TYPES, _TYPE_OF_NATIONALITY[nationality]),
            "national_id": _national_ids(np.arange(count), nationality, first, last, birth),
            "first_name": labels(_FIRST, first),
            "surname": labels(_LAST, last),
            "birth_date": pa.array(birth),
        }
        self._categories = rng.choice(2, people, p=[0.9, 0.1])

    def _firms(self, rng: np.random.Generator, firms: int) -> None:
        number = np.arange(firms)
        self._firm_leis = [identifiers.lei(f"CLIENT{item:06d}") for item in number]
        self._firm_names = pc.utf8_upper(
            pc.binary_join_element_wise(
                labels(FIRMS, number % len(FIRMS)),
                labels(BUSINESSES, rng.integers(0, len(BUSINESSES), firms)),
                labels(_FIRM_KINDS, rng.integers(0, len(_FIRM_KINDS), firms)),
                " ",
            )
        ).to_pylist()

    def _make_clients(self, rng: np.random.Generator, people: int, firms: int, helpers: int) -> None:
        """Nine in ten are known from the opening load, the others come over the years before the window."""
        count = people + firms
        is_person = np.append(np.repeat([True, False], [people, firms]), np.ones(helpers, dtype=bool))
        later = rng.random(count) < 0.1
        known = np.where(later, rng.choice(_ARRIVALS, count), OPENING).astype("datetime64[D]")
        known = np.append(known, np.full(helpers, OPENING))
        numbers = np.append(
            np.arange(people), np.append(people + helpers + np.arange(firms), people + np.arange(helpers))
        )
        party_ids = identifiers.padded("P", numbers + 1, 6)
        category = np.concatenate([self._categories, rng.choice([1, 2], firms, p=[0.8, 0.2]), np.full(helpers, NONE)])
        recorded = np.where(known > OPENING, known, OPENING - rng.integers(30, 900, len(known)))

        nothing = pa.nulls(firms, pa.string())
        person = {
            name: _placed(column, nothing, people, helpers)
            for name, column in self._person_columns.items()
            if name != "birth_date"
        }
        birth = self._person_columns["birth_date"]
        self._client_rows = pa.table(
            {
                "party_id": party_ids,
                "party_type": labels(("legal_entity", "natural_person"), is_person.astype(int)),
                "client_category": labels(_CATEGORIES, category),
                "lei": pa.array([*[None] * people, *self._firm_leis, *[None] * helpers], type=pa.string()),
                "nationality": person["nationality"],
                "identifier_type": person["identifier_type"],
                "national_id": person["national_id"],
                "first_name": person["first_name"],
                "surname": person["surname"],
                "birth_date": _placed(birth, pa.nulls(firms, birth.type), people, helpers),
                "branch_country": pa.array([*[HOME_COUNTRY] * count, *[None] * helpers], type=pa.string()),
                "recorded_on": pa.array(recorded.astype("datetime64[D]")),
            }
        )
        self._clients_known = known

        managers = [identifiers.lei(f"MANAGER{item:05d}") for item in range(len(MANAGERS))]
        attorneys = party_ids.to_pylist()[count:]
        makers = np.full(count, None, dtype=object)
        drawn = rng.random(count)
        makers[drawn < 0.03] = EXECUTING_LEI
        managed = np.flatnonzero((drawn >= 0.03) & (drawn < 0.06))
        makers[managed] = np.array(managers, dtype=object)[managed % len(managers)]
        represented = np.flatnonzero((drawn >= 0.06) & (drawn < 0.09) & is_person[:count])
        makers[represented] = np.array(attorneys, dtype=object)[represented % helpers]
        order = np.argsort(known[:count], kind="stable")
        self.clients = Clients(
            party_ids=np.array(party_ids.to_pylist()[:count])[order],
            is_retail=(category[:count] == 0)[order],
            decision_makers=makers[order],
            activity=(rng.gamma(1.2, 1.0, count) * np.where(is_person[:count], 1.0, 4.0))[order],
        )

    def _staff(self, rng: np.random.Generator, reference: Reference) -> None:
        """Traders under their staff codes: they decide and execute, and are nobody's clients."""
        count = len(TRADER_NAMES)
        names = [name.upper().split(" ", 1) for name in TRADER_NAMES]
        birth = np.datetime64("1966-01-01") + rng.integers(0, 365 * 30, count)
        days = np.datetime_as_string(birth)
        leads = [_lead(first) + _lead(last) for first, last in names]
        self._staff_rows = pa.table(
            {
                "party_id": reference.traders.trader_ids.tolist(),
                "party_type": ["natural_person"] * count,
                "client_category": pa.nulls(count, pa.string()),
                "lei": pa.nulls(count, pa.string()),
                "nationality": [HOME_COUNTRY] * count,
                "identifier_type": ["CONCAT"] * count,
                "national_id": [
                    f"{HOME_COUNTRY}{day.replace('-', '')}{lead}" for day, lead in zip(days, leads, strict=True)
                ],
                "first_name": [first for first, _ in names],
                "surname": [last for _, last in names],
                "birth_date": pa.array(birth),
                "branch_country": pa.nulls(count, pa.string()),
                "recorded_on": pa.array(np.full(count, np.datetime64("2016-01-04"))),
            }
        )

    def _register(self, reference: Reference) -> None:
        """Everybody with an LEI that the bank meets, from the day on which it is known."""
        rows: list[tuple[np.datetime64, Sequence[str]]] = [
            (known, (str(row["counterparty_lei"]), str(row["counterparty_name"]), str(row["country"])))
            for known, row in reference.counterparties
        ]
        rows += [
            (OPENING, (EXECUTING_LEI, "Tieout Bank AG", HOME_COUNTRY)),
            (OPENING, (CLEARING_LEI, "Nordhafen Clearing AG", HOME_COUNTRY)),
            *((OPENING, (identifiers.lei(f"MANAGER{n:05d}"), name, "DE")) for n, name in enumerate(MANAGERS)),
            *((OPENING, (broker_lei(n), name, "DE")) for n, name in enumerate(BROKERS)),
            *(
                (OPENING, (lei, name, HOME_COUNTRY))
                for lei, name in zip(self._firm_leis, self._firm_names, strict=True)
            ),
        ]
        status = ["ISSUED"] * len(rows)
        renewal = [_RENEWAL + 7 * (number % 30) for number in range(len(rows))]
        for lei, name, state in (
            (RETIRED_LEI, "Merged Instruments GmbH", "RETIRED"),
            (ANNULLED_LEI, "Twice Registered GmbH", "ANNULLED"),
            (LAPSED_LEI, "Forgetful Holdings GmbH", "LAPSED"),
        ):
            rows.append((OPENING, (lei, name, HOME_COUNTRY)))
            status.append(state)
            renewal.append(np.datetime64("2022-09-30") if state == "LAPSED" else np.datetime64("NaT"))
        leis, names, countries = zip(*(row for _, row in rows), strict=True)
        table = pa.table(
            dict(
                zip(
                    LEI_COLUMNS,
                    (leis, names, countries, status, pa.array(np.array(renewal, dtype="datetime64[D]"))),
                    strict=True,
                )
            )
        )
        self._entities = Dated(table, np.array([known for known, _ in rows], dtype="datetime64[D]"))


def broker_lei(number: int) -> str:
    """LEI of a broker that transmits orders to the bank."""
    return identifiers.lei(f"BROKER{number:06d}")


def _lead(name: str) -> str:
    """First five letters of a name without its prefix, filled up: a part of a CONCAT code."""
    bare = name.upper()
    for prefix in _PREFIXES:
        bare = bare.removeprefix(prefix)
    return bare.translate(_WITHOUT_MARKS)[:5].ljust(5, "#")


_FIRST: Final = tuple(name.upper() for name in FIRST_NAMES)
_LAST: Final = tuple(name.upper() for name in LAST_NAMES)
_FIRST_LEAD: Final = tuple(map(_lead, FIRST_NAMES))
_LAST_LEAD: Final = tuple(map(_lead, LAST_NAMES))


def _national_ids(index: Indices, nationality: Indices, first: Indices, last: Indices, birth: Days) -> pa.Array:
    """Make the identifier of first priority of each nationality, with the country in front."""
    compact = pc.replace_substring(pa.array(np.datetime_as_string(birth)), "-", "")
    short = pc.utf8_slice_codeunits(compact, 2)
    serial = identifiers.scatter(index, 10**8)
    concat = pc.binary_join_element_wise(compact, labels(_FIRST_LEAD, first), labels(_LAST_LEAD, last), "")
    dni = pc.binary_join_element_wise(identifiers.padded("", serial, 8), pa.array(_DNI_LETTERS[serial % 23]), "")

    six = np.array(short.to_pylist()).astype(np.int64)
    nine = six * 1000 + 1 + serial % 997
    belgian = pc.binary_join_element_wise(
        identifiers.padded("", nine, 9), identifiers.padded("", 97 - nine % 97, 2), ""
    )
    ten = six * 10_000 + serial % 10_000
    digits = ten[:, np.newaxis] // 10 ** np.arange(9, -1, -1) % 10
    pesel = identifiers.padded("", ten * 10 + (-(digits * _PESEL_WEIGHTS).sum(axis=1)) % 10, 11)
    passport = identifiers.padded("X", serial, 8)

    kind = np.searchsorted([4, 5, 6, 7], nationality, side="right")
    body = pc.choose(pa.array(kind), concat, dni, belgian, pesel, passport)
    return pc.binary_join_element_wise(labels(_NATIONALITIES, nationality), body, "")


def _placed(column: pa.Array, nothing: pa.Array, people: int, helpers: int) -> pa.ChunkedArray:
    """Put a column of persons where they stand among all parties: clients, then firms, then helpers."""
    return pa.chunked_array([column[:people], nothing, column[people : people + helpers]])


def _with(rows: Dated, additions: Sequence[tuple[date, Values]]) -> Dated:
    """Append rows that planted faults need."""
    if not additions:
        return rows
    more = pa.Table.from_pylist([values for _, values in additions], schema=rows.table.schema)
    known = np.array([day for day, _ in additions], dtype="datetime64[D]")
    return Dated(pa.concat_tables([rows.table, more]), np.concatenate([rows.known_from, known]))
