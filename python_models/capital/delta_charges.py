"""Delta charges of the whole book, date by date: parameters laid over the sensitivities-based method (Basel MAR21)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from python_models.arrays import FloatArray
from python_models.capital.sensitivities import (
    EquityDeltaParameters,
    equity_correlation,
    product_correlation,
    sbm_delta,
    tenor_correlation,
)
from python_models.errors import CapitalError
from python_models.frames import days_of, require_columns, rounded

MONEY_DECIMALS: Final = 6

ParameterValues: TypeAlias = Mapping[str, Mapping[str, float]]
"""Values by rule group and key, such as ``values["MAR21.fx_gamma"]["all"]``."""


def parameter_values(parameters: pd.DataFrame) -> ParameterValues:
    """Arrange parameter rows by rule group and key.

    Parameters
    ----------
    parameters : DataFrame ``rule_group``, ``parameter_key``, ``value``
        Rows in force on one date for one jurisdiction.

    Returns
    -------
    mapping of rule group to mapping of key to value

    Raises
    ------
    FrameError
        If a column is missing.
    CapitalError
        If a rule has two values.
    """
    require_columns(parameters, "parameters", ("rule_group", "parameter_key", "value"))
    repeated = parameters[parameters.duplicated(["rule_group", "parameter_key"])]
    if len(repeated):
        raise CapitalError(
            f"Rule {repeated['rule_group'].iloc[0]}.{repeated['parameter_key'].iloc[0]} has two values on one date; "
            "end the earlier row with valid_to."
        )
    return {
        str(group): dict(zip(rows["parameter_key"].astype(str), rows["value"].astype(float), strict=True))
        for group, rows in parameters.groupby("rule_group", sort=True)
    }


def rule_value(values: ParameterValues, group: str, key: str = "all") -> float:
    """Value of one rule.

    Parameters
    ----------
    values : ParameterValues
    group, key : str

    Returns
    -------
    float

    Raises
    ------
    CapitalError
        Naming the rule that has no value.
    """
    try:
        return values[group][key]
    except KeyError:
        raise CapitalError(f"Rule {group}.{key} has no value on the date; add its row to the seed.") from None


def equity_delta_parameters(values: ParameterValues, buckets: pd.DataFrame) -> EquityDeltaParameters:
    """Weights and correlations of the equity buckets (MAR21.77 to MAR21.80).

    Parameters
    ----------
    values : ParameterValues
    buckets : DataFrame ``bucket``, ``correlation_group``, ``gamma_group``, ``is_residual``
        Which keys a bucket takes; one bucket is residual and has no correlation group.

    Returns
    -------
    EquityDeltaParameters

    Raises
    ------
    FrameError
        If a column is missing.
    CapitalError
        If a rule has no value.
    """
    require_columns(buckets, "buckets", ("bucket", "correlation_group", "gamma_group", "is_residual"))
    names = buckets["bucket"].astype(str).tolist()
    group = dict(zip(names, buckets["gamma_group"].astype(str), strict=True))
    gamma = "MAR21.equity_gamma"
    between = {
        frozenset({"sector"}): rule_value(values, gamma, "within_1_10"),
        frozenset({"index"}): rule_value(values, gamma, "between_12_13"),
        frozenset({"sector", "index"}): rule_value(values, gamma, "index_vs_1_10"),
    }
    apart = rule_value(values, gamma, "bucket11")
    across = [
        [1.0 if one == other else between.get(frozenset({group[one], group[other]}), apart) for other in names]
        for one in names
    ]
    spot = {name: rule_value(values, "MAR21.equity_risk_weight", name) for name in names}
    repo_share = rule_value(values, "MAR21.equity_repo_share_of_spot")
    listed = buckets[buckets["correlation_group"].notna()]
    return EquityDeltaParameters(
        spot_weights=spot,
        repo_weights={name: weight * repo_share for name, weight in spot.items()},
        correlations={
            str(name): rule_value(values, "MAR21.equity_correlation", str(key))
            for name, key in zip(listed["bucket"], listed["correlation_group"], strict=True)
        },
        spot_repo_correlation=rule_value(values, "MAR21.equity_correlation", "same_name_spot_repo"),
        residual_bucket=str(buckets.loc[buckets["is_residual"].astype(bool), "bucket"].iloc[0]),
        across=pd.DataFrame(across, index=names, columns=names),
    )


class _Correlations(NamedTuple):
    """Of one risk class: within buckets, across them, and which bucket is residual, in the order of `names`."""

    within: FloatArray
    across: FloatArray
    residual: list[bool]


def _interest_rate(rows: pd.DataFrame, names: list[str], values: ParameterValues, _: pd.DataFrame) -> _Correlations:
    rho = tenor_correlation(
        rows["tenor_years"].to_numpy(dtype=np.float64),
        rule_value(values, "MAR21.girr_tenor_correlation", "theta"),
        rule_value(values, "MAR21.girr_tenor_correlation", "floor"),
    ) * product_correlation([rows["qualifier"]], [rule_value(values, "MAR21.girr_curve_correlation")])
    return _Correlations(rho, _constant(names, rule_value(values, "MAR21.girr_gamma")), [False] * len(names))


def _credit_spread(rows: pd.DataFrame, names: list[str], values: ParameterValues, _: pd.DataFrame) -> _Correlations:
    group = "MAR21.csr_correlation"
    rho = product_correlation(
        [rows["qualifier"], rows["tenor_years"], rows["factor"]],
        [rule_value(values, group, key) for key in ("other_name", "other_tenor", "other_basis")],
    )
    # The two sovereign buckets differ in rating only, not in sector (MAR21.57).
    return _Correlations(
        rho, _constant(names, rule_value(values, "MAR21.csr_gamma", "other_rating")), [False] * len(names)
    )


def _equity(rows: pd.DataFrame, names: list[str], values: ParameterValues, buckets: pd.DataFrame) -> _Correlations:
    parameters = equity_delta_parameters(values, buckets)
    unknown = sorted({*names} - {*parameters.across.index})
    if unknown:
        raise CapitalError(f"Equity bucket {unknown[0]} has no correlations; add it to the buckets.")
    return _Correlations(
        equity_correlation(rows.rename(columns={"qualifier": "issuer"}), parameters),
        parameters.across.loc[names, names].to_numpy(dtype=np.float64),
        [name == parameters.residual_bucket for name in names],
    )


def _foreign_exchange(rows: pd.DataFrame, names: list[str], values: ParameterValues, _: pd.DataFrame) -> _Correlations:
    ones = np.ones((len(rows), len(rows)))
    return _Correlations(ones, _constant(names, rule_value(values, "MAR21.fx_gamma")), [False] * len(names))


def _constant(names: list[str], gamma: float) -> FloatArray:
    across = np.full((len(names), len(names)), gamma)
    np.fill_diagonal(across, 1.0)
    return across


_CORRELATIONS_OF: Final[
    Mapping[str, Callable[[pd.DataFrame, list[str], ParameterValues, pd.DataFrame], _Correlations]]
] = {
    "interest_rate": _interest_rate,
    "credit_spread": _credit_spread,
    "equity": _equity,
    "foreign_exchange": _foreign_exchange,
}


def delta_contributions_frame(
    sensitivities: pd.DataFrame, parameters: pd.DataFrame, equity_buckets: pd.DataFrame
) -> pd.DataFrame:
    """Split the delta charge of each risk class over its risk factors, in each correlation scenario.

    Parameters
    ----------
    sensitivities : DataFrame ``reporting_date``, ``risk_class``, ``bucket``, ``qualifier``, ``factor``, \
