"""One row per reporting date: the bank's countercyclical buffer rate, weighted with its private-sector credit RWA."""

from python_models.capital.capital_frames import countercyclical_rate_frame


def model(dbt, session):
    """Hand the countries' amounts and rates to the buffer function."""
    dbt.config(materialized="table")
    rates = countercyclical_rate_frame(dbt.ref("int_countercyclical_countries").df())
    return session.from_df(rates).project(
        """
        cast(reporting_date as date) as reporting_date,
        cast(countercyclical_rate as double) as countercyclical_rate
        """
    )
