{{ fact_ties_to_deliveries(
    feed="payments",
    raw_table=source("banking", "payments"),
    key=["payment_id"],
    amount="amount",
    fact=ref("fct_payments"),
    fact_rows="count(*)",
    fact_amount="sum(amount)"
) }}
