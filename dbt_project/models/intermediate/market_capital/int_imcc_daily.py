"""One row per reporting date, business date and component: expected shortfall of the internal model."""

from python_models.capital.internal_model_frames import imcc_frame


def model(dbt, session):
    """Hand the firm's sensitivities, all factor moves and the rules of each date to the internal model."""
    dbt.config(materialized="table")
    figures = imcc_frame(
        dbt.ref("int_risk_class_sensitivities").df(),
        dbt.ref("int_risk_factor_returns").filter("factor_return is not null").df(),
        dbt.ref("int_risk_factor_horizons").df(),
        dbt.ref("int_basel_parameters").filter("rule_group like 'MAR33.%'").df(),
    )
    return session.from_df(figures).project(
        """
        cast(reporting_date as date) as reporting_date,
        cast(business_date as date) as business_date,
        cast(component as varchar) as component,
        cast(es_full_current_usd as decimal(38, 6)) as es_full_current_usd,
        cast(es_reduced_current_usd as decimal(38, 6)) as es_reduced_current_usd,
        cast(es_reduced_stressed_usd as decimal(38, 6)) as es_reduced_stressed_usd,
        cast(imcc_usd as decimal(38, 6)) as imcc_usd,
        cast(stress_start as date) as stress_start,
        cast(stress_end as date) as stress_end,
        cast(note as varchar) as note
        """
    )
