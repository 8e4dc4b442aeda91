"""Confidence levels as files write them."""

from __future__ import annotations

from orchestration.errors import CaseNotRecognised


def level_of(text: str) -> float:
    """Read a confidence level: 0.95, 95, 97.5, 975 and 0.05 (a tail) all say which one they mean.

    Raises
    ------
    CaseNotRecognised
        If the number cannot be a confidence level.
    """
    number = float(text)
    digits = text.strip()
    if number >= 1.0 and "." not in digits:
        number = number / 10.0 ** len(digits)
    elif number >= 1.0:
        number = number / 100.0
    level = round(number if number > 0.5 else 1.0 - number, 12)
    if not 0.5 < level < 1.0:
        raise CaseNotRecognised(f"'{text}' is not a confidence level")
    return level
