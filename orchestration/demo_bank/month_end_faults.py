"""Faults of the month-end books: rows to quarantine, spoilt files, and gaps and breaches that the bank must find.

Every planted row is bad, so that it never reaches the books; gaps and breaches are in the good rows, and the answers
name them with a condition under which landed rows show them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orchestration.demo_bank import capital, identifiers
from orchestration.demo_bank.books import Books
from orchestration.demo_bank.closing import BANK_STATEMENTS, CLOSING_CALENDAR
from orchestration.demo_bank.funding import FUNDING
from orchestration.demo_bank.journal_batch import GL_JOURNALS
from orchestration.demo_bank.ledger import (
    DIFFERENCES,
    GL_BALANCES,
    INCOME_STATEMENT,
    LOSS_EVENTS,
    OWN_FUNDS,
    SUBSIDIARY_CAPITAL,
)
from orchestration.demo_bank.lending import COLLATERAL, CREDIT_FACILITIES, GUARANTEES, UNKNOWN_OBLIGOR
from orchestration.demo_bank.obligors import GROUPS, OBLIGORS
from orchestration.demo_bank.planting import Cell, Facts, FileFault, PlantedRow, Values
from orchestration.demo_bank.treasury import NETTING_SETS, SECURITIES, SECURITIES_FINANCING
from orchestration.demo_bank.writing import Feed

MONTH_END_FILE_FAULTS: Final = (
    FileFault(FUNDING, "2021-12", "trailer_missing"),
    FileFault(GL_BALANCES, "2022-03", "trailer_sum"),
    FileFault(OWN_FUNDS, "2022-04", "late"),
    FileFault(CREDIT_FACILITIES, "2022-05", "trailer_count"),
    FileFault(GL_JOURNALS, "2022-07", "trailer_sum"),
    FileFault(SECURITIES, "2022-08", "sent_twice"),
    FileFault(NETTING_SETS, "2022-10", "missing_column"),
)
_PERIODS: Final = (("2022-06", "2022-06-30"), ("2022-12-28", "2022-12-28"))
_NOBODY: Final = identifiers.lei("NOBODY000001")
_CURRENCY: Final = "USD"


def bad_month_end_rows(books: Books) -> Iterator[PlantedRow]:
    """Rows that must be quarantined, in a monthly and in a daily file."""
    lei = books.obligors.dealer_banks[0]
    for period, day in _PERIODS:
        for feed, kind, rule, field, value in _faults(day):
            values = _values(feed, day, lei) | {field: value}
            yield PlantedRow(feed, period, kind, "quarantined", values, rule, field)


def _faults(day: str) -> tuple[tuple[Feed, str, str, str, Cell], ...]:
    """Feed, what is wrong, the rule it breaks, and the value of a field that breaks it."""
    misprinted = _NOBODY[:-1] + str((int(_NOBODY[-1]) + 1) % 10)
    return (
        (OBLIGORS, "obligor type not in the list", "values", "obligor_type", "hedge_fund"),
        (OBLIGORS, "group without its basis", "group_needs_basis", "connected_group_id", "G0009"),
        (CREDIT_FACILITIES, "drawn amount below zero", "min", "drawn_amount", "-100.00"),
        (CREDIT_FACILITIES, "drawn amount not a number", "type", "drawn_amount", "12.5 m"),
        (CREDIT_FACILITIES, "product not in the list", "values", "product_type", "leasing"),
        (CREDIT_FACILITIES, "obligor missing", "required", "obligor_id", None),
        (CREDIT_FACILITIES, "maturity before the grant", "matures_after_origination", "maturity_date", "2019-01-31"),
        (COLLATERAL, "facility unknown", "exists_in", "facility_id", "F99999999"),
        (COLLATERAL, "market value missing", "required", "market_value", None),
        (GUARANTEES, "guarantor unknown", "exists_in", "guarantor_id", _NOBODY),
        (SECURITIES, "issuer unknown", "exists_in", "issuer_id", _NOBODY),
        (SECURITIES, "rating of another scale", "values", "issue_rating", "Baa2"),
        (FUNDING, "more insured than owed", "insured_within_balance", "insured_amount", "1000.01"),
        (FUNDING, "provider of no form", "pattern", "provider_id", "somebody"),
        (SECURITIES_FINANCING, "LEI with wrong check digits", "check", "counterparty_lei", misprinted),
        (SECURITIES_FINANCING, "repaid before it started", "matures_after_start", "maturity_date", "2021-01-04"),
        (NETTING_SETS, "counterparty unknown", "exists_in", "counterparty_lei", _NOBODY),
        (GL_BALANCES, "balance with three decimals", "scale", "balance_amount", "10.125"),
        (GL_BALANCES, "account code of another chart", "pattern", "account_code", "A-110"),
        (GL_JOURNALS, "account not in the chart", "exists_in", "account_code", "1999"),
        (GL_JOURNALS, "line of nothing", "amount_of_something", "amount", "0.00"),
        (CLOSING_CALENDAR, "period that is no month", "pattern", "fiscal_period", "2022-H1"),
        (BANK_STATEMENTS, "account not in the chart", "exists_in", "account_code", "1999"),
        (OWN_FUNDS, "item not in the list", "values", "item_code", "goodwill_and_more"),
        (SUBSIDIARY_CAPITAL, "more held by others than issued", "others_hold_a_part", "cet1_third_party", "2000.00"),
        (INCOME_STATEMENT, "year not a number", "type", "fiscal_year", f"FY {day}"),
        (LOSS_EVENTS, "loss of nothing", "min", "gross_loss_amount", "0.00"),
        (LOSS_EVENTS, "booked before it was discovered", "dates_in_order", "occurred_on", "2022-06-09"),
    )  # fmt: skip


def _values(feed: Feed, day: str, lei: str) -> Values:
    """Make a good row of a feed, with ids that nothing else has."""
    dated: Values = {"as_of_date": day}
    match feed.name:
        case "obligors":
            columns = (
                "obligor_name", "obligor_type", "country", "external_rating", "annual_turnover_eur", "scra_grade",
                "default_probability", "income_currency", "connected_group_id", "connection_basis",
                "is_investment_grade",
            )  # fmt: skip
            named: Values = {"obligor_id": _NOBODY}
            return (
                named
                | dict.fromkeys(columns)
                | {"obligor_name": "Nobody Ltd", "obligor_type": "corporate", "country": "GB"}
            )
        case "credit_facilities":
            return dated | {
                "facility_id": "F99999999",
                "obligor_id": lei,
                "product_type": "term_loan",
                "currency": _CURRENCY,
                "originated_on": "2021-03-01",
                "maturity_date": "2026-03-02",
                "limit_amount": None,
                "drawn_amount": "1000.00",
                "accrued_interest_amount": "1.00",
                "specific_provision_amount": "0.00",
                "days_past_due": "0",
                "is_defaulted": "false",
                "is_unconditionally_cancellable": "false",
                "is_subordinated": "false",
                "is_transactor": "false",
                "property_value": None,
                "property_use": None,
                "is_presold": None,
                "purpose": "general",
                "slotting_category": None,
                "repayment_type": "bullet",
                "interest_rate_pct": "3.2500",
                "loss_given_default": None,
            }
        case "collateral":
            return dated | {
                "collateral_id": "L99999999",
                "facility_id": "F10000001",
                "collateral_type": "cash",
                "issuer_rating": None,
                "currency": _CURRENCY,
                "market_value": "1000.00",
                "maturity_date": None,
                "revaluation_days": "1",
            }
        case "guarantees":
            return dated | {
                "guarantee_id": "W99999999",
                "facility_id": "F10000001",
                "guarantor_id": lei,
                "currency": _CURRENCY,
                "guaranteed_amount": "1000.00",
                "maturity_date": "2026-03-02",
            }
        case "securities":
            return dated | {
                "security_id": "S999999",
                "issuer_id": lei,
                "security_type": "bank_bond",
                "security_name": "Bank bond USD 99",
                "currency": _CURRENCY,
                "nominal_amount": "1000.00",
                "carrying_amount": "1000.00",
                "fair_value": "1000.00",
                "maturity_date": "2026-03-02",
                "issue_rating": None,
                "accounting_class": "amortised_cost",
                "is_operationally_eligible": "false",
                "encumbered_until": None,
            }
        case "funding":
            return dated | {
                "funding_id": "U999999",
                "provider_id": lei,
                "product_type": "correspondent",
                "currency": _CURRENCY,
                "balance_amount": "1000.00",
                "insured_amount": "0.00",
                "maturity_date": None,
                "is_transactional": "true",
                "has_established_relationship": "true",
                "has_early_withdrawal": "false",
            }
        case "securities_financing":
            return dated | {
                "transaction_id": "Q999999",
                "counterparty_lei": lei,
                "direction": "repo",
                "currency": _CURRENCY,
                "cash_amount": "1000.00",
                "security_type": "government_bond",
                "security_rating": "AA+",
                "security_value": "1010.00",
                "security_maturity_date": "2026-03-02",
                "start_date": "2022-06-01",
                "maturity_date": "2023-01-31",
                "netting_set_id": None,
            }
        case "netting_sets":
            return dated | {
                "netting_set_id": "N999999",
                "counterparty_lei": lei,
                "is_margined": "false",
                "threshold_amount": "0.00",
                "minimum_transfer_amount": "0.00",
                "independent_collateral_amount": "0.00",
                "variation_margin_amount": "0.00",
                "margin_period_days": "10",
                "currency": _CURRENCY,
                "is_qualifying_ccp": "false",
                "has_netting_opinion": "true",
            }
        case "gl_balances":
            return dated | {
                "account_code": "1999",
                "account_name": "Suspense",
                "account_class": "asset",
                "currency": _CURRENCY,
                "balance_amount": "10.00",
            }
        case "gl_journals":
            return {
                "journal_id": "J999999999",
                "line_number": "1",
                "sequence_number": "9999999",
                "fiscal_year": day[:4],
                "posting_date": day,
                "effective_date": day,
                "entered_at": f"{day} 10:00:00",
                "source": "manual",
                "account_code": "5240",
                "amount": "10.00",
                "description": "Somebody's journal",
                "prepared_by": "U0001",
                "approved_by": "U0025",
                "approved_at": f"{day} 10:05:00",
                "entity": "E01",
                "partner_entity": None,
                "vendor_id": None,
                "document_number": None,
            }
        case "closing_calendar":
            return {
                "fiscal_period": "2099-01",
                "version": "1",
                "closes_at": "2099-02-06 17:00:00",
                "reopened_until": None,
                "authorised_by": None,
            }
        case "bank_statements":
            return dated | {
                "account_code": "1100",
                "bank_account": "NOBODY-01",
                "statement_balance": "10.00",
                "outstanding_items": "0.00",
            }
        case "own_funds":
            return dated | {"item_code": "goodwill", "tier": "CET1", "amount": "10.00"}
        case "subsidiary_capital":
            return dated | {
                "subsidiary_id": "B999",
                "subsidiary_name": "Nobody Holdings",
                "is_bank": "true",
                "rwa": "10000.00",
                "group_rwa_of_subsidiary": "10000.00",
                "cet1_issued": "1000.00",
                "cet1_third_party": "100.00",
                "at1_issued": "0.00",
                "at1_third_party": "0.00",
                "t2_issued": "0.00",
                "t2_third_party": "0.00",
            }
        case "income_statement":
            return {"fiscal_year": "2017", "item_code": "fee_income", "amount": "1000.00"}
        case _:
            return {
                "event_id": "E999999",
                "occurred_on": "2022-06-01",
                "discovered_on": "2022-06-02",
                "accounted_on": "2022-06-03",
                "event_type": "execution_delivery",
                "business_line": "retail_banking",
                "currency": _CURRENCY,
                "gross_loss_amount": "100.00",
                "recovery_amount": "0.00",
            }


def month_end_gaps(books: Books) -> Iterator[tuple[str, str, Facts]]:
    """Kind, outcome and facts of what is missing, breached or different in good rows.

    Yields
    ------
    (str, str, dict)
        The outcome says what the warehouse must make of it: ``fallback`` (the standard's value for what is missing),
        ``flagged``, ``excluded``, ``reported``, ``breach``, ``listed`` or ``difference``. `condition` is true of rows
        of the feed as landed, or of none where `is_present` is false.
    """
    unvalued, *mismatched = books.lending.planted_mortgages()
    yield _gap(
        "mortgage without a property value",
        "fallback",
        CREDIT_FACILITIES,
        "facility_id",
        unvalued,
        "property_value is null",
    )
    for facility in mismatched:
        yield _gap("mortgage in a currency that is not earned", "flagged", CREDIT_FACILITIES, "facility_id", facility)
    for obligor in (books.obligors.unrated_corporate, books.obligors.ungraded_bank):
        condition = "external_rating is null and scra_grade is null and default_probability is null"
        yield _gap(
            "obligor without rating, grade or probability", "fallback", OBLIGORS, "obligor_id", obligor, condition
        )
    yield _gap("obligor of a facility unknown", "fallback", CREDIT_FACILITIES, "obligor_id", UNKNOWN_OBLIGOR)
    yield _gap("obligor of a facility unknown", "fallback", OBLIGORS, "obligor_id", UNKNOWN_OBLIGOR, is_present=False)
    lending = books.lending
    yield _gap(
        "collateral in another currency", "flagged", COLLATERAL, "collateral_id", lending.collateral_of_another_currency
    )
    yield _gap(
        "guarantee that ends before its facility",
        "flagged",
        GUARANTEES,
        "guarantee_id",
        lending.guarantee_that_ends_early,
    )
    for name in ("provision below 20 %", "provision of 20 %", "provision above 20 %"):
        (facility,) = lending.planted(name)
        kind = f"default with a {name}"
        yield _gap(
            kind,
            "flagged",
            CREDIT_FACILITIES,
            "facility_id",
            facility,
            "is_defaulted and specific_provision_amount > 0",
        )
    (cured,) = lending.planted("default that cures")
    yield _gap("default that cures", "flagged", CREDIT_FACILITIES, "facility_id", cured, "is_defaulted")
    for (group, _, _), outcome in zip(GROUPS, ("reported", "breach"), strict=False):
        kind = (
            "connected group above 10 % of tier 1" if outcome == "reported" else "connected group above 25 % of tier 1"
        )
        yield _gap(kind, outcome, OBLIGORS, "connected_group_id", group)
    for security in books.treasury.encumbered():
        yield _gap(
            "liquid asset that is pledged",
            "excluded",
            SECURITIES,
            "security_id",
            security,
            "encumbered_until is not null",
        )
    counterparty = books.treasury.missing_netting_set
    yield _gap("netting set missing", "fallback", NETTING_SETS, "counterparty_lei", counterparty, is_present=False)
    for difference in DIFFERENCES:
        for day in difference.days:
            kind, outcome, facts = _gap(
                "ledger differs from its sub-ledger",
                "difference",
                GL_BALANCES,
                "account_code",
                difference.account,
                f"as_of_date = date '{day}'",
            )
            yield kind, outcome, facts | {"as_of_date": day, "difference_usd": f"{difference.amount:.2f}"}
    first, second = capital.reported_twice()
    kind, outcome, facts = _gap("loss reported twice", "listed", LOSS_EVENTS, "event_id", second)
    yield kind, outcome, facts | {"same_as": first}


def _gap(
    kind: str, outcome: str, feed: Feed, key: str, value: str, condition: str = "", *, is_present: bool = True
) -> tuple[str, str, Facts]:
    parts = [f"{key} = '{value}'", *([condition] if condition else [])]
    facts: Facts = {"feed": feed.name, key: value, "condition": " and ".join(parts), "is_present": is_present}
    return kind, outcome, facts
