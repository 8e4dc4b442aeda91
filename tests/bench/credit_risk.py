"""A million exposures through the standardised approach: the project's compiled SQL, as dbt compiles it for the marts.

The exposures are drawn in SQL over every class, with collateral or a guarantee for one in ten. What is timed is the
chain from the table of exposures to the mart: class, conversion, weight, mitigation, supporting factor, risk-weighted
amount. The baseline is the least anyone must do with the same table: one grouped sum over it.
"""

from __future__ import annotations

import resource
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

import duckdb
from rich.console import Console

from governance.settings import settings
from governance.warehouse import attach_encrypted, load_httpfs, offline_config
from orchestration.validation.rwa_scenarios import CHAIN, DATE_TYPES, EXPOSURE_TYPES, MITIGANT_TYPES
from orchestration.validation.scratch_warehouse import build_file

EXPOSURES, ROUNDS = 1_000_000, 5
DAY = date(2022, 12, 28)
STEPS = (
    "intermediate/credit_risk/int_credit_exposure_weights",
    "intermediate/credit_risk/int_credit_mitigant_values",
    "intermediate/credit_risk/int_credit_mitigation",
    "marts/credit_risk/fct_credit_exposures",
)
BASELINE = """
    select obligor_type, product_type, count(*), sum(on_balance_usd), sum(off_balance_usd), sum(provisions_usd)
    from intermediate.int_credit_exposures group by all
"""
DRAWN = {
    "reporting_date": f"date '{DAY}'",
    "exposure_id": "'F' || lpad(cast(n as varchar), 8, '0')",
    "exposure_type": "'loan'",
    "source_model": "'bench'",
    "source_row_id": "'F' || lpad(cast(n as varchar), 8, '0')",
    "obligor_id": "'O' || cast(n % 200000 as varchar)",
    "obligor_type": "case when k < 60 then 'individual' when k < 85 then 'corporate' when k < 93 then 'bank'"
    " when k < 97 then 'sovereign' else 'public_sector' end",
    "country": "'GB'",
    "is_private_sector": "k < 85",
    "product_type": "case when k < 35 then 'residential_mortgage' when k < 60 then 'credit_card'"
    " when k < 68 then 'commercial_mortgage' else 'term_loan' end",
    "purpose": "'general'",
    "currency": "case when n % 5 = 0 then 'EUR' else 'USD' end",
    "usd_per_eur": "1.06",
    "on_balance_usd": "(n % 9973) * 137.25",
    "provisions_usd": "case when n % 50 = 0 then (n % 9973) * 30 else 0 end",
    "off_balance_usd": "case when n % 3 = 0 then (n % 997) * 55.5 else 0 end",
    "commitment_kind": "case when n % 3 = 0 then case when n % 2 = 0 then 'unconditionally_cancellable'"
    " else 'other_commitment' end end",
    "original_maturity_years": "n % 30 + 0.2",
    "remaining_maturity_years": "(n % 30) / 2.0",
    "credit_quality_step": "case when k >= 60 and n % 4 > 0 then n % 6 + 1 end",
    "annual_turnover_eur": "case when k between 60 and 84 then (n % 100) * 1e6 end",
    "is_managed_as_retail": "k < 60",
    "loan_to_value": "case when k < 35 or k between 60 and 67 then (n % 130) / 100.0 end",
    "property_use": "case when n % 4 = 0 then 'income_producing' else 'owner_occupied' end",
    "is_presold": "false",
    "is_transactor": "k between 35 and 45",
    "is_revolving": "k between 35 and 59",
    "is_defaulted": "n % 50 = 0",
    "is_subordinated": "n % 700 = 0",
    "has_currency_mismatch": "n % 40 = 0",
    "has_financial_multiplier": "false",
    "transaction_kind": "'secured_lending'",
    "group_exposure_usd": "(n % 9973) * 137.25",
    "retail_exposure_usd": "(n % 9973) * 137.25",
}
MITIGANTS = {
    "reporting_date": "reporting_date",
    "mitigant_id": "'M' || exposure_id",
    "exposure_id": "exposure_id",
    "mitigant_kind": "case when n % 20 = 0 then 'guarantee' else 'collateral' end",
    "collateral_type": "case when n % 20 > 0 then 'sovereign' end",
    "issue_quality_step": "case when n % 20 > 0 then n % 4 + 1 end",
    "currency": "'USD'",
    "amount_usd": "on_balance_usd * 0.6",
    "remaining_maturity_years": "(n % 10) + 0.5",
    "revaluation_days": "case when n % 20 > 0 then 5 else 1 end",
    "obligor_type": "case when n % 20 = 0 then 'bank' end",
    "credit_quality_step": "case when n % 20 = 0 then 1 end",
    "is_sme": "false",
    "is_short_term": "false",
    "is_managed_as_retail": "false",
    "is_transactor": "false",
}


