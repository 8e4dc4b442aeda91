"""One row per full-revaluation date, scope, loss target and scenario: the multiple at which the loss is reached."""

from python_models.market_risk.stress import StressInputs, reverse_stress_frame


def model(dbt, session):
    """Hand terms, market data, positions, shocks and targets of the full-revaluation dates to the stress functions."""
    dbt.config(materialized="table")
    scales = reverse_stress_frame(
        StressInputs(
            instruments=dbt.ref("int_revalued_instruments").df(),
            curves=dbt.ref("int_zero_curves").df(),
            spots=dbt.ref("int_risk_factor_levels").filter("factor_type in ('equity', 'fx')").df(),
            volatilities=dbt.ref("int_implied_volatilities_daily").df(),
            positions=dbt.ref("int_full_revaluation_positions").df(),
            scenarios=dbt.ref("stress_scenarios").df(),
            shocks=dbt.ref("int_stress_factor_shocks").df(),
        ),
        dbt.ref("stg_reference__portfolios").df(),
        dbt.ref("stress_loss_targets").df(),
    )
    return session.from_df(scales).project(
        """
        cast(business_date as date) as business_date,
        cast(scope_type as varchar) as scope_type,
        cast(scope_id as varchar) as scope_id,
        cast(scenario_id as varchar) as scenario_id,
        cast(loss_target_usd as double) as loss_target_usd,
        cast(scale as double) as scale,
        cast(loss_at_scale_usd as double) as loss_at_scale_usd,
        cast(is_reached as boolean) as is_reached,
        cast(note as varchar) as note
        """
    )
