"""The regulatory seeds of the dbt project, as the warehouse reads them."""

from __future__ import annotations

import pandas as pd

from orchestration.lib.environment import DBT_PROJECT
from python_models.capital.sensitivities import EquityDeltaParameters
from python_models.credit_risk.parameters import RuleValues
from python_models.market_risk.backtesting import ExceptionZone

SEEDS = DBT_PROJECT / "seeds" / "regulatory"
BASEL_SEEDS = DBT_PROJECT / "seeds" / "basel"


def seed(name: str) -> pd.DataFrame:
    """Rows of a regulatory seed that are in force."""
    rows = pd.read_csv(SEEDS / f"{name}.csv", dtype={"key": str, "bucket": str})
    return rows[rows["valid_to"].isna()]


def basel_rules(area: str, jurisdiction: str = "BCBS") -> RuleValues:
    """Values by rule id of a seed ``basel_<area>_parameters``: a jurisdiction's own rows that are in force."""
    rows = pd.read_csv(BASEL_SEEDS / f"basel_{area}_parameters.csv")
    return RuleValues.of_frame(rows[rows["valid_to"].isna() & (rows["jurisdiction"] == jurisdiction)])


def zones() -> list[ExceptionZone]:
    """Read the traffic light."""
    return [
        ExceptionZone(
            int(row["exceptions_from"]),
            None if pd.isna(row["exceptions_to"]) else int(row["exceptions_to"]),
            str(row["zone"]),
            float(row["multiplier"]),
        )
        for row in seed("traffic_light_zones").to_dict("records")
    ]


def plus_factor(exceptions: int) -> float:
    """Read the plus factor of January 1996 for a count of exceptions in 250 days."""
    rows = seed("traffic_light_zones").sort_values("exceptions_from")
    return float(rows.loc[rows["exceptions_from"] <= exceptions, "plus_factor"].iloc[-1])


def parameter_values() -> dict[str, dict[str, float]]:
    """Values of the FRTB seed by parameter and key."""
    rows = seed("frtb_parameters")
    return {
        str(parameter): dict(zip(group["key"].astype(str), group["value"].astype(float), strict=True))
        for parameter, group in rows.groupby("parameter")
    }


def liquidity_horizons() -> dict[str, int]:
    """Liquidity horizons by risk category."""
    rows = seed("frtb_liquidity_horizons")
    return dict(zip(rows["risk_category"].astype(str), rows["horizon_days"].astype(int), strict=True))


def equity_delta_parameters() -> EquityDeltaParameters:
    """Weights and correlations of the equity buckets, from the two seeds that hold them."""
    values = parameter_values()
    buckets = seed("frtb_equity_buckets")
    names = buckets["bucket"].astype(str).tolist()
    group = dict(zip(names, buckets["gamma_group"].astype(str), strict=True))
    gamma = values["equity_gamma"]
    between = {
        frozenset({"sector"}): gamma["within_1_10"],
        frozenset({"index"}): gamma["between_12_13"],
        frozenset({"sector", "index"}): gamma["index_vs_1_10"],
    }
    across = pd.DataFrame(
        [
            [
                1.0 if one == other else between.get(frozenset({group[one], group[other]}), gamma["bucket11"])
                for other in names
            ]
            for one in names
        ],
        index=names,
        columns=names,
    )
    spot = values["equity_risk_weight"]
    repo_share = values["equity_repo_share_of_spot"]["all"]
    listed = buckets[buckets["correlation_group"].notna()]
    return EquityDeltaParameters(
        spot_weights=spot,
        repo_weights={name: weight * repo_share for name, weight in spot.items()},
        correlations={
            str(row.bucket): values["equity_correlation"][str(row.correlation_group)] for row in listed.itertuples()
        },
        spot_repo_correlation=values["equity_correlation"]["same_name_spot_repo"],
        residual_bucket=str(buckets.loc[buckets["is_residual"].astype(bool), "bucket"].iloc[0]),
        across=across,
    )
