"""Journals with which something is wrong, one control each, and honest ones that are nearly so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from orchestration.demo_bank.chart import account
from orchestration.demo_bank.closing import utc
from orchestration.demo_bank.journal_batch import ENTITIES, MANUAL, NEVER, VENDORS, WHO, Batch
from orchestration.demo_bank.snapshots import NONE

_DAY: Final = 24 * 3600
_TEXT: Final = "Accrual of services received and not yet invoiced"


@dataclass(frozen=True)
class Planted:
    """A manual journal.

    Attributes
    ----------
    control : str or None
        Control that must find it; None for one that no control may find.
    kind : str
        What is wrong, in a few words.
    posted : str
        Day on which it is posted.
    debit, credit : str
        Accounts.
    amount : float
        USD.
    effective : str or None
        Day in whose month it counts; None for the day it is posted.
    time : str
        Time in London at which it is entered.
    prepared, approved : str
        Users; approved is None for nobody.
    approved_days_later : int
        Days from the posting to the approval.
    text : str or None
        Its description.
    vendor : str or None
        Who is owed the amount.
    document : int
        Number of the document.
    credit_amount : float or None
        What the credit line has when it differs from the debit line.
    credit_entity : str
        Company of the credit line.
    """

    control: str | None
    kind: str
    posted: str
    debit: str
    credit: str
    amount: float
    effective: str | None = None
    time: str = "11:20"
    prepared: str = "U0005"
    approved: str | None = "U0026"
    approved_days_later: int = 0
    text: str | None = _TEXT
    vendor: str | None = None
    document: int = NONE
    credit_amount: float | None = None
    credit_entity: str = field(default="E01")


def _closed(posted: str, effective: str, amount: float, control: str | None = "JE-04") -> Planted:
    kind = "posted into a closed month" if control else "posted into a month that was opened again"
    return Planted(control, kind, posted, "5230", "2712", amount, effective, prepared="U0012", approved="U0028")


def _invoice(control: str | None, kind: str, posted: str, vendor: str, amount: float, document: int) -> Planted:
    return Planted(
        control, kind, posted, "5240", "2711", amount, prepared="U0011", vendor=vendor, document=document,
        text="Invoice of an adviser that came on paper",
    )  # fmt: skip


_AGAIN = "invoice booked a second time"
_FIRST = "invoice that is booked a second time later"
_SPLIT = "payment split below the approval limit"
PLANTED: Final = (
    Planted("JE-01", "journal out of balance", "2021-11-10", "5240", "2712", 12_430.00, credit_amount=12_340.00),
    Planted("JE-01", "journal out of balance", "2021-11-17", "5260", "2712", 3_105.50, credit_amount=3_195.50),
    *(
        Planted("JE-01", "journal out of balance in each company", day, "5230", "2712", amount, credit_entity="E02")
        for day, amount in (("2022-06-14", 8_250.10), ("2022-06-16", 21_775.45))
    ),
    Planted("JE-02", "journal without an approver", "2022-01-12", "5220", "1791", 6_412.18, approved=None),
    Planted("JE-02", "journal without an approver", "2022-01-19", "5270", "2712", 2_980.44, approved=None),
    Planted(
        "JE-02", "journal approved by its preparer", "2022-01-25", "5240", "2712", 15_733.90,
        prepared="U0027", approved="U0027",
    ),
    Planted(
        "JE-03", "journal approved after it was posted", "2022-02-09", "5230", "2712", 9_871.26, approved_days_later=1
    ),
    Planted(
        "JE-03", "journal approved after it was posted", "2022-11-09", "5210", "2712", 14_206.73, approved_days_later=2
    ),
    Planted(
        "JE-03", "journal approved by somebody who may not", "2022-11-15", "5260", "2712", 4_377.91, approved="U0015"
    ),
    _closed("2022-03-07", "2022-02-28", 11_204.65),
    _closed("2022-03-08", "2022-02-28", 3_918.07),
    _closed("2022-04-07", "2022-03-31", 5_120.33, None),
    _closed("2022-04-08", "2022-03-31", 8_067.19, None),
    _closed("2022-09-08", "2022-08-31", 2_741.58, None),
    _closed("2022-09-09", "2022-08-31", 26_455.12),
    *(
        Planted("JE-05", "journal dated back", posted, "5240", "2712", amount, effective, prepared="U0018")
        for posted, effective, amount in (
            ("2022-04-25", "2022-04-01", 7_310.84), ("2022-04-26", "2022-04-04", 13_662.29),
            ("2022-04-28", "2022-04-05", 2_154.90),
        )
    ),
    *(
        Planted("JE-06", f"journal written {when}", posted, "5210", "2712", amount, time=time, prepared="U0003")
        for when, posted, time, amount in (
            ("on a Saturday", "2021-12-11", "10:30", 5_618.37), ("at night", "2021-12-14", "23:10", 8_844.62),
            ("on a holiday", "2022-07-04", "11:05", 3_276.14), ("on a Sunday", "2022-07-17", "15:40", 12_093.85),
        )
    ),
    *(
        Planted("JE-07", "journal with a round amount", posted, "5230", "2712", amount, approved=approved)
        for posted, amount, approved in (
            ("2022-05-10", 40_000.00, "U0026"), ("2022-05-12", 20_000.00, "U0029"), ("2022-05-17", 200_000.00, "U0031"),
        )
    ),
    *(
        Planted("JE-07", "journals of one person that end alike", posted, "5260", "2712", amount, prepared="U0009")
        for posted, amount in (
            ("2022-08-09", 1_388.80), ("2022-08-10", 12_388.80), ("2022-08-16", 7_388.80), ("2022-08-18", 3_388.80),
        )
    ),
    *(
        Planted("JE-08", "journal at a month end with a thin description", posted, "5220", "1791", amount, text=text)
        for posted, amount, text in (
            ("2021-10-29", 9_416.53, None), ("2021-10-29", 17_205.61, "adj"),
            ("2022-06-30", 6_733.92, "misc"), ("2022-06-30", 24_118.05, None),
        )
    ),
    *(
        Planted("JE-09", "revenue approved below the group", posted, "1100", "4110", amount, text="Arrangement fee")
        for posted, amount in (("2022-07-12", 18_402.77), ("2022-07-19", 7_915.36), ("2022-07-26", 33_087.20))
    ),
    *(
        Planted("JE-10", kind, posted, debit, credit, amount)
        for kind, posted, debit, credit, amount in (
            ("account that is seldom used", "2022-08-11", "1798", "2712", 4_903.11),
            ("account that is seldom used", "2022-08-23", "5240", "2798", 16_240.58),
            ("pair of accounts that is seldom used", "2022-10-12", "5250", "1110", 2_317.69),
            ("pair of accounts that is seldom used", "2022-10-18", "1310", "5270", 28_655.43),
        )
    ),
    *(
        Planted("JE-11", "journal of somebody who does not post", posted, "5250", "2712", amount, prepared=who)
        for posted, who, amount in (
            ("2022-05-11", "U0045", 3_569.24), ("2022-05-24", "U0070", 10_481.97), ("2022-09-20", "U0112", 6_028.15),
        )
    ),
    *(
        Planted("JE-12", "amount just below the approval limit", posted, "1792", "2711", amount, approved="U0027")
        for posted, amount in (("2022-04-06", 49_812.40), ("2022-04-12", 49_925.75), ("2022-04-20", 49_760.10))
    ),
    _invoice("JE-12", _SPLIT, "2022-10-19", "V0017", 19_450.20, 30_000_011),
    _invoice("JE-12", _SPLIT, "2022-10-19", "V0017", 18_930.75, 30_000_012),
    _invoice("JE-12", _SPLIT, "2022-10-19", "V0017", 17_210.60, 30_000_013),
    _invoice(None, _FIRST, "2022-03-09", "V0023", 4_312.77, 30_000_021),
    _invoice("JE-13", _AGAIN, "2022-03-11", "V0023", 4_312.77, 30_000_021),
    _invoice(None, _FIRST, "2022-03-15", "V0041", 9_120.43, 30_000_022),
    _invoice("JE-13", _AGAIN, "2022-03-16", "V0041", 9_120.43, 30_000_023),
    _invoice(None, _FIRST, "2022-12-06", "V0023", 6_557.08, 30_000_024),
    _invoice("JE-13", _AGAIN, "2022-12-08", "V0023", 6_557.08, 30_000_025),
    _invoice(None, _FIRST, "2022-12-13", "V0088", 2_839.36, 30_000_026),
    _invoice("JE-13", _AGAIN, "2022-12-14", "V0088", 2_893.36, 30_000_026),
)  # fmt: skip


def planted_batch(texts: list[str]) -> Batch:
    """All planted journals, in their order.

    Parameters
    ----------
    texts : list of str
        Texts of the other journals; those of the planted ones are added at the end.
    """
    count = len(PLANTED)
    own = sorted({item.text for item in PLANTED if item.text is not None})
    first_own = len(texts)
    texts.extend(own)
    posted = np.array([item.posted for item in PLANTED], dtype="datetime64[D]")
    effective = np.array([item.effective or item.posted for item in PLANTED], dtype="datetime64[D]")
    at = np.array([3600 * int(item.time[:2]) + 60 * int(item.time[3:]) for item in PLANTED])
    later = np.array([item.approved_days_later for item in PLANTED])
    is_approved = np.array([item.approved is not None for item in PLANTED])
    debit = np.array([round(item.amount * 100) for item in PLANTED])
    credit = np.array([round((item.credit_amount or item.amount) * 100) for item in PLANTED])
    vendor = np.array([VENDORS.index(item.vendor) if item.vendor else NONE for item in PLANTED])
    return Batch(
        source=np.full(count, MANUAL),
        prepared=np.array([WHO.index(item.prepared) for item in PLANTED]),
        approved=np.array([WHO.index(item.approved) if item.approved else NONE for item in PLANTED]),
        text=np.array([first_own + own.index(item.text) if item.text else NONE for item in PLANTED]),
        document=np.array([item.document for item in PLANTED]),
        effective=effective,
        posted=posted,
        entered=utc(posted, at),
        approved_at=np.where(is_approved, utc(posted, at + 15 * 60 + later * _DAY), NEVER),
        journal=np.repeat(np.arange(count), 2),
        account=np.array([[account(item.debit), account(item.credit)] for item in PLANTED]).ravel(),
        entity=np.array([[0, ENTITIES.index(item.credit_entity)] for item in PLANTED]).ravel(),
        partner=np.full(2 * count, NONE),
        vendor=np.column_stack([np.full(count, NONE), vendor]).ravel(),
        amount=np.column_stack([debit, -credit]).ravel(),
    )
