"""One row per business date and desk: how well the VaR model's own P&L follows the hypothetical."""

from python_models.market_risk.backtest_frames import pnl_attribution_frame


def model(dbt, session):
    """Hand the desks' P&L up to the end of the window to the statistics, and keep the window."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="window",
        on_schema_change="fail",
    )
    start, end = dbt.config.meta_get("start_date"), dbt.config.meta_get("end_date")
    pnl = dbt.ref("fct_pnl_attribution_daily").filter(f"scope_type = 'desk' and business_date < date '{end}'")
    windows = dbt.ref("backtesting_windows").filter("backtest = 'pnl_attribution' and valid_to is null")
    (observations,) = windows.df()["observations"]
    statistics = pnl_attribution_frame(pnl.df().rename(columns={"scope_id": "desk_id"}), int(observations))
    return session.from_df(statistics[statistics["business_date"] >= start]).project(
        """
        cast(business_date as date) as business_date,
        cast(desk_id as varchar) as desk_id,
        cast(observations as integer) as observations,
        cast(days_left_out as integer) as days_left_out,
        cast(spearman_correlation as double) as spearman_correlation,
        cast(kolmogorov_smirnov as double) as kolmogorov_smirnov
        """
    )
