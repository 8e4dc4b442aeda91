"""SQL over the risk of single trades. Risks are positive losses in USD."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader

_COLUMNS = """
    risks.trade_id, risks.business_date, risks.desk_id, risks.portfolio_id, risks.trader_id, risks.instrument_id,
    instruments.instrument_name, risks.product_type, risks.counterparty_lei, counterparties.counterparty_name,
    risks.notional_usd, risks.market_risk_usd, risks.exposure_at_default_usd, risks.default_probability,
    risks.loss_given_default, risks.credit_risk_usd, risks.operational_risk_usd, risks.total_risk_usd,
    risks.portfolio_risk_usd, risks.var_usd, risks.is_pd_defaulted, risks.is_market_risk_missing,
    risks.is_credit_risk_missing, risks.note
"""
_JOINS = """
    left join dim_instruments as instruments on risks.instrument_id = instruments.instrument_id
    left join dim_counterparties as counterparties on risks.counterparty_lei = counterparties.counterparty_lei
"""


def business_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates with a trade whose risk was computed, newest first: ``business_date``."""
    return reader.query("select distinct business_date from fct_transaction_risk order by business_date desc")


def largest(
    reader: Reader, business_date: date, desk: str | None, portfolio: str | None, rows: int = 500
) -> pd.DataFrame:
    """Return the date's trades of the scope, largest total risk first, those without a figure ahead of all."""
    return reader.query(
        f"""
        select {_COLUMNS}, count(*) over () as trades_in_all
        from fct_transaction_risk as risks
        {_JOINS}
        where
            risks.business_date = $date
            and ($desk is null or risks.desk_id = $desk)
            and ($portfolio is null or risks.portfolio_id = $portfolio)
        order by risks.total_risk_usd desc nulls first, risks.trade_id
        limit $rows
        """,
        {"date": business_date, "desk": desk, "portfolio": portfolio, "rows": rows},
    )


def totals(reader: Reader, business_date: date, desk: str | None, portfolio: str | None) -> pd.DataFrame:
    """Return one row: the date's trades of the scope, their risks summed, and how many have none."""
    return reader.query(
        """
        select
            count(*) as trades,
            count(*) filter (where is_market_risk_missing) as trades_without_market_risk,
            count(*) filter (where is_credit_risk_missing) as trades_without_credit_risk,
            count(*) filter (where is_pd_defaulted) as trades_with_a_default_pd,
            sum(notional_usd) as notional_usd,
            sum(market_risk_usd) as market_risk_usd,
            sum(credit_risk_usd) as credit_risk_usd,
            sum(operational_risk_usd) as operational_risk_usd,
            sum(total_risk_usd) as total_risk_usd,
            count(total_risk_usd) as trades_with_a_total
        from fct_transaction_risk
        where
            business_date = $date
            and ($desk is null or desk_id = $desk)
            and ($portfolio is null or portfolio_id = $portfolio)
        """,
        {"date": business_date, "desk": desk, "portfolio": portfolio},
    )


def trade(reader: Reader, trade_id: str) -> pd.DataFrame:
    """Return the rows of one trade, which is one or none."""
    return reader.query(
        f"""
        select {_COLUMNS}
        from fct_transaction_risk as risks
        {_JOINS}
        where risks.trade_id = $trade
        """,
        {"trade": trade_id},
    )
