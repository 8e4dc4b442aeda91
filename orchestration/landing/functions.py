"""SQL functions that the facts of a contract may call, besides DuckDB's own.

``is_personal_number(text, known_on)``: the text is a country code (ISO 3166) and a personal number. Whether check digit
and birth date of the number are right by the rules of that country; null where no rule is known, or for null.
`known_on` is a day on which the person was known. Where python-stdnum would look at today's date, to tell whether
somebody is born or which century two digits mean, that day is taken, so that a file gives the same facts whenever it is
landed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType
from stdnum.bg import egn
from stdnum.cz import rc
from stdnum.dk import cpr
from stdnum.ee import ik
from stdnum.es import nif as spanish_nif
from stdnum.fi import hetu
from stdnum.hr import oib
from stdnum.is_ import kennitala
from stdnum.it import codicefiscale
from stdnum.lt import asmens
from stdnum.no import fodselsnummer
from stdnum.pl import nip, pesel
from stdnum.pt import nif as portuguese_nif
from stdnum.ro import cnp
from stdnum.se import personnummer
from stdnum.si import emso


def _is_belgian(number: str, known_on: date) -> bool:
    """Two digits behind the number are 97 less its remainder; one of this century counts with a 2 in front."""
    if not _has_digits(number, 11) or int(number) == 0 or int(number[2:4]) > 12:
        return False
    bodies = [number[:9]]
    if 2000 + int(number[:2]) <= known_on.year:
        bodies.append(f"2{number[:9]}")
    return any(97 - int(body) % 97 == int(number[9:]) for body in bodies)


def _is_danish(number: str, known_on: date) -> bool:
    """Only the birth date can be verified: numbers without a right check digit have been given out since 2007."""
    return _has_digits(number, 10) and cpr.get_birth_date(number) <= known_on


def _is_norwegian(number: str, known_on: date) -> bool:
    return (
        _has_digits(number, 11)
        and number[-2] == fodselsnummer.calc_check_digit1(number)
        and number[-1] == fodselsnummer.calc_check_digit2(number)
        and fodselsnummer.get_birth_date(number) <= known_on
    )


def _is_swedish(number: str, known_on: date) -> bool:
    """Twelve digits are verified; ten are of somebody born in the hundred years before."""
    if _has_digits(number, 10):
        century, year = divmod(known_on.year, 100)
        number = f"{century - (int(number[:2]) > year)}{number}"
    return _has_digits(number, 12) and personnummer.is_valid(number)


def _has_digits(number: str, count: int) -> bool:
    return len(number) == count and number.isascii() and number.isdigit()


#: By country, the numbers of RTS 22 Annex II that python-stdnum verifies; any of them will do. Latvia's is left out,
#: whose check digit the library calls unconfirmed.
PERSONAL_NUMBERS: Final[Mapping[str, tuple[Callable[[str], bool], ...]]] = MappingProxyType(
    {
        "BG": (egn.is_valid,),
        "CZ": (rc.is_valid,),
        "EE": (ik.is_valid,),
        "ES": (spanish_nif.is_valid,),
        "FI": (hetu.is_valid,),
        "HR": (oib.is_valid,),
        "IS": (kennitala.is_valid,),
        "IT": (codicefiscale.is_valid,),
        "LT": (asmens.is_valid,),
        "PL": (pesel.is_valid, nip.is_valid),
        "PT": (portuguese_nif.is_valid,),
        "RO": (cnp.is_valid,),
        "SI": (emso.is_valid,),
        "SK": (rc.is_valid,),
    }
)
#: Those in which the library reads the century, or whether somebody is born, from today's date.
DATED_PERSONAL_NUMBERS: Final[Mapping[str, Callable[[str, date], bool]]] = MappingProxyType(
    {"BE": _is_belgian, "DK": _is_danish, "NO": _is_norwegian, "SE": _is_swedish}
)


def is_personal_number(text: str, known_on: date) -> bool | None:
    """Return whether a country code and the number behind it go together; None where no rule is known."""
    country, number = text[:2], text[2:]
    dated, known = DATED_PERSONAL_NUMBERS.get(country), PERSONAL_NUMBERS.get(country, ())
    if dated is None and not known:
        return None
    try:
        return dated(number, known_on) if dated else any(is_valid(number) for is_valid in known)
    except ValueError:
        # Some rules read digits without having looked whether they are.
        return False


def register_functions(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the functions known to a connection; once is enough, and twice does no harm."""
    known = connection.execute(
        "select count(*) from duckdb_functions() where function_name = 'is_personal_number'"
    ).fetchone()
    if known == (0,):
        connection.create_function(
            "is_personal_number",
            _is_personal_number,
            ["varchar", "date"],
            "boolean",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )


def _is_personal_number(texts: pa.Array | pa.ChunkedArray, days: pa.Array | pa.ChunkedArray) -> pa.Array:
    pairs = list(zip(texts.to_pylist(), days.to_pylist(), strict=True))
    verdicts = {
        (text, day): None if text is None or day is None else is_personal_number(text, day) for text, day in set(pairs)
    }
    return pa.array([verdicts[pair] for pair in pairs], pa.bool_())
