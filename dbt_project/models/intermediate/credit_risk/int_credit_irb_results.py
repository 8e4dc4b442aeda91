"""One row per reporting date and exposure with an internal estimate or a slotting category: capital and loss."""

from python_models.credit_risk.irb import irb_frame


def model(dbt, session):
    """Hand the inputs to the risk-weight function."""
    dbt.config(materialized="table")
    results = irb_frame(dbt.ref("int_credit_irb_inputs").df())
    return session.from_df(results).project(
        """
        cast(reporting_date as date) as reporting_date,
        cast(exposure_id as varchar) as exposure_id,
        cast(exposure_class as varchar) as exposure_class,
        cast(irb_method as varchar) as irb_method,
        cast(ead_usd as decimal(38, 6)) as ead_usd,
        cast(provisions_usd as decimal(38, 6)) as provisions_usd,
        cast(default_probability as double) as default_probability,
        cast(loss_given_default as double) as loss_given_default,
        cast(maturity_years as double) as maturity_years,
        cast(correlation as double) as correlation,
        cast(capital_requirement as double) as capital_requirement,
        cast(risk_weight as double) as risk_weight,
        cast(rwa_before_supporting_factor_usd as decimal(38, 6)) as rwa_before_supporting_factor_usd,
        cast(expected_loss_usd as decimal(38, 6)) as expected_loss_usd,
        cast(rule_ids as varchar) as rule_ids
        """
    )
