"""Conduct of the small bank of ``published_build``: sixteen executions in every state that a report can have.

On 2022-12-23 and -27 things went wrong on purpose: held reports, a rejection put right and one that is not, a report
that waits at the authority, a late one, a cancellation, a file rejected as a whole and sent again, an answer on a
reference that was never sent, an instrument that nobody knows. Tables are as the marts' contracts have them.
"""

from __future__ import annotations

import csv
from datetime import date, datetime
from functools import cache
from typing import Any

import duckdb
import pandas as pd
from jinja2 import Environment

from tests.unit.app.published_basel import PROJECT, table

DATES = FRIDAY, TUESDAY, WEDNESDAY = date(2022, 12, 23), date(2022, 12, 27), date(2022, 12, 28)
DEADLINES = {FRIDAY: TUESDAY, TUESDAY: WEDNESDAY, WEDNESDAY: date(2022, 12, 29)}
#: What became of each execution: (trade date, outcome).
OUTCOMES = {
    1: (FRIDAY, "accepted"),
    2: (FRIDAY, "held"),
    3: (FRIDAY, "accepted"),
    4: (FRIDAY, "exempt"),
    5: (FRIDAY, "cancelled"),
    6: (FRIDAY, "pending_at_authority"),
    8: (FRIDAY, "submitted"),
    7: (TUESDAY, "rejected"),
    10: (TUESDAY, "held"),
    11: (TUESDAY, "submitted"),
    12: (TUESDAY, "exempt"),
    9: (WEDNESDAY, "submitted"),
    13: (WEDNESDAY, "exempt"),
    14: (WEDNESDAY, "submitted"),
    15: (WEDNESDAY, "accepted"),
    16: (TUESDAY, "held"),
}
UNKNOWN_INSTRUMENT = 16
HOSTILE = "<b>The identifier</b> is [malformed](http://example.com/x.png)."
STATES = ("accepted", "submitted", "exempt", "held", "rejected", "pending_at_authority", "cancelled")


def execution(number: int) -> str:
    return f"X{number:09d}"


def reference(number: int) -> str:
    return f"TRX{number:04d}"


def file_of(day: date, number: int = 1) -> str:
    return f"TRN-{day:%Y%m%d}-{number:03d}"


def _report(number: int, day: date, state: str, since: date, **given: Any) -> dict[str, Any]:
    trade_date = OUTCOMES[number][0]
    is_cancelling = given.get("report_status") == "CANC"
    is_sent = state not in {"held", "superseded"}
    details = {
        "is_investment_firm": True,
        "buyer_type": "natural_person",
        "buyer_national_id_token": "tok_buyer",
        "buyer_national_id_masked": "DE***",
        "buyer_first_name_token": "tok_name",
        "buyer_first_name_masked": "A***",
        "buyer_surname_masked": "B***",
        "buyer_birth_date_masked": "19**-**-**",
        "buyer_branch_country": "DE",
        "seller_type": "mic",
        "seller_code": "XETR",
        "is_transmitted": False,
        "executed_at": f"{trade_date}T14:31:07.123456Z",
        "capacity": "AOTC",
        "quantity_type": "units",
        "quantity": 100,
        "price_type": "monetary",
        "price": 101.25,
        "price_currency": "EUR",
        "venue_mic": "XETR",
        "isin": "US0378331005",
        "is_sft": False,
    }
    return (
        {
            "report_version": 1,
            "execution_id": execution(number),
            "version": 1,
            "reported_version": 1,
            "reporting_date": day,
            "trade_date": trade_date,
            "deadline_date": DEADLINES[trade_date],
            "submission_id": file_of(day) if is_sent else None,
            "attempt": 1 if is_sent else None,
            "state": state,
            "state_since": since,
            "validation_errors": 0,
            "is_current": True,
            "is_live": state in {"accepted", "submitted", "pending"} and not is_cancelling,
            "is_late": False,
            "report_status": "NEWT",
            "transaction_reference": reference(number),
            "executing_entity_lei": "529900T8BM49AURSDO55",
            "submitting_entity_lei": "529900T8BM49AURSDO55",
        }
        | ({} if is_cancelling else details)
        | given
    )


