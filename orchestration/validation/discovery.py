"""Which family a file belongs to: by the folder it lies in and its name up to the last underscore."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from orchestration.errors import CaseNotRecognised, EnvironmentNotReady
from orchestration.validation import (
    basel_parameters,
    benford,
    capital_examples,
    exception_counts,
    frtb,
    hull,
    pillar3_templates,
    profit_vectors,
    return_series,
    rolling_forecasts,
    rwa_scenarios,
    saccr,
    traffic_lights,
)
from orchestration.validation.findings import CaseFile, Finding, Verdict
from python_models.errors import ModelError


class Family(Protocol):
    """What a module of a family offers."""

    def role(self, file: CaseFile) -> str | None:
        """Say 'expected', 'data', or None for a file of another family."""
        ...

    def check(self, file: CaseFile) -> Iterator[Finding]:
        """Check an expected file."""
        ...


FAMILIES: Final[tuple[Family, ...]] = (
    hull,
    return_series,
    profit_vectors,
    rolling_forecasts,
    exception_counts,
    traffic_lights,
    frtb,
    saccr,
    capital_examples,
    pillar3_templates,
    rwa_scenarios,
    basel_parameters,
    benford,
)

#: Files of families that are not validated yet: folder, then pattern of the name.
_NOT_COVERED: Final = (
    ("fraud_fdh", r".*"),
    ("mifid", r".*"),
    ("aml", r".*"),
)
_DATA_FOLDERS: Final = {"market", "ref", "ofac_sample"}


def validate(folder: Path) -> Iterator[Finding]:
    """Check every file below a case folder.

    Parameters
    ----------
    folder : Path
        A folder of cases, or one of its sub-folders.

    Yields
    ------
    Finding
        At least one for every file, in the order of their paths.

    Raises
    ------
    EnvironmentNotReady
        If the folder is missing or holds no file.
    """
    folder = folder.resolve()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        raise EnvironmentNotReady(f"There is no case file in {folder}: give the folder that holds the published cases.")
    for path in files:
        yield from _file(CaseFile(path, path.relative_to(folder).as_posix()))


def _file(file: CaseFile) -> Iterator[Finding]:
    for family in FAMILIES:
        role = family.role(file)
        if role == "data":
            yield Finding(file.name, verdict=Verdict.DATA, note="data that expected figures are worked out from")
            return
        if role == "expected":
            yield from _guarded(family, file)
            return
    yield _other(file)


def _guarded(family: Family, file: CaseFile) -> Iterator[Finding]:
    """Name the file when its content is not what the family expects; what was found before that stands."""
    try:
        yield from family.check(file)
    except (
        CaseNotRecognised,
        ModelError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        OSError,
    ) as error:
        reason = str(error) if isinstance(error, CaseNotRecognised | ModelError) else f"{type(error).__name__}: {error}"
        yield Finding(file.name, note=reason)


def _other(file: CaseFile) -> Finding:
    if any(part.startswith(".") for part in Path(file.name).parts):
        return Finding(file.name, verdict=Verdict.DOCUMENTATION, note="a hidden file")
    if file.path.suffix == ".md" or re.search(r"(^|\.)(README|SOURCE|LICEN[CS]E|NOTICE)", file.path.name):
        return Finding(file.name, verdict=Verdict.DOCUMENTATION)
    if file.folder in _DATA_FOLDERS:
        return Finding(file.name, verdict=Verdict.DATA, note="data of the demonstration bank")
    for folder, pattern in _NOT_COVERED:
        if file.folder == folder and re.match(pattern, file.path.stem):
            return Finding(file.name, verdict=Verdict.NOT_COVERED, note="another family; it does not count here")
    return Finding(file.name, note="no family of cases has files of this name in this folder")
