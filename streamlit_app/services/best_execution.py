"""Best execution: what execution cost by venue, class of client and date, and how sure that is.

A ratio of several rows is the ratio of their sums, never a mean of ratios; without a quote there is none.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import best_execution as repository

ROWS_SHOWN = 300
VENUES_DRAWN = 12
PERIODS = {"1": "The day", "5": "5 days", "20": "20 days"}
TABLES = {
    1: "1: retail clients",
    2: "2: professional clients",
    3: "3: securities financing transactions",
}
NOT_EXECUTED = "Not executed"
GAPS = {
    "quoted_as_rate": "the price is a rate",
    "no_quote": "no quote",
    "unusable_quote": "no usable quote",
    "no_price": "no price or quantity",
    "no_fx_rate": "no exchange rate",
    "several": "several reasons",
}
OFF_VENUE = {"XOFF": "Off venue, in an instrument traded on one", "XXXX": "Off venue, in an instrument traded on none"}
_BPS = 1e4
_MICROSECONDS = 1e6


def order_dates(reader: Reader) -> list[date]:
    """Return the dates that can be shown, newest first."""
    return list(repository.order_dates(reader)["order_date"].dt.date)


def first_date(dates: list[date], last: date, days: int) -> date:
    """Return the first of the last so many dates with orders up to one, or the first there is.

    Examples
    --------
    >>> first_date([date(2022, 12, 28), date(2022, 12, 27), date(2022, 12, 23)], date(2022, 12, 28), 2)
    datetime.date(2022, 12, 27)
    """
    return [day for day in dates if day <= last][:days][-1]


def groups(reader: Reader) -> tuple[list[str], list[str]]:
    """Return the asset classes and the client categories that have orders."""
    rows = repository.groups(reader)
    return sorted(set(rows["asset_class"].dropna())), sorted(set(rows["client_category"].dropna()))


def words(name: str) -> str:
    """Return how a reader calls an asset class or client category.

    Examples
    --------
    >>> words("equity_derivative")
    'Equity derivative'
    """
    return name.replace("_", " ").capitalize()


def measures(sums: pd.DataFrame) -> pd.DataFrame:
    """Return the sums with the ratios that they make; null where the base is missing or nothing.

    ``effective_spread_bps``, ``price_improvement_bps`` and ``slippage_bps`` in basis points, ``fill_rate`` a share,
    ``seconds_to_fill``, and shares of volume (``passive_share``, ``aggressive_share``) or of orders
    (``directed_orders_share``, ``filled_orders_share``).
    """

    def over(part: str, base: str, scale: float = 1.0) -> pd.Series:
        bottom = sums[base].astype(float)
        return scale * sums[part].astype(float) / bottom.where(bottom > 0)

    return sums.assign(
        effective_spread_bps=over("effective_spread_usd", "mid_value_usd", _BPS),
        price_improvement_bps=over("price_improvement_usd", "mid_value_usd", _BPS),
        slippage_bps=over("slippage_usd", "arrival_value_usd", _BPS),
        fill_rate=over("fill_rate_sum", "fill_rate_orders"),
        seconds_to_fill=over("seconds_to_fill_sum", "timed_orders"),
        passive_share=over("passive_volume_usd", "volume_usd"),
        aggressive_share=over("aggressive_volume_usd", "volume_usd"),
        directed_orders_share=over("directed_orders", "orders"),
        filled_orders_share=over("filled_orders", "orders"),
    )


def totals(reader: Reader, start: date, end: date, asset_class: str | None, category: str | None) -> pd.Series:
    """Return the sums and ratios of the scope."""
    return measures(repository.totals(reader, start, end, asset_class, category)).iloc[0]


def by_venue(reader: Reader, start: date, end: date, asset_class: str | None, category: str | None) -> pd.DataFrame:
    """Return the sums and ratios of each venue, largest volume first, with ``venue`` in words."""
    rows = measures(repository.by_venue(reader, start, end, asset_class, category))
    name = rows["venue_mic"].map(OFF_VENUE).fillna(rows["venue_name"]).fillna(rows["venue_mic"])
    return rows.assign(venue=name.fillna(NOT_EXECUTED))


def by_date(reader: Reader, start: date, end: date, asset_class: str | None, category: str | None) -> pd.DataFrame:
    """Return the sums and ratios of each date, oldest first."""
    return measures(repository.by_date(reader, start, end, asset_class, category))


def costliest_orders(
    reader: Reader, start: date, end: date, asset_class: str | None, category: str | None
) -> pd.DataFrame:
    """Return the orders whose slippage cost most, with ``not_measurable``: by which quotes, and why."""
    rows = repository.costliest_orders(reader, start, end, asset_class, category, ROWS_SHOWN)
    return rows.assign(
        not_measurable=[
            not_measurable(arrival, execution)
            for arrival, execution in zip(rows["arrival_gap"], rows["quote_gap"], strict=True)
        ],
        status_words=rows["fill_status"].astype("string").str.replace("_", " "),
    )


def not_measurable(arrival_gap: object, quote_gap: object) -> str:
    """Return why an order cannot be measured by the quotes at arrival and at execution; empty when it can.

    Examples
    --------
    >>> not_measurable("quoted_as_rate", "quoted_as_rate")
    'the price is a rate'
    >>> not_measurable("no_quote", None)
    'at arrival: no quote'
    """
    reasons = {
        when: GAPS.get(gap, gap)
        for when, gap in (("at arrival", arrival_gap), ("at execution", quote_gap))
        if isinstance(gap, str)
    }
    if len(reasons) == 2 and len(set(reasons.values())) == 1:
        return next(iter(reasons.values()))
    return "; ".join(f"{when}: {reason}" for when, reason in reasons.items())


def top_venues(reader: Reader) -> pd.DataFrame:
    """Return the venues with the greatest volume of clients' orders, with ``table_name``, and shares as parts of 1."""
    rows = repository.top_venues(reader)
    shares = {name: rows[name].astype(float) / 100 for name in rows.columns if name.endswith("_pct")}
    return rows.assign(table_name=rows["table_number"].map(TABLES), **shares)


def covered(rows: pd.DataFrame) -> list[tuple[date, date]]:
    """Return the first and the last date of each year that the top venues are of, newest first."""
    years = rows.groupby("reporting_year").agg(start=("covered_from", "min"), end=("covered_to", "max"))
    newest_first = years.sort_index(ascending=False)
    return list(zip(newest_first["start"].dt.date, newest_first["end"].dt.date, strict=True))


def clock_checks(reader: Reader, start: date, end: date) -> pd.DataFrame:
    """Return recorded times against the rules by activity, with ``state`` and times in seconds."""
    rows = repository.clock_checks(reader, start, end)
    state = pd.Series("within", index=rows.index, dtype="string").mask(rows["dates_in_breach"] > 0, "breach")
    return rows.assign(
        activity_name=rows["activity"].astype("string").str.replace("_", " ").str.capitalize(),
        state=state.mask(rows["required_granularity_us"].isna(), "no requirement"),
        required_seconds=rows["required_granularity_us"].astype(float) / _MICROSECONDS,
        divergence_seconds=rows["max_divergence_us"].astype(float) / _MICROSECONDS,
        lead_seconds=rows["largest_lead_us"].astype(float) / _MICROSECONDS,
    )