def _reports() -> list[dict[str, Any]]:
    past, refused = {"is_current": False, "is_live": False}, {"rejection_rule_code": "CON-412"}
    return [
        _report(1, FRIDAY, "accepted", TUESDAY),
        _report(2, FRIDAY, "held", FRIDAY, validation_errors=1),
        _report(
            3, FRIDAY, "rejected", TUESDAY, **past, **refused, rejection_message="The instrument is not <i>known</i>."
        ),
        _report(3, TUESDAY, "accepted", WEDNESDAY, report_version=2, version=2, reported_version=2),
        _report(5, FRIDAY, "accepted", TUESDAY, **past),
        _report(5, TUESDAY, "accepted", WEDNESDAY, **past, report_version=2, version=2, report_status="CANC"),
        _report(6, FRIDAY, "pending", TUESDAY),
        _report(8, WEDNESDAY, "submitted", WEDNESDAY, is_late=True),
        _report(7, TUESDAY, "rejected", WEDNESDAY, **refused, rejection_message="Wrong price currency.", is_live=False),
        _report(10, TUESDAY, "held", TUESDAY, validation_errors=2),
        _report(11, TUESDAY, "file_rejected", WEDNESDAY, **past, submission_id=file_of(TUESDAY, 2)),
        _report(
            11,
            WEDNESDAY,
            "submitted",
            WEDNESDAY,
            report_version=2,
            submission_id=file_of(WEDNESDAY, 2),
            attempt=2,
            resubmission_of=file_of(TUESDAY, 2),
        ),
        _report(16, TUESDAY, "held", TUESDAY, isin=None),
        _report(9, WEDNESDAY, "submitted", WEDNESDAY),
        # Answered on the date of the file: one rejected with it and sent again at once, one accepted.
        _report(14, WEDNESDAY, "file_rejected", WEDNESDAY, **past, submission_id=file_of(WEDNESDAY, 3)),
        _report(
            14,
            WEDNESDAY,
            "submitted",
            WEDNESDAY,
            report_version=2,
            submission_id=file_of(WEDNESDAY, 4),
            attempt=2,
            resubmission_of=file_of(WEDNESDAY, 3),
        ),
        _report(15, WEDNESDAY, "accepted", WEDNESDAY, submission_id=file_of(WEDNESDAY, 5)),
    ]


def _findings() -> list[dict[str, Any]]:
    return [
        {
            "execution_id": execution(number),
            "version": 1,
            "action": "new",
            "reporting_date": OUTCOMES[number][0],
            "trade_date": OUTCOMES[number][0],
            "transaction_reference": reference(number),
            "rule_id": rule,
            "field_number": field,
            "field_name": name,
            "severity": severity,
            "value_class": "malformed",
            "value": value,
            "message": message,
        }
        for number, rule, field, name, severity, value, message in (
            (2, "R07-6", 7, "Buyer identification code", "error", "DE***", HOSTILE),
            (10, "R28-2", 28, "Trading date time", "error", "2022-12-27T14:31:07Z", "Too coarse for the activity."),
            (10, "R46-1", 46, "Price multiplier", "error", None, "Missing or not above zero."),
            (10, "R40-1", 40, "Complex trade component id", "warning", "C1", "Only one leg has it."),
            (1, "R07-3", 7, "Buyer identification code", "warning", "529900T8BM49AURSDO55", "The LEI is lapsed."),
        )
    ]


