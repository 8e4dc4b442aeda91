"""What must hold when a test is red."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.integration.bank import Bank

LAST_DAY = "2022-12-28"


def test_a_red_test_withholds_the_new_build_and_the_old_one_still_serves(own_bank: Bank) -> None:
    before = own_bank.manifest()
    own_bank.tieout("feed", "check", str(deliver_a_trade_in_the_wrong_currency(own_bank)))
    completed = own_bank.tieout("run", succeeds=False)
    assert "Withheld" in completed.stderr
    assert "trades_settle_in_the_instruments_currency" in completed.stderr
    assert own_bank.manifest() == before
    status = own_bank.tieout("status").stdout
    assert re.search(r"Gate\s+withheld", status)
    assert before["build_id"] in status
    alerts = [json.loads(line) for line in (own_bank.home / "alerts" / "alerts.jsonl").read_text().splitlines()]
    assert {"build_withheld", "check_failed"} <= {alert["alert_type"] for alert in alerts}
    with own_bank.warehouse() as connection:
        stored = connection.execute("select count(*) from warehouse.operations.alerts").fetchone()
    assert stored == (len(alerts),)


def deliver_a_trade_in_the_wrong_currency(bank: Bank) -> Path:
    """Deliver a trade that keeps its contract and breaks a law: a US share settled in euro."""
    with bank.warehouse() as connection:
        portfolio, trader, counterparty, instrument = connection.execute(
            "select portfolio_id, trader_id, counterparty_lei, instrument_id from warehouse.raw.trades "
            "where product_type = 'equity' order by trade_id limit 1"
        ).fetchone()
    trade = {
        "trade_id": "T999999999",
        "version": 1,
        "action": "new",
        "product_type": "equity",
        "executed_at": f"{LAST_DAY}T15:00:00Z",
        "trade_date": LAST_DAY,
        "portfolio_id": portfolio,
        "trader_id": trader,
        "counterparty_lei": counterparty,
        "instrument_id": instrument,
        "side": "buy",
        "quantity": "100.0000",
        "price": "50.00000000",
        "currency": "EUR",
    }
    file = bank.home / "inbox" / "trading" / LAST_DAY / f"trades_{LAST_DAY}_euro.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(trade) + "\n")
    return file
