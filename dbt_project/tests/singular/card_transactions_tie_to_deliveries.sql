{{ fact_ties_to_deliveries(
    feed="card_transactions",
    raw_table=source("banking", "card_transactions"),
    key=["card_transaction_id"],
    amount="amount",
    fact=ref("fct_card_transactions"),
    fact_rows="count(*)",
    fact_amount="sum(amount)"
) }}
