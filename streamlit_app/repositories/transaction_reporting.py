"""SQL over transaction reporting: tie-out, what is open and why, files, answers. Personal data come masked only."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader

#: What may be shown of the 65 fields: of personal data the masked form, and never a token.
SHOWN_FIELDS = (
    "report_status",
    "transaction_reference",
    "venue_transaction_id",
    "executing_entity_lei",
    "is_investment_firm",
    "submitting_entity_lei",
    "buyer_code",
    "buyer_national_id_masked",
    "buyer_branch_country",
    "buyer_first_name_masked",
    "buyer_surname_masked",
    "buyer_birth_date_masked",
    "buyer_decision_maker_code",
    "buyer_decision_maker_national_id_masked",
    "buyer_decision_maker_first_name_masked",
    "buyer_decision_maker_surname_masked",
    "buyer_decision_maker_birth_date_masked",
    "seller_code",
    "seller_national_id_masked",
    "seller_branch_country",
    "seller_first_name_masked",
    "seller_surname_masked",
    "seller_birth_date_masked",
    "seller_decision_maker_code",
    "seller_decision_maker_national_id_masked",
    "seller_decision_maker_first_name_masked",
    "seller_decision_maker_surname_masked",
    "seller_decision_maker_birth_date_masked",
    "is_transmitted",
    "buyer_transmitting_firm_lei",
    "seller_transmitting_firm_lei",
    "executed_at",
    "capacity",
    "quantity",
    "quantity_currency",
    "notional_change",
    "price",
    "price_currency",
    "net_amount",
    "venue_mic",
    "membership_country",
    "up_front_payment",
    "up_front_payment_currency",
    "complex_trade_id",
    "isin",
    "instrument_name",
    "cfi_code",
    "notional_currency",
    "second_notional_currency",
    "price_multiplier",
    "underlying_isin",
    "underlying_index_name",
    "underlying_index_term",
    "option_type",
    "strike_price",
    "strike_currency",
    "exercise_style",
    "maturity_date",
    "expiry_date",
    "delivery_type",
    "investment_decision_code",
    "investment_decision_national_id_masked",
    "investment_decision_country",
    "execution_decision_code",
    "execution_decision_national_id_masked",
    "execution_decision_country",
    "waivers",
    "short_selling",
    "otc_post_trade",
    "is_commodity_hedge",
    "is_sft",
)


def trade_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates with executions or answers, newest first: ``trade_date``."""
    return reader.query("select distinct trade_date from fct_mifid_tie_out order by trade_date desc")


def tie_out(reader: Reader) -> pd.DataFrame:
    """Return one row per trade date, newest first: executions, what became of them, deadline and what is late."""
    return reader.query(
        """
        select
            tie_out.trade_date, tie_out.executions, tie_out.accepted, tie_out.submitted, tie_out.reported,
            tie_out.exempt, tie_out.held, tie_out.rejected, tie_out.pending_at_authority, tie_out.pending,
            tie_out.cancelled, tie_out.difference, tie_out.live_too_many, tie_out.unknown_references,
            tie_out.over_reported, deadlines.deadline_date, deadlines.as_of_date, deadlines.reportable,
            deadlines.reported_on_time, deadlines.reported_late, deadlines.still_open, deadlines.overdue
        from fct_mifid_tie_out as tie_out
        left join fct_mifid_reporting_deadlines as deadlines on tie_out.trade_date = deadlines.trade_date
        order by tie_out.trade_date desc
        """
    )


def exempt_reasons(reader: Reader, trade_date: date) -> pd.DataFrame:
    """Return the date's executions that are exempt, by reason, most first."""
    return reader.query(
        """
        select reason_code, reason_description, exempt
        from fct_mifid_tie_out_reasons
        where trade_date = $date
        order by exempt desc, reason_code
        """,
        {"date": trade_date},
    )


