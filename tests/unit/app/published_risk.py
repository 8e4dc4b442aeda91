"""Market risk beyond VaR for the small bank of ``published_build``: made from its positions, P&L and VaR.

Figures keep the marts' laws (components sum to totals, use is value over limit, a breach is a run of dates above the
limit), so that a page can be checked against the tables and a picture of it looks like the real thing.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

TRADERS = {"TR01": "EQ-TECH", "TR02": "EQ-VALUE", "TR03": "FX-G10"}
ISSUERS = {"AAPL": "DEMO000000AAPL000133", "MSFT": "DEMO000000MSFT000118", "US912810TM09": "DEMO00TREASURY000194"}
NAMES = {
    "DEMO000000AAPL000133": ("Apple Inc.", "Information Technology", "US", "AA+"),
    "DEMO000000MSFT000118": ("Microsoft <b>Corporation</b>", "Information Technology", "US", "AAA"),
    "DEMO00TREASURY000194": ("United States Treasury", "Government", "US", "AA+"),
    "529900T8BM49AURSDO55": ("Alder Merchant Bank", "Financials", "DE", None),
}
FACTORS = {
    "AAPL": "EQ:AAPL",
    "MSFT": "EQ:MSFT",
    "US912810TM09": "IR:USD:30 Yr",
    "FX:EURUSD": "FX:EUR",
    "FX:USDJPY": "FX:JPY",
}
RISK_CLASSES = {"EQ": "equity", "FX": "fx", "IR": "interest_rate"}
SCENARIOS = pd.DataFrame(
    [
        ("covid_2020", "March 2020", "historical", "Moves from 19 February to 23 March 2020", -0.33, -0.06, 0.05),
        ("rates_2022", "Rates of 2022", "historical", "Moves from 1 January to 30 September 2022", -0.24, -0.14, -0.11),
        ("equity_down_30", "Shares 30% lower", "hypothetical", "Every share falls by 30%", -0.30, 0.0, 0.0),
        ("usd_up_10", "Dollar 10% stronger", "hypothetical", "Every currency falls by 10%", 0.0, -0.10, 0.0),
        ("rates_up_200", "Rates 200 bp higher", "hypothetical", "Every yield rises by 200 bp", 0.0, 0.0, -0.21),
        ("rates_down_200", "Rates 200 bp lower", "hypothetical", "Every yield falls by 200 bp", 0.0, 0.0, 0.27),
    ],
    columns=["scenario_id", "scenario_name", "scenario_type", "description", "equity", "fx", "rates"],
)
# The share of each key rate in a bond's duration.
KEY_RATES = {"IR:USD:2 Yr": 0.05, "IR:USD:6 Mo": -0.01, "IR:USD:10 Yr": 0.2, "IR:USD:30 Yr": 0.76}
DURATION = 17.0
SEEDS = Path(__file__).parents[3] / "dbt_project" / "seeds" / "regulatory"
LEVELS = (0.95, 0.975, 0.99)
WINDOW = 250


class Bank(NamedTuple):
    """What the tables of this module are made from."""

    dates: pd.DatetimeIndex
    positions: pd.DataFrame
    summary: pd.DataFrame
    pnl: pd.DataFrame
    var: pd.DataFrame
    exceptions: pd.DataFrame
    trades: pd.DataFrame
    portfolios: dict[str, str]

    @property
    def members(self) -> dict[tuple[str, str], list[str]]:
        """The portfolios of each scope."""
        desks = sorted(set(self.portfolios.values()))
        return {
            ("firm", "FIRM"): list(self.portfolios),
            **{("desk", desk): [p for p, owner in self.portfolios.items() if owner == desk] for desk in desks},
            **{("portfolio", name): [name] for name in self.portfolios},
        }

    @property
    def full_revaluation_dates(self) -> pd.DatetimeIndex:
        """Month ends and the last dates."""
        month_ends = pd.Series(self.dates, index=self.dates).groupby([self.dates.year, self.dates.month]).max()
        return pd.DatetimeIndex(sorted(set(month_ends) | set(self.dates[-20:])))


def tables(bank: Bank) -> dict[str, pd.DataFrame]:
    """Return the tables of market risk beyond VaR, by name."""
    exposures, concentration = _exposures(bank)
    checks, breaches, alerts = _limits(bank, exposures)
    stress = _stress(bank)
    return {
        "dim_traders": pd.DataFrame(list(TRADERS.items()), columns=["trader_id", "portfolio_id"]),
        "dim_counterparties": pd.DataFrame(
            [(lei, *facts) for lei, facts in NAMES.items()],
            columns=["counterparty_lei", "counterparty_name", "sector", "country", "rating"],
        ),
        "dim_backtest_zones": _rules("traffic_light_zones"),
        "dim_backtest_tests": _rules("backtest_tests"),
        "fct_position_sensitivities_daily": _sensitivities(bank),
        "fct_var_backtests_daily": _backtests(bank),
        "fct_pnl_attribution_tests_daily": _attribution_tests(bank),
        **stress,
        "fct_exposures_daily": exposures,
        "fct_concentration_daily": concentration,
        "fct_limit_checks_daily": checks,
        "fct_limit_breaches": breaches,
        "fct_limit_alerts": alerts,
        "fct_pnl_explain_daily": _explain(bank),
        "fct_pnl_attribution_daily": _attribution(bank),
        "fct_transaction_risk": _transaction_risk(bank),
        "fct_var_decomposition_daily": _decomposition(bank),
    }


def other_methods(headline: pd.DataFrame, dates: pd.DatetimeIndex, full_dates: pd.DatetimeIndex) -> pd.DataFrame:
    """Return VaR by methods and over ten days that stand in a plausible ratio to the headline figures."""
    order = headline[headline["quantile_rule"] == "order_statistic"]
    frames = [
        headline.assign(
            horizon_days=10,
            var_usd=headline["var_usd"] * 3.1,
            es_usd=headline["es_usd"] * 3.1,
            stale_var_share=np.nan,
            proxied_var_share=np.nan,
            is_headline=False,
        )
    ]
    for method, rule, ratio, is_heavy in (
        ("age_weighted", "weighted", 1.07, False),
        ("volatility_scaled", "order_statistic", 1.12, False),
        ("filtered", "order_statistic", 1.15, False),
        ("normal", "closed_form", 0.91, False),
        ("student_t", "closed_form", 1.02, False),
        ("cornish_fisher", "closed_form", 1.05, False),
        ("generalised_pareto", "closed_form", 1.09, False),
        ("stressed", "order_statistic", 2.4, False),
        ("historical_full_revaluation", "order_statistic", 1.01, True),
        ("monte_carlo_t", "order_statistic", 1.06, True),
    ):
        rows = order[order["business_date"].isin(full_dates)] if is_heavy else order
        rows = rows[rows["business_date"].isin(dates[-40:]) | is_heavy]
        for horizon, growth in ((1, 1.0), (10, 10**0.5)):
            frames.append(
                rows.assign(
                    method=method,
                    quantile_rule=rule,
                    horizon_days=horizon,
                    var_usd=rows["var_usd"] * ratio * growth,
                    es_usd=rows["es_usd"] * ratio * growth,
                    stale_var_share=np.nan,
                    proxied_var_share=np.nan,
                    is_headline=False,
                )
            )
    table = pd.concat(frames, ignore_index=True)
    has_no_mean = (table["method"] == "generalised_pareto") & (table["horizon_days"] == 10)
    table.loc[has_no_mean, "es_usd"] = np.nan
    table.loc[has_no_mean, "note"] = "The fitted tail has no mean, so expected shortfall is infinite."
    is_closed = table["quantile_rule"] == "closed_form"
    table["scenario_date"] = table["scenario_date"].where(~is_closed, pd.NaT)
    return table


def _decomposition(bank: Bank) -> pd.DataFrame:
    record = bank.var[
        (bank.var["business_date"] == bank.dates[-1])
        & (bank.var["method"] == "historical_delta_gamma")
        & (bank.var["horizon_days"] == 1)
        & (bank.var["quantile_rule"] == "order_statistic")
    ]
    rows = []
    for (scope_type, scope_id), members in bank.members.items():
        if scope_type == "portfolio":
            continue
        for level in LEVELS:
            at = record[record["confidence_level"] == level].set_index("scope_id")["var_usd"]
            total, alone = float(at[scope_id]), at[members]
            kinds = {"portfolio": alone}
            if scope_type == "firm":
                kinds["desk"] = at[sorted(set(bank.portfolios.values()))]
            for kind, own in kinds.items():
                weight = own / own.sum()
                for member, share in weight.items():
                    rows.append(
                        (
                            bank.dates[-1],
                            scope_type,
                            scope_id,
                            level,
                            "order_statistic",
                            kind,
                            member,
                            own[member],
                            total * share,
                            total * share * 0.8,
                            share * 0.02,
                        )
                    )
    return pd.DataFrame(
        rows,
        columns=[
            "business_date",
            "scope_type",
            "scope_id",
            "confidence_level",
            "quantile_rule",
            "member_type",
            "member_id",
            "standalone_var_usd",
            "component_var_usd",
            "incremental_var_usd",
            "marginal_var",
        ],
    )


def _rules(seed: str) -> pd.DataFrame:
    table = pd.read_csv(SEEDS / f"{seed}.csv", parse_dates=["valid_from", "valid_to"])
    return table.astype({column: "Int64" for column in ("exceptions_to", "observations") if column in table})


def _sensitivities(bank: Bank) -> pd.DataFrame:
    held = bank.positions[bank.positions["instrument_id"] != "CASH:USD"]
    held = held[["business_date", "portfolio_id", "instrument_id", "market_value_usd"]]
    is_bond = held["instrument_id"] == "US912810TM09"
    linear = held[~is_bond].assign(
        risk_factor_id=lambda frame: frame["instrument_id"].map(FACTORS),
        delta_usd=lambda frame: frame["market_value_usd"],
        gamma_usd=lambda frame: (frame["market_value_usd"] * 0.3).where(frame["instrument_id"] == "AAPL", 0.0).round(6),
    )
    rates = [
        held[is_bond].assign(
            risk_factor_id=factor,
            delta_usd=(held["market_value_usd"] * -DURATION * share).round(6),
            gamma_usd=0.0,
        )
        for factor, share in KEY_RATES.items()
    ]
    table = pd.concat([linear, *rates], ignore_index=True).drop(columns="market_value_usd")
    table["factor_type"] = table["risk_factor_id"].str.split(":").str[0].map(RISK_CLASSES)
    table["quoted_move"] = np.where(table["factor_type"] == "interest_rate", 0.0001, 0.01)
    return table.assign(quoted_sensitivity_usd=(table["delta_usd"] * table["quoted_move"]).round(6))


def _likelihood_ratio(hits: float, misses: float, chance: float) -> float:
    return float(_xlogy(misses, 1 - chance) + _xlogy(hits, chance))


def _xlogy(count: float, chance: float) -> float:
    return 0.0 if count == 0 else count * float(np.log(chance))


def _backtests(bank: Bank) -> pd.DataFrame:
    rows = []
    keys = ["scope_type", "scope_id", "confidence_level"]
    for (scope_type, scope_id, level), days in bank.exceptions.groupby(keys, sort=True):
        days = days.sort_values("business_date")
        for pnl_type in ("actual", "hypothetical"):
            hit = days[f"is_{pnl_type}_exception"].to_numpy(bool)
            for end in range(1, len(days) + 1):
                window = hit[max(0, end - WINDOW) : end]
                rows.append(
                    (
                        days["business_date"].iloc[end - 1],
                        scope_type,
                        scope_id,
                        level,
                        pnl_type,
                        *_tests(window, level, scope_type, str(scope_id)),
                    )
                )
    return pd.DataFrame(
        rows,
        columns=[
            "business_date",
            *keys,
            "pnl_type",
            "observations",
            "window_observations",
            "exceptions",
            "missing",
            "expected_exceptions",
            "n00",
            "n01",
            "n10",
            "n11",
            "kupiec_statistic",
            "kupiec_p_value",
            "independence_statistic",
            "independence_p_value",
            "conditional_coverage_statistic",
            "conditional_coverage_p_value",
            "es_z2_statistic",
            "zone",
            "multiplier",
            "desk_exceptions_limit",
            "is_desk_limit_exceeded",
            "note",
        ],
    ).astype(
        {
            "desk_exceptions_limit": "Int64",
            "independence_statistic": "float64",
            "independence_p_value": "float64",
            "conditional_coverage_statistic": "float64",
            "conditional_coverage_p_value": "float64",
            "multiplier": "float64",
            "is_desk_limit_exceeded": "boolean",
        }
    )


def _tests(hit: np.ndarray, level: float, scope_type: str, scope_id: str) -> tuple[object, ...]:
    days, hits = len(hit), int(hit.sum())
    before, after = hit[:-1], hit[1:]
    n00, n01 = int((~before & ~after).sum()), int((~before & after).sum())
    n10, n11 = int((before & ~after).sum()), int((before & after).sum())
    kupiec = 2 * (_likelihood_ratio(hits, days - hits, hits / days) - _likelihood_ratio(hits, days - hits, 1 - level))
    independence = None
    if hits and n00 + n01 and n10 + n11:
        pooled = (n01 + n11) / (n00 + n01 + n10 + n11)
        independence = 2 * (
            _likelihood_ratio(n01, n00, n01 / (n00 + n01))
            + _likelihood_ratio(n11, n10, n11 / (n10 + n11))
            - _likelihood_ratio(n01 + n11, n00 + n10, pooled)
        )
        independence = max(0.0, independence)
    coverage = None if independence is None else kupiec + independence
    is_full = days == WINDOW
    zone = multiplier = exceeded = None
    if level == 0.99 and (is_full or hits > 4):
        zone = "green" if hits <= 4 else "amber" if hits <= 9 else "red"
        multiplier = 1.5 if hits <= 4 else 2.0 if hits >= 10 else (1.70, 1.76, 1.83, 1.88, 1.92)[hits - 5]
    limit = {0.99: 12, 0.975: 30}.get(level) if scope_type == "desk" else None
    if limit is not None and (is_full or hits > limit):
        exceeded = hits > limit
    expected = days * (1 - level)
    return (
        days,
        WINDOW,
        hits,
        0,
        expected,
        n00,
        n01,
        n10,
        n11,
        kupiec,
        float(stats.chi2.sf(kupiec, 1)),
        independence,
        None if independence is None else float(stats.chi2.sf(independence, 1)),
        coverage,
        None if coverage is None else float(stats.chi2.sf(coverage, 2)),
        1 - hits / expected,
        zone,
        multiplier,
        limit,
        exceeded,
        None if is_full else f"{days} of {WINDOW} observations: what they have reached stands, the rest waits",
    )


def _attribution_tests(bank: Bank) -> pd.DataFrame:
    facts = {"EQUITIES": (0.971, 0.052, "green", None), "FX": (0.764, 0.104, "amber", None)}
    return pd.DataFrame(
        [
            (day, desk, WINDOW, *facts[desk])
            for day in bank.dates[-40:]
            for desk in sorted(set(bank.portfolios.values()))
        ],
        columns=[
            "business_date",
            "desk_id",
            "observations",
            "spearman_correlation",
            "kolmogorov_smirnov",
            "zone",
            "note",
        ],
    ).assign(
        spearman_green_above=0.80,
        spearman_red_below=0.70,
        kolmogorov_smirnov_green_below=0.09,
        kolmogorov_smirnov_red_above=0.12,
    )


def _shock(instrument_type: str) -> str | None:
    return {"equity": "equity", "currency_pair": "fx", "government_bond": "rates"}.get(instrument_type)


def _stress(bank: Bank) -> dict[str, pd.DataFrame]:
    held = bank.positions[bank.positions["business_date"].isin(bank.full_revaluation_dates)]
    results = []
    for scenario in SCENARIOS.itertuples():
        move = held["instrument_type"].map(
            lambda kind, scenario=scenario: getattr(scenario, shock) if (shock := _shock(kind)) else 0.0
        )
        results.append(
            pd.DataFrame(
                {
                    "business_date": held["business_date"],
                    "scenario_id": scenario.scenario_id,
                    "portfolio_id": held["portfolio_id"],
                    "instrument_id": held["instrument_id"],
                    "desk_id": held["desk_id"],
                    "base_value_usd": held["market_value_usd"],
                    "stressed_value_usd": (held["market_value_usd"] * (1 + move)).round(6),
                    "is_proxied": (held["instrument_id"] == "US912810TM09") & (scenario.scenario_type == "historical"),
                    "missing_reason": None,
                }
            )
        )
    positions = pd.concat(results, ignore_index=True)
    positions["pnl_usd"] = (positions["stressed_value_usd"] - positions["base_value_usd"]).round(6)
    summary = pd.concat(
        [
            positions[positions["portfolio_id"].isin(members)]
            .groupby(["business_date", "scenario_id"], as_index=False)
            .agg(
                pnl_usd=("pnl_usd", "sum"),
                positions=("pnl_usd", "size"),
                proxied_positions=("is_proxied", "sum"),
            )
            .assign(scope_type=scope_type, scope_id=scope_id, missing_positions=0)
            for (scope_type, scope_id), members in bank.members.items()
        ],
        ignore_index=True,
    ).round({"pnl_usd": 6})
    loss = -summary["pnl_usd"]
    target = summary["scope_type"].map({"firm": 3_000_000.0, "desk": 2_000_000.0, "portfolio": 1_000_000.0})
    scale = (target / loss).where((loss > 0) & (target / loss <= 5))
    reverse = summary.assign(
        loss_target_usd=target,
        scale=scale,
        loss_at_scale_usd=(loss * scale).round(6),
        is_reached=scale.notna(),
        note=np.where(scale.notna(), None, "Five times the scenario does not lose as much."),
    ).drop(columns=["pnl_usd", "positions", "proxied_positions", "missing_positions"])
    scenarios = SCENARIOS[["scenario_id", "scenario_name", "scenario_type", "description"]].assign(
        window_start=pd.to_datetime(["2020-02-19", "2022-01-01", None, None, None, None]),
        window_end=pd.to_datetime(["2020-03-23", "2022-09-30", None, None, None, None]),
        source="House scenario",
    )
    return {
        "dim_stress_scenarios": scenarios,
        "fct_stress_results_daily": positions,
        "fct_stress_summary_daily": summary,
        "fct_reverse_stress_daily": reverse,
    }


def _keys_of(row: pd.Series) -> dict[str, str]:
    keys = {"currency": row["currency"], "asset_class": row["instrument_type"]}
    issuer = ISSUERS.get(row["instrument_id"])
    if issuer is not None:
        _, sector, country, rating = NAMES[issuer]
        keys |= {"issuer": issuer, "sector": sector, "country": country, "rating": str(rating)}
    if row["instrument_type"] == "government_bond":
        keys["tenor"] = "over 10 years"
    return keys


def _exposures(bank: Bank) -> tuple[pd.DataFrame, pd.DataFrame]:
    held = bank.positions
    kinds = held[["instrument_id", "instrument_type", "currency"]].drop_duplicates("instrument_id")
    keys = pd.DataFrame(
        [
            (row["instrument_id"], exposure_type, key)
            for _, row in kinds.iterrows()
            for exposure_type, key in _keys_of(row).items()
        ],
        columns=["instrument_id", "exposure_type", "exposure_key"],
    )
    by_position = held[["business_date", "portfolio_id", "instrument_id", "market_value_usd"]].merge(
        keys, on="instrument_id"
    )
    by_position["long_usd"] = by_position["market_value_usd"].clip(lower=0)
    by_position["short_usd"] = by_position["market_value_usd"].clip(upper=0)
    keys_of_row = ["business_date", "portfolio_id", "exposure_type", "exposure_key"]
    sides = ["long_usd", "short_usd"]
    exposures = by_position.groupby(keys_of_row, as_index=False)[sides].sum()
    exposures[sides] = exposures[sides].round(6)
    exposures["gross_usd"] = exposures["long_usd"] - exposures["short_usd"]
    exposures["net_usd"] = exposures["long_usd"] + exposures["short_usd"]

    amounts = ["gross_usd", "net_usd", "long_usd", "short_usd"]
    found = []
    for (scope_type, scope_id), members in bank.members.items():
        scoped = (
            exposures[exposures["portfolio_id"].isin(members)]
            .groupby(["business_date", "exposure_type", "exposure_key"], as_index=False)[amounts]
            .sum()
        )
        by = ["business_date", "exposure_type"]
        scoped = scoped.sort_values([*by, "gross_usd"], ascending=[True, True, False], kind="stable")
        scoped["share"] = scoped["gross_usd"] / scoped.groupby(by)["gross_usd"].transform("sum")
        scoped["squared"] = scoped["share"] ** 2
        scoped["rank"] = scoped.groupby(by).cumcount()
        scoped["top"] = scoped["share"].where(scoped["rank"] < 5, 0.0)
        found.append(
            scoped.groupby(by, as_index=False)
            .agg(
                **{name: (name, "sum") for name in amounts},
                keys=("exposure_key", "count"),
                hhi=("squared", "sum"),
                largest_key=("exposure_key", "first"),
                largest_share=("share", "first"),
                top_5_share=("top", "sum"),
            )
            .assign(scope_type=scope_type, scope_id=scope_id)
        )
    return exposures, pd.concat(found, ignore_index=True)


def _limits(bank: Bank, exposures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    record = bank.var[
        (bank.var["method"] == "historical_delta_gamma")
        & (bank.var["horizon_days"] == 1)
        & (bank.var["quantile_rule"] == "order_statistic")
        & (bank.var["confidence_level"] == 0.99)
    ]
    checks = []
    for (scope_type, scope_id), _ in bank.members.items():
        own = record[(record["scope_type"] == scope_type) & (record["scope_id"] == scope_id)]
        values = own.set_index("business_date")["var_usd"].astype(float)
        # Two limits are passed on the last dates: one has a waiver then, the other none.
        above = {"EQUITIES": 0.97, "EQ-TECH": 0.99}.get(scope_id)
        usual = float(values.quantile(0.9)) * 1.02
        limit = usual if above is None else float(values.iloc[-3:].min()) * above
        checks.append(
            _check(
                f"{scope_id}-VAR-99",
                "var",
                "var_99_1d_usd",
                (scope_type, scope_id),
                None,
                values,
                limit,
            )
        )
    issuers = (
        exposures[exposures["exposure_type"] == "issuer"]
        .groupby(["exposure_key", "business_date"])["net_usd"]
        .sum()
        .abs()
    )
    for issuer in sorted(ISSUERS.values()):
        checks.append(
            _check(
                "FIRM-ISSUER",
                "issuer_concentration",
                "issuer_exposure_usd",
                ("firm", "FIRM"),
                issuer,
                issuers[issuer],
                6_000_000.0,
            )
        )
    for number, trader in enumerate(TRADERS):
        notional = pd.Series(800_000.0 * (number + 1), index=bank.dates)
        if trader == "TR03":
            notional.iloc[-1] = np.nan
        checks.append(
            _check(
                "TRADER-NOTIONAL",
                "trader_notional",
                "traded_notional_usd",
                ("trader", trader),
                None,
                notional,
                2_500_000.0,
            )
        )
    table = pd.concat(checks, ignore_index=True)
    waived = (table["limit_id"] == "EQUITIES-VAR-99") & (table["business_date"] >= bank.dates[-3])
    table.loc[waived, "limit_value"] = table.loc[waived, "original_limit_value"] * 3
    table.loc[waived, "waiver_id"] = "WV-1"
    use = table["current_value"] / table["limit_value"] * 100
    table["utilisation_pct"] = use
    table["is_waived"] = table["waiver_id"].notna()
    table["status"] = np.select(
        [
            table["current_value"].isna(),
            table["current_value"] > table["limit_value"],
            table["current_value"] > table["original_limit_value"],
            use >= table["warning_pct"],
        ],
        ["missing", "breach", "waived", "warning"],
        "within",
    )
    table["severity"] = table["status"].map({"breach": "high", "warning": "medium", "missing": "medium"}).fillna("info")
    key = ["limit_id", "scope_id", "exposure_key"]
    table = table.sort_values([*key, "business_date"], na_position="first").reset_index(drop=True)
    is_over = table["status"].isin(["breach", "waived"])
    run = (~is_over).groupby([table[name].fillna("") for name in key]).cumsum()
    groups = [*(table[name].fillna("") for name in key), run]
    table["days_in_breach"] = (table["status"] == "breach").astype(int).groupby(groups).cumsum().where(is_over, 0)
    first = table["business_date"].where(is_over).groupby(groups).transform("min")
    table["breach_id"] = (
        table["limit_id"] + "|" + table["scope_id"] + "|" + table["exposure_key"].fillna("") + "|" + first.astype(str)
    ).where(is_over)
    age = table["days_in_breach"].where(table["status"] == "breach", 0)
    table["escalation_level"] = pd.cut(
        age, [-1, 0, 1, 4, 10_000], labels=["none", "desk_head", "head_of_market_risk", "chief_risk_officer"]
    ).astype(str)
    table["escalation_level"] = table["escalation_level"].where(table["escalation_level"] != "none", None)
    table["note"] = np.where(table["status"] == "missing", "The metric has no value on this date.", None)

    over = table[is_over]
    breaches = over.groupby("breach_id", as_index=False).agg(
        limit_id=("limit_id", "first"),
        limit_type=("limit_type", "first"),
        metric=("metric", "first"),
        exposure_type=("exposure_type", "first"),
        scope_type=("scope_type", "first"),
        scope_id=("scope_id", "first"),
        exposure_key=("exposure_key", "first"),
        unit=("unit", "first"),
        first_breach_date=("business_date", "min"),
        last_breach_date=("business_date", "max"),
        days_in_breach=("days_in_breach", "max"),
        days_waived=("is_waived", "sum"),
        peak_value=("current_value", "max"),
        limit_value=("original_limit_value", "last"),
        waiver_id=("waiver_id", "last"),
        escalate_to=("escalation_level", "last"),
    )
    breaches["peak_utilisation_pct"] = breaches["peak_value"] / breaches["limit_value"] * 100
    breaches["is_open"] = breaches["last_breach_date"] == bank.dates[-1]
    has_waiver = breaches["waiver_id"].notna()
    breaches["waiver_expires_on"] = pd.Series(pd.Timestamp("2022-12-30"), index=breaches.index).where(has_waiver)
    breaches["waiver_approved_by"] = pd.Series("Chief risk officer", index=breaches.index).where(has_waiver)
    breaches["escalate_to"] = breaches["escalate_to"].str.replace("_", " ")

    raised = table[table["status"] != "within"]
    kept = ["business_date", "limit_id", "limit_type", "scope_type", "scope_id", "exposure_key"]
    kept += ["current_value", "limit_value"]
    types = {"warning": "limit_warning", "missing": "limit_missing"}
    alerts = raised[[*kept, "severity"]].assign(
        alert_type=raised["status"].map(types).fillna("limit_breach"),
        message=raised["metric"] + " of " + raised["scope_type"] + " " + raised["scope_id"] + " is " + raised["status"],
    )
    return table, breaches, alerts


def _check(
    limit_id: str,
    limit_type: str,
    metric: str,
    holder: tuple[str, str],
    exposure_key: str | None,
    values: pd.Series,
    limit: float,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "business_date": values.index,
            "limit_id": limit_id,
            "limit_type": limit_type,
            "metric": metric,
            "scope_type": holder[0],
            "scope_id": holder[1],
            "exposure_type": None if exposure_key is None else "issuer",
            "exposure_key": exposure_key,
            "unit": "USD",
            "current_value": values.to_numpy(float),
            "limit_value": limit,
            "original_limit_value": limit,
            "warning_pct": 90.0,
            "waiver_id": None,
        }
    ).astype({"exposure_type": "object", "exposure_key": "object", "waiver_id": "object"})


def _explain(bank: Bank) -> pd.DataFrame:
    moves = bank.pnl[bank.pnl["instrument_id"] != "CASH:USD"].assign(
        risk_factor_id=lambda frame: frame["instrument_id"].map(FACTORS)
    )
    keys = ["business_date", "portfolio_id", "risk_factor_id"]
    delta = moves.groupby(keys, as_index=False)["total_pnl_usd"].sum()
    delta["pnl_usd"] = (delta["total_pnl_usd"] * 0.95).round(6)
    gamma = delta.assign(component_type="gamma", pnl_usd=(delta["total_pnl_usd"] * 0.01).round(6))
    delta = delta.assign(component_type="delta")
    parts = [delta, gamma]
    totals = bank.summary[bank.summary["scope_type"] == "portfolio"].rename(columns={"scope_id": "portfolio_id"})
    for kind, share in (("time_decay", 0.01), ("new_trades", 0.005)):
        parts.append(
            totals[["business_date", "portfolio_id"]].assign(
                risk_factor_id=None, component_type=kind, pnl_usd=(totals["total_pnl_usd"] * share).round(6)
            )
        )
    # One day's passing is not known on a date of the last month: the rest takes it.
    parts[2].loc[
        (parts[2]["portfolio_id"] == "EQ-VALUE") & (parts[2]["business_date"] == bank.dates[-5]), "pnl_usd"
    ] = np.nan
    explained = pd.concat(parts, ignore_index=True)[
        ["business_date", "portfolio_id", "component_type", "risk_factor_id", "pnl_usd"]
    ]
    known = explained.groupby(["business_date", "portfolio_id"])["pnl_usd"].sum().rename("known").reset_index()
    rest = totals.merge(known, on=["business_date", "portfolio_id"])
    unexplained = rest[["business_date", "portfolio_id"]].assign(
        component_type="unexplained", risk_factor_id=None, pnl_usd=(rest["total_pnl_usd"] - rest["known"]).round(6)
    )
    table = pd.concat([explained, unexplained], ignore_index=True)
    return table.assign(is_pnl_missing=table["pnl_usd"].isna())


def _attribution(bank: Bank) -> pd.DataFrame:
    generator = np.random.default_rng(1)
    table = bank.summary.rename(columns={"total_pnl_usd": "actual_pnl_usd"})[
        ["business_date", "scope_type", "scope_id", "actual_pnl_usd", "hypothetical_pnl_usd"]
    ].copy()
    noise = generator.normal(0, 0.05, len(table))
    table["risk_theoretical_pnl_usd"] = (table["hypothetical_pnl_usd"] * (1 + noise)).round(6)
    is_first = table["business_date"] == bank.dates[0]
    table.loc[is_first, "risk_theoretical_pnl_usd"] = np.nan
    table["unexplained_pnl_usd"] = (table["hypothetical_pnl_usd"] - table["risk_theoretical_pnl_usd"]).round(6)
    return table.assign(is_risk_theoretical_missing=is_first)


def _transaction_risk(bank: Bank) -> pd.DataFrame:
    trades = bank.trades
    table = trades[
        [
            "trade_id",
            "business_date",
            "desk_id",
            "portfolio_id",
            "trader_id",
            "instrument_id",
            "counterparty_lei",
            "notional_usd",
        ]
    ].copy()
    table["market_risk_usd"] = (table["notional_usd"] * 0.021).round(6)
    is_bond = table["instrument_id"] == "US912810TM09"
    table.loc[is_bond, "market_risk_usd"] = np.nan
    table["credit_risk_usd"] = (table["notional_usd"] * 0.0004).round(6)
    table["operational_risk_usd"] = (table["notional_usd"] * 0.0001).round(6)
    table["total_risk_usd"] = table[["market_risk_usd", "credit_risk_usd", "operational_risk_usd"]].sum(
        axis=1, skipna=False
    )
    return table.assign(
        portfolio_risk_usd=table.groupby("portfolio_id")["market_risk_usd"].transform("sum"),
        var_usd=table["market_risk_usd"] * 0.9,
        product_type="equity",
        exposure_at_default_usd=table["notional_usd"] * 0.1,
        default_probability=0.01,
        loss_given_default=0.4,
        is_pd_defaulted=True,
        is_market_risk_missing=is_bond,
        is_credit_risk_missing=False,
        note=np.where(is_bond, "No volatility of the factor on the date.", None),
    )
