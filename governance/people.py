"""Who an account of the operating system is: an e-mail by account, in a file that the installation's keeper writes.

Until people sign in, a sign-off is made under the account that runs the command. The file says whose account that is::

    jane: financial-control@tieout.example
    omar: internal-control@tieout.example
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import yaml

from governance.errors import PeopleError
from governance.settings import settings

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_WRITABLE_BY_OTHERS: Final = 0o022


def person_of(user: str, path: Path | None = None) -> str:
    """Return the e-mail of an account, in lower case.

    Parameters
    ----------
    user : str
        Account of the operating system.
    path : Path, optional
        The file; default is the settings'.

    Raises
    ------
    PeopleError
        If the file does not name the account, is damaged, or could be changed by others than its owner.
    """
    path = path or settings().people
    try:
        if path.stat().st_mode & _WRITABLE_BY_OTHERS:
            raise PeopleError(f"{path} can be changed by others than its owner: run `chmod go-w` on it.")
        people = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        people = {}
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        raise PeopleError(f"{path} cannot be read as a list of people: write a line `account: e-mail` each.") from error
    if not isinstance(people or {}, dict):
        raise PeopleError(f"{path} is not a list of people: write a line `account: e-mail` each.")
    found = (people or {}).get(user)
    if not isinstance(found, str) or not _EMAIL.fullmatch(found):
        raise PeopleError(
            f"{user!r} has no e-mail in {path}: whoever keeps this installation adds the line `{user}: e-mail`."
        )
    return found.lower()
