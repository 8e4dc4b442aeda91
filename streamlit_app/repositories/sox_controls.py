"""SQL over the results of controls, their exceptions and deficiencies. USD; amounts of exceptions without a sign."""

from __future__ import annotations

import pandas as pd

from governance.access import Reader


def quarters(reader: Reader) -> pd.DataFrame:
    """Return the conclusion on internal control of each quarter, newest first."""
    return reader.query(
        """
        select
            period_id as quarter_id, as_of_date, conclusion, reason, controls, effective_controls, ineffective_controls,
            not_tested_controls, deficiencies, significant_deficiencies, material_weaknesses
        from fct_sox_conclusions
        order by period_id desc
        """
    )


def results(reader: Reader) -> pd.DataFrame:
    """Return one row per control and period, oldest period first."""
    return reader.query(
        """
        select
            control_id, period_id, control_name, process, frequency, quarter_id, ends_on, is_closed, rule_kind, is_key,
            is_indirect, conclusion, reason, population, tested, untested, exceptions, exception_rate,
            tolerance_allowed, population_usd, exceptions_usd, owner, reviewer
        from fct_sox_control_results
        order by ends_on, period_id, control_id
        """
    )


def catalogue_entry(reader: Reader, control_id: str, period_id: str) -> pd.DataFrame:
    """Return what the catalogue says of a control, in the period's row: one row, or none."""
    return reader.query(
        """
        select
            objective, risk, assertion, control_type, automation, population_words, test_words, compensating_control_id,
            model_name, model_sha256
        from fct_sox_control_results
        where control_id = $control and period_id = $period
        """,
        {"control": control_id, "period": period_id},
    )


def exceptions(reader: Reader, control_id: str, period_id: str, rows: int) -> pd.DataFrame:
    """Return the exceptions of a control in a period, largest first, and how many there are in ``rows_in_all``."""
    return reader.query(
        """
        select
            item_id, item_date, person, amount_usd, reason, detail, count(*) over () as rows_in_all
        from fct_sox_exceptions
        where control_id = $control and period_id = $period
        order by amount_usd desc nulls last, item_date, item_id
        limit $rows
        """,
        {"control": control_id, "period": period_id, "rows": rows},
    )


def deficiencies(reader: Reader) -> pd.DataFrame:
    """Return every deficiency, the gravest first, then overdue and oldest."""
    return reader.query(
        """
        select
            control_id, period_id, control_name, process, quarter_id, as_of_date, severity, severity_reason, likelihood,
            magnitude_usd, materiality_usd, compensating_control_id, is_compensated, failed_periods, opened_on, due_on,
            closed_on, age_days, is_overdue
        from fct_sox_deficiencies
        order by severity_rank desc, is_overdue desc, age_days desc, control_id, period_id
        """
    )


def processes(reader: Reader, quarter_id: str) -> pd.DataFrame:
    """Return the evaluation of each process at the end of a quarter, most deficiencies first."""
    return reader.query(
        """
        select process, controls, deficiencies, aggregated_severity, magnitude_usd, materiality_usd, reason
        from fct_sox_process_evaluation
        where period_id = $quarter
        order by deficiencies desc, process
        """,
        {"quarter": quarter_id},
    )


def benford(reader: Reader) -> pd.DataFrame:
    """Return the statistics of each population, quarter and test of digits, newest quarter first."""
    return reader.query(
        """
        select
            population, quarter, digits, amounts, chi_square, degrees_of_freedom, chi_square_p_value,
            mean_absolute_deviation, conformity, kolmogorov_smirnov, mantissa_mean, mantissa_variance,
            arc_squared_length, arc_p_value, distortion_factor
        from fct_sox_benford
        order by quarter desc, population, digits
        """
    )


def benford_digits(reader: Reader, population: str, quarter: str, digits: str) -> pd.DataFrame:
    """Return observed and expected shares of each digit, in the order of digits."""
    return reader.query(
        """
        select
            digit, observed_amounts, observed_proportion, expected_proportion, lower_limit, upper_limit, z_statistic,
            is_significant
        from fct_sox_benford_digits
        where population = $population and quarter = $quarter and digits = $digits
        order by digit
        """,
        {"population": population, "quarter": quarter, "digits": digits},
    )
