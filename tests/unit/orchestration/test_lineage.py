"""Column lineage as it is shown in the graph."""

from orchestration.lib.lineage import column_lineage

TRADES = "warehouse.marts.trades"
RATES = "warehouse.marts.rates"
SCHEMAS = {
    TRADES: {"trade_id": "VARCHAR", "quantity": "DOUBLE", "price": "DOUBLE", "currency": "VARCHAR"},
    RATES: {"currency": "VARCHAR", "rate": "DOUBLE"},
}


def test_a_column_leads_through_expressions_joins_and_stars_to_the_tables() -> None:
    found = column_lineage(
        f"""
        with valued as (select *, quantity * price as amount from {TRADES}),
        final as (
            select valued.trade_id, valued.amount * rates.rate as amount_usd, 'fixed' as basis
            from valued left join {RATES} as rates on valued.currency = rates.currency
        )
        select * from final
        """,
        SCHEMAS,
    )

    assert found == {
        "trade_id": [(TRADES, "trade_id")],
        "amount_usd": [(RATES, "rate"), (TRADES, "price"), (TRADES, "quantity")],
        "basis": [],
    }


def test_both_halves_of_a_union_count_by_position() -> None:
    found = column_lineage(
        f"select trade_id as label, quantity as value from {TRADES} union all select currency, rate from {RATES}",
        SCHEMAS,
    )

    assert found == {
        "label": [(RATES, "currency"), (TRADES, "trade_id")],
        "value": [(RATES, "rate"), (TRADES, "quantity")],
    }


def test_a_subquery_and_a_window_lead_to_what_they_read() -> None:
    found = column_lineage(
        f"""
        select
            sum(quantity) over (partition by currency order by trade_id) as running,
            (select max(rate) from {RATES}) as highest
        from {TRADES}
        """,
        SCHEMAS,
    )

    assert found == {
        "running": [(TRADES, "currency"), (TRADES, "quantity"), (TRADES, "trade_id")],
        "highest": [(RATES, "rate")],
    }


def test_what_cannot_be_resolved_is_missing_rather_than_none() -> None:
    assert column_lineage(f"select nothing_like_it from {TRADES}", SCHEMAS) == {}
