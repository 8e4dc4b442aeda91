"""One row per business date and tenor: the zero curve bootstrapped from the Treasury's par yields."""

from python_models.pricing.curves import zero_curve_frame


def model(dbt, session):
    """Hand the par yields to the bootstrap; all dates, as the factor history reaches back before any window."""
    dbt.config(materialized="table")
    curves = session.from_df(zero_curve_frame(dbt.ref("int_par_yields_daily").df()))
    return curves.project(
        """
        cast(business_date as date) as business_date,
        cast(tenor as varchar) as tenor,
        cast(tenor_years as double) as tenor_years,
        cast(risk_factor_id as varchar) as risk_factor_id,
        cast(zero_rate as double) as zero_rate,
        cast(is_proxied as boolean) as is_proxied
        """
    )
