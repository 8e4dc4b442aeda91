"""One row per business date, scope, confidence and P&L type: how likely the counted exceptions are if VaR is right."""

from python_models.market_risk.backtest_frames import var_backtest_frame


def model(dbt, session):
    """Hand the window's counts to the tests."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="window",
        on_schema_change="fail",
    )
    start, end = dbt.config.meta_get("start_date"), dbt.config.meta_get("end_date")
    in_window = f"business_date >= date '{start}' and business_date < date '{end}'"
    counts = dbt.ref("int_var_backtest_counts").filter(in_window)
    return session.from_df(var_backtest_frame(counts.df())).project(
        """
        cast(business_date as date) as business_date,
        cast(scope_type as varchar) as scope_type,
        cast(scope_id as varchar) as scope_id,
        cast(confidence_level as double) as confidence_level,
        cast(pnl_type as varchar) as pnl_type,
        cast(kupiec_statistic as double) as kupiec_statistic,
        cast(kupiec_p_value as double) as kupiec_p_value,
        cast(independence_statistic as double) as independence_statistic,
        cast(independence_p_value as double) as independence_p_value,
        cast(conditional_coverage_statistic as double) as conditional_coverage_statistic,
        cast(conditional_coverage_p_value as double) as conditional_coverage_p_value,
        cast(es_z2_statistic as double) as es_z2_statistic
        """
    )