_OPEN_REPORTS = """
    select
        reports.transaction_reference, reports.execution_id, reports.version, reports.state, reports.state_since,
        reports.trade_date, reports.deadline_date, deadlines.as_of_date, deadlines.is_on_time, deadlines.is_overdue,
        reports.submission_id, findings.rule_id, findings.field_number, findings.field_name, findings.value,
        coalesce(findings.message, undecided.reason_description) as message, reports.rejection_rule_code,
        reports.rejection_message, reports.isin, reports.venue_mic, reports.capacity,
        case
            when reports.state = 'pending' or undecided.execution_id is not null then $instruments
            when reports.state = 'held' then coalesce(fields.responsible, $reporting)
            else $reporting
        end as acts
    from fct_mifid_transaction_reports as reports
    left join fct_mifid_execution_deadlines as deadlines on reports.execution_id = deadlines.execution_id
    left join fct_mifid_validation_results as findings
        on reports.state = 'held' and reports.execution_id = findings.execution_id
        and reports.version = findings.version and findings.severity = 'error'
    left join int_mifid_eligibility as undecided
        on reports.state = 'held' and reports.execution_id = undecided.execution_id
        and reports.version = undecided.version and undecided.is_reportable is null
    left join dim_mifid_fields as fields on findings.field_number = fields.field_number
    where
        reports.is_current
        and reports.state in ('held', 'rejected', 'file_rejected', 'pending')
        and ($date is null or reports.trade_date = $date)
"""


def open_reports(
    reader: Reader, trade_date: date | None, rows: int, *, reporting: str, instruments: str
) -> pd.DataFrame:
    """Return executions that are reportable and not reported, a row for each error that holds one, first due first.

    ``acts`` is the team that owns the field of the error; ``instruments`` where nobody knows the instrument or the
    authority waits for its reference data, and ``reporting`` where nothing says who. ``rows_in_all`` says how many rows
    there are, ``as_of_date`` up to when deadlines are judged.
    """
    return reader.query(
        f"""
        select *, count(*) over () as rows_in_all
        from ({_OPEN_REPORTS}) as open_reports
        order by deadline_date, execution_id, field_number, rule_id
        limit $rows
        """,
        {"date": trade_date, "rows": rows, "reporting": reporting, "instruments": instruments},
    )


def open_reports_by_team(reader: Reader, trade_date: date | None, *, reporting: str, instruments: str) -> pd.DataFrame:
    """Return how many executions wait for each team of ``open_reports``, the most overdue first."""
    return reader.query(
        f"""
        select
            acts, count(distinct execution_id) as executions,
            count(distinct case when is_overdue then execution_id end) as overdue,
            count(distinct case when not is_on_time and deadline_date = as_of_date then execution_id end) as due_today,
            min(deadline_date) as first_deadline
        from ({_OPEN_REPORTS}) as open_reports
        group by acts
        order by overdue desc, due_today desc, executions desc, acts
        """,
        {"date": trade_date, "reporting": reporting, "instruments": instruments},
    )


def findings_by_rule(reader: Reader, trade_date: date | None) -> pd.DataFrame:
    """Return how often each rule was broken, and how many executions it holds now; most held first."""
    return reader.query(
        """
        select
            findings.rule_id, findings.field_number, findings.field_name, findings.severity, findings.message,
            fields.responsible, count(*) as findings, count(reports.execution_id) as held_now
        from fct_mifid_validation_results as findings
        left join fct_mifid_transaction_reports as reports
            on findings.execution_id = reports.execution_id and findings.version = reports.version
            and reports.is_current and reports.state = 'held' and findings.severity = 'error'
        left join dim_mifid_fields as fields on findings.field_number = fields.field_number
        where $date is null or findings.trade_date = $date
        group by
            findings.rule_id, findings.field_number, findings.field_name, findings.severity, findings.message,
            fields.responsible
        order by held_now desc, findings desc, findings.rule_id
        """,
        {"date": trade_date},
    )


def files(reader: Reader, rows: int) -> pd.DataFrame:
    """Return the newest files that were sent: what was in them and what the authority answered."""
    return reader.query(
        """
        select
            submission_id, reporting_date, resubmission_of, sent_again_as, new_count, cancel_count, report_count,
            status, answered_on, rule_code, message, accepted_count, rejected_count, pending_count,
            reports_received, reports_accepted, received_difference
        from fct_mifid_submissions
        order by reporting_date desc, submission_id desc
        limit $rows
        """,
        {"rows": rows},
    )


def files_counted(reader: Reader) -> pd.DataFrame:
    """Return one row over all files: ``files``, ``uncounted`` by the authority, and the sum of its differences to us.

    A report too many in one file does not make up for one too few in another. Null when no file was counted.
    """
    return reader.query(
        """
        select
            count(*) as files, count(*) - count(received_difference) as uncounted,
            sum(abs(received_difference)) as difference
        from fct_mifid_submissions
        """
    )


def rejected_cancellations(reader: Reader, rows: int) -> pd.DataFrame:
    """Return cancellations that the authority rejected: it still holds the report that was to go."""
    return reader.query(
        """
        select
            transaction_reference, execution_id, version, submission_id, trade_date, rejected_on,
            rejection_rule_code, rejection_message
        from qc_mifid_rejected_reports
        where report_status = 'CANC'
        order by rejected_on desc, transaction_reference
        limit $rows
        """,
        {"rows": rows},
    )