def _answers() -> list[dict[str, Any]]:
    first, at_once = file_of(FRIDAY), file_of(WEDNESDAY, 5)
    answers: list[tuple[str, date, int, str, str | None, str | None]] = [
        (first, TUESDAY, 3, "rejected", "CON-412", "The instrument is not <i>known</i>."),
        (first, TUESDAY, 6, "pending", None, "Waits for the instrument."),
        (file_of(TUESDAY), WEDNESDAY, 7, "rejected", "CON-412", "Wrong price currency."),
        (file_of(TUESDAY), WEDNESDAY, 99, "accepted", None, None),
        (at_once, WEDNESDAY, 15, "accepted", None, None),
    ]
    sent = {first: FRIDAY, file_of(TUESDAY): TUESDAY, at_once: WEDNESDAY}
    return [
        {
            "feedback_id": f"FB{place:09d}",
            "record_type": "transaction",
            "feedback_date": day,
            "received_at": datetime.combine(day, datetime.min.time()),
            "submission_id": file,
            "transaction_reference": reference(number),
            "report_status": "NEWT",
            "status": status,
            "rule_code": rule,
            "message": message,
            "reporting_date": sent[file],
            "report_version": None if number == 99 else 1,
            "execution_id": None if number == 99 else execution(number),
            "version": None if number == 99 else 1,
            "is_unmatched": number == 99,
            "delivery_id": "0123456789abcdef",
            "delivery_line": place,
        }
        for place, (file, day, number, status, rule, message) in enumerate(answers, start=1)
    ]


