"""One row per full-revaluation date, scenario and instrument held: its value today and under the scenario."""

from python_models.market_risk.stress import StressInputs, stress_valuations_frame


def model(dbt, session):
    """Hand terms, market data, positions and shocks of the full-revaluation dates to the stress functions."""
    dbt.config(materialized="table")
    valuations = stress_valuations_frame(
        StressInputs(
            instruments=dbt.ref("int_revalued_instruments").df(),
            curves=dbt.ref("int_zero_curves").df(),
            spots=dbt.ref("int_risk_factor_levels").filter("factor_type in ('equity', 'fx')").df(),
            volatilities=dbt.ref("int_implied_volatilities_daily").df(),
            positions=dbt.ref("int_full_revaluation_positions").df(),
            scenarios=dbt.ref("stress_scenarios").df(),
            shocks=dbt.ref("int_stress_factor_shocks").df(),
        )
    )
    return session.from_df(valuations).project(
        """
        cast(business_date as date) as business_date,
        cast(scenario_id as varchar) as scenario_id,
        cast(instrument_id as varchar) as instrument_id,
        cast(base_value_usd as double) as base_value_usd,
        cast(stressed_value_usd as double) as stressed_value_usd,
        cast(is_proxied as boolean) as is_proxied,
        cast(is_volatility_floored as boolean) as is_volatility_floored,
        cast(missing_reason as varchar) as missing_reason
        """
    )
