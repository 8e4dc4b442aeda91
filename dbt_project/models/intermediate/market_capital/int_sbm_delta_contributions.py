"""One row per reporting date, scenario and risk factor: its part in the delta charge of its risk class."""

from python_models.capital.delta_charges import delta_contributions_frame


def model(dbt, session):
    """Hand weighted sensitivities and the rules of each date to the sensitivities-based method."""
    dbt.config(materialized="table")
    contributions = delta_contributions_frame(
        dbt.ref("int_sbm_sensitivities").df(),
        dbt.ref("int_basel_parameters").filter("rule_group like 'MAR21.%'").df(),
        dbt.ref("frtb_equity_buckets").filter("valid_to is null").df(),
    )
    return session.from_df(contributions).project(
        """
        cast(reporting_date as date) as reporting_date,
        cast(scenario as varchar) as scenario,
        cast(risk_class as varchar) as risk_class,
        cast(bucket as varchar) as bucket,
        cast(qualifier as varchar) as qualifier,
        cast(factor as varchar) as factor,
        cast(tenor_years as double) as tenor_years,
        cast(bucket_charge_usd as decimal(38, 6)) as bucket_charge_usd,
        cast(contribution_usd as decimal(38, 6)) as contribution_usd,
        cast(class_charge_usd as decimal(38, 6)) as class_charge_usd
        """
    )
