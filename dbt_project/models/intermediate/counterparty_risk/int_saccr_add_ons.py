"""One row per reporting date and trade: its effective notional and its part of its netting set's SA-CCR add-on."""

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
    return session.from_df(found.trades).project(
        """
        cast(reporting_date as date) as reporting_date,
        cast(exposure_set_id as varchar) as exposure_set_id,
        cast(trade_id as varchar) as trade_id,
        cast(asset_class as varchar) as asset_class,
        cast(hedging_set as varchar) as hedging_set,
        cast(cast(maturity_bucket as double) as integer) as maturity_bucket,
        cast(is_margined_basis as boolean) as is_margined_basis,
        cast(notional_usd as decimal(38, 6)) as notional_usd,
        cast(adjusted_notional_usd as decimal(38, 6)) as adjusted_notional_usd,
        cast(supervisory_factor as double) as supervisory_factor,
        cast(supervisory_rule_id as varchar) as supervisory_rule_id,
        cast(maturity_factor as double) as maturity_factor,
        cast(effective_notional_usd as decimal(38, 6)) as effective_notional_usd,
        cast(signed_add_on_usd as decimal(38, 6)) as signed_add_on_usd,
        cast(add_on_contribution_usd as decimal(38, 6)) as add_on_contribution_usd
        """
    )
