"""Who works for the bank: posts, departments, managers, and who joins, moves and leaves in the controls' window.

Numbers are those of the user accounts: ``U0001`` is used by employee ``E1001``. The window of the controls begins on
2021-10-01; who is named in `_JOINERS`, `_MOVERS` and `_LEAVERS` does nothing else of note.
"""

from __future__ import annotations

from datetime import time
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.demo_bank.calendar import Days
from orchestration.demo_bank.names import FIRST_NAMES, LAST_NAMES
from orchestration.demo_bank.records import NEVER, Later, Records, dates
from orchestration.demo_bank.snapshots import NONE, labels
from orchestration.demo_bank.writing import Feed

Indices = NDArray[np.int64]

PEOPLE: Final = 140
MANAGEMENT: Final = 136
INTERNAL_CONTROL: Final = (137, 138, 139, 140)
ACCESS_ADMINISTRATORS: Final = (99, 100, 101, 102, 103, 104)
SYSTEM_ADMINISTRATORS: Final = (93, 94, 95, 96, 97, 98)


class Post(NamedTuple):
    """What a range of users does.

    Attributes
    ----------
    first, last : int
        Numbers of the users.
    department, job_code : str
    manager : int
        Number of the user who manages them; 0 for nobody.
    role : str
        Role they have besides that of every employee.
    """

    first: int
    last: int
    department: str
    job_code: str
    manager: int
    role: str


POSTS: Final = (
    Post(1, 24, "Financial Control", "ACC", 31, "JOURNAL_PREPARER"),
    Post(25, 30, "Financial Control", "FCO", 32, "FINANCIAL_CONTROLLER"),
    Post(31, 32, "Financial Control", "GFC", 136, "GROUP_FINANCIAL_CONTROLLER"),
    Post(33, 36, "Operations", "VEN", 60, "VENDOR_DESK"),
    Post(37, 46, "Operations", "PAY", 60, "ACCOUNTS_PAYABLE"),
    Post(47, 54, "Operations", "REL", 60, "PAYMENT_OFFICER"),
    Post(55, 59, "Operations", "REC", 60, "BANK_RECONCILER"),
    Post(60, 60, "Operations", "HOP", 136, "PAYMENTS_VIEWER"),
    Post(61, 83, "Technology", "DEV", 84, "DEVELOPER"),
    Post(84, 84, "Technology", "HOT", 136, "CHANGE_VIEWER"),
    Post(85, 86, "Release Management", "RLO", 92, "RELEASE_OPERATOR"),
    Post(87, 88, "Release Management", "CHM", 92, "CHANGE_MANAGER"),
    Post(89, 91, "Release Management", "TST", 92, "TESTER"),
    Post(92, 92, "Release Management", "HRM", 136, "TESTER"),
    Post(93, 97, "Infrastructure", "SYS", 98, "SYSTEM_ADMINISTRATOR"),
    Post(98, 98, "Infrastructure", "HIN", 136, "SYSTEM_ADMINISTRATOR"),
    Post(99, 103, "Access Management", "ACA", 104, "ACCESS_ADMINISTRATOR"),
    Post(104, 104, "Access Management", "HAM", 136, "ACCESS_ADMINISTRATOR"),
    Post(105, 115, "Trading", "TRD", 116, "TRADER"),
    Post(116, 116, "Trading", "HTR", 136, "TRADER"),
    Post(117, 121, "Trade Support", "CNF", 122, "TRADE_SUPPORT"),
    Post(122, 122, "Trade Support", "HTS", 136, "TRADE_SUPPORT"),
    Post(123, 127, "Risk", "RSK", 128, "WAREHOUSE_READER"),
    Post(128, 128, "Risk", "HRI", 136, "WAREHOUSE_READER"),
    Post(129, 131, "Lending", "LEN", 132, "WAREHOUSE_READER"),
    Post(132, 132, "Lending", "HLE", 136, "WAREHOUSE_READER"),
    Post(133, 134, "Treasury", "TRE", 135, "WAREHOUSE_READER"),
    Post(135, 135, "Treasury", "HTY", 136, "WAREHOUSE_READER"),
    Post(136, 136, "Management", "CEO", 0, "WAREHOUSE_READER"),
    Post(137, 139, "Internal Control", "ICO", 140, "ACCESS_APPROVER"),
    Post(140, 140, "Internal Control", "HIC", 136, "ACCESS_APPROVER"),
)


class Joiner(NamedTuple):
    """Somebody who joins in the window; one account is made three weeks too early, which is planted."""

    user: int
    joined_on: str
    created_on: str


class Mover(NamedTuple):
    """Somebody who changes departments; what `kept_until` names is planted: a grant of the old one stays too long."""

    user: int
    moved_on: str
    department: str
    role: str
    kept_until: str | None = None


class Leaver(NamedTuple):
    """Somebody who leaves; an account that is disabled later than the next day is planted."""

    user: int
    left_on: str
    disabled_on: str


