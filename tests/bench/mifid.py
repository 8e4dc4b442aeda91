"""A million executions to validated transaction reports, and the reports to files.

The executions are drawn in SQL: own-account share trades, client orders of 100,000 natural persons, options that are
reported for their underlying; one in a hundred has no quantity and must be held. What is timed is the project's SQL as
dbt compiles it, from the staging tables to the mart of reports, and then the export of two reporting dates, each in a
process of its own: one twenty times as large as the other, whose peak memory must be about the same. The baseline of
the SQL is the least anyone must do with the same table: one grouped sum over it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import date
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import pyarrow as pa
from rich.console import Console

REPOSITORY = Path(__file__).parents[2]
EXECUTIONS = int(os.environ.get("TIEOUT_BENCH_EXECUTIONS", "1_000_000"))
SMALL_SHARE = 20
PERSONS = 100_000
DAY, SMALL_DAY = date(2022, 12, 5), date(2022, 12, 6)
BANK, BROKER = "DEMO00TIEOUTBANK0106", "529900T8BM49AURSDO55"
MODELS, SEEDS = REPOSITORY / "dbt_project" / "models", REPOSITORY / "dbt_project" / "seeds"
RESULTS = ("fct_mifid_transaction_reports", "fct_mifid_submissions", "dim_mifid_reporting_entities")
STAGED = {
    "executions": "stg_execution__executions",
    "transaction_parties": "stg_execution__transaction_parties",
    "trading_algorithms": "stg_execution__trading_algorithms",
    "instruments": "stg_reference__instruments",
    "instrument_admissions": "stg_reference__instrument_admissions",
    "lei_register": "stg_reference__lei_register",
    "transaction_report_feedback": "stg_arm__transaction_report_feedback",
}
DELIVERED = {"delivery_id": "varchar", "delivery_line": "bigint", "delivery_business_date": "date"}
BASELINE = """
    select delivery_business_date, product_type, capacity, count(*), sum(quantity), sum(price)
    from staging.stg_execution__executions group by all
