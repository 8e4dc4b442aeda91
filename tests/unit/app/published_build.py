"""A small bank whose build is published for tests of the app: two desks, three portfolios, a year and a half.

Prices walk at random from a fixed seed; everything else follows from them, so that the marts keep their laws: P&L is
the change in value, desks sum to the firm, firm value is firm cumulative P&L, contributions sum to VaR.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from governance.builds import (
    BuildIdentity,
    GateDecision,
    Manifest,
    NodeResult,
    PublishedModel,
    publish,
    record_withheld,
)
from governance.keys import KeyRing
from governance.warehouse import connect_warehouse
from tests.unit.app import published_basel, published_conduct, published_controls, published_risk
from tests.unit.app.published_risk import FACTORS, LEVELS, RISK_CLASSES, Bank

LAST_DATE = date(2022, 12, 28)
SCENARIOS = 500
# instrument: (type, currency, first price, daily volatility, USD per unit of currency)
INSTRUMENTS = {
    "AAPL": ("equity", "USD", 150.0, 0.018, 1.0),
    "MSFT": ("equity", "USD", 280.0, 0.017, 1.0),
    "US912810TM09": ("government_bond", "USD", 101.0, 0.004, 1.0),
    "FX:EURUSD": ("currency_pair", "USD", 1.05, 0.006, 1.0),
    "FX:USDJPY": ("currency_pair", "JPY", 131.0, 0.007, 1 / 131.0),
}
# portfolio: (desk, {instrument: quantity})
BOOK = {
    "EQ-TECH": ("EQUITIES", {"AAPL": 40_000, "MSFT": -12_000}),
    "EQ-VALUE": ("EQUITIES", {"MSFT": 9_000, "US912810TM09": 30_000}),
    "FX-G10": ("FX", {"FX:EURUSD": 6_000_000, "FX:USDJPY": -2_500_000}),
}
# Days from the first date on which markets moved four times as much: exceptions cluster there.
CRISIS, CRISIS_DAYS = 200, 12
# Sold on the last date: it has P&L then, and no position.
SOLD = ("EQ-VALUE", "MSFT")


class Frames(NamedTuple):
    """Every mart the app reads, by name."""

    tables: dict[str, pd.DataFrame]
    dates: pd.DatetimeIndex


@cache
def frames() -> Frames:
    """Make the marts; costs about a second, once."""
    generator = np.random.default_rng(20221228)
    factor_dates = pd.bdate_range(end=LAST_DATE, periods=SCENARIOS + 320)
    dates = factor_dates[SCENARIOS:]
    names = list(INSTRUMENTS)
    volatility = np.array([INSTRUMENTS[name][3] for name in names])
    returns = generator.standard_t(4, (len(factor_dates), len(names))) / np.sqrt(2) * volatility
    returns[SCENARIOS + CRISIS : SCENARIOS + CRISIS + CRISIS_DAYS] *= 4
    growth = np.cumprod(1 + returns[SCENARIOS:], axis=0)
    price = growth / growth[-1] * np.array([INSTRUMENTS[name][2] for name in names])
    fx = np.array([INSTRUMENTS[name][4] for name in names])

    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "business_date": dates,
                    "portfolio_id": portfolio,
                    "instrument_id": name,
                    "desk_id": desk,
                    "instrument_type": INSTRUMENTS[name][0],
                    "currency": INSTRUMENTS[name][1],
                    "quantity": float(quantity),
                    "price_local": price[:, names.index(name)],
                    "fx_rate_usd": fx[names.index(name)],
                }
            )
            for portfolio, (desk, holdings) in BOOK.items()
            for name, quantity in holdings.items()
        ],
        ignore_index=True,
    )
    rows["market_value_local"] = (rows["quantity"] * rows["price_local"]).round(6)
    rows["market_value_usd"] = (rows["market_value_local"] * rows["fx_rate_usd"]).round(6)
    key = ["portfolio_id", "instrument_id"]
    rows["cost_usd"] = rows.groupby(key)["market_value_usd"].transform("first")
    rows["opening_value_usd"] = rows.groupby(key)["market_value_usd"].shift(1).fillna(rows["cost_usd"])
    rows["total_pnl_usd"] = rows["market_value_usd"] - rows["opening_value_usd"]
    rows["is_price_stale"] = (rows["instrument_id"] == "MSFT") & (rows["business_date"] == dates[-1])
    rows["is_price_proxied"] = rows["instrument_id"] == "US912810TM09"
    rows["is_fx_rate_stale"] = False

    # What was paid for the book was borrowed: cash is minus the cost, and what was sold comes back into it.
    is_sold = (
        (rows["portfolio_id"] == SOLD[0]) & (rows["instrument_id"] == SOLD[1]) & (rows["business_date"] == dates[-1])
    )
    cash = (-rows.groupby(["portfolio_id", "business_date"])["cost_usd"].sum()).rename("quantity").reset_index()
    proceeds = float(rows.loc[is_sold, "market_value_usd"].iloc[0])
    cash.loc[(cash["portfolio_id"] == SOLD[0]) & (cash["business_date"] == dates[-1]), "quantity"] += proceeds
    cash = cash.assign(
        instrument_id="CASH:USD",
        desk_id=cash["portfolio_id"].map({portfolio: desk for portfolio, (desk, _) in BOOK.items()}),
        instrument_type="cash",
        currency="USD",
        price_local=1.0,
        fx_rate_usd=1.0,
        market_value_local=cash["quantity"],
        market_value_usd=cash["quantity"],
        cost_usd=cash["quantity"],
        opening_value_usd=cash["quantity"],
        total_pnl_usd=0.0,
        is_price_stale=False,
        is_price_proxied=False,
        is_fx_rate_stale=False,
    )
    positions = pd.concat([rows[~is_sold], cash], ignore_index=True)
    positions["unrealised_pnl_usd"] = positions["market_value_usd"] - positions["cost_usd"]

    pnl = pd.concat([rows, cash], ignore_index=True)
    sold_now = (
        (pnl["portfolio_id"] == SOLD[0]) & (pnl["instrument_id"] == SOLD[1]) & (pnl["business_date"] == dates[-1])
    )
    gain = (pnl["market_value_usd"] - pnl["cost_usd"]).where(sold_now, 0.0)
    pnl = pnl.assign(
        closing_value_usd=pnl["market_value_usd"].where(~sold_now, 0.0),
        realised_pnl_usd=gain,
        unrealised_pnl_usd=pnl["total_pnl_usd"] - gain,
        income_usd=0.0,
        hypothetical_pnl_usd=(pnl["total_pnl_usd"] * 0.97).round(6),
        total_pnl_local=(pnl["total_pnl_usd"] / pnl["fx_rate_usd"]).round(6),
    )

    measures = ["realised_pnl_usd", "unrealised_pnl_usd", "income_usd", "total_pnl_usd", "hypothetical_pnl_usd"]
    scoped = pd.concat(
        [
            pnl.assign(scope_type="portfolio", scope_id=pnl["portfolio_id"]),
            pnl.assign(scope_type="desk", scope_id=pnl["desk_id"]),
            pnl.assign(scope_type="firm", scope_id="FIRM"),
        ]
    )
    summary = scoped.groupby(["business_date", "scope_type", "scope_id"])[measures].sum().round(6).reset_index()
    summary["cumulative_pnl_usd"] = summary.groupby(["scope_type", "scope_id"])["total_pnl_usd"].cumsum().round(6)

    tables = {
        "dim_portfolios": pd.DataFrame(
            [(portfolio, portfolio, desk, desk.title()) for portfolio, (desk, _) in BOOK.items()],
            columns=["portfolio_id", "portfolio_name", "desk_id", "desk_name"],
        ),
        "dim_instruments": pd.DataFrame(
            [(name, kind[0], f"{name} <img src=x onerror=alert(1)> **bold**") for name, kind in INSTRUMENTS.items()]
            + [("CASH:USD", "cash", "US dollar cash")],
            columns=["instrument_id", "instrument_type", "instrument_name"],
        ),
        "fct_positions_daily": positions,
        "fct_pnl_daily": pnl,
        "fct_pnl_summary_daily": summary,
        "fct_prices_daily": rows[["business_date", "instrument_id", "price_local", "currency"]].drop_duplicates(),
        "fct_trades": _trades(dates),
        "fct_delivery_reconciliation": _deliveries(),
        "qc_quarantined_rows": pd.DataFrame(
            {
                "feed": ["trades"] * 6,
                "delivery_id": ["a" * 16] * 6,
                "delivery_line": range(2, 8),
                "delivery_business_date": [dates[-1]] * 6,
                "failed_field": ["quantity"] * 5 + ["instrument_id"],
                "failed_rule": ["range"] * 5 + ["known_instrument"],
                "failure_reason": ["The quantity is below 0.01."] * 5 + ["The instrument is not known."],
            }
        ),
        "qc_stale_prices": pd.DataFrame(
            {
                "business_date": [dates[-1]],
                "instrument_id": ["MSFT"],
                "price_source": ["exchange_close"],
                "price_local": [280.0],
                "currency": ["USD"],
                "source_date": [dates[-2]],
                "days_stale": [1],
                "portfolios_affected": [1],
                "gross_market_value_usd": [3_360_000.0],
            }
        ),
    }
    tables |= _risk(returns, factor_dates, dates, names, price * fx, summary)
    bank = Bank(
        dates=dates,
        positions=positions,
        summary=summary,
        pnl=pnl,
        var=tables["fct_portfolio_var_daily"],
        exceptions=tables["fct_var_exceptions_daily"],
        trades=tables["fct_trades"],
        portfolios={portfolio: desk for portfolio, (desk, _) in BOOK.items()},
    )
    tables |= published_risk.tables(bank) | published_basel.tables() | published_conduct.tables()
    tables |= published_controls.tables()
    tables["fct_portfolio_var_daily"] = pd.concat(
        [
            tables["fct_portfolio_var_daily"],
            published_risk.other_methods(tables["fct_portfolio_var_daily"], dates, bank.full_revaluation_dates),
        ],
        ignore_index=True,
    )
    return Frames(tables, dates)


def _trades(dates: pd.DatetimeIndex) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "trade_id": f"T{number:05d}",
                "version": 1,
                "is_cancelled": False,
                "trade_date": dates[0],
                "executed_at": dates[0] + pd.Timedelta(hours=9, minutes=number),
                "business_date": dates[0],
                "portfolio_id": portfolio,
                "desk_id": desk,
                "trader_id": "TR01",
                "counterparty_lei": "529900T8BM49AURSDO55",
                "instrument_id": name,
                "side": "buy" if quantity > 0 else "sell",
                "quantity": float(abs(quantity)),
                "price": INSTRUMENTS[name][2],
                "currency": INSTRUMENTS[name][1],
                "notional_local": abs(quantity) * INSTRUMENTS[name][2],
                "notional_usd": abs(quantity) * INSTRUMENTS[name][2] * INSTRUMENTS[name][4],
                "delivery_id": "0123456789abcdef",
                "delivery_line": number + 2,
            }
            for number, (portfolio, desk, name, quantity) in enumerate(
                (portfolio, desk, name, quantity)
                for portfolio, (desk, holdings) in BOOK.items()
                for name, quantity in holdings.items()
            )
        ]
    )


def _deliveries() -> pd.DataFrame:
    frame = pd.DataFrame(
        [
            ("a" * 16, 1, "trades", "loaded", None, None, False, 1000, 990, 6, 4),
            ("b" * 16, 2, "equity_prices", "loaded", None, None, True, 20, 20, 0, 0),
            (
                "c" * 16,
                3,
                "payments",
                "refused",
                "trailer_count",
                "The trailer says 500 rows, 499 came.",
                False,
                0,
                0,
                0,
                0,
            ),
        ],
        columns=[
            "delivery_id",
            "load_sequence",
            "feed",
            "delivery_status",
            "refusal_rule",
            "refusal_reason",
            "is_late",
            "rows_read",
            "rows_loaded",
            "rows_quarantined",
            "rows_duplicate",
        ],
    )
    return frame.assign(
        delivery_business_date=pd.Timestamp(LAST_DATE),
        file_name=frame["feed"] + "_20221228.csv",
        file_sha256=frame["delivery_id"] * 4,
        rows_unaccounted=frame["rows_read"]
        - frame["rows_loaded"]
        - frame["rows_quarantined"]
        - frame["rows_duplicate"],
        sum_read=pd.Series([None, None, None], dtype="float64"),
        sum_unaccounted=pd.Series([None, None, None], dtype="float64"),
    )


def _risk(
    returns: np.ndarray,
    factor_dates: pd.DatetimeIndex,
    dates: pd.DatetimeIndex,
    names: list[str],
    price_usd: np.ndarray,
    summary: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    portfolios = list(BOOK)
    desk = {portfolio: owner for portfolio, (owner, _) in BOOK.items()}
    quantity = np.array([[BOOK[portfolio][1].get(name, 0) for name in names] for portfolio in portfolios], float)
    exposure = quantity[None] * price_usd[:, None]  # date, portfolio, factor
    window = sliding_window_view(returns, SCENARIOS, axis=0)[1:]  # date, factor, scenario
    parts = exposure[..., None] * window[:, None]  # date, portfolio, factor, scenario
    pnl = parts.sum(axis=2).round(6)
    scenario_dates = sliding_window_view(factor_dates.to_numpy(), SCENARIOS)[1:]
    scopes = {
        **{("portfolio", name): [index] for index, name in enumerate(portfolios)},
        **{
            ("desk", name): [i for i, p in enumerate(portfolios) if desk[p] == name]
            for name in sorted(set(desk.values()))
        },
        ("firm", "FIRM"): list(range(len(portfolios))),
    }
    factors = [FACTORS[name] for name in names]
    classes = {
        ("risk_class", name): [place for place, factor in enumerate(factors) if factor.startswith(prefix)]
        for prefix, name in RISK_CLASSES.items()
    }
    estimates, contributions = [], []
    for (scope_type, scope_id), members in {**scopes, **classes}.items():
        scope_pnl = (
            parts[:, :, members].sum(axis=(1, 2)).round(6)
            if scope_type == "risk_class"
            else pnl[:, members].sum(axis=1)
        )
        order = np.argsort(scope_pnl, axis=1)
        ranked = np.take_along_axis(scope_pnl, order, axis=1)
        for level in LEVELS:
            k = round(SCENARIOS * (1 - level))
            position = (SCENARIOS - 1) * (1 - level)
            low, weight = int(position), position - int(position)
            for rule, tail in (
                ("order_statistic", [(k - 1, 1.0)]),
                ("linear", [(low, 1 - weight), (low + 1, weight)]),
            ):
                var = -sum(share * ranked[:, place] for place, share in tail)
                beyond = ranked[:, : k - 1] if rule == "order_statistic" else ranked[:, : low + 1]
                estimates.append(
                    pd.DataFrame(
                        {
                            "business_date": dates,
                            "scope_type": scope_type,
                            "scope_id": scope_id,
                            "method": "historical_delta_gamma",
                            "confidence_level": level,
                            "horizon_days": 1,
                            "quantile_rule": rule,
                            "scenarios": SCENARIOS,
                            "var_usd": var.round(6),
                            "es_usd": -beyond.mean(axis=1).round(6),
                            "scenario_date": scenario_dates[np.arange(len(dates)), order[:, tail[0][0]]],
                            "window_start": scenario_dates[:, 0],
                            "window_end": scenario_dates[:, -1],
                            "stale_share": 0.012,
                            "proxied_share": 0.0,
                            "stale_var_share": 0.034,
                            "proxied_var_share": 0.0,
                            "is_headline": rule == "order_statistic",
                            "note": None,
                        }
                    )
                )
                if scope_type == "risk_class":
                    continue
                last = sum(share * parts[-1][members][:, :, order[-1, place]] for place, share in tail)
                contributions.append(
                    pd.DataFrame(
                        {
                            "business_date": dates[-1],
                            "scope_type": scope_type,
                            "scope_id": scope_id,
                            "confidence_level": level,
                            "quantile_rule": rule,
                            "portfolio_id": np.repeat([portfolios[member] for member in members], len(names)),
                            "risk_factor_id": np.tile(factors, len(members)),
                            "contribution_usd": -last.ravel().round(6),
                        }
                    )
                )
    var_frame = pd.concat(estimates, ignore_index=True)
    evening = var_frame[var_frame["quantile_rule"] == "order_statistic"].copy()
    evening["var_date"] = evening["business_date"]
    evening["business_date"] = evening["business_date"].map(dict(pairwise(dates)))
    keys = ["business_date", "scope_type", "scope_id"]
    compared = evening.dropna(subset=["business_date"])[
        [*keys, "var_date", "confidence_level", "quantile_rule", "var_usd"]
    ]
    compared = compared.merge(summary[[*keys, "total_pnl_usd", "hypothetical_pnl_usd"]], on=keys)
    compared = compared.rename(columns={"total_pnl_usd": "actual_pnl_usd"})
    compared["is_actual_exception"] = -compared["actual_pnl_usd"] > compared["var_usd"]
    compared["is_hypothetical_exception"] = -compared["hypothetical_pnl_usd"] > compared["var_usd"]
    compared["is_var_missing"] = False
    scenarios = pd.DataFrame(
        {
            "business_date": dates[-1],
            "portfolio_id": np.repeat(portfolios, SCENARIOS),
            "scenario_number": np.tile(np.arange(1, SCENARIOS + 1), len(portfolios)),
            "scenario_date": np.tile(scenario_dates[-1], len(portfolios)),
            "pnl_usd": pnl[-1].ravel(),
        }
    )
    return {
        "fct_portfolio_var_daily": var_frame,
        "fct_var_contributions_daily": pd.concat(contributions, ignore_index=True),
        "fct_var_exceptions_daily": compared,
        "fct_var_scenario_pnl_daily": scenarios,
    }


def write_warehouse(connection: duckdb.DuckDBPyConnection) -> list[PublishedModel]:
    """Write the marts with money as decimals and dates as dates, and say what is published to whom."""
    models = []
    typed = published_conduct.tables().keys() | published_controls.tables().keys()
    for name, frame in frames().tables.items():
        schema = "qc" if name.startswith("qc_") else "marts"
        is_typed = "reporting_date" in frame.columns or name in typed
        types = published_basel.contracts()[name] if is_typed else {}
        columns = ", ".join(
            f"cast({column} as {types[column]}) as {column}"
            if column in types
            else f"cast({column} as decimal(38, 6)) as {column}"
            if column.endswith(("_usd", "_local", "quantity", "sum_read", "sum_unaccounted"))
            and column != "price_local"
            else f"cast({column} as date) as {column}"
            if column.endswith("_date")
            or column in {"window_start", "window_end", "waiver_expires_on", "valid_from", "valid_to"}
            else column
            for column in frame.columns
        )
        connection.register("frame", frame)
        connection.execute(f"create schema if not exists warehouse.{schema}")
        connection.execute(f"create or replace table warehouse.{schema}.{name} as select {columns} from frame")
        connection.unregister("frame")
        models.append(PublishedModel(schema=schema, table=name, roles=("analyst", "compliance")))
    return models


def checks() -> list[NodeResult]:
    """Return what dbt said of the build: two passes and a warning."""
    return [
        NodeResult(node_id="model.tieout.fct_pnl_daily", status="success"),
        NodeResult(node_id="test.tieout.desks_sum_to_firm.1", status="pass", severity="error", failures=0),
        NodeResult(node_id="test.tieout.var_99_is_not_less_than_var_95.2", status="pass", severity="error", failures=0),
        NodeResult(
            node_id="test.tieout.prices_are_of_today.3",
            status="warn",
            severity="warn",
            failures=1,
            message="1 instrument has a price of the day before",
        ),
    ]


def publish_build() -> Manifest:
    """Publish the bank's build into the settings' home."""
    ring = KeyRing.open(create=True)
    connection = connect_warehouse(ring)
    try:
        return publish(
            connection,
            ring,
            build=BuildIdentity(
                business_date=LAST_DATE,
                git_commit="0" * 40,
                is_dirty=False,
                dbt_project_checksum="1" * 64,
                dbt_version="1.11.16",
            ),
            models=write_warehouse(connection),
            test_results=checks(),
            deliveries=[],
        )
    finally:
        connection.close()


def withhold_next_build() -> None:
    """Let the gate stop the build of the next business date."""
    record_withheld(
        date(2022, 12, 29),
        GateDecision(
            is_green=False,
            withheld=["model.tieout.fct_pnl_daily"],
            reasons=[
                "test.tieout.desks_sum_to_firm.1 ended as fail with 3 failing rows: <b>desk FX</b> is off by 12.50"
            ],
        ),
    )