def over_reported(reader: Reader, rows: int) -> pd.DataFrame:
    """Return what the authority holds or answers on and should not."""
    return reader.query(
        """
        select
            over_report_type, transaction_reference, execution_id, version, submission_id, trade_date,
            reporting_date, state, reason_code
        from qc_mifid_over_reported
        order by reporting_date desc nulls last, transaction_reference
        limit $rows
        """,
        {"rows": rows},
    )


def late_reports(reader: Reader, rows: int) -> pd.DataFrame:
    """Return reports that came after the close of the next working day, the longest delay first."""
    return reader.query(
        """
        select
            transaction_reference, execution_id, version, submission_id, trade_date, deadline_date, reporting_date,
            days_late, state
        from qc_mifid_late_reports
        order by days_late desc, trade_date desc, transaction_reference
        limit $rows
        """,
        {"rows": rows},
    )


def trades_without_executions(reader: Reader, rows: int) -> pd.DataFrame:
    """Return own-account trades whose executions do not add up to them, newest first."""
    return reader.query(
        """
        select
            trade_id, trade_date, portfolio_id, trader_id, instrument_id, product_type, is_cancelled,
            trade_quantity, executions, executed_quantity, quantity_difference
        from qc_trades_without_executions
        order by trade_date desc, trade_id
        limit $rows
        """,
        {"rows": rows},
    )


def reports_of(reader: Reader, reference: str) -> pd.DataFrame:
    """Return every report of a transaction reference or execution, oldest first, its fields as text."""
    fields = ", ".join(f"cast({name} as varchar) as {name}" for name in SHOWN_FIELDS)
    return reader.query(
        f"""
        select
            report_version, execution_id, version, reported_version, reporting_date, trade_date, deadline_date,
            submission_id, attempt, resubmission_of, state, state_since, rejection_rule_code, rejection_message,
            validation_errors, is_current, is_live, is_late, {fields}
        from fct_mifid_transaction_reports
        where transaction_reference = $reference or execution_id = $reference
        order by reporting_date, execution_id, report_version
        """,
        {"reference": reference},
    )


def unreportable_of(reader: Reader, reference: str) -> pd.DataFrame:
    """Return the versions of a transaction reference or execution that need no report, or of which nobody can tell.

    ``is_reportable`` is null where nobody can tell; ``reason_description`` says why.
    """
    return reader.query(
        """
        select
            execution_id, version, reporting_date, is_reportable, reason_code, reason_description,
            cast(null as int) as report_version, cast(null as varchar) as submission_id
        from int_mifid_eligibility
        where
            not coalesce(is_reportable, false) and action <> 'cancel'
            and (transaction_reference = $reference or execution_id = $reference)
        order by execution_id, version
        """,
        {"reference": reference},
    )


def findings_of(reader: Reader, reference: str) -> pd.DataFrame:
    """Return what the validation found in the versions of a transaction reference or execution."""
    return reader.query(
        """
        select
            findings.execution_id, findings.version, findings.reporting_date, findings.rule_id,
            findings.field_number, findings.field_name, findings.severity, findings.value, findings.message,
            fields.responsible
        from fct_mifid_validation_results as findings
        left join dim_mifid_fields as fields on findings.field_number = fields.field_number
        where findings.transaction_reference = $reference or findings.execution_id = $reference
        order by findings.execution_id, findings.version, findings.field_number, findings.rule_id
        """,
        {"reference": reference},
    )


def answers_of(reader: Reader, reference: str) -> pd.DataFrame:
    """Return the authority's answers on a transaction reference or execution, oldest first."""
    return reader.query(
        """
        select
            feedback_id, feedback_date, received_at, reporting_date, submission_id, transaction_reference,
            report_status, status, rule_code, message, report_version, execution_id, version, is_unmatched
        from fct_mifid_feedback
        where
            record_type = 'transaction' and (transaction_reference = $reference or execution_id = $reference)
        order by feedback_date, received_at, feedback_id
        """,
        {"reference": reference},
    )


def fields(reader: Reader) -> pd.DataFrame:
    """Return the 65 fields of a report: name, where it stands, who owns its data."""
    return reader.query(
        """
        select field_number, field_name, column_name, masked_column, format, rule, responsible
        from dim_mifid_fields
        order by field_number
        """
    )
