"""One row per reporting date: how much of the buffer is met, and how much of its earnings the bank must keep."""

from python_models.capital.capital_frames import conservation_frame


def model(dbt, session):
    """Hand capital, risk-weighted assets, buffers and earnings to the conservation functions."""
    dbt.config(materialized="table")
    conserved = conservation_frame(dbt.ref("int_capital_positions").df(), dbt.ref("int_basel_parameters").df())
    return session.from_df(conserved).project(
        """
        cast(reporting_date as date) as reporting_date,
        cast(available_ratio as double) as available_ratio,
        cast(share_of_buffer as double) as share_of_buffer,
        cast(buffer_quarter as integer) as buffer_quarter,
        cast(conservation_ratio as double) as conservation_ratio,
        cast(maximum_distributable_usd as decimal(38, 6)) as maximum_distributable_usd,
        cast(rule_ids as varchar) as rule_ids
        """
    )