def draw(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the tables of exposures and mitigants; the same rows every time."""
    columns = ", ".join(f"cast({DRAWN.get(name, 'null')} as {kind})" for name, kind in EXPOSURE_TYPES.items())
    connection.execute(f"""
        insert into intermediate.int_credit_exposures
        select {columns} from (select n, hash(n) % 100 as k from range({EXPOSURES}) as drawn (n))
    """)
    columns = ", ".join(f"cast({MITIGANTS.get(name, 'null')} as {kind})" for name, kind in MITIGANT_TYPES.items())
    connection.execute(f"""
        insert into intermediate.int_credit_mitigants
        select {columns} from (
            select *, cast(exposure_id[2:] as bigint) as n from intermediate.int_credit_exposures
        ) where n % 10 = 0
    """)


def seconds(connection: duckdb.DuckDBPyConnection, statements: list[str]) -> float:
    started = time.perf_counter()
    for statement in statements:
        connection.execute(statement)
    return time.perf_counter() - started


def main() -> None:
    """Time the chain and the baseline in turn and print medians, rows a second and their ratio."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="tieout-bench-") as name:
        folder = Path(name)
        day = {"reporting_date": DAY, "jurisdiction": "BCBS", "rules_date": DAY, "is_quarter_end": True}
        tables = {
            "int_basel_dates": (DATE_TYPES, [day]),
            "int_credit_exposures": (EXPOSURE_TYPES, []),
            "int_credit_mitigants": (MITIGANT_TYPES, []),
        }
        file, key = build_file(folder, tables, CHAIN)
        compiled = folder / "target" / "compiled" / "tieout" / "models"
        chain = [
            f"create or replace table {step.split('/')[0]}.{Path(step).name} as "
            + (compiled / f"{step}.sql").read_text()
            for step in STEPS
        ]
        with duckdb.connect(config={**offline_config(), "preserve_insertion_order": False}) as connection:
            load_httpfs(connection)
            attach_encrypted(connection, file, "warehouse", key)
            connection.execute("use warehouse")
            connection.execute(f"set threads to {settings().threads}")
            draw(connection)
            rounds = [(seconds(connection, chain), seconds(connection, [BASELINE])) for _ in range(ROUNDS + 1)][1:]
            rows, rwa, missing = connection.execute(
                "select count(*), sum(rwa_usd), count(*) - count(risk_weight) from marts.fct_credit_exposures"
            ).fetchall()[0]
    if rows != EXPOSURES or missing:
        raise SystemExit(f"{rows} rows came out and {missing} of them have no weight.")
    took, least = median(one for one, _ in rounds), median(one for _, one in rounds)
    console.print(
        f"Standardised RWA of {rows:,} exposures: {took:.2f} s (median of {ROUNDS}), {rows / took:,.0f} rows/s, "
        f"{took / least:.1f} times one grouped sum over the same table ({least:.3f} s); RWA {float(rwa):,.0f}",
        highlight=False,
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console.print(f"Peak memory of the process: {peak:,.0f} MiB\n", highlight=False)


if __name__ == "__main__":
    main()