JOINERS: Final = (
    Joiner(105, "2022-01-10", "2022-01-10"),
    Joiner(125, "2022-03-14", "2022-03-14"),
    Joiner(111, "2022-06-07", "2022-05-16"),
    Joiner(115, "2022-08-08", "2022-08-08"),
    Joiner(83, "2022-09-12", "2022-09-12"),
    Joiner(134, "2022-11-07", "2022-11-07"),
)
EARLY_ACCOUNT: Final = (111, "2022-05-31")
"""User whose account is there before its employee, and the month end that shows it."""
MOVERS: Final = (
    Mover(123, "2021-12-06", "Operations", "PAYMENTS_VIEWER"),
    Mover(55, "2022-02-14", "Lending", "WAREHOUSE_READER"),
    Mover(124, "2022-03-07", "Operations", "PAYMENTS_VIEWER", "2022-04-19"),
    Mover(58, "2022-06-06", "Lending", "WAREHOUSE_READER", "2022-07-18"),
    Mover(36, "2022-07-11", "Treasury", "WAREHOUSE_READER"),
    Mover(79, "2022-10-10", "Risk", "WAREHOUSE_READER"),
    Mover(91, "2022-11-07", "Technology", "CHANGE_VIEWER", "2022-12-12"),
)
LEAVERS: Final = (
    Leaver(106, "2021-11-12", "2021-11-12"),
    Leaver(110, "2022-01-14", "2022-01-15"),
    Leaver(114, "2022-02-02", "2022-02-25"),
    Leaver(127, "2022-02-08", "2022-02-08"),
    Leaver(118, "2022-03-11", "2022-03-12"),
    Leaver(129, "2022-04-08", "2022-04-08"),
    Leaver(120, "2022-05-03", "2022-05-27"),
    Leaver(121, "2022-06-10", "2022-06-10"),
    Leaver(131, "2022-08-03", "2022-08-29"),
    Leaver(109, "2022-09-09", "2022-09-09"),
    Leaver(70, "2022-10-14", "2022-10-15"),
    Leaver(133, "2022-12-02", "2022-12-02"),
)
SLOW_LEAVERS: Final = (114, 120, 131)
CHANGING: Final = frozenset(change.user for change in (*JOINERS, *MOVERS, *LEAVERS))
"""Users who join, move or leave."""

STAFF: Final = Feed("identity", "staff", "csv", None, 1, time(9, 0), "Europe/London")
_HIRED_FROM: Final = np.datetime64("2012-01-02")
_HIRED_DAYS: Final = 3_400
_DEPARTMENTS: Final = sorted({post.department for post in POSTS})
_JOBS: Final = [post.job_code for post in POSTS]


def post_of(user: int) -> Post:
    """Find what a user does at the end of the window."""
    return next(post for post in POSTS if post.first <= user <= post.last)


def user_id(user: int) -> str:
    """Name of a person's user account."""
    return f"U{user:04d}"


def employee_id(user: int) -> str:
    """Personnel number of who uses an account."""
    return f"E{1000 + user:04d}"


class Staff:
    """The employees, one for each user of 1 to `PEOPLE`.

    Parameters
    ----------
    seed : int

    Attributes
    ----------
    joined_on, moved_on, left_on : ndarray of datetime64[D], shape (people,)
    records : Records
    """

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 31])
        self.joined_on: Days = np.busday_offset(_HIRED_FROM + rng.integers(0, _HIRED_DAYS, PEOPLE), 0, roll="forward")
        self.moved_on: Days = np.full(PEOPLE, NEVER)
        self.left_on: Days = np.full(PEOPLE, NEVER)
        posts = [post_of(user) for user in range(1, PEOPLE + 1)]
        departments = np.array([_DEPARTMENTS.index(post.department) for post in posts])
        former = departments.copy()
        for joiner in JOINERS:
            self.joined_on[joiner.user - 1] = joiner.joined_on
        for mover in MOVERS:
            self.moved_on[mover.user - 1] = mover.moved_on
            former[mover.user - 1] = _DEPARTMENTS.index(mover.department)
        for leaver in LEAVERS:
            self.left_on[leaver.user - 1] = leaver.left_on
        managers = np.array([post.manager for post in posts])
        ids = [employee_id(user) for user in range(1, PEOPLE + 1)]
        table = pa.table(
            {
                "employee_id": ids,
                "employee_name": _names(rng),
                "department": labels(_DEPARTMENTS, departments),
                "job_code": labels(_JOBS, np.array([POSTS.index(post) for post in posts])),
                "manager_id": labels(ids, np.where(managers > 0, managers - 1, NONE)),
                "joined_on": dates(self.joined_on),
                "moved_on": dates(self.moved_on),
                "left_on": dates(self.left_on),
            }
        )
        self.records = Records(
            STAFF,
            table,
            self.joined_on,
            (
                Later(self.moved_on, {"department": labels(_DEPARTMENTS, former), "moved_on": None}),
                Later(self.left_on, {"left_on": None}),
            ),
        )


def _names(rng: np.random.Generator) -> list[str]:
    """Different invented names."""
    numbers = rng.choice(len(FIRST_NAMES) * len(LAST_NAMES), PEOPLE, replace=False)
    return [f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {LAST_NAMES[number // len(FIRST_NAMES)]}" for number in numbers]
