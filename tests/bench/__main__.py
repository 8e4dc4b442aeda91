"""``make bench``: landing, full build, one-day build and publish at several scales, against the same SQL without dbt.

Each step is a process of its own, so that its time and its peak memory are the operating system's account of it. The
baseline runs the compiled SQL of every SQL model, in dependency order, in one DuckDB process on a copy of the same
encrypted warehouse; the ratio compares it with ``dbt run`` of the same models.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

STEPS = "tests.bench.steps"
LAST_DAY = "2022-12-28"
DAY_BEFORE = "2022-12-27"


@dataclass(frozen=True)
class Measure:
    """One step: wall seconds, the largest process's peak memory in MiB, and the number the step printed last."""

    seconds: float
    peak_mib: float
    printed: float


def measure(home: Path, *arguments: str) -> Measure:
    """Run one step and take its account; a failing step ends the benchmark with its own words."""
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", STEPS, *arguments],
            env={**os.environ, "TIEOUT_HOME": str(home)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        output.seek(0)
        text = output.read()
    if status:
        raise SystemExit(f"The step {' '.join(arguments)} failed:\n{text[-3000:]}")
    return Measure(seconds, usage.ru_maxrss / 1024, float(text.split()[-1]))


def bench(scale: float, folder: Path) -> dict[str, Measure]:
    """Measure every step of one scale in a home of its own."""
    home = folder / f"scale-{scale:g}"
    measures = {
        "demonstration data": measure(home, "generate", str(scale)),
        "landing, all but the last day": measure(home, "land", DAY_BEFORE),
        "full build and tests": measure(home, "build", "full"),
        "landing, the last day": measure(home, "land", LAST_DAY),
        "one-day build and tests": measure(home, "build", "window"),
        "publish": measure(home, "publish"),
        "market risk, all dates": measure(home, "market-risk"),
        "SQL models by dbt run": measure(home, "dbt-run"),
        "same SQL, plain DuckDB": measure(home, "plain"),
    }
    shutil.rmtree(home)
    return measures


def main() -> None:
    """Run the scales that were asked for and print the table."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--scales", default=os.environ.get("TIEOUT_BENCH_SCALES", "1,5,20"))
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    scales = [float(scale) for scale in arguments.scales.split(",")]
    console = Console()
    results: dict[str, dict[str, Measure]] = {}
    with tempfile.TemporaryDirectory(prefix="tieout-bench-") as folder:
        for scale in scales:
            console.print(f"Scale {scale:g} ...", highlight=False)
            measures = results[f"{scale:g}"] = bench(scale, Path(folder))
            console.print(table(f"{scale:g}", measures))
            ratio = measures["SQL models by dbt run"].printed / measures["same SQL, plain DuckDB"].printed
            console.print(f"dbt run / plain DuckDB on the same SQL: {ratio:.2f}\n", highlight=False)
    if arguments.json:
        figures = {scale: {name: vars(one) for name, one in measures.items()} for scale, measures in results.items()}
        arguments.json.write_text(json.dumps(figures, indent=1))


def table(scale: str, measures: dict[str, Measure]) -> Table:
    """Lay out one scale; landing and publish print rows, the others seconds of work without start-up."""
    rows = Table(title=f"Scale {scale} ({os.cpu_count()} cores)", title_justify="left")
    for name in ("Step", "Seconds", "Peak MiB", "Rows", "Rows/s"):
        rows.add_column(name, justify="left" if name == "Step" else "right")
    for name, one in measures.items():
        counted = name.startswith(("demonstration", "landing", "publish"))
        rows.add_row(
            name,
            f"{one.seconds:.1f}",
            f"{one.peak_mib:,.0f}",
            f"{one.printed:,.0f}" if counted else "",
            f"{one.printed / one.seconds:,.0f}" if counted else "",
        )
    return rows


if __name__ == "__main__":
    main()
