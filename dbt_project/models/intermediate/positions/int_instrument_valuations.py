"""One row per business date, modelled instrument and result: its price, or its sensitivity to one risk factor."""

import pandas as pd

from python_models.pricing.valuation import value_instruments


def model(dbt, session):
    """Hand terms and market data of the window to the pricing functions."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="window",
        on_schema_change="fail",
    )
    start, end = dbt.config.meta_get("start_date"), dbt.config.meta_get("end_date")
    in_window = f"business_date >= date '{start}' and business_date < date '{end}'"
    dates = dbt.ref("int_business_dates").filter(f"is_book_date and {in_window}").df()
    levels = dbt.ref("int_risk_factor_levels")
    prices, sensitivities = value_instruments(
        dbt.ref("int_modelled_instruments").df(),
        dbt.ref("int_zero_curves").df(),
        levels.filter(f"factor_type in ('equity', 'fx') and {in_window}").df(),
        dbt.ref("int_implied_volatilities_daily").filter(in_window).df(),
        dates["business_date"],
    )
    # Without a single instrument pandas does not know the types: they are said here.
    return session.from_df(pd.concat([prices, sensitivities], ignore_index=True)).project(
        """
        cast(business_date as date) as business_date,
        cast(instrument_id as varchar) as instrument_id,
        cast(risk_factor_id as varchar) as risk_factor_id,
        cast(price_local as double) as price_local,
        cast(is_price_proxied as boolean) as is_price_proxied,
        cast(delta_local as double) as delta_local,
        cast(gamma_local as double) as gamma_local
        """
    )
