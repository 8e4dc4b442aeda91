"""SQL over best execution. Costs and volumes in USD; a cost is positive, a gain negative.

Ratios are never averaged: every read gives the two sums a ratio is made of.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader

_SUMS = """
    sum(orders) as orders, sum(executed_orders) as executed_orders, sum(filled_orders) as filled_orders,
    sum(partly_filled_orders) as partly_filled_orders, sum(unfilled_orders) as unfilled_orders,
    sum(directed_orders) as directed_orders, sum(orders_without_quotes) as orders_without_quotes,
    sum(orders_without_arrival) as orders_without_arrival, sum(fill_rate_orders) as fill_rate_orders,
    sum(fill_rate_sum) as fill_rate_sum, sum(timed_orders) as timed_orders,
    sum(seconds_to_fill_sum) as seconds_to_fill_sum, sum(fills) as fills,
    sum(fills_without_volume) as fills_without_volume, sum(improved_fills) as improved_fills,
    sum(volume_usd) as volume_usd, sum(passive_volume_usd) as passive_volume_usd,
    sum(aggressive_volume_usd) as aggressive_volume_usd,
    sum(mid_value_usd) as mid_value_usd, sum(effective_spread_usd) as effective_spread_usd,
    sum(price_improvement_usd) as price_improvement_usd, sum(arrival_value_usd) as arrival_value_usd,
    sum(slippage_usd) as slippage_usd
"""
_SCOPE = """
    order_date between $start and $end
    and ($class is null or asset_class = $class)
    and ($category is null or client_category = $category)
"""


def order_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates with orders, newest first: ``order_date``."""
    return reader.query("select distinct order_date from fct_best_execution order by order_date desc")


def groups(reader: Reader) -> pd.DataFrame:
    """Return the asset classes and client categories that have orders, in any combination."""
    return reader.query(
        "select distinct asset_class, client_category from fct_best_execution order by asset_class, client_category"
    )


def totals(reader: Reader, start: date, end: date, asset_class: str | None, category: str | None) -> pd.DataFrame:
    """Return one row: the sums of the scope."""
    return reader.query(
        f"select {_SUMS} from fct_best_execution where {_SCOPE}",
        {"start": start, "end": end, "class": asset_class, "category": category},
    )


def by_venue(reader: Reader, start: date, end: date, asset_class: str | None, category: str | None) -> pd.DataFrame:
    """Return the sums of each venue, largest volume first; orders that nobody executed have no venue."""
    return reader.query(
        f"""
        select venue_mic, max(venue_name) as venue_name, {_SUMS}
        from fct_best_execution
        where {_SCOPE}
        group by venue_mic
        order by volume_usd desc nulls last, venue_mic nulls last
        """,
        {"start": start, "end": end, "class": asset_class, "category": category},
    )


def by_date(reader: Reader, start: date, end: date, asset_class: str | None, category: str | None) -> pd.DataFrame:
    """Return the sums of each date, oldest first."""
    return reader.query(
        f"""
        select order_date, {_SUMS}
        from fct_best_execution
        where {_SCOPE}
        group by order_date
        order by order_date
        """,
        {"start": start, "end": end, "class": asset_class, "category": category},
    )


def costliest_orders(
    reader: Reader, start: date, end: date, asset_class: str | None, category: str | None, rows: int
) -> pd.DataFrame:
    """Return the orders whose slippage cost most, those that cannot be measured after them."""
    return reader.query(
        f"""
        select
            order_id, order_date, client_category, client_party_id, portfolio_id, instrument_id, product_type,
            asset_class, side, order_type, is_directed, main_venue_mic, fills, fill_status, fill_rate, volume_usd,
            slippage_usd, slippage_bps, effective_spread_bps, price_improvement_bps, seconds_to_last_fill,
            quote_gap, arrival_gap, count(*) over () as orders_in_all
        from fct_order_execution_quality
        where {_SCOPE}
        order by slippage_usd desc nulls last, order_id
        limit $rows
        """,
        {"start": start, "end": end, "class": asset_class, "category": category, "rows": rows},
    )


def top_venues(reader: Reader) -> pd.DataFrame:
    """Return the venues with the greatest volume of clients' orders, by year, table and class."""
    return reader.query(
        """
        select
            reporting_year, table_number, client_category, rts28_class, rts28_class_name, is_below_one_trade,
            venue_rank, venue_id, venue_id_type, venue_name, volume_usd, volume_pct, orders, orders_pct,
            passive_pct, aggressive_pct, directed_pct, covered_from, covered_to, business_days
        from rpt_mifid_rts28_top_venues
        order by reporting_year desc, table_number, client_category, rts28_class, venue_rank
        """
    )


def clock_checks(reader: Reader, start: date, end: date) -> pd.DataFrame:
    """Return recorded times against what the rules ask of clocks, by activity over the dates."""
    return reader.query(
        """
        select
            activity, min(required_granularity_us) as required_granularity_us,
            min(max_divergence_us) as max_divergence_us, sum(executions) as executions,
            sum(executions_unreadable) as executions_unreadable,
            sum(executions_too_coarse) as executions_too_coarse,
            sum(executions_ending_in_zeros) as executions_ending_in_zeros,
            sum(executions_beyond_divergence) as executions_beyond_divergence,
            max(largest_lead_us) as largest_lead_us,
            count(case when status = 'breach' then 1 end) as dates_in_breach, count(*) as dates
        from fct_mifid_clock_checks
        where trade_date between $start and $end
        group by activity
        order by dates_in_breach desc, activity
        """,
        {"start": start, "end": end},
    )
