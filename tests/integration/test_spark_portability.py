"""Every SQL model, as dbt compiles it for DuckDB, is also a query that Spark has the words for.

sqlglot rewrites the compiled SQL and raises where it knows that Spark cannot follow. What it passes on unchanged, Spark
would only refuse at run time: a join or a function that Spark lacks. So the rewritten query is read again as Spark SQL,
and whatever has no place in it is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot import ErrorLevel, exp

from tests.integration.bank import Bank


def compiled_sql_paths(target: Path) -> list[Path]:
    """Compiled SQL of every model in a dbt target folder, tests of models left out.

    Parameters
    ----------
    target : Path
        dbt's target folder after ``dbt compile`` or ``dbt build``.

    Returns
    -------
    list of Path
        Sorted; empty when nothing was compiled.
    """
    models = target / "compiled" / "tieout" / "models"
    return sorted(
        path
        for path in models.rglob("*.sql")
        if not any(part.endswith(".yml") for part in path.relative_to(models).parts)
    )


def to_spark(sql: str) -> str:
    """The query in Spark's dialect; raises `sqlglot.errors.UnsupportedError` where there is no way to say it."""
    (statement,) = sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)
    return statement


def foreign_parts(sql: str) -> Iterator[str]:
    """Parts of a query that Spark SQL does not have: joins, functions and stars, as a reader would name them."""
    for node in sqlglot.parse_one(sql, read="spark").walk():
        if isinstance(node, exp.Join) and str(node.args.get("method") or "").upper() == "ASOF":
            yield "asof join"
        elif isinstance(node, exp.Anonymous):
            yield f"function {node.name}"
        elif isinstance(node, exp.Star) and (node.args.get("except_") or node.args.get("replace")):
            yield "star with exceptions"


def test_every_model_can_be_said_in_spark(tmp_path: Path) -> None:
    Bank(tmp_path).tieout("dbt", "compile", "--quiet")
    paths = compiled_sql_paths(tmp_path / "dbt" / "typed")
    names = {path.stem for path in paths}
    assert {"stg_trading__trades", "int_fifo_lots", "fct_pnl_daily", "qc_stale_prices"} <= names

    foreign = {path.stem: sorted(set(foreign_parts(to_spark(path.read_text())))) for path in paths}

    assert {name: parts for name, parts in foreign.items() if parts} == {}


@pytest.mark.parametrize(
    ("sql", "part"),
    [
        ("select * from trades asof join prices on trades.executed_at >= prices.quoted_at", "asof join"),
        ("select start_date + to_months(6) as payment_date from swaps", "function TO_MONTHS"),
        ("select epoch_ms(executed_at) as milliseconds, histogram(price) as prices from trades", "function HISTOGRAM"),
        ("select * exclude (price) from trades", "star with exceptions"),
    ],
)
def test_what_spark_lacks_is_named(sql: str, part: str) -> None:
    assert part in set(foreign_parts(to_spark(sql)))


def test_what_sqlglot_cannot_say_raises() -> None:
    with pytest.raises(sqlglot.errors.UnsupportedError):
        to_spark("select arg_max(trade_id, price, 3) as dearest from trades")
