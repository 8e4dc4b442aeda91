"""One row per reporting date: what the leverage ratio must be, minimum and buffer."""

from python_models.capital.capital_frames import leverage_requirement_frame


def model(dbt, session):
    """Hand the risk-based buffers and the rules in force to the leverage function."""
    dbt.config(materialized="table")
    requirements = leverage_requirement_frame(
        dbt.ref("int_capital_buffer_rates").df(), dbt.ref("int_basel_parameters").df()
    )
    return session.from_df(requirements).project(
        """
        cast(reporting_date as date) as reporting_date,
        cast(minimum_ratio as double) as minimum_ratio,
        cast(buffer_ratio as double) as buffer_ratio,
        cast(required_ratio as double) as required_ratio,
        cast(rule_ids as varchar) as rule_ids
        """
    )
