"""VaR of many portfolios over many positions, against the bare matrix product and against plain pandas.

1,000 portfolios hold 10,000 positions under 500 scenarios. The product is the least that any calculation must do; the
pandas version does the same work (P&L, VaR and ES at three levels) with its own dot, quantile and mean. Each round
times the three in turn, so that their ratios hold on a machine whose speed drifts.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from python_models.market_risk.historical import tail_risks
from python_models.market_risk.scenarios import delta_gamma_pnl

PORTFOLIOS, POSITIONS, SCENARIOS = 1_000, 10_000, 500
LEVELS = (0.95, 0.975, 0.99)
ROUNDS = 7


def ours(holdings: np.ndarray, moves: np.ndarray) -> None:
    pnl = delta_gamma_pnl(holdings, np.zeros_like(holdings), moves)
    tail_risks(pnl, LEVELS, ("order_statistic", "linear"))


def bare_product(holdings: np.ndarray, moves: np.ndarray) -> None:
    holdings @ moves.T


def plain_pandas(holdings: np.ndarray, moves: np.ndarray) -> None:
    pnl = pd.DataFrame(holdings).dot(pd.DataFrame(moves.T))
    quantiles = pnl.quantile([1.0 - level for level in LEVELS], axis=1)
    for _, quantile in quantiles.iterrows():
        pnl.where(pnl.le(quantile, axis=0)).mean(axis=1)


def seconds(work: Callable[[np.ndarray, np.ndarray], None], holdings: np.ndarray, moves: np.ndarray) -> float:
    started = time.perf_counter()
    work(holdings, moves)
    return time.perf_counter() - started


def main() -> None:
    """Time the three ways in turn and print medians, ratios to the product, and the peak memory of the process."""
    rng = np.random.default_rng(20221228)
    holdings = rng.normal(0.0, 1e6, (PORTFOLIOS, POSITIONS))
    moves = rng.normal(0.0, 0.01, (SCENARIOS, POSITIONS))
    works = {"bare numpy product": bare_product, "VaR and ES": ours, "plain pandas": plain_pandas}
    rounds = [{name: seconds(work, holdings, moves) for name, work in works.items()} for _ in range(ROUNDS + 1)][1:]
    table = Table(
        title=f"{PORTFOLIOS:,} portfolios x {POSITIONS:,} positions x {SCENARIOS} scenarios", title_justify="left"
    )
    table.add_column("Way")
    for name in ("Seconds (median)", "Ratio to the product (median)"):
        table.add_column(name, justify="right")
    for name in works:
        ratio = median(one[name] / one["bare numpy product"] for one in rounds)
        table.add_row(name, f"{median(one[name] for one in rounds):.3f}", f"{ratio:.2f}")
    console = Console()
    console.print(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console.print(f"Peak memory of the process: {peak:,.0f} MiB\n", highlight=False)


if __name__ == "__main__":
    main()
