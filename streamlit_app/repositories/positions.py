"""SQL over positions and P&L. Amounts are decimals summed by DuckDB, so that a difference of nothing is exactly 0."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader


def business_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates with a firm P&L, newest first: ``business_date``."""
    return reader.query(
        """
        select business_date
        from fct_pnl_summary_daily
        where scope_type = 'firm'
        order by business_date desc
        """
    )


def portfolios(reader: Reader) -> pd.DataFrame:
    """Return every portfolio with its desk: ``desk_id, portfolio_id``."""
    return reader.query("select desk_id, portfolio_id from dim_portfolios order by desk_id, portfolio_id")


def pnl_by_scope(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return one row per firm, desk and portfolio: the day's P&L and its parts, sums of month, year and all, USD.

    A scope with no row on the date has nulls for the day, never 0.
    """
    return reader.query(
        """
        select
            scope_type,
            scope_id,
            sum(total_pnl_usd) filter (where business_date = $date) as day_pnl_usd,
            sum(realised_pnl_usd) filter (where business_date = $date) as realised_pnl_usd,
            sum(unrealised_pnl_usd) filter (where business_date = $date) as unrealised_pnl_usd,
            sum(income_usd) filter (where business_date = $date) as income_usd,
            sum(total_pnl_usd) filter (where business_date >= date_trunc('month', $date)) as month_pnl_usd,
            sum(total_pnl_usd) filter (where business_date >= date_trunc('year', $date)) as year_pnl_usd,
            sum(cumulative_pnl_usd) filter (where business_date = $date) as cumulative_pnl_usd,
            min(business_date) as first_date
        from fct_pnl_summary_daily
        where business_date <= $date
        group by scope_type, scope_id
        """,
        {"date": business_date},
    )


def value_by_scope(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return market value per firm, desk and portfolio in USD, cash included, and how many positions have none."""
    return reader.query(
        """
        select
            case
                when grouping(desk_id) = 1 then 'firm'
                when grouping(portfolio_id) = 1 then 'desk'
                else 'portfolio'
            end as scope_type,
            coalesce(portfolio_id, desk_id) as scope_id,
            sum(market_value_usd) as market_value_usd,
            count(*) filter (where market_value_usd is null) as positions_without_value,
            count(*) filter (where is_price_stale) as positions_stale,
            count(*) filter (where is_price_proxied) as positions_proxied,
            count(*) as positions
        from fct_positions_daily
        where business_date = $date
        group by grouping sets ((), (desk_id), (desk_id, portfolio_id))
        """,
        {"date": business_date},
    )


def pnl_history(reader: Reader, scope_type: str, scope_id: str) -> pd.DataFrame:
    """Return the P&L of one scope, one row per business date, oldest first, in USD."""
    return reader.query(
        """
        select
            business_date, total_pnl_usd, realised_pnl_usd, unrealised_pnl_usd, income_usd, cumulative_pnl_usd
        from fct_pnl_summary_daily
        where scope_type = $scope_type and scope_id = $scope_id
        order by business_date
        """,
        {"scope_type": scope_type, "scope_id": scope_id},
    )


def positions(reader: Reader, business_date: date, desk: str | None, portfolio: str | None) -> pd.DataFrame:
    """Return one row per portfolio and instrument that is held on the date or made P&L on it.

    An instrument sold on the day has P&L and no position: it is shown with quantity and value 0 and ``is_held`` false,
    so that the table's P&L still sums to the scope's.
    """
    return reader.query(
        """
        with held as (
            select *
            from fct_positions_daily
            where
                business_date = $date
                and ($desk is null or desk_id = $desk)
                and ($portfolio is null or portfolio_id = $portfolio)
        ),

        earned as (
            select *
            from fct_pnl_daily
            where
                business_date = $date
                and ($desk is null or desk_id = $desk)
                and ($portfolio is null or portfolio_id = $portfolio)
        ),

        prices as (
            select instrument_id, price_local from fct_prices_daily where business_date = $date
        )

        select
            coalesce(held.desk_id, earned.desk_id) as desk_id,
            portfolio_id,
            instrument_id,
            instruments.instrument_name,
            coalesce(held.instrument_type, earned.instrument_type) as instrument_type,
            coalesce(held.currency, earned.currency) as currency,
            held.instrument_id is not null as is_held,
            case when held.instrument_id is null then 0 else held.quantity end as quantity,
            coalesce(held.price_local, prices.price_local) as price_local,
            case when held.instrument_id is null then 0 else held.market_value_local end as market_value_local,
            case when held.instrument_id is null then 0 else held.market_value_usd end as market_value_usd,
            case when held.instrument_id is null then 0 else held.unrealised_pnl_usd end as unrealised_pnl_usd,
            earned.total_pnl_usd as day_pnl_usd,
            concat_ws(
                ', ',
                case when held.is_price_stale then 'stale' end,
                case when held.is_price_proxied then 'proxied' end,
                case when held.is_fx_rate_stale then 'currency rate stale' end,
                case when held.instrument_id is null then 'closed today' end
            ) as flags
        from held
        full join earned using (portfolio_id, instrument_id)
        left join dim_instruments as instruments using (instrument_id)
        left join prices using (instrument_id)
        order by abs(held.market_value_usd) desc nulls last, portfolio_id, instrument_id
        """,
        {"date": business_date, "desk": desk, "portfolio": portfolio},
    )


def instrument_history(
    reader: Reader, instrument_id: str, business_date: date, desk: str | None, portfolio: str | None
) -> pd.DataFrame:
    """Return an instrument in a scope through time: quantity, price, value, P&L per business date up to the date."""
    return reader.query(
        """
        with held as (
            select
                business_date,
                sum(quantity) as quantity,
                any_value(price_local) as price_local,
                sum(market_value_local) as market_value_local,
                sum(market_value_usd) as market_value_usd,
                bool_or(is_price_stale) as is_price_stale,
                bool_or(is_price_proxied) as is_price_proxied
            from fct_positions_daily
            where
                instrument_id = $instrument
                and business_date <= $date
                and ($desk is null or desk_id = $desk)
                and ($portfolio is null or portfolio_id = $portfolio)
            group by business_date
        ),

        earned as (
            select
                business_date,
                sum(total_pnl_local) as total_pnl_local,
                sum(total_pnl_usd) as total_pnl_usd
            from fct_pnl_daily
            where
                instrument_id = $instrument
                and business_date <= $date
                and ($desk is null or desk_id = $desk)
                and ($portfolio is null or portfolio_id = $portfolio)
            group by business_date
        )

        select
            business_date,
            held.quantity,
            held.price_local,
            held.market_value_local,
            held.market_value_usd,
            earned.total_pnl_local,
            earned.total_pnl_usd,
            sum(earned.total_pnl_usd) over (order by business_date) as cumulative_pnl_usd,
            concat_ws(
                ', ', case when held.is_price_stale then 'stale' end, case when held.is_price_proxied then 'proxied' end
            ) as flags
        from held
        full join earned using (business_date)
        order by business_date desc
        """,
        {"instrument": instrument_id, "date": business_date, "desk": desk, "portfolio": portfolio},
    )


def trades(
    reader: Reader, instrument_id: str, business_date: date, desk: str | None, portfolio: str | None
) -> pd.DataFrame:
    """Return the newest 1,000 trades in an instrument in a scope up to the date, cancelled ones flagged."""
    return reader.query(
        """
        select
            trade_id, version, is_cancelled, trade_date, executed_at, portfolio_id, trader_id, counterparty_lei, side,
            quantity, price, currency, notional_local, notional_usd, delivery_id, delivery_line,
            count(*) over () as trades_in_all
        from fct_trades
        where
            instrument_id = $instrument
            and business_date <= $date
            and ($desk is null or desk_id = $desk)
            and ($portfolio is null or portfolio_id = $portfolio)
        order by executed_at desc, trade_id
        limit 1000
        """,
        {"instrument": instrument_id, "date": business_date, "desk": desk, "portfolio": portfolio},
    )


def tie_differences(
    reader: Reader, business_date: date, scope_type: str, scope_id: str, desk: str | None, portfolio: str | None
) -> pd.DataFrame:
    """Return the checks a reader would make by hand: each column is a difference in USD that must be 0, or null."""
    return reader.query(
        """
        with summary as (
            select * from fct_pnl_summary_daily where business_date = $date
        ),

        firm as (
            select * from summary where scope_type = 'firm'
        )

        select
            (
                select sum(total_pnl_usd)
                from fct_pnl_daily
                where
                    business_date = $date
                    and ($desk is null or desk_id = $desk)
                    and ($portfolio is null or portfolio_id = $portfolio)
            )
            - (select total_pnl_usd from summary where scope_type = $scope_type and scope_id = $scope_id)
                as instruments_less_scope,
            (select sum(total_pnl_usd) from summary where scope_type = 'desk')
            - (select total_pnl_usd from firm) as desks_less_firm,
            (select sum(market_value_usd) from fct_positions_daily where business_date = $date)
            - (select cumulative_pnl_usd from firm) as firm_value_less_cumulative
        """,
        {
            "date": business_date,
            "scope_type": scope_type,
            "scope_id": scope_id,
            "desk": desk,
            "portfolio": portfolio,
        },
    )
