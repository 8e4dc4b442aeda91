-- A trade counts here once for each of its versions, as it was delivered.
{{ fact_ties_to_deliveries(
    feed="trades",
    raw_table=source("trading", "trades"),
    key=["trade_id", "version"],
    amount="quantity",
    fact=ref("fct_trades"),
    fact_rows="sum(version_count)",
    fact_amount="sum(quantity_of_versions)"
) }}
