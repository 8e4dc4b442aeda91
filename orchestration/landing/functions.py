"""SQL functions that the facts of a contract may call, besides DuckDB's own.

``is_personal_number(text)``: the text is a country code (ISO 3166) and a personal number. Whether check digit and birth
date of the number are right by the rules of that country; null where no rule is known, or for null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType
from stdnum.be import nn
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

#: By country, the numbers of RTS 22 Annex II that python-stdnum verifies; any of them will do. Latvia's is left out,
#: whose check digit the library calls unconfirmed.
PERSONAL_NUMBERS: Final[Mapping[str, tuple[Callable[[str], bool], ...]]] = MappingProxyType(
    {
        "BE": (nn.is_valid,),
        "BG": (egn.is_valid,),
        "CZ": (rc.is_valid,),
        "DK": (cpr.is_valid,),
        "EE": (ik.is_valid,),
        "ES": (spanish_nif.is_valid,),
        "FI": (hetu.is_valid,),
        "HR": (oib.is_valid,),
        "IS": (kennitala.is_valid,),
        "IT": (codicefiscale.is_valid,),
        "LT": (asmens.is_valid,),
        "NO": (fodselsnummer.is_valid,),
        "PL": (pesel.is_valid, nip.is_valid),
        "PT": (portuguese_nif.is_valid,),
        "RO": (cnp.is_valid,),
        "SE": (personnummer.is_valid,),
        "SI": (emso.is_valid,),
        "SK": (rc.is_valid,),
    }
)


def is_personal_number(text: str) -> bool | None:
    """Return whether a country code and the number behind it go together; None where no rule is known."""
    known = PERSONAL_NUMBERS.get(text[:2])
    if known is None:
        return None
    try:
        return any(is_valid(text[2:]) for is_valid in known)
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
            ["varchar"],
            "boolean",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )


def _is_personal_number(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    column = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    distinct = column.dictionary_encode()
    verdicts = [is_personal_number(text) for text in distinct.dictionary.to_pylist()]
    return pa.array(verdicts, pa.bool_()).take(distinct.indices)
