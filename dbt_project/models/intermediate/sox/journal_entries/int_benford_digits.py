"""One row per population, quarter, digits and digit: how often it leads an amount, and how often it should."""

from python_models.controls.benford_frames import benford_digits_frame


def model(dbt, session):
    """Hand the amounts and the critical value in force to the counting."""
    dbt.config(materialized="table")
    frame = benford_digits_frame(
        dbt.ref("int_benford_amounts").df(),
        dbt.ref("sox_parameters").filter("valid_to is null").df(),
    )
    return session.from_df(frame).project(
        """
        cast(population as varchar) as population,
        cast(quarter as varchar) as quarter,
        cast(digits as varchar) as digits,
        cast(digit as integer) as digit,
        cast(observed_amounts as integer) as observed_amounts,
        cast(observed_proportion as double) as observed_proportion,
        cast(expected_proportion as double) as expected_proportion,
        cast(lower_limit as double) as lower_limit,
        cast(upper_limit as double) as upper_limit,
        cast(z_statistic as double) as z_statistic,
        cast(is_significant as boolean) as is_significant
        """
    )
