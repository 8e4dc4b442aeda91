"""One row per reporting date and item with a limit: what of it is deducted from CET1, alone and with others."""

from python_models.capital.capital_frames import own_funds_deduction_frame


def model(dbt, session):
    """Hand what CET1 consists of and the rules in force to the threshold functions."""
    dbt.config(materialized="table")
    limits = own_funds_deduction_frame(dbt.ref("int_cet1_before_thresholds").df(), dbt.ref("int_basel_parameters").df())
    return session.from_df(limits).project(
        """
        cast(reporting_date as date) as reporting_date,
        cast(item_code as varchar) as item_code,
        cast(cet1_before_usd as decimal(38, 6)) as cet1_before_usd,
        cast(over_individual_limit_usd as decimal(38, 6)) as over_individual_limit_usd,
        cast(over_joint_limit_usd as decimal(38, 6)) as over_joint_limit_usd,
        cast(risk_weight as double) as risk_weight,
        cast(rule_ids as varchar) as rule_ids
        """
    )