def _files(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    again = {file_of(TUESDAY, 2): file_of(WEDNESDAY, 2), file_of(WEDNESDAY, 3): file_of(WEDNESDAY, 4)}
    statuses = dict.fromkeys(again, "rejected") | {
        file_of(FRIDAY): "part_accepted",
        file_of(TUESDAY): "part_accepted",
        file_of(WEDNESDAY, 5): "accepted",
    }
    rows = []
    for name in sorted({row["submission_id"] for row in reports if row["submission_id"]}):
        held = [row for row in reports if row["submission_id"] == name]
        count = {state: sum(row["state"] == state for row in held) for state in ("accepted", "rejected", "pending")}
        rows.append(
            {
                "submission_id": name,
                "reporting_date": held[0]["reporting_date"],
                "submitting_entity_lei": "529900T8BM49AURSDO55",
                "resubmission_of": held[0].get("resubmission_of"),
                "sent_again_as": again.get(name),
                "new_count": sum(row["report_status"] == "NEWT" for row in held),
                "cancel_count": sum(row["report_status"] == "CANC" for row in held),
                "report_count": len(held),
                "status": statuses.get(name, "submitted"),
                "answered_on": held[0]["state_since"] if name in statuses else None,
                "rule_code": "FIL-105" if name in again else None,
                "message": "Not valid against the schema." if name in again else None,
                **{f"{state}_count": number for state, number in count.items()},
                "reports_received": len(held) if name in statuses else None,
                "reports_accepted": count["accepted"] if name in statuses else None,
                "received_difference": 0 if name in statuses else None,
            }
        )
    return rows


def _tie_out() -> list[dict[str, Any]]:
    tie_out = []
    for day in DATES:
        of_day = {number: outcome for number, (traded, outcome) in OUTCOMES.items() if traded == day}
        counts = {state: list(of_day.values()).count(state) for state in STATES}
        reported = counts["accepted"] + counts["submitted"]
        pending = counts["held"] + counts["rejected"] + counts["pending_at_authority"]
        tie_out.append(
            counts
            | {
                "trade_date": day,
                "executions": len(of_day),
                "reported": reported,
                "pending": pending,
                "difference": 0,
                "live_too_many": 0,
                "unknown_references": int(day == TUESDAY),
                "over_reported": int(day == TUESDAY),
            }
        )
    return tie_out


def _deadlines(reports: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Judge the deadlines by the SQL of the dbt models, so that a page is held against what the marts would say."""
    connection = duckdb.connect()
    connection.register("fct_mifid_transaction_reports", reports)
    connection.register("int_mifid_report_events", pd.DataFrame({"reporting_date": DATES}, dtype="object"))
    jinja = Environment(autoescape=False)  # noqa: S701
    names = ("fct_mifid_execution_deadlines", "fct_mifid_reporting_deadlines")
    for name in names:
        text = (PROJECT / "models" / "marts" / "mifid" / f"{name}.sql").read_text()
        connection.execute(f"create table {name} as {jinja.from_string(text).render(ref=lambda model: model)}")
    return {name: connection.table(name).df() for name in names}


def _eligibility() -> list[dict[str, Any]]:
    reasons = {
        True: ("REPORTABLE_ADMITTED", "The instrument was traded on an EEA venue on the trade date."),
        False: ("EXEMPT_SPOT_FX", "A spot currency contract is not a financial instrument."),
        None: ("UNKNOWN_INSTRUMENT", "Neither the instrument nor an ISIN is known."),
    }
    is_reportable = {number: outcome != "exempt" for number, (_, outcome) in OUTCOMES.items()}
    return [
        {
            "execution_id": execution(number),
            "version": 1,
            "action": "new",
            "reporting_date": OUTCOMES[number][0],
            "trade_date": OUTCOMES[number][0],
            "transaction_reference": reference(number),
            "is_reportable": verdict,
            "reason_code": reasons[verdict][0],
            "reason_description": reasons[verdict][1],
        }
        for number, verdict in (is_reportable | {UNKNOWN_INSTRUMENT: None}).items()
    ]


def _fields() -> list[dict[str, Any]]:
    seeds = PROJECT / "seeds" / "mifid"
    with (seeds / "mifid_fields.csv").open() as fields, (seeds / "mifid_field_owners.csv").open() as owners:
        responsible = {row["field_number"]: row["responsible"] for row in csv.DictReader(owners)}
        columns = ("field_number", "field_name", "column_name", "masked_column", "format", "rule", "source")
        return [
            {name: row[name] or None for name in columns} | {"responsible": responsible[row["field_number"]]}
            for row in csv.DictReader(fields)
        ]


def _reporting() -> dict[str, pd.DataFrame]:
    reports = _reports()
    sent_or_held = table("fct_mifid_transaction_reports", reports)
    late = [row for row in reports if row["is_late"]]
    return {
        **_deadlines(sent_or_held),
        "dim_mifid_fields": table("dim_mifid_fields", _fields()),
        "int_mifid_eligibility": table("int_mifid_eligibility", _eligibility()),
        "fct_mifid_transaction_reports": sent_or_held,
        "fct_mifid_validation_results": table("fct_mifid_validation_results", _findings()),
        "fct_mifid_feedback": table("fct_mifid_feedback", _answers()),
        "fct_mifid_submissions": table("fct_mifid_submissions", _files(reports)),
        "fct_mifid_tie_out": table("fct_mifid_tie_out", _tie_out()),
        "fct_mifid_tie_out_reasons": table(
            "fct_mifid_tie_out_reasons",
            [
                {
                    "trade_date": day,
                    "reason_code": "EXEMPT_SPOT_FX",
                    "reason_description": "A spot currency contract is not a financial instrument.",
                    "exempt": 1,
                }
                for day in DATES
            ],
        ),
        "qc_mifid_late_reports": table(
            "qc_mifid_late_reports",
            [
                {name: row[name] for name in ("submission_id", "transaction_reference", "execution_id", "version")}
                | {name: row[name] for name in ("trade_date", "deadline_date", "reporting_date", "state")}
                | {"days_late": 1}
                for row in late
            ],
        ),
        "qc_mifid_over_reported": table(
            "qc_mifid_over_reported",
            [
                {
                    "over_report_type": "unknown_reference",
                    "submission_id": file_of(TUESDAY),
                    "transaction_reference": reference(99),
                    "reporting_date": TUESDAY,
                    "state": "accepted",
                }
            ],
        ),
        "qc_mifid_rejected_reports": table(
            "qc_mifid_rejected_reports",
            [
                {
                    "submission_id": file_of(TUESDAY),
                    "transaction_reference": reference(7),
                    "report_status": "NEWT",
                    "execution_id": execution(7),
                    "version": 1,
                    "trade_date": TUESDAY,
                    "deadline_date": WEDNESDAY,
                    "rejected_on": WEDNESDAY,
                    "rejection_rule_code": "CON-412",
                    "rejection_message": "Wrong price currency.",
                }
            ],
        ),
        "qc_trades_without_executions": table(
            "qc_trades_without_executions",
            [
                {
                    "trade_id": "T000000042",
                    "trade_date": TUESDAY,
                    "portfolio_id": "EQ-TECH",
                    "trader_id": "TR01",
                    "instrument_id": "AAPL",
                    "product_type": "equity",
                    "is_cancelled": False,
                    "trade_quantity": 300,
                    "executions": 0,
                    "executed_quantity": 0,
                    "quantity_difference": 300,
                }
            ],
        ),
    }


# (date, class, venue, name, category, orders, filled, unfilled, volume, quoted, spread, improvement, slippage)
_VENUES: list[tuple[Any, ...]] = [
    (WEDNESDAY, "equity", "XETR", "Xetra", "retail", 8, 7, 0, 100_000.0, 100_000.0, 40.0, 5.0, 30.0),
    (WEDNESDAY, "equity", "XOFF", None, "professional", 2, 2, 0, 50_000.0, None, None, None, None),
    (WEDNESDAY, "equity", None, None, "retail", 1, 0, 1, 0.0, None, None, None, None),
    (TUESDAY, "debt", "XSTU", "<b>Stuttgart</b>", "own_account", 3, 3, 0, 300_000.0, 300_000.0, 60.0, -3.0, -30.0),
]


def _best_execution() -> dict[str, pd.DataFrame]:
    quality = [
        {
            "order_date": day,
            "asset_class": asset_class,
            "venue_mic": venue,
            "venue_name": name,
            "client_category": category,
            "orders": orders,
            "executed_orders": orders - unfilled,
            "filled_orders": filled,
            "partly_filled_orders": orders - filled - unfilled,
            "unfilled_orders": unfilled,
            "passive_orders": 0,
            "aggressive_orders": orders - unfilled,
            "directed_orders": 1,
            "orders_without_quotes": 0 if quoted else orders - unfilled,
            # One of the orders at Xetra came in without a quote and was executed at one.
            "orders_without_arrival": int(venue == "XETR") if quoted else orders - unfilled,
            "fill_rate_orders": orders,
            "fill_rate_sum": filled + 0.5 * (orders - filled - unfilled),
            "timed_orders": orders - unfilled,
            "seconds_to_fill_sum": 10.0 * (orders - unfilled) if orders > unfilled else None,
            "fills": 2 * (orders - unfilled),
            "fills_without_quote": 0 if quoted else 2 * (orders - unfilled),
            "fills_without_arrival": 0 if quoted else 2 * (orders - unfilled),
            "fills_without_volume": 0,
            "improved_fills": 1 if quoted else 0,
            "volume_usd": volume,
            "passive_volume_usd": volume / 4,
            "aggressive_volume_usd": volume * 3 / 4,
            "directed_volume_usd": 0,
            "mid_value_usd": quoted,
            "effective_spread_usd": spread,
            "price_improvement_usd": improvement,
            "arrival_value_usd": quoted,
            "slippage_usd": slippage,
        }
        for (
            day,
            asset_class,
            venue,
            name,
            category,
            orders,
            filled,
            unfilled,
            volume,
            quoted,
            spread,
            improvement,
            slippage,
        ) in _VENUES
    ]
    orders = [
        {
            "order_id": f"O{number:09d}",
            "order_date": WEDNESDAY,
            "client_category": "retail",
            "client_party_id": "P000001",
            "product_type": "equity",
            "asset_class": "equity",
            "side": "buy",
            "order_type": "market",
            "is_directed": False,
            "main_venue_mic": "XETR",
            "fills": 2,
            "fill_status": status,
            "fill_rate": rate,
            "volume_usd": 10_000,
            "slippage_usd": slippage,
            "slippage_bps": None if slippage is None else slippage,
            "arrival_gap": arrival_gap,
            "quote_gap": quote_gap,
        }
        for number, status, rate, slippage, arrival_gap, quote_gap in (
            (1, "filled", 1, -4.0, None, "no_quote"),
            (2, "partly_filled", 0.5, 12.0, None, None),
            (3, "filled", 1, None, "no_quote", "no_quote"),
            (4, "filled", 1, None, "no_quote", None),
            (5, "filled", 1, None, "quoted_as_rate", "quoted_as_rate"),
            (6, "filled", 1, None, "no_fx_rate", "several"),
            (7, "unfilled", 0, None, None, None),
        )
    ]
    venues = [
        {
            "reporting_year": year,
            "table_number": 1,
            "client_category": "retail",
            "rts28_class": "a",
            "rts28_class_name": "Shares and depositary receipts",
            "trades_per_business_day": 4.0,
            "is_below_one_trade": False,
            "venue_rank": 1,
            "venue_id": "XETR",
            "venue_id_type": "mic",
            "venue_name": "Xetra",
            "volume_usd": 100_000,
            "volume_pct": 100,
            "orders": 8,
            "orders_pct": 100,
            "passive_pct": 25,
            "aggressive_pct": 75,
            "directed_pct": 12.5,
            "class_volume_usd": 100_000,
            "class_orders": 8,
            "class_fills_without_volume": 0,
            "covered_from": first,
            "covered_to": last,
            "business_days": 3,
            "purpose": "internal_analytics",
        }
        for year, first, last in ((2022, FRIDAY, WEDNESDAY), (2021, date(2021, 12, 1), date(2021, 12, 30)))
    ]
    clocks = [
        {
            "trade_date": WEDNESDAY,
            "activity": activity,
            "required_granularity_us": granularity,
            "max_divergence_us": divergence,
            "executions": 10,
            "executions_unreadable": 0,
            "fewest_fraction_digits": 0,
            "most_fraction_digits": 6,
            "executions_too_coarse": coarse,
            "executions_ending_in_zeros": 0,
            "executions_before_order": 0,
            "executions_beyond_divergence": 0,
            "status": "breach" if coarse else "within",
        }
        for activity, granularity, divergence, coarse in (
            ("voice", 1_000_000, 1_000_000, 0),
            ("high_frequency", 1, 100, 3),
        )
    ]
    return {
        "fct_best_execution": table("fct_best_execution", quality),
        "fct_order_execution_quality": table("fct_order_execution_quality", orders),
        "rpt_mifid_rts28_top_venues": table("rpt_mifid_rts28_top_venues", venues),
        "fct_mifid_clock_checks": table("fct_mifid_clock_checks", clocks),
    }


def _position_limits() -> dict[str, pd.DataFrame]:
    limits, positions = [], []
    for day, lots in ((TUESDAY, -39_000.0), (WEDNESDAY, -41_000.0)):
        for code, name, limit, net in (
            ("EBM", "Milling <wheat>", 40_000.0, lots),
            ("DEB", "German base load power", 12_000.0, 1_200.0),
            ("NEW", None, None, 10.0),
        ):
            limits.append(
                {
                    "business_date": day,
                    "contract_code": code,
                    "limit_type": "spot_month",
                    "contract_name": name,
                    "maturities": 2,
                    "long_lots": max(net, 0.0),
                    "short_lots": max(-net, 0.0),
                    "option_delta_lots": 0,
                    "net_lots": net,
                    "baseline_ratio": None if limit is None else 0.25,
                    "baseline_basis": None if limit is None else "deliverable_supply",
                    "baseline_lots": limit,
                    "limit_lots": limit,
                    "utilisation_pct": None if limit is None else abs(net) / limit * 100,
                    "status": "missing"
                    if limit is None
                    else "breach"
                    if abs(net) > limit
                    else "warning"
                    if abs(net) > 0.8 * limit
                    else "within",
                    "note": "No limit is known for the contract." if limit is None else None,
                }
            )
            positions += [
                {
                    "business_date": day,
                    "contract_code": code,
                    "maturity_month": month,
                    "limit_type": "spot_month",
                    "long_lots": max(net / 2, 0.0),
                    "short_lots": max(-net / 2, 0.0),
                    "option_delta_lots": 0,
                    "net_lots": net / 2,
                }
                for month in ("2023-01", "2023-02")
            ]
    return {
        "fct_commodity_position_limits": table("fct_commodity_position_limits", limits),
        "fct_commodity_positions": table("fct_commodity_positions", positions),
    }


@cache
def tables() -> dict[str, pd.DataFrame]:
    """Return the tables of conduct, by name."""
    return {**_reporting(), **_best_execution(), **_position_limits()}
