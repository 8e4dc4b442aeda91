"""One row per business date and tenor: the zero curve bootstrapped from the Treasury's par yields."""

from python_models.pricing.curves import zero_curve_frame


def model(dbt, session):
    """Hand the par yields to the bootstrap; all dates, as the factor history reaches back before any window."""
    dbt.config(materialized="table")
    return zero_curve_frame(dbt.ref("int_par_yields_daily").df())
