"""The audit log: who was shown which personal data, why and when, in records that only ever grow in number.

A chain of its own (`governance.chain`). An intent is on the disk before the first value is shown, and an outcome
follows it; a process that dies between leaves the intent, which says what could have been seen. Records say what was
read, never a value. The commands that show data print the head of theirs, to be noted elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from governance.chain import Chain, Check, Content, Head, require_plain_text
from governance.errors import AuditError, AuditTampered
from governance.settings import settings

Result = Literal["completed", "failed"]


@dataclass(frozen=True)
class Access:
    """What someone is about to be shown.

    Attributes
    ----------
    user : str
        Who asks, as the operating system or the sign-in knows them.
    role : str
        Role whose file is opened.
    action : str
        What is done with the data, for example ``export``.
    resource : str
        What it is done to, for example ``mifid_rts22 TRN-20221205-001``.
    purpose : str
        Why, in the user's words.
    build_id : str
        The published build that is read.
    tables : tuple of str
        Tables that may be read.
    kinds : tuple of str
        Kinds of personal data that may be decrypted. Of the table with their ciphertext, only these kinds are read.
    """

    user: str
    role: str
    action: str
    resource: str
    purpose: str
    build_id: str
    tables: tuple[str, ...]
    kinds: tuple[str, ...]


class AuditLog(Chain):
    """The audit log of one file. Safe to share between threads and processes: writers queue.

    Parameters
    ----------
    path : Path, optional
        The file; default is the settings'. It is created, with its folder, by the first record.
    """

    title = "the audit log"
    without_record = "nothing is shown"
    error = AuditError
    tampered = AuditTampered

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(path or settings().audit_log)

    def intend(self, access: Access) -> Head:
        """Record what is about to be shown; on return the record is on the disk.

        Raises
        ------
        AuditError
            If a text is empty, too long or unprintable, or the record cannot be written: then nothing may be shown.
        """
        texts = {
            "user": access.user,
            "role": access.role,
            "action": access.action,
            "resource": access.resource,
            "purpose": access.purpose,
            "build_id": access.build_id,
        }
        require_plain_text(texts, self.title, self.error)
        return self._append(
            {
                "event": "intent",
                **texts,
                "tables": sorted(access.tables),
                "kinds": sorted(access.kinds),
            }
        )

    def conclude(self, intent: Head, result: Result, rows: int, values: int) -> Head:
        """Record how an access ended.

        Parameters
        ----------
        intent : Head
            Of the record that `intend` wrote.
        result : str
            ``completed`` or ``failed``.
        rows, values : int
            Rows read, and personal values decrypted.

        Raises
        ------
        AuditError
            If the record cannot be written.
        """
        return self._append(
            {"event": "outcome", "intent": intent.sequence, "result": result, "rows": rows, "values": values}
        )

    def _new_check(self) -> Check:
        open_intents: set[int] = set()

        def check(sequence: int, content: Content) -> str | None:
            if content.get("event") == "intent":
                open_intents.add(sequence)
            elif content.get("intent") in open_intents:
                open_intents.discard(content["intent"])
            else:
                return "is the outcome of no open intent"
            return None

        return check
