"""One row per reporting date and approach: business indicator, losses and the charge for operational risk."""

from python_models.capital.capital_frames import operational_risk_frame


def model(dbt, session):
    """Hand closed years, losses and the euro rate to the functions of both approaches."""
    dbt.config(materialized="table")
    rates = dbt.ref("int_fx_rates_daily").filter("currency = 'EUR'").df()
    charges = operational_risk_frame(
        dbt.ref("int_operational_income_items").df(),
        dbt.ref("int_operational_losses_annual").df(),
        rates.rename(columns={"business_date": "reporting_date", "fx_rate_usd": "usd_per_eur"}),
        dbt.ref("int_basel_parameters").df(),
    )
    return session.from_df(charges).project(
        """
        cast(reporting_date as date) as reporting_date,
        cast(approach as varchar) as approach,
        cast(first_fiscal_year as integer) as first_fiscal_year,
        cast(last_fiscal_year as integer) as last_fiscal_year,
        cast(interest_component_usd as decimal(38, 6)) as interest_component_usd,
        cast(services_component_usd as decimal(38, 6)) as services_component_usd,
        cast(financial_component_usd as decimal(38, 6)) as financial_component_usd,
        cast(business_indicator_usd as decimal(38, 6)) as business_indicator_usd,
        cast(business_indicator_eur as decimal(38, 6)) as business_indicator_eur,
        cast(bucket as integer) as bucket,
        cast(indicator_component_usd as decimal(38, 6)) as indicator_component_usd,
        cast(loss_years as integer) as loss_years,
        cast(loss_component_usd as decimal(38, 6)) as loss_component_usd,
        cast(loss_multiplier as double) as loss_multiplier,
        cast(capital_usd as decimal(38, 6)) as capital_usd,
        cast(rwa_usd as decimal(38, 6)) as rwa_usd,
        cast(is_headline as boolean) as is_headline,
        cast(note as varchar) as note,
        cast(rule_ids as varchar) as rule_ids
        """
    )
