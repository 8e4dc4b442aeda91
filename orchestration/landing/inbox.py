"""What lies in the inbox: ``<system>/<business date>/<file>``, matched to contracts and put in the order of landing."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from orchestration.landing.contract import Contract

#: What senders append to the name of a file they are still writing.
UNFINISHED_SUFFIX = ".part"


@dataclass(frozen=True)
class Look:
    """What tells one state of a file from another: two equal looks mean that nobody wrote in between."""

    inode: int
    size: int
    modified_ns: int

    @classmethod
    def at(cls, path: Path) -> Look:
        """Look at a file."""
        found = path.stat()
        return cls(found.st_ino, found.st_size, found.st_mtime_ns)

    @property
    def modified_at(self) -> datetime:
        """When the file was last written, which is when it arrived; to the microsecond, as the ledger keeps it."""
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.modified_ns // 1000)


@dataclass(frozen=True)
class PendingDelivery:
    """A file in the inbox that a contract describes.

    Attributes
    ----------
    feed, system : str
        The contract's.
    business_date : date
        Its folder's name.
    path : Path
        Where it is.
    look : Look
        Its state when it was listed.
    """

    feed: str
    system: str
    business_date: date
    path: Path
    look: Look

    @property
    def is_unfinished(self) -> bool:
        """Whether its name says that the sender has not finished writing it."""
        return self.path.name.endswith(UNFINISHED_SUFFIX)

    @property
    def is_unchanged(self) -> bool:
        """Whether it is still there as it was listed."""
        try:
            return Look.at(self.path) == self.look
        except FileNotFoundError:
            return False


@dataclass(frozen=True)
class UnknownFile:
    """A file in the inbox that no contract describes; it stays there.

    Attributes
    ----------
    path : Path
        Where it is.
    reason : str
        What is wrong with its name or place, and what would be right.
    """

    path: Path
    reason: str


def pending_deliveries(
    inbox: Path, contracts: Mapping[str, Contract], system: str | None = None, through: date | None = None
) -> list[PendingDelivery]:
    """List the deliveries to land, in the order in which to land them.

    Parameters
    ----------
    inbox : Path
        The inbox; it need not exist.
    contracts : mapping
        Contract by feed, in dependency order as `load_contracts` gives them.
    system : str or None
        Only this source system's.
    through : date or None
        Only business dates up to and including this one.

    Returns
    -------
    list of PendingDelivery
        By business date, dependency, arrival and name. Unfinished files are among them: landing refuses them for now.
    """
    rank = {feed: position for position, feed in enumerate(contracts)}
    found = [item for item in _look_through(inbox, contracts, system) if isinstance(item, PendingDelivery)]
    wanted = [item for item in found if through is None or item.business_date <= through]
    return sorted(wanted, key=lambda item: (item.business_date, rank[item.feed], item.look.modified_ns, item.path.name))


def unknown_files(inbox: Path, contracts: Mapping[str, Contract], system: str | None = None) -> list[UnknownFile]:
    """List the files of the inbox that no contract describes, by path."""
    found = [item for item in _look_through(inbox, contracts, system) if isinstance(item, UnknownFile)]
    return sorted(found, key=lambda item: item.path)


def feed_of(file_name: str, contracts: Iterable[Contract]) -> Contract | None:
    """Return the contract whose file pattern a name fits, finished or not."""
    name = file_name.removesuffix(UNFINISHED_SUFFIX)
    return next((contract for contract in contracts if contract.matches(name)), None)


def _look_through(
    inbox: Path, contracts: Mapping[str, Contract], system: str | None
) -> Iterator[PendingDelivery | UnknownFile]:
    by_system: dict[str, list[Contract]] = {}
    for contract in contracts.values():
        by_system.setdefault(contract.system, []).append(contract)
    for folder, _, names in os.walk(inbox if system is None else inbox / system):
        place = Path(folder).relative_to(inbox).parts
        for name in names:
            # Tools that copy files atomically write under a hidden name first.
            if name.startswith("."):
                continue
            # A sender may rename a finished file between the listing and the look; the next listing has it.
            with suppress(FileNotFoundError):
                yield _identify(Path(folder) / name, place, by_system)


def _identify(
    path: Path, place: tuple[str, ...], by_system: Mapping[str, list[Contract]]
) -> PendingDelivery | UnknownFile:
    if len(place) != 2:
        return UnknownFile(path, "it is not in a folder <system>/<business date>: move it there")
    system, day = place
    if system not in by_system:
        return UnknownFile(path, f"{system!r} is not a source system: use one of {', '.join(sorted(by_system))}")
    business_date = as_date(day)
    if business_date is None:
        return UnknownFile(path, f"{day!r} is not a business date: name the folder like 2022-12-28")
    contract = feed_of(path.name, by_system[system])
    if contract is None:
        patterns = ", ".join(sorted(contract.file_pattern for contract in by_system[system]))
        return UnknownFile(path, f"its name fits none of the patterns of {system}: {patterns}")
    if not stat.S_ISREG(path.lstat().st_mode):
        return UnknownFile(path, "it is a link or a device, not a file: deliver the file itself")
    return PendingDelivery(contract.feed, system, business_date, path, Look.at(path))


def as_date(text: str) -> date | None:
    """Return the date that ``YYYY-MM-DD`` writes, None when it is anything else."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None
