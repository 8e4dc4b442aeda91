"""One row per reporting date, risk class and market: what the simplified standardised approach would charge."""

from python_models.capital.capital_frames import simplified_market_frame


def model(dbt, session):
    """Hand the positions by market and currency to the simplified charges."""
    dbt.config(materialized="table")
    charges = simplified_market_frame(
        dbt.ref("int_equity_market_positions").df(),
        dbt.ref("int_currency_open_positions").df(),
        dbt.ref("int_basel_parameters").df(),
    )
    return session.from_df(charges).project(
        """
        cast(reporting_date as date) as reporting_date,
        cast(risk_class as varchar) as risk_class,
        cast(market as varchar) as market,
        cast(general_usd as decimal(38, 6)) as general_usd,
        cast(specific_usd as decimal(38, 6)) as specific_usd,
        cast(capital_usd as decimal(38, 6)) as capital_usd,
        cast(rwa_usd as decimal(38, 6)) as rwa_usd,
        cast(rule_ids as varchar) as rule_ids
        """
    )
