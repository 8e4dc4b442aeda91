"""SQL over sensitivities: what positions gain or lose when one risk factor moves. Amounts in USD, gains positive."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader


def by_factor(reader: Reader, business_date: date, desk: str | None, portfolio: str | None) -> pd.DataFrame:
    """Return one row per risk factor of the scope; an amount is null when a position's is."""
    return reader.query(
        """
        select
            factor_type, risk_factor_id, quoted_move, count(*) as positions,
            case when count(quoted_sensitivity_usd) = count(*) then sum(quoted_sensitivity_usd) end
                as quoted_sensitivity_usd,
            case when count(delta_usd) = count(*) then sum(delta_usd) end as delta_usd,
            case when count(gamma_usd) = count(*) then cast(sum(gamma_usd) as double) * quoted_move * quoted_move end
                as quoted_gamma_usd
        from fct_position_sensitivities_daily
        where
            business_date = $date
            and ($portfolio is null or portfolio_id = $portfolio)
            and ($desk is null or portfolio_id in (select portfolio_id from dim_portfolios where desk_id = $desk))
        group by factor_type, risk_factor_id, quoted_move
        order by factor_type, risk_factor_id
        """,
        {"date": business_date, "desk": desk, "portfolio": portfolio},
    )


def positions(
    reader: Reader, business_date: date, risk_factor_id: str, desk: str | None, portfolio: str | None
) -> pd.DataFrame:
    """Return one row per portfolio and instrument that the factor moves, largest sensitivity first."""
    return reader.query(
        """
        select
            portfolios.desk_id, sensitivities.portfolio_id, sensitivities.instrument_id, instruments.instrument_name,
            instruments.instrument_type, sensitivities.quoted_sensitivity_usd, sensitivities.delta_usd,
            cast(sensitivities.gamma_usd as double) * sensitivities.quoted_move * sensitivities.quoted_move
                as quoted_gamma_usd
        from fct_position_sensitivities_daily as sensitivities
        left join dim_portfolios as portfolios on sensitivities.portfolio_id = portfolios.portfolio_id
        left join dim_instruments as instruments on sensitivities.instrument_id = instruments.instrument_id
        where
            sensitivities.business_date = $date
            and sensitivities.risk_factor_id = $factor
            and ($desk is null or portfolios.desk_id = $desk)
            and ($portfolio is null or sensitivities.portfolio_id = $portfolio)
        order by
            abs(sensitivities.quoted_sensitivity_usd) desc nulls first, sensitivities.portfolio_id,
            sensitivities.instrument_id
        """,
        {"date": business_date, "factor": risk_factor_id, "desk": desk, "portfolio": portfolio},
    )
