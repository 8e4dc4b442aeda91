"""One row per business date, scope, confidence and member: VaR of the member alone, and what it adds to the scope's."""

from python_models.market_risk.estimates import incremental_var_frame


def model(dbt, session):
    """Hand the window's one-day scenario P&L to the estimator."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="window",
        on_schema_change="fail",
    )
    start, end = dbt.config.meta_get("start_date"), dbt.config.meta_get("end_date")
    in_window = f"business_date >= date '{start}' and business_date < date '{end}'"
    estimates = incremental_var_frame(
        dbt.ref("int_var_scenario_pnl").filter(f"horizon_days = 1 and {in_window}").df(),
        dbt.ref("stg_reference__portfolios").df(),
        levels=(0.95, 0.975, 0.99),
        rule="order_statistic",
    )
    return session.from_df(estimates).project(
        """
        cast(business_date as date) as business_date,
        cast(scope_type as varchar) as scope_type,
        cast(scope_id as varchar) as scope_id,
        cast(confidence_level as double) as confidence_level,
        cast(quantile_rule as varchar) as quantile_rule,
        cast(member_type as varchar) as member_type,
        cast(member_id as varchar) as member_id,
        cast(standalone_var_usd as double) as standalone_var_usd,
        cast(incremental_var_usd as double) as incremental_var_usd
        """
    )
