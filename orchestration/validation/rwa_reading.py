"""What a row of the RWA scenarios says, in its columns and in its words, as an exposure and its mitigants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from orchestration.errors import CaseNotRecognised

#: Pounds per euro the published factors were worked with: the thresholds of the law are in euros, the cases in pounds.
POUNDS_PER_EURO: Final = 0.8732

_AMOUNT: Final = r"[£€$]?\s?(\d[\d,]*(?:\.\d+)?)\s?(bn|m|k|million|thousand)?\b"
#: Signs that are written in more than one way: times, minus and dashes.
_PLAIN: Final = {0x00D7: "x", 0x2212: "-", 0x2013: "-", 0x2014: "-"}
_UNITS: Final = {"bn": 1e9, "m": 1e6, "million": 1e6, "k": 1e3, "thousand": 1e3}

#: Class of the file: kind of obligor, product, and whether it is managed as retail.
_CLASSES: Final = (
    (r"CENTRAL_GOVT|SOVEREIGN|CENTRAL_BANK", "sovereign", "term_loan", False),
    (r"PSE|PUBLIC_SECTOR|RGLA|REGIONAL|LOCAL_AUTH", "public_sector", "term_loan", False),
    (r"MDB|MULTILATERAL", "multilateral_bank", "term_loan", False),
    (r"COVERED_BOND", "bank", "covered_bond", False),
    (r"INSTITUTION|BANK", "bank", "term_loan", False),
    (r"EQUITY", "corporate", "listed_equity", False),
    (r"ADC|CONSTRUCTION|LAND_ACQ", "corporate", "construction_loan", False),
    (r"RETAIL_MORTGAGE|RESIDENTIAL|RRE", "individual", "residential_mortgage", True),
    (r"^CRE|COMMERCIAL", "corporate", "commercial_mortgage", False),
    (r"SPECIALISED", "corporate", "term_loan", False),
    (r"RETAIL_SME", "corporate", "term_loan", True),
    (r"RETAIL_QRRE|REVOLV", "individual", "credit_card", True),
    (r"RETAIL", "individual", "term_loan", True),
    (r"CORPORATE|SUBORDINATED|DEFAULT", "corporate", "term_loan", False),
)
_METHODS: Final = {"SA": None, "SA-CRM": None, "F-IRB": "foundation", "A-IRB": "advanced", "SLOTTING": "slotting"}
_COLLATERAL: Final = (
    (r"\bgold\b", "gold"),
    (r"(govt|government|sovereign)[ _]bond|\bgilts?\b", "sovereign"),
    (r"(corp|corporate|bank|covered)[ _]bond", "corporate"),
    (r"securitisation", "securitisation"),
    (r"other (listed )?equit|non-main[- ]index", "listed_equity"),
    (r"equit", "main_index_equity"),
    (r"receivables", "receivables"),
    (r"\bcash\b", "cash"),
)
_COMMITMENTS: Final = (
    (r"unconditionally cancel|\bUCC\b|\bUCI\b", "unconditionally_cancellable"),
    (r"note issuance|\bNIF\b|\bRUF\b", "note_issuance_facility"),
    (r"performance|transaction[- ]related|bid bond|warrant", "transaction_contingent"),
    (r"trade (finance|LC|letter)|documentary|letter of credit", "short_term_trade"),
    (r"financial guarantee|standby|credit substitute|acceptance", "credit_substitute"),
    (r"commitment|undrawn|off[- ]balance|facility", "other_commitment"),
)


@dataclass(frozen=True)
class Case:
    """One row, ready for the models.

    Attributes
    ----------
    exposure : dict
        Columns of ``int_credit_exposures`` that the row decides.
    mitigants : list of dict
        Columns of ``int_credit_mitigants``.
    is_ead_given : bool
        The text does not say what the amount was worked out from, so the file's own is put in.
    printed : dict of str to float
        Figures that stand only in the notes: ``shortfall``, ``excess``, ``tier_2_credit``, ``currency_haircut``,
        ``maturity_factor``, ``standardised_weight``, ``floor_share``, ``floored_weight``.
    """

    exposure: dict[str, Any]
    mitigants: list[dict[str, Any]] = field(default_factory=list)
    is_ead_given: bool = False
    printed: dict[str, float] = field(default_factory=dict)


def amount(pattern: str, text: str) -> float | None:
    """Find an amount after a pattern: 1,000,000 or 1.5m or 30k, whatever the currency sign."""
    match = re.search(pattern + _AMOUNT, text, re.IGNORECASE)
    if not match:
        return None
    number, unit = match.groups()[-2:]
    return float(number.replace(",", "")) * _UNITS.get((unit or "").lower(), 1.0)


def per_cent(pattern: str, text: str) -> float | None:
    """Find a percentage after a pattern, as a decimal."""
    match = re.search(pattern + r"(\d+(?:\.\d+)?)\s?%", text, re.IGNORECASE)
    return float(match.groups()[-1]) / 100.0 if match else None


def says(pattern: str, text: str) -> bool:
    """Say whether a text has a pattern that no "non-", "not", "no" or "without" stands before."""
    return any(
        not re.search(r"\b(non|not|no|without)[- ]*$", text[: match.start()], re.IGNORECASE)
        for match in re.finditer(pattern, text, re.IGNORECASE)
    )


def number(row: Mapping[str, str], column: str) -> float | None:
    """Read a column; None when it is empty."""
    value = (row.get(column) or "").strip()
    return float(value) if value else None


def read_case(row: Mapping[str, str]) -> Case:
    """Read one row.

    Parameters
    ----------
    row : mapping of str to str
        A line of the file.

    Returns
    -------
    Case

    Raises
    ------
    CaseNotRecognised
        If its approach, class or amount is one nobody knows.
    """
    row = {column: (value or "").translate(_PLAIN) for column, value in row.items()}
    description, notes = row.get("description") or "", row.get("calculation_notes") or ""
    text = f"{description}. {notes}"
    approach = (row.get("approach") or "").upper()
    if approach not in _METHODS:
        raise CaseNotRecognised(f"the approach {row.get('approach')} is not known")
    ead = number(row, "ead")
    if ead is None:
        raise CaseNotRecognised("an exposure has an amount")
    exposure = _obligor(row, description, text) | _estimates(row, approach, description)
    exposure["on_balance_usd"] = ead
    mitigants: list[dict[str, Any]] = []
    printed = _printed(text)
    is_given = False
    if approach == "SA-CRM":
        mitigants, is_given = _mitigants(row, ead, description, text, exposure)
    elif approach == "SA":
        is_given = _converted(ead, description, text, exposure)
    is_given = _provisioned(approach, ead, text, exposure) or is_given
    return Case(exposure, mitigants, is_given, printed)


def _obligor(row: Mapping[str, str], description: str, text: str) -> dict[str, Any]:
    name = (row.get("exposure_class") or "").upper()
    known = next((entry for entry in _CLASSES if re.search(entry[0], name)), None)
    if known is None:
        raise CaseNotRecognised(f"the class {row.get('exposure_class')} is not known")
    _, obligor_type, product_type, is_retail = known
    step = number(row, "cqs")
    turnover = number(row, "turnover")
    if turnover is not None and turnover < 1_000:
        turnover *= 1e6  # some rows state millions
    if obligor_type == "corporate" and "SME" in name and turnover is None:
        turnover = amount(r"turnover[^\d£]{0,12}", text) or 1e6
    if product_type == "listed_equity":
        if says(r"speculative|private equity|venture", text):
            product_type = "speculative_equity"
        elif says(r"unlisted", text):
            product_type = "unlisted_equity"
    if "SME" in name and product_type == "residential_mortgage":
        obligor_type = "corporate"
    score = re.search(r"(?:eca[_ ]score|MEIP(?: score)?)\s*=?\s*(\d)", text, re.IGNORECASE)
    group = amount(r"(?:E\*|group total)[^\d£]{0,8}", text)
    is_covered_bond = product_type == "covered_bond"
    return {
        "obligor_type": obligor_type,
        "product_type": product_type,
        "is_managed_as_retail": is_retail,
        "credit_quality_step": None if step is None or is_covered_bond else int(step),
        "issue_quality_step": int(step) if step is not None and is_covered_bond else None,
        "eca_score": int(score[1]) if score and step is None else None,
        "scra_grade": _scra_grade(text) if obligor_type == "bank" and step is None else None,
        "annual_turnover_eur": None if turnover is None else turnover / POUNDS_PER_EURO,
        "group_exposure_usd": group,
        "loan_to_value": _loan_to_value(row, description, product_type),
        "property_use": "income_producing"
        if says(r"income[- ]producing|buy[- ]to[- ]let|\bIPRE\b", description)
        else "owner_occupied",
        "is_presold": says(r"pre-?sold|pre-?sales", text),
        "is_transactor": says(r"transactor", text),
        "is_revolving": product_type == "credit_card" or says(r"\bQRRE\b", text),
        "is_defaulted": "DEFAULT" in name or says(r"\bdefaulted\b|\bin default\b", description),
        "is_subordinated": "SUBORDINATED" in name or says(r"\bsubordinated\b", description),
        "has_currency_mismatch": (row.get("approach") or "").upper() == "SA"
        and says(r"currency mismatch|FX mismatch", text),
        "purpose": _purpose(name, description, text),
        "project_phase": _project_phase(text),
    }


def _loan_to_value(row: Mapping[str, str], description: str, product_type: str) -> float | None:
    stated = number(row, "ltv")
    if stated is None and product_type.endswith("mortgage"):
        stated = per_cent(r"", re.sub(r".*?(\d+(?:\.\d+)?\s?%)\s*LTV.*", r"\1", description)) \
            if re.search(r"%\s*LTV", description) else per_cent(r"LTV\s*", description)  # fmt: skip
    return stated


def _purpose(name: str, description: str, text: str) -> str:
    if "HVCRE" in name or ("SPECIALISED" in name and says(r"HVCRE", description)):
        return "high_volatility_real_estate"
    if "SPECIALISED" in name:
        for pattern, purpose in (
            (r"object finance", "object_finance"),
            (r"commodit", "commodities_finance"),
            (r"\bIPRE\b|income[- ]producing", "income_producing_real_estate"),
        ):
            if says(pattern, description):
                return purpose
        return "project_finance"
    return "infrastructure" if says(r"infrastructure", description) else "general"


def _project_phase(text: str) -> str:
    if says(r"high[- ]quality", text):
        return "high_quality"
    return "pre_operational" if says(r"pre-?op(erational)?\b", text.partition(".")[0]) else "operational"


def _scra_grade(text: str) -> str | None:
    match = re.search(r"(?:SCRA )?grade (A\+|A|B|C)(?![a-z])", text, re.IGNORECASE)
    if not match:
        return None
    enhanced = re.search(r"enhanced|CET1\s*(>=|≥)\s*14", text, re.IGNORECASE)
    return "A+" if match[1].upper() == "A" and enhanced else match[1].upper()


def _estimates(row: Mapping[str, str], approach: str, description: str) -> dict[str, Any]:
    method = _METHODS[approach]
    maturity = number(row, "maturity")
    values: dict[str, Any] = {"irb_approach": method, "remaining_maturity_years": maturity}
    short = re.search(r"short[- ]term|(<=?|≤)\s*3\s*m(onths?)?\b", description, re.IGNORECASE)
    values["original_maturity_years"] = 0.25 if short else maturity
    if method == "slotting":
        words = f"{description}. {row.get('calculation_notes') or ''}"
        grade = re.search(r"\b(strong|good|satisfactory|weak|default)", description, re.IGNORECASE)
        if not grade:
            raise CaseNotRecognised("a slotted exposure names its category")
        values["slotting_category"] = grade[1].lower()
        if maturity is None:
            values["remaining_maturity_years"] = 2.0 if _is_short(description, words) else 5.0
        values["is_defaulted"] = grade[1].lower() == "default"
    elif method:
        probability = number(row, "pd")
        if probability is None:
            raise CaseNotRecognised("an internal rating comes with a probability of default")
        loss = number(row, "lgd")
        values |= {"default_probability": probability, "loss_given_default": loss}
        if probability >= 1.0:
            values["is_defaulted"] = True
        # Funded protection lowers the supervisory loss: the row then gives what it lowers it to.
        if method == "foundation" and says(r"collateral|(?<!un)secured by|blended LGD|receivables", description):
            values["secured_loss_given_default"] = loss
        values["has_financial_multiplier"] = says(r"1\.25x?|correlation multiplier|FI scalar", description)
    return values


def _is_short(description: str, words: str) -> bool:
    for text in (description, words):
        match = re.search(r"(<|>=|≥)\s*2\.5\s*y", text)
        if match:
            return match[1] == "<"
    return False


def _converted(ead: float, description: str, text: str, exposure: dict[str, Any]) -> bool:
    """Put the undrawn part of a facility where the row says what it converts at; True when the amount is given."""
    factor = per_cent(r"CCF\s*(?:of|=|:|is)?\s*", text) or _before(r"CCF", text)
    drawn = amount(r"drawn\s*(?:of|=|:)\s*", text) or _amount_before(r"drawn", text)
    undrawn = amount(r"(?:undrawn|commitment|nominal|notional)\s*(?:amount)?\s*(?:of|=|:)?\s*(?=[£€$])", text)
    undrawn = undrawn or _amount_before(r"(?:undrawn|commitment)", text)
    if not says(r"commitment|undrawn|off[- ]balance|letter of credit|guarantee issued|CCF", text):
        return False
    if undrawn is None and factor:
        undrawn = (ead - (drawn or 0.0)) / factor
    if undrawn is None or says(r"CCF on undrawn", text):
        return True
    exposure["on_balance_usd"] = drawn or 0.0
    exposure["off_balance_usd"] = undrawn
    exposure["commitment_kind"] = next(kind for pattern, kind in (*_COMMITMENTS, ("", "other_commitment"))
                                       if re.search(pattern, text, re.IGNORECASE))  # fmt: skip
    if exposure.get("original_maturity_years") is None:
        short = re.search(r"(<=?|≤|up to)\s*(1\s*y|one year|12 months)", text, re.IGNORECASE)
        exposure["original_maturity_years"] = 1.0 if short else 5.0
    return False


def _before(pattern: str, text: str) -> float | None:
    match = re.search(r"(\d+(?:\.\d+)?)\s?%\s*" + pattern, text, re.IGNORECASE)
    return float(match[1]) / 100.0 if match else None


def _amount_before(pattern: str, text: str) -> float | None:
    match = re.search(r"[£€$](\d[\d,]*(?:\.\d+)?)\s?(bn|m|k)?\s+" + pattern, text, re.IGNORECASE)
    return float(match[1].replace(",", "")) * _UNITS.get((match[2] or "").lower(), 1.0) if match else None


def _provisioned(approach: str, ead: float, text: str, exposure: dict[str, Any]) -> bool:
    provision = amount(r"(?<!- )\bprov(?:ision)?s?(?:ions?)?\s*(?:=|:|of)?\s*(?=[£€$])", text)
    provision = provision or _amount_before(r"(?:specific )?provisions?", text)
    gross = amount(r"\bgross\s*(?:=|:|of|exposure|EAD)?\s*(?:=|:|of)?\s*(?=[£€$])", text)
    gross = gross or _amount_before(r"gross", text)
    if provision is None:
        return says(r"\bprovision", text) and approach in {"SA", "SA-CRM"}
    exposure["provisions_usd"] = provision
    if approach in {"SA", "SA-CRM"} and "off_balance_usd" not in exposure:
        exposure["on_balance_usd"] = gross if gross is not None else exposure["on_balance_usd"] + provision
    return False


def _mitigants(
    row: Mapping[str, str], ead: float, description: str, text: str, exposure: dict[str, Any]
) -> tuple[list[dict[str, Any]], bool]:
    if says(r"guarantee", description) and not says(r"collateral", description):
        guarantee = _guarantee(ead, text)
        return ([guarantee], False) if guarantee else ([], True)
    kind = next((name for pattern, name in _COLLATERAL if re.search(pattern, description, re.IGNORECASE)), None)
    kind = kind or next((name for pattern, name in _COLLATERAL if re.search(pattern, text, re.IGNORECASE)), "cash")
    collateral: dict[str, Any] = {
        "mitigant_kind": "collateral",
        "collateral_type": kind,
        "currency": "EUR" if says(r"currency mismatch|FX mismatch", text) else "GBP",
        "revaluation_days": int(_first(r"N\s*=\s*(\d+)\s?d", text) or _first(r"(\d+)-day reval", text) or 1),
    }
    if kind in {"sovereign", "corporate", "securitisation"}:
        step = _first(r"CQS\s?(\d)", text)
        collateral["issue_quality_step"] = int(step) if step else None
        collateral["remaining_maturity_years"] = _residual_maturity(text)
    if says(r"\bSFT\b|\brepo\b", text):
        exposure["transaction_kind"] = "repo"
    elif says(r"capital[- ]market|10-day holding", text):
        exposure["transaction_kind"] = "capital_market"
    lent = _first(r"\bT\s*=\s*(\d+(?:\.\d+)?)\s?y", text) or _first(r"(\d+(?:\.\d+)?)\s?-?y(?:ear)? exposure", text)
    protected = _first(r"\bt\s*=\s*(\d+(?:\.\d+)?)\s?y", text, re.NOFLAG) or _first(
        r"(\d+(?:\.\d+)?)\s?-?y(?:ear)? collateral", text
    )
    if protected:
        collateral["remaining_maturity_years"] = float(protected)
        exposure["remaining_maturity_years"] = float(lent) if lent else number(row, "maturity")
    else:
        # No mismatch is stated: the collateral lives as long as the loan.
        exposure["remaining_maturity_years"] = collateral.get("remaining_maturity_years")
    moved = re.search(rf"from {_AMOUNT} to {_AMOUNT}", text)
    valued = re.search(rf"{_AMOUNT}\s*[x*]\s*\(\s*1\s*-[^=]*=\s*{_AMOUNT}", text)
    if moved and kind == "cash":
        before, after = (_number(moved, 1), _number(moved, 3))
        collateral["amount_usd"], exposure["on_balance_usd"] = before - after, before
    elif valued:
        value, adjusted = _number(valued, 1), _number(valued, 3)
        collateral["amount_usd"] = value
        exposure["on_balance_usd"] = float(round(ead + adjusted))  # loans of the cases are whole pounds
    else:
        collateral["amount_usd"] = None
    return [collateral], collateral["amount_usd"] is None


def _guarantee(ead: float, text: str) -> dict[str, Any] | None:
    share = _before(r"(?:is |was )?(?:guaranteed|covered|guarantee)", text)
    covered = share * ead if share is not None else amount(r"guarantee[ds]?\s*(?:of|=|:|for)?\s*(?=[£€$])", text)
    provider = re.search(r"CQS\s?(\d)\s+(bank|institution|sovereign|govern\w+|corporate|central bank)", text, re.I)
    if covered is None or provider is None:
        return None
    word = provider[2].lower()
    kind = "bank" if word in {"bank", "institution"} else "corporate" if word == "corporate" else "sovereign"
    return {
        "mitigant_kind": "guarantee",
        "obligor_type": kind,
        "credit_quality_step": int(provider[1]),
        "currency": "EUR" if says(r"currency mismatch|FX mismatch", text) else "GBP",
        "amount_usd": covered,
    }


def _number(match: re.Match[str], group: int) -> float:
    return float(match[group].replace(",", "")) * _UNITS.get((match[group + 1] or "").lower(), 1.0)


def _first(pattern: str, text: str, flags: re.RegexFlag = re.NOFLAG) -> str | None:
    match = re.search(pattern, text, flags)
    return match[1] if match else None


def _residual_maturity(text: str) -> float | None:
    stated = _first(r"(\d+(?:\.\d+)?)\s?-?y(?:r|ear)?s? (?:residual|remaining)", text)
    if stated:
        return float(stated)
    band = re.search(r"\b(\d+)\s?-\s?(\d+)\s?y", text)
    if band:
        return (float(band[1]) + float(band[2])) / 2.0
    above = _first(r">\s?(\d+)\s?y", text)
    below = _first(r"(?:<=|≤|<)\s?(\d+)\s?y", text)
    return float(above) + 1.0 if above else float(below) / 2.0 if below else None


def _printed(text: str) -> dict[str, float]:
    found = {
        "shortfall": amount(r"shortfall\s*[=:]\s*", text),
        "excess": amount(r"excess\s*[=:]\s*", text),
        "tier_2_credit": amount(r"T2 credit(?: \(capped\))?\s*[=:]\s*", text),
        "currency_haircut": per_cent(r"H_?fx\s*=?\s*", text),
        "standardised_weight": per_cent(r"SA RW\s*=\s*", text),
        "floored_weight": per_cent(r"%\s*[x*]\s*\d+(?:\.\d+)?%\s*=\s*", text),
        "floor_share": (per_cent(r"\d%\s*[x*]\s*", text) or _before(r"floor\b", text))
        if re.search("floor", text, re.IGNORECASE)
        and re.search(r"\bRW\b|transition|reporting date", text, re.IGNORECASE)
        else None,
    }
    adjusted = _first(r"[Mm]aturity adj(?:ustment)?:?\s*=?\s*(0\.\d+)", text)
    if adjusted:
        found["maturity_factor"] = float(adjusted)
    return {name: value for name, value in found.items() if value is not None}