"""
#: k is 0 to 99: own account below 50, clients below 90, options above; a client's order is a sale when n is odd.
DRAWN = {
    "execution_id": "'X' || lpad(cast(n as varchar), 9, '0')",
    "version": "1",
    "action": "'new'",
    "order_id": "'O' || lpad(cast(n as varchar), 9, '0')",
    "transaction_reference": "'TX' || lpad(cast(n as varchar), 9, '0') || '1'",
    "venue_transaction_id": "case when k < 90 then 'V' || cast(n as varchar) end",
    "executing_entity_lei": f"'{BANK}'",
    "executed_at": "cast(day as varchar) || 'T10:' || lpad(cast(n % 60 as varchar), 2, '0') || ':07.123456Z'",
    "executed_at_utc": "day + interval 10 hour + (n % 60) * interval 1 minute",
    "executed_at_fraction_digits": "6",
    "trade_date": "day",
    "activity": "'algorithmic'",
    "capacity": "case when k < 50 then 'DEAL' else 'AOTC' end",
    "side": "case when n % 2 = 1 then 'sell' else 'buy' end",
    "client_party_id": f"case when k >= 50 then 'P' || lpad(cast(n % {PERSONS} as varchar), 6, '0') end",
    "counterparty_code": f"case when n % 3 = 0 then '{BROKER}' else 'XETR' end",
    "is_transmitted": "false",
    "quantity": "case when n % 100 = 7 then null else 100 + n % 9900 end",
    "quantity_type": "'units'",
    "price": "50 + (n % 100000) / 1000.0",
    "price_type": "'monetary'",
    "price_currency": "'USD'",
    "venue_mic": "case when k < 90 then 'XETR' else 'XCBO' end",
    "membership_country": "'DE'",
    "instrument_id": "case when k < 90 then 'EQ1' else 'OP1' end",
    "product_type": "case when k < 90 then 'equity' else 'equity_option' end",
    "isin": "case when k < 90 then 'US0378331005' end",
    "instrument_name": "case when k >= 90 then 'AAPL 150 CALL <MAR 2023>' end",
    "cfi_code": "case when k >= 90 then 'OCASPS' end",
    "notional_currency": "case when k >= 90 then 'USD' end",
    "price_multiplier": "case when k >= 90 then 100 end",
    "underlying_isin": "case when k >= 90 then 'US0378331005' end",
    "option_type": "case when k >= 90 then 'CALL' end",
    "strike_price": "case when k >= 90 then 150 end",
    "strike_currency": "case when k >= 90 then 'USD' end",
    "exercise_style": "case when k >= 90 then 'AMER' end",
    "expiry_date": "case when k >= 90 then date '2023-03-17' end",
    "delivery_type": "case when k >= 90 then 'PHYS' end",
    "investment_decision_type": "case when k < 50 then 'person' end",
    "investment_decision_code": "case when k < 50 then 'TR001' end",
    "investment_decision_country": "case when k < 50 then 'DE' end",
    "execution_decision_type": "'algorithm'",
    "execution_decision_code": "'ALGTWAP1'",
    "short_selling": "case when n % 2 = 1 and k < 90 then 'SELL' end",
    "is_sft": "false",
    "delivery_business_date": "day",
}


def chain() -> list[str]:
    """Return every model and seed that the results read, directly or not, up to the staging tables."""
    files = {
        path.stem: path for folder, kind in ((MODELS, "sql"), (SEEDS, "csv")) for path in folder.rglob(f"*.{kind}")
    }
    found: set[str] = set()
    pending = list(RESULTS)
    while pending:
        name = pending.pop()
        if name not in found and not name.startswith("stg_"):
            found.add(name)
            if files[name].suffix == ".sql":
                pending += re.findall(r"""ref\(["'](\w+)["']\)""", files[name].read_text())
    return sorted(found)


def staging_types() -> dict[str, dict[str, str]]:
    """Return the types of the staging tables by column, from the contracts of their feeds."""
    from orchestration.landing import load_contracts

    contracts = load_contracts()
    types = {model: contracts[feed].raw_columns | DELIVERED for feed, model in STAGED.items()}
    types["stg_execution__executions"] |= {"executed_at_utc": "timestamp", "executed_at_fraction_digits": "integer"}
    return types


def draw(connection: duckdb.DuckDBPyConnection, types: dict[str, dict[str, str]], personal: pa.Table) -> None:
    """Fill the staging tables; the same rows every time, but for what only the key ring decides."""

    def insert(model: str, columns: dict[str, str], source: str) -> None:
        unknown = columns.keys() - types[model].keys()
        if unknown:
            raise SystemExit(f"{model} has no column {', '.join(sorted(unknown))}.")
        values = ", ".join(f"cast({expression} as {types[model][name]})" for name, expression in columns.items())
        connection.execute(f"insert into staging.{model} ({', '.join(columns)}) select {values} from {source}")

    first = {"delivery_business_date": "date '2022-11-30'"}
    small = EXECUTIONS // SMALL_SHARE
    insert(
        "stg_execution__executions",
        DRAWN,
        f"""(
            select
                n, hash(n) % 100 as k,
                case when n < {EXECUTIONS} then date '{DAY}' else date '{SMALL_DAY}' end as day
            from range({EXECUTIONS + small}) as drawn (n)
        )""",
    )
    connection.register("personal", personal)
    insert(
        "stg_execution__transaction_parties",
        {
            "party_id": "party_id", "party_type": "'natural_person'",
            "client_category": "case when party_id not like 'TR%' then 'retail' end", "nationality": "'IE'",
            "identifier_type": "'CONCAT'", "branch_country": "case when party_id not like 'TR%' then 'DE' end",
            **{f"{name}_token": f"{name}_token" for name in ("national_id", "first_name", "surname", "birth_date")},
            **{f"{name}_masked": "'***'" for name in ("national_id", "first_name", "surname", "birth_date")},
            "is_identifier_well_formed": "true", "is_concat_consistent": "true", "is_name_upper": "true",
            "is_birth_date_plausible": "true", **first,
        },
        "personal",
    )  # fmt: skip
    insert(
        "stg_execution__trading_algorithms",
        {"algorithm_id": "'ALGTWAP1'", "purpose": "'both'", "valid_from": "date '2020-01-01'", **first},
        "range(1)",
    )
    insert(
        "stg_reference__lei_register",
        {"lei": "lei", "legal_name": "'A firm'", "country": "'DE'", "status": "'ISSUED'", **first},
        f"(values ('{BANK}'), ('{BROKER}')) as registered (lei)",
    )
    insert(
        "stg_reference__instruments",
        {
            "instrument_id": "instrument_id", "isin": "isin", "underlying_instrument_id": "underlying_instrument_id",
            **first,
        },
        "(values ('EQ1', 'US0378331005', null), ('OP1', null, 'EQ1')) "
        "as listed (instrument_id, isin, underlying_instrument_id)",
    )  # fmt: skip
    insert(
        "stg_reference__instrument_admissions",
        {"isin": "'US0378331005'", "mic": "'XETR'", "admitted_from": "date '2010-01-01'", **first},
        "range(1)",
    )


def people(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Store the personal data of the clients and a trader as landing stores it, and return their tokens."""
    from governance.crypto import encrypt_values, tokenise
    from governance.keys import KeyRing

    ring = KeyRing.open()
    clear = connection.execute(
        f"""
        select
            case when n = {PERSONS} then 'TR001' else 'P' || lpad(cast(n as varchar), 6, '0') end as party_id,
            'IE' || replace(cast(birth_date as varchar), '-', '')
                || rpad(left(regexp_replace(first_name, '[^A-Z]', '', 'g'), 5), 5, '#')
                || rpad(left(regexp_replace(surname, '[^A-Z]', '', 'g'), 5), 5, '#') as national_id,
            first_name, surname, cast(birth_date as varchar) as birth_date
        from (
            select
                n, date '1940-01-01' + cast(hash(n) % 22000 as integer) as birth_date,
                ['ANNA', 'JÜRGEN', 'MARIE-LOUISE', 'O''BRIAN', 'ZOË'][n % 5 + 1] || chr(65 + n % 26) as first_name,
                ['SMITH', 'MÜLLER', 'DE LA CRUZ'][n % 3 + 1] || chr(65 + n // 26 % 26) || chr(65 + n // 676 % 26)
                    as surname
            from (select cast(n as integer) as n from range({PERSONS + 1}) as drawn (n)) as numbered
        )
        """
    ).to_arrow_table()
    connection.execute("create schema if not exists raw")
    connection.execute("create table raw.pii_values (kind varchar, token varchar, ciphertext blob)")
    columns = {"party_id": clear["party_id"]}
    for kind, names in {
        "national_id": ["national_id"],
        "name": ["first_name", "surname"],
        "birth_date": ["birth_date"],
    }.items():
        for name in names:
            columns[f"{name}_token"] = tokenise(clear[name], kind, ring)
        distinct = pa.chunked_array([chunk for name in names for chunk in clear[name].chunks]).unique()
        tokens = tokenise(distinct, kind, ring)
        sealed = pa.table(
            {"kind": [kind] * len(tokens), "token": tokens, "ciphertext": encrypt_values(distinct, kind, tokens, ring)}
        )
        connection.register("sealed", sealed)
        connection.execute("insert into raw.pii_values from sealed")
    return pa.table(columns)


def in_order(manifest: dict) -> dict[str, str]:
    """Return the statement of each model of the chain, each after those it reads."""
    names = chain()
    nodes = {
        node["unique_id"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"] in names
    }
    graph = {name: [one for one in manifest["parent_map"][name] if one in nodes] for name in nodes}
    return {
        nodes[name]["name"]: "create or replace {kind} {schema}.{table} as {sql}".format(
            kind="view" if nodes[name]["config"]["materialized"] == "view" else "table",
            schema=nodes[name]["schema"],
            table=nodes[name]["name"],
            sql=(REPOSITORY / "dbt_project" / nodes[name]["compiled_path"]).read_text(),
        )
        for name in TopologicalSorter(graph).static_order()
    }


def build(folder: Path, console: Console) -> None:
    """Time the chain of models on drawn executions and publish the result."""
    from governance.builds import BuildIdentity, NodeResult, PublishedModel, publish
    from governance.keys import KeyRing
    from governance.settings import settings
    from governance.warehouse import attach_encrypted, load_httpfs, offline_config
    from orchestration.validation.scratch_warehouse import build_file

    ring = KeyRing.open(create=True)
    types = staging_types()
    tables = {f"staging.{model}": (columns, []) for model, columns in types.items()}
    work = folder / "work"
    work.mkdir()
    file, key = build_file(work, tables, chain())
    steps = in_order(json.loads((work / "target" / "manifest.json").read_text()))
    with duckdb.connect(
        config={
            **offline_config(),
            "threads": settings().threads,
            "memory_limit": settings().memory_limit,
            "temp_directory": str(settings().spill),
            "temp_file_encryption": True,
        }
    ) as connection:
        load_httpfs(connection)
        attach_encrypted(connection, file, "warehouse", key)
        connection.execute("use warehouse")
        draw(connection, types, people(connection))
        connection.execute("checkpoint warehouse")
        seconds = {}
        for name, statement in steps.items():
            started = time.perf_counter()
            connection.execute(statement)
            seconds[name] = time.perf_counter() - started
        took, slowest = sum(seconds.values()), max(seconds, key=lambda name: seconds[name])
        started = time.perf_counter()
        connection.execute(BASELINE).fetchall()
        least = time.perf_counter() - started
        states = dict(
            connection.execute(
                "select state, count(*) from marts.fct_mifid_transaction_reports group by state"
            ).fetchall()
        )
        total = EXECUTIONS + EXECUTIONS // SMALL_SHARE
        held = sum(n % 100 == 7 for n in range(total))
        if states != {"submitted": total - held, "held": held}:
            raise SystemExit(f"{total - held} reports should be sent and {held} held; found {states}.")
        console.print(
            f"{total:,} executions to validated reports: {took:.1f} s, {total / took:,.0f} rows/s, {took / least:.0f} "
            f"times one grouped sum over them ({least:.2f} s); slowest {slowest} ({seconds[slowest]:.1f} s)",
            highlight=False,
        )
        started = time.perf_counter()
        publish(
            connection,
            ring,
            build=BuildIdentity(SMALL_DAY, "bench", is_dirty=True, dbt_project_checksum="bench", dbt_version="bench"),
            models=[
                *(PublishedModel("marts", table, {"compliance"}) for table in RESULTS),
                PublishedModel("raw", "pii_values", {"compliance"}),
            ],
            test_results=[NodeResult(node_id="test.bench", status="pass")],
            deliveries=[],
        )
        console.print(f"Published with hashes and copies in {time.perf_counter() - started:.1f} s", highlight=False)
    file.unlink()


def export(day: str, folder: str) -> int:
    """Export one reporting date; return how many reports the files hold."""
    from governance.keys import KeyRing
    from governance.reports.rts22 import export_rts22

    exported = export_rts22(KeyRing.open(), user="bench", reporting_date=date.fromisoformat(day), to=Path(folder))
    return sum(file.reports for file in exported.files)


def step(*arguments: str) -> tuple[str, float, float, float]:
    """Run a step in a process of its own; return its words, seconds, processor seconds and peak memory in MiB.

    The operating system counts a process's peak from the size of the one that started it, so this one stays small.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.mifid", *arguments], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    words = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"The step {' '.join(arguments)} failed.")
    return words, time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    """Build, publish and export, and print rows a second, memory and ratios."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="tieout-bench-") as name:
        os.environ["TIEOUT_HOME"] = f"{name}/home"
        words, *_, peak = step("build", name)
        console.print(f"{words}Peak memory of both: {peak:,.0f} MiB", highlight=False)
        peaks = []
        for day in (SMALL_DAY, DAY):
            outbox = Path(name) / "outbox" / day.isoformat()
            words, seconds, processor, peak = step("export", day.isoformat(), str(outbox))
            files, reports = list(outbox.iterdir()), int(words)
            size = sum(path.stat().st_size for path in files)
            written = "1 file" if len(files) == 1 else f"{len(files)} files"
            peaks.append(peak)
            console.print(
                f"{reports:,} reports to {written} of {size / 1e6:,.0f} MB in all, read back and counted: "
                f"{seconds:.1f} s ({processor:.1f} s of processor time), {reports / seconds:,.0f} reports/s, "
                f"peak memory {peak:,.0f} MiB",
                highlight=False,
            )
        console.print(
            f"Memory of the export: {SMALL_SHARE} times the reports take {peaks[1] / peaks[0]:.2f} times the memory\n",
            highlight=False,
        )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["build", folder]:
            build(Path(folder), Console(width=200))
        case ["export", day, folder]:
            print(export(day, folder))  # noqa: T201 the figure is the step's output
        case _:
            main()
