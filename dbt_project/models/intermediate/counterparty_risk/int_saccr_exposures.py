"""One row per reporting date and netting set: replacement cost, add-on, multiplier and exposure under SA-CCR."""

from python_models.credit_risk.counterparty_frames import counterparty_exposures


def model(dbt, session):
    """Hand trades, netting sets and the rules in force to the calculation."""
    dbt.config(materialized="table")
    found = counterparty_exposures(
        dbt.ref("int_saccr_trades").df(),
        dbt.ref("int_saccr_netting_sets").df(),
        dbt.ref("int_basel_parameters").filter("rule_group like 'CRE52.%' or rule_group like 'MAR50.%'").df(),
        "USD",
    )
    return session.from_df(found.netting_sets).project(
        """
        cast(reporting_date as date) as reporting_date,
        cast(exposure_set_id as varchar) as exposure_set_id,
        cast(trade_count as integer) as trade_count,
        cast(is_margined as boolean) as is_margined,
        cast(is_margined_basis as boolean) as is_margined_basis,
        cast(is_capped as boolean) as is_capped,
        cast(case when is_margined then margin_period_days end as double) as margin_period_days,
        cast(effective_maturity_years as double) as effective_maturity_years,
        cast(market_value_usd as decimal(38, 6)) as market_value_usd,
        cast(collateral_usd as decimal(38, 6)) as collateral_usd,
        cast(replacement_cost_usd as decimal(38, 6)) as replacement_cost_usd,
        cast(multiplier as double) as multiplier,
        cast(aggregate_add_on_usd as decimal(38, 6)) as aggregate_add_on_usd,
        cast(pfe_usd as decimal(38, 6)) as pfe_usd,
        cast(ead_usd as decimal(38, 6)) as ead_usd,
        cast(ead_unmargined_usd as decimal(38, 6)) as ead_unmargined_usd,
        cast(alpha as double) as alpha,
        cast(variation_margin_usd as decimal(38, 6)) as variation_margin_usd,
        cast(replacement_cost_leverage_usd as decimal(38, 6)) as replacement_cost_leverage_usd,
        cast(rule_ids as varchar) as rule_ids
        """
    )
