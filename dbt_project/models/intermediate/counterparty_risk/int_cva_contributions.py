"""One row per reporting date, method and counterparty: what it adds to the capital for credit valuation adjustment."""

from python_models.credit_risk.counterparty_frames import cva_contributions


def model(dbt, session):
    """Hand the exposures and the rules in force to the calculation."""
    dbt.config(materialized="table")
    found = cva_contributions(
        dbt.ref("int_cva_exposures").df(),
        dbt.ref("int_basel_parameters")
        .filter("rule_group in ('CRE52.exposure', 'MAR50.reduced', 'CVA.standardised')")
        .df(),
    )
    return session.from_df(found).project(
        """
        cast(reporting_date as date) as reporting_date,
        cast(method as varchar) as method,
        cast(counterparty_lei as varchar) as counterparty_lei,
        cast(ead_usd as decimal(38, 6)) as ead_usd,
        cast(standalone_usd as decimal(38, 6)) as standalone_usd,
        cast(capital_usd as decimal(38, 6)) as capital_usd
        """
    )
