"""One row per reporting date, subsidiary and tier: what counts of the capital that others hold in a subsidiary."""

from python_models.capital.capital_frames import third_party_capital_frame


def model(dbt, session):
    """Hand the subsidiaries' capital and the rules in force to the minority interest function."""
    dbt.config(materialized="table")
    subsidiaries = dbt.ref("stg_ledger__subsidiary_capital").df().rename(columns={"as_of_date": "reporting_date"})
    included = third_party_capital_frame(subsidiaries, dbt.ref("int_basel_parameters").df())
    return session.from_df(included).project(
        """
        cast(reporting_date as date) as reporting_date,
        cast(subsidiary_id as varchar) as subsidiary_id,
        cast(tier as varchar) as tier,
        cast(third_party_usd as decimal(38, 6)) as third_party_usd,
        cast(included_usd as decimal(38, 6)) as included_usd,
        cast(rule_ids as varchar) as rule_ids
        """
    )