``tenor_years``, ``weighted_sensitivity_usd``
        One row per net risk factor; `risk_class` interest_rate, credit_spread, equity or foreign_exchange, `qualifier`
        the curve, issuer or currency, `factor` its kind, `tenor_years` where the class has tenors. USD, of either sign.
    parameters : DataFrame ``reporting_date``, ``rule_group``, ``parameter_key``, ``value``
        In force on each date.
    equity_buckets : DataFrame
        As in `equity_delta_parameters`.

    Returns
    -------
    DataFrame ``reporting_date``, ``scenario``, ``risk_class``, ``bucket``, ``qualifier``, ``factor``, \
``tenor_years``, ``bucket_charge_usd``, ``contribution_usd``, ``class_charge_usd``
        A row per risk factor and scenario; the contributions of a date, scenario and class add up to its charge but
        for rounding to 6 decimals.

    Raises
    ------
    FrameError
        If a column is missing.
    CapitalError
        If a risk class is not known, a figure is missing, or a rule has no value; it names the rule.
    """
    key = ("risk_class", "bucket", "qualifier", "factor", "tenor_years")
    require_columns(sensitivities, "sensitivities", ("reporting_date", *key, "weighted_sensitivity_usd"))
    require_columns(parameters, "parameters", ("reporting_date",))
    unknown = sorted({*sensitivities["risk_class"]} - {*_CORRELATIONS_OF})
    if unknown:
        raise CapitalError(f"Risk class {unknown[0]} has no delta charge; known are {', '.join(_CORRELATIONS_OF)}.")
    days, parameter_days = days_of(sensitivities["reporting_date"]), days_of(parameters["reporting_date"])
    blocks = []
    for day in np.unique(days):
        values = parameter_values(parameters[parameter_days == day])
        for risk_class, rows in sensitivities[days == day].groupby("risk_class", sort=True):
            ordered = rows.sort_values([*key]).reset_index(drop=True)
            names = sorted(ordered["bucket"].astype(str).unique())
            within, across, residual = _CORRELATIONS_OF[str(risk_class)](ordered, names, values, equity_buckets)
            number = np.searchsorted(names, ordered["bucket"].to_numpy(dtype=str))
            weighted = ordered["weighted_sensitivity_usd"].to_numpy(dtype=np.float64, na_value=np.nan)
            charge = sbm_delta(weighted, number, within, across, residual)
            for scenario, total in charge.totals.items():
                blocks.append(
                    ordered[["reporting_date", *key]].assign(
                        scenario=scenario,
                        bucket_charge_usd=rounded(charge.buckets[scenario].k[number], MONEY_DECIMALS),
                        contribution_usd=rounded(charge.contributions[scenario], MONEY_DECIMALS),
                        class_charge_usd=round(total, MONEY_DECIMALS),
                    )
                )
    columns = ["reporting_date", "scenario", *key, "bucket_charge_usd", "contribution_usd", "class_charge_usd"]
    return pd.concat(blocks, ignore_index=True)[columns] if blocks else pd.DataFrame(columns=columns)
