"""One row per business date and modelled instrument: what one unit gains or loses from the passing of time alone."""

from python_models.pricing.time_decay import time_decay_frame


def model(dbt, session):
    """Hand terms, and the market data of each window date's previous business date, to the pricing functions."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="window",
        on_schema_change="fail",
    )
    start, end = dbt.config.meta_get("start_date"), dbt.config.meta_get("end_date")
    book_dates = dbt.ref("int_business_dates").filter("is_book_date").df()
    has_previous = book_dates["previous_business_date"].isin(book_dates["business_date"])
    in_window = (book_dates["business_date"] >= start) & (book_dates["business_date"] < end)
    dates = book_dates.loc[has_previous & in_window, ["business_date", "previous_business_date"]]
    earliest = dates["previous_business_date"].min() if len(dates) else end
    market = f"business_date >= date '{earliest:%Y-%m-%d}'" if len(dates) else "false"
    decay = time_decay_frame(
        dbt.ref("int_modelled_instruments").df(),
        dbt.ref("int_zero_curves").df(),
        dbt.ref("int_risk_factor_levels").filter(f"factor_type in ('equity', 'fx') and {market}").df(),
        dbt.ref("int_implied_volatilities_daily").filter(market).df(),
        dates,
    )
    return session.from_df(decay).project(
        """
        cast(business_date as date) as business_date,
        cast(instrument_id as varchar) as instrument_id,
        cast(time_decay_local as double) as time_decay_local
        """
    )
