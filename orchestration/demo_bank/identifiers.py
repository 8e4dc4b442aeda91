"""Identifiers with valid check digits that belong to nobody, made for whole columns at once.

- LEI: prefix ``DEMO00``, which no issuer of LEIs has; check digits by ISO 7064 mod 97-10 (ISO 17442).
- ISIN of invented bonds: CUSIP issuer codes 99A to 99Z are kept for private use.
- IBAN: bank codes ``TIEO`` and ``ZZ..`` (GB) and bank numbers from 99 (DE; real ones begin with 1 to 8).
- Card number: the industry digit 9 is left to national bodies, so no card network uses ``999999``; Luhn check digit.
- SSN: areas 900 to 999 were never issued, and groups 01 to 49 were never used for taxpayer numbers there either.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from stdnum import isin
from stdnum.iso7064 import mod_97_10

Integers = NDArray[np.int64]

_CARD_BIN: Final = 999999
_OWN_GB_BANK, _OWN_DE_BANK = "TIEO", 99000001
_LETTER_VALUE = {chr(code): code - ord("A") + 10 for code in range(ord("A"), ord("Z") + 1)}


def scatter(index: Integers, modulus: int) -> Integers:
    """Different numbers below the modulus for different indices below it, in no visible order.

    Multiplying by a factor that is prime to the modulus (here a prime number) permutes the numbers below it.
    """
    return (index * 7_368_787 + 1_234_567) % modulus


def padded(prefix: str, numbers: Integers, digits: int) -> pa.StringArray:
    """Text of a prefix and a number with leading zeros."""
    text = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), digits, "0")
    return pc.binary_join_element_wise(prefix, text, "") if prefix else text


def lei(entity: str) -> str:
    """Legal entity identifier of an entity code of 12 capital letters and digits."""
    stem = f"DEMO00{entity}"
    return stem + mod_97_10.calc_check_digits(stem)


def bond_isin(number: int) -> str:
    """ISIN of the invented bond with a number below 1,000,000."""
    stem = f"US99T{number:06d}"
    return stem + isin.calc_check_digit(stem)


def gb_ibans(bank: str, accounts: Integers) -> pa.StringArray:
    """British IBANs: a bank code of four letters, sort code 000000 and account numbers of 8 digits."""
    bank_value = int("".join(str(_LETTER_VALUE[letter]) for letter in bank))
    bank_remainder = (bank_value % 97 * 10**6) % 97
    remainder = (bank_remainder * 10**8 + accounts) % 97
    check = 98 - (remainder * 10**6 + 161100) % 97  # G = 16, B = 11, then the place of the check digits
    return pc.binary_join_element_wise("GB", padded("", check, 2), f"{bank}000000", padded("", accounts, 8), "")


def de_ibans(bank: int, accounts: Integers) -> pa.StringArray:
    """German IBANs: a bank number of eight digits and account numbers of 10 digits."""
    remainder = (bank % 97 * 10**10 + accounts) % 97
    check = 98 - (remainder * 10**6 + 131400) % 97  # D = 13, E = 14, then the place of the check digits
    return pc.binary_join_element_wise("DE", padded("", check, 2), str(bank), padded("", accounts, 10), "")


def own_ibans(index: Integers, is_german: NDArray[np.bool_]) -> pa.StringArray:
    """Account numbers of the demonstration bank's own accounts."""
    british = gb_ibans(_OWN_GB_BANK, scatter(index, 10**8))
    german = de_ibans(_OWN_DE_BANK, scatter(index, 10**10))
    return pc.if_else(pa.array(is_german), german, british)


def card_numbers(index: Integers) -> pa.StringArray:
    """Card numbers of 16 digits with a Luhn check digit."""
    body = _CARD_BIN * 10**9 + scatter(index, 10**9)
    digits = body[:, np.newaxis] // 10 ** np.arange(14, -1, -1) % 10
    doubled = digits[:, ::2] * 2
    total = np.where(doubled > 9, doubled - 9, doubled).sum(axis=1) + digits[:, 1::2].sum(axis=1)
    return pa.array(body * 10 + (-total) % 10).cast(pa.string())


def social_security_numbers(index: Integers) -> pa.StringArray:
    """SSNs of areas and groups that were never issued; 49 million different ones."""
    number = scatter(index, 49_000_000)
    area, group, serial = number // 490_000, number // 10_000 % 49, number % 10_000
    return pc.binary_join_element_wise(padded("", 900 + area, 3), padded("", 1 + group, 2), padded("", serial, 4), "-")
