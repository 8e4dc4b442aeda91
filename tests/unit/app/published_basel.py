"""Capital and liquidity of the small bank of ``published_build``: tables as the marts' contracts have them.

The templates are printed by the SQL of the dbt models themselves, from contributions made here, so that a page shows
what it would show of a real build. On the first reporting date there are no liquid assets: those cells are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import yaml
from jinja2 import Environment

PROJECT = Path(__file__).parents[3] / "dbt_project"
DATES = (date(2022, 9, 30), date(2022, 10, 31), date(2022, 11, 30), date(2022, 12, 28))
#: Everything grows a little from date to date.
SCALE = (0.97, 0.98, 0.99, 1.0)
QUARTER_ENDS = {DATES[0], DATES[3]}
MODELS = (
    "intermediate/basel/templates/int_template_dates",
    "intermediate/basel/templates/int_template_comparisons",
    "intermediate/basel/templates/int_template_items",
    "intermediate/basel/templates/int_template_values",
    "intermediate/basel/templates/int_template_sums",
    "intermediate/basel/templates/int_template_figures",
    "marts/regulatory/fct_basel_cells",
    "marts/regulatory/fct_basel_cell_items",
)
M = 1e6

# (type, class, obligor, country, on and off balance, ccf, ead, weight, RWA by internal estimates, what is missing)
EXPOSURES: dict[str, tuple[str, str, str, str, float, float, float, float, float, float | None, str | None]] = {
    "L-001": ("loan", "corporate", "OBL-1", "US", 800, 200, 0.4, 880, 1.0, 610.0, None),
    "L-002": ("loan", "corporate", "OBL-2", "DE", 300, 0, 0.0, 300, 1.0, None, "is_rating_missing"),
    "L-003": ("mortgage", "residential_mortgage", "C000001", "US", 900, 0, 0.0, 900, 0.3, 150.0, None),
    "L-004": ("mortgage", "residential_mortgage", "C000002", "US", 100, 0, 0.0, 100, 0.75, None, "is_ltv_missing"),
    "L-005": ("card", "retail", "C000003", "US", 50, 150, 0.1, 65, 0.75, 40.0, None),
    "L-006": ("loan", "other", "<b>unknown</b>", "US", 20, 0, 0.0, 20, 1.0, None, "is_class_defaulted"),
    "S-001": ("bond", "central_government", "TREASURY", "US", 2000, 0, 0.0, 2000, 0.0, None, None),
}
NETTING_SETS = {"NS-1": ("sa_ccr", 120.0, 60.0, 60.0), "SFT-1": ("sft_comprehensive", 40.0, 12.0, None)}


@cache
def contracts() -> Mapping[str, dict[str, str]]:
    """Columns with their types of every model that has them, by model."""
    found = {}
    for path in sorted((PROJECT / "models").rglob("_*.yml")):
        for model in yaml.safe_load(path.read_text()).get("models", []):
            columns = {column["name"]: column.get("data_type") for column in model.get("columns", [])}
            if all(columns.values()):
                found[model["name"]] = columns
    return found


def table(name: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Make a mart from rows that give some of its columns; a column that the contract does not have is an error."""
    columns = contracts()[name]
    records = list(rows)
    unknown = {key for row in records for key in row} - set(columns)
    assert not unknown, f"{name} has no {unknown}"
    return pd.DataFrame(records, columns=list(columns), dtype="object")


def every_date(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Repeat rows on every reporting date, amounts in millions of USD scaled to the date."""
    records = list(rows)
    return [
        {"reporting_date": day}
        | {
            key: round(value * M * scale, 6) if key.endswith("_usd") and value is not None else value
            for key, value in row.items()
        }
        for day, scale in zip(DATES, SCALE, strict=True)
        for row in records
    ]


def _contributions() -> pd.DataFrame:
    amounts: list[tuple[str, str, str, str, float, str]] = []

    def add(
        measure: str, item: str, amount: float, model: str = "fct_own_funds", row: str = "", rule: str = ""
    ) -> None:
        amounts.append((measure, item, model, row or item, amount, rule or "RBC20.minimum.total"))

    for item, amount in {
        "cet1.common_shares": 500,
        "cet1.retained_earnings": 300,
        "cet1.deduction.goodwill": -50,
        "at1.at1_instruments": 100,
        "t2.t2_instruments": 80,
    }.items():
        add("own_funds", item, amount, row=item.rpartition(".")[2])
    for name, (_, kind, _, _, on, off, ccf, _, weight, internal, _) in EXPOSURES.items():
        model = "fct_credit_exposures"
        add("rwa", f"credit.{kind}", weight * (on + off * ccf), model, name, f"CRE20.{kind}; RBC20.minimum.total")
        if internal is not None:
            add("rwa_irb", f"credit.{kind}", internal, model, name)
        for side, before, after in (("on", on, on), ("off", off, off * ccf)):
            add(f"cr4_{side}_balance_before", kind, before, model, name)
            add(f"cr4_{side}_balance_after", kind, after, model, name)
    for name, (method, ead, rwa, _) in NETTING_SETS.items():
        short = "sft" if method.startswith("sft") else method
        add("rwa", f"ccr.{short}", rwa, "fct_credit_exposures", name)
        add("ccr", f"{short}.ead", ead, "fct_ccr_exposures", name)
    add("ccr", "sa_ccr.replacement_cost", 50, "fct_ccr_exposures", "NS-1")
    add("ccr", "sa_ccr.pfe", 120 / 1.4 - 50, "fct_ccr_exposures", "NS-1")
    add("rwa", "cva", 30, "fct_cva_capital", "LEI")
    add("rwa", "market.sbm_delta", 400, "fct_sbm_delta_contributions", "EQ")
    add("rwa", "operational", 700, "fct_operational_risk_capital", "standardised")
    leverage = {
        "on_balance": 9000,
        "on_balance_deductions": -50,
        "derivatives_replacement_cost": 70,
        "derivatives_pfe": 50,
        "sft_gross": 300,
        "sft_counterparty": 40,
        "off_balance_notional": 350,
        "off_balance_conversion": -255,
    }
    for item, amount in leverage.items():
        add("leverage", item, amount, "fct_leverage_exposures")
    adjustments = {"derivatives": 60, "sft": 40, "off_balance": 95, "deductions": -50}
    add("lr1", "total_assets", sum(leverage.values()) - sum(adjustments.values()), "fct_ledger")
    for item, amount in adjustments.items():
        add("lr1", item, amount, "fct_leverage_exposures")
    for item, amount in {"level_1": 1500, "level_2a": 300, "level_2b": 100, "cap_adjustment": -20}.items():
        add("hqla", item, amount, "fct_hqla", f"{item}-1")
    flows = {
        "retail_stable": (2000, 100),
        "retail_less_stable": (1000, 100),
        "wholesale_operational": (800, 200),
        "wholesale_non_operational": (2000, 1000),
        "facilities": (1000, 120),
        "derivatives": (30, 30),
        "inflow_performing": (300, 150),
    }
    for item, (unweighted, weighted) in flows.items():
        add("lcr_unweighted", item, unweighted, "fct_lcr_flows")
        add("lcr_weighted", item, weighted, "fct_lcr_flows")
    for item, (unweighted, weighted) in {
        "asf.regulatory_capital.no_maturity": (930, 930),
        "asf.retail_stable.no_maturity": (2000, 1900),
        "asf.wholesale_other.under_6m": (4000, 2000),
        "rsf.hqla.no_maturity": (2000, 100),
        "rsf.loans_non_financial.from_1y": (4500, 3825),
        "rsf.off_balance.no_maturity": (350, 17.5),
    }.items():
        add("nsfr_unweighted", item, unweighted, "fct_nsfr_items")
        add("nsfr_weighted", item, weighted, "fct_nsfr_items")
    frame = pd.DataFrame(
        [
            (day, measure, item, model, row, round(amount * M * scale, 6), rules)
            for day, scale in zip(DATES, SCALE, strict=True)
            for measure, item, model, row, amount, rules in amounts
            if not (measure == "hqla" and day == DATES[0])
        ]
        + [
            (day, "ratio_requirements", item, "fct_capital_buffers", item, rate, "RBC30.conservation_buffer.rate")
            for day in DATES
            for item, rate in {
                "conservation_buffer": 0.025,
                "countercyclical_buffer": 0.0061,
                "systemic_buffer": 0.0,
                "cet1_after_minimum": 0.1,
                "leverage_minimum": 0.03,
                "leverage_buffer": 0.0,
                "output_floor": 0.725,
            }.items()
        ],
        columns=list(contracts()["fct_basel_contributions"]),
    )
    return frame


def _parameters() -> pd.DataFrame:
    values = {
        "RBC20.minimum.total": (0.08, "ratio", "RBC20.1"),
        "CRE52.exposure.alpha": (1.4, "multiple", "CRE52.1"),
        "RBC30.conservation_buffer.rate": (0.025, "ratio", "RBC30.2"),
    }
    return pd.DataFrame(
        [
            {
                "reporting_date": day,
                "jurisdiction": "BCBS",
                "rule_id": rule,
                "rule_group": rule.rpartition(".")[0],
                "parameter_key": rule.rpartition(".")[2],
                "value": value,
                "unit": unit,
                "paragraph": paragraph,
                "rules_of": "BCBS",
                "basis": "made up for tests",
                "valid_from": date(2010, 12, 16),
            }
            for day in DATES
            for rule, (value, unit, paragraph) in values.items()
        ],
        columns=list(contracts()["dim_regulatory_parameters"]),
    )


def _templates(contributions: pd.DataFrame, parameters: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Print the templates by the SQL of the dbt models."""
    connection = duckdb.connect()
    seeds = yaml.safe_load((PROJECT / "seeds" / "basel" / "_templates__seeds.yml").read_text())["seeds"]
    for seed in seeds:
        path = PROJECT / "seeds" / "basel" / f"{seed['name']}.csv"
        types = ", ".join(f"'{name}': '{kind}'" for name, kind in seed["config"]["column_types"].items())
        connection.execute(
            f"create table {seed['name']} as select * from read_csv('{path}', header = true, columns = {{{types}}})"
        )
    dates = pd.DataFrame({"reporting_date": DATES, "is_quarter_end": [day in QUARTER_ENDS for day in DATES]})
    for name, frame in {
        "int_basel_dates": dates,
        "int_basel_parameters": parameters,
        "fct_basel_contributions": contributions,
    }.items():
        types = {"reporting_date": "date", "amount": "decimal(38, 6)"}
        columns = ", ".join(f"cast({column} as {types.get(column, 'varchar')}) as {column}" for column in frame.columns)
        if name != "fct_basel_contributions":
            columns = "* replace (cast(reporting_date as date) as reporting_date)"
        connection.register("frame", frame)
        connection.execute(f"create table {name} as select {columns} from frame")
        connection.unregister("frame")
    jinja = Environment(autoescape=False)  # noqa: S701
    for model in MODELS:
        text = (PROJECT / "models" / f"{model}.sql").read_text()
        sql = jinja.from_string(text).render(
            ref=lambda name: name, money=lambda expression: f"cast({expression} as decimal(38, 6))"
        )
        connection.execute(f"create table {Path(model).name} as {sql}")
    return {name: connection.table(name).df() for name in ("fct_basel_cells", "fct_basel_cell_items")}


def tables() -> dict[str, pd.DataFrame]:
    """Return the tables of capital and liquidity, by name."""
    contributions, parameters = _contributions(), _parameters()
    return {
        "fct_basel_contributions": contributions,
        "dim_regulatory_parameters": parameters,
        **_templates(contributions, parameters),
        **_credit_risk(),
        **_capital(),
        **_liquidity(),
        **_large_exposures(),
        **_evidence(),
    }


def _credit_risk() -> dict[str, pd.DataFrame]:
    exposures = [
        {
            "exposure_id": name,
            "exposure_type": kind,
            "source_model": "stg_lending__credit_facilities",
            "source_row_id": name,
            "obligor_id": obligor,
            "country": country,
            "exposure_class": exposure_class,
            "currency": "USD",
            "on_balance_usd": on,
            "provisions_usd": 0,
            "off_balance_usd": off,
            "ccf": ccf,
            "ead_before_mitigation_usd": ead,
            "ead_usd": ead,
            "risk_weight": weight,
            "rwa_usd": weight * ead,
            "rwa_irb_usd": internal,
            "is_rating_missing": missing == "is_rating_missing",
            "is_class_defaulted": missing == "is_class_defaulted",
            "is_ltv_missing": missing == "is_ltv_missing",
            "is_defaulted": False,
            "rule_ids": f"CRE20.{exposure_class}",
        }
        for name, (
            kind,
            exposure_class,
            obligor,
            country,
            on,
            off,
            ccf,
            ead,
            weight,
            internal,
            missing,
        ) in EXPOSURES.items()
    ]
    exposures += [
        {
            "exposure_id": name,
            "exposure_type": "derivative" if method == "sa_ccr" else "securities_financing",
            "source_model": "fct_ccr_exposures",
            "source_row_id": name,
            "obligor_id": "529900T8BM49AURSDO55",
            "exposure_class": "bank",
            "on_balance_usd": 0,
            "provisions_usd": 0,
            "off_balance_usd": 0,
            "ead_usd": ead,
            "risk_weight": rwa / ead,
            "rwa_usd": rwa,
            "is_rating_missing": False,
            "is_class_defaulted": False,
            "is_ltv_missing": False,
            "is_defaulted": False,
        }
        for name, (method, ead, rwa, _) in NETTING_SETS.items()
    ]
    netting_sets = [
        {
            "netting_set_id": name,
            "method": method,
            "counterparty_lei": "529900T8BM49AURSDO55",
            "is_margined": False,
            "is_netting_set_missing": False,
            "trade_count": 3,
            "market_value_usd": market_value,
            "collateral_usd": 0,
            "replacement_cost_usd": 50 if method == "sa_ccr" else None,
            "multiplier": 1.0 if method == "sa_ccr" else None,
            "pfe_usd": 120 / 1.4 - 50 if method == "sa_ccr" else None,
            "ead_usd": ead,
            "rule_ids": "CRE52.exposure.alpha",
        }
        for name, (method, ead, _, market_value) in NETTING_SETS.items()
    ]
    return {
        "fct_credit_exposures": table("fct_credit_exposures", every_date(exposures)),
        "fct_ccr_exposures": table("fct_ccr_exposures", every_date(netting_sets)),
    }


def _capital() -> dict[str, pd.DataFrame]:
    rwa = 880 + 300 + 270 + 75 + 48.75 + 20 + 60 + 12 + 30 + 400 + 700
    ratios = [
        {
            "tier": tier,
            "amount_usd": amount,
            "rwa_usd": rwa,
            "ratio": amount / rwa,
            "minimum_ratio": minimum,
            "combined_buffer_rate": 0.0311,
            "requirement_ratio": minimum + 0.0311,
            "surplus_usd": amount - minimum * rwa,
            "surplus_over_buffers_usd": amount - (minimum + 0.0311) * rwa,
            "is_met": True,
            "is_buffer_met": True,
            "cet1_available_ratio": 0.1,
        }
        for tier, amount, minimum in (("cet1", 750, 0.045), ("t1", 850, 0.06), ("total", 930, 0.08))
    ]
    items = [
        {
            "item_code": code,
            "item_order": order,
            "tier": tier,
            "item_type": "deduction" if amount < 0 else "element",
            "gross_amount_usd": abs(amount),
            "amount_usd": amount,
            "not_counted_usd": 0,
            "explanation": "Counts in full",
            "rule_ids": f"CAP10.recognition.{code}",
        }
        for order, (code, tier, amount) in enumerate(
            [
                ("common_shares", "CET1", 500),
                ("retained_earnings", "CET1", 300),
                ("goodwill", "CET1", -50),
                ("at1_instruments", "AT1", 100),
                ("t2_instruments", "T2", 80),
            ]
        )
    ]
    buffers = [
        {
            "buffer_type": kind,
            "country": country,
            "applied_rate": rate,
            "buffer_rate": rate * share,
            "rwa_share": None if country == "all" else share,
            "is_rate_defaulted": False,
        }
        for kind, country, rate, share in (
            ("conservation", "all", 0.025, 1.0),
            ("countercyclical", "DE", 0.0075, 0.4),
            ("countercyclical", "GB", 0.01, 0.31),
            ("systemic", "all", 0.0, 1.0),
        )
    ]
    distributions = {
        "cet1_usd": 750,
        "rwa_usd": rwa,
        "cet1_available_ratio": 0.1,
        "combined_buffer_rate": 0.0311,
        "is_restricted": False,
        "is_plan_within_limit": True,
        "planned_distributions_usd": 60,
        "note": "The buffer is met: distributions are not restricted.",
    }
    operational = {
        "approach": "standardised",
        "business_indicator_usd": 466.7,
        "indicator_component_usd": 56,
        "loss_multiplier": 1.0,
        "capital_usd": 56,
        "rwa_usd": 700,
        "is_headline": True,
    }
    market = [
        {"approach": "sbm_delta", "component": "equity", "capital_usd": 20, "rwa_usd": 250, "is_headline": True},
        {
            "approach": "sbm_delta",
            "component": "foreign_exchange",
            "capital_usd": 12,
            "rwa_usd": 150,
            "is_headline": True,
        },
        {
            "approach": "internal_model",
            "component": "imcc",
            "capital_usd": None,
            "rwa_usd": None,
            "is_headline": False,
            "note": "no multiplier: the backtesting window is not full",
        },
    ]
    floor = {
        "approach": "in_use",
        "floor_basis": "applied",
        "pre_floor_rwa_usd": rwa,
        "standardised_rwa_usd": rwa,
        "floor_ratio": 0.725,
        "floor_rwa_usd": 0.725 * rwa,
        "rwa_usd": rwa,
        "floor_adjustment_usd": 0,
        "is_binding": False,
        "is_headline": True,
    }
    return {
        "fct_capital_ratios": table("fct_capital_ratios", every_date(ratios)),
        "fct_own_funds": table("fct_own_funds", every_date(items)),
        "fct_capital_buffers": table("fct_capital_buffers", every_date(buffers)),
        "fct_distribution_limits": table("fct_distribution_limits", every_date([distributions])),
        "fct_operational_risk_capital": table("fct_operational_risk_capital", every_date([operational])),
        "fct_market_risk_capital": table("fct_market_risk_capital", every_date(market)),
        "fct_output_floor": table("fct_output_floor", every_date([floor])),
    }


def _liquidity() -> dict[str, pd.DataFrame]:
    coverage = {
        "level_1_usd": 1500,
        "level_2a_usd": 300,
        "level_2b_usd": 100,
        "level_2b_adjustment_usd": 0,
        "level_2_adjustment_usd": 20,
        "hqla_usd": 1880,
        "outflows_usd": 1550,
        "inflows_usd": 150,
        "inflow_limit_usd": 1162.5,
        "inflows_after_cap_usd": 150,
        "net_outflows_usd": 1400,
        "lcr_ratio": 1880 / 1400,
        "minimum_ratio": 1.0,
        "surplus_usd": 480,
        "is_met": True,
        "is_level_2b_cap_binding": False,
        "is_level_2_cap_binding": True,
        "is_inflow_cap_binding": False,
    }
    assets = [
        {
            "source_model": "stg_treasury__securities",
            "source_row_id": f"{level or 'none'}-1",
            "security_name": f"Security {level}",
            "security_type": "government_bond",
            "currency": "USD",
            "hqla_level": level,
            "liquidity_factor": factor,
            "is_eligible": reason is None,
            "ineligibility_reason": reason,
            "is_received_as_collateral": False,
            "market_value_usd": value,
            "weighted_usd": value * factor if reason is None else 0,
            "encumbered_until": date(2023, 6, 30) if reason == "encumbered" else None,
        }
        for level, factor, value, reason in (
            ("level_1", 1.0, 1500, None),
            ("level_2a", 0.85, 300 / 0.85, None),
            ("level_2b", 0.5, 200, None),
            ("level_1", 1.0, 75, "encumbered"),
            (None, None, 40, "not_a_liquid_asset"),
        )
    ]
    flows = [
        {
            "direction": direction,
            "line_item": line,
            "source_model": "stg_treasury__funding",
            "source_row_id": line,
            "currency": "USD",
            "balance_usd": balance,
            "unweighted_usd": balance,
            "rate": rate,
            "weighted_usd": balance * rate,
            "rate_rule_id": f"LCR40.{line}",
        }
        for direction, line, balance, rate in (
            ("outflow", "retail_stable", 2000, 0.05),
            ("outflow", "wholesale_non_operational", 2500, 0.4),
            ("inflow", "inflow_performing", 300, 0.5),
        )
    ]
    currencies = {
        "currency": "USD",
        "hqla_usd": 1880,
        "outflows_usd": 1550,
        "inflows_usd": 150,
        "net_outflows_usd": 1400,
        "lcr_ratio": 1880 / 1400,
    }
    stable = {
        "available_stable_funding_usd": 4830,
        "required_stable_funding_usd": 3942.5,
        "nsfr_ratio": 4830 / 3942.5,
        "minimum_ratio": 1.0,
        "surplus_usd": 887.5,
        "is_met": True,
    }
    stable_items = [
        {
            "side": side,
            "line_item": line,
            "bucket": bucket,
            "source_model": "x",
            "source_row_id": line,
            "unweighted_usd": unweighted,
            "weighted_usd": weighted,
        }
        for side, line, bucket, unweighted, weighted in (
            ("asf", "regulatory_capital", "no_maturity", 930, 930),
            ("asf", "wholesale_other", "under_6m", 4000, 2000),
            ("rsf", "loans_non_financial", "from_1y", 4500, 3825),
        )
    ]
    ladder = [
        {
            "currency": currency,
            "bucket": bucket,
            "bucket_order": order,
            "inflow_usd": inflow,
            "outflow_usd": outflow,
            "gap_usd": inflow - outflow,
            "cumulative_gap_usd": None if bucket == "no_maturity" else inflow - outflow,
            "counterbalancing_capacity_usd": 100 if bucket == "up_to_30_days" else None,
        }
        for currency in ("EUR", "USD")
        for order, (bucket, inflow, outflow) in enumerate((("up_to_30_days", 100, 300), ("no_maturity", 0, 50)))
    ]
    return {
        "fct_lcr": table("fct_lcr", every_date([coverage])),
        "fct_hqla": table("fct_hqla", every_date(assets)),
        "fct_lcr_flows": table("fct_lcr_flows", every_date(flows)),
        "fct_lcr_by_currency": table("fct_lcr_by_currency", every_date([currencies])),
        "fct_nsfr": table("fct_nsfr", every_date([stable])),
        "fct_nsfr_items": table("fct_nsfr_items", every_date(stable_items)),
        "fct_maturity_ladder": table("fct_maturity_ladder", every_date(ladder)),
    }


def _large_exposures() -> dict[str, pd.DataFrame]:
    tier_1 = 850
    groups = [
        {
            "group_id": group,
            "group_name": name,
            "members": members,
            "connection_basis": "control" if members > 1 else None,
            "size_rank": rank,
            "exposure_before_usd": limited + exempt,
            "exposure_after_usd": limited + exempt,
            "exempt_usd": exempt,
            "limited_usd": limited,
            "tier_1_usd": tier_1,
            "before_ratio": (limited + exempt) / tier_1,
            "limited_ratio": limited / tier_1,
            "limit_ratio": 0.25,
            "limit_usd": 0.25 * tier_1,
            "is_large_exposure": limited + exempt >= 0.1 * tier_1,
            "is_exempt": exempt > 0,
            "exemption_reason": "sovereign" if exempt else None,
            "is_breach": limited > 0.25 * tier_1,
            "is_reported": True,
        }
        for rank, (group, name, members, limited, exempt) in enumerate(
            (
                ("GROUP-1", "GROUP-1", 2, 240, 0),
                ("GROUP-2", "<b>Second</b> group", 1, 120, 0),
                ("TREASURY", "Treasury", 1, 0, 2000),
            ),
            start=1,
        )
    ]
    members = [
        {
            "group_id": group,
            "counterparty_id": member,
            "counterparty_name": member.title(),
            "counterparty_type": "corporate",
            "exposure_before_usd": amount,
            "exposure_after_usd": amount,
            "exempt_usd": exempt,
            "limited_usd": amount - exempt,
            "items": 2,
        }
        for group, member, amount, exempt in (
            ("GROUP-1", "PARENT", 140, 0),
            ("GROUP-1", "CHILD", 100, 0),
            ("GROUP-2", "SECOND", 120, 0),
            ("TREASURY", "TREASURY", 2000, 2000),
        )
    ]
    return {
        "fct_large_exposures": table("fct_large_exposures", every_date(groups)),
        "fct_large_exposure_members": table("fct_large_exposure_members", every_date(members)),
    }


def _evidence() -> dict[str, pd.DataFrame]:
    accounts = [
        {
            "account_code": code,
            "account_name": name,
            "account_class": "asset",
            "source_model": None if status == "missing" else "stg_lending__credit_facilities",
            "ledger_usd": ledger,
            "subledger_usd": subledger,
            "subledger_rows": 3,
            "difference_usd": None if subledger is None else ledger - subledger,
            "materiality_usd": 0.1,
            "reconciliation_status": status,
            "note": None if status == "tied" else "why",
        }
        for code, name, ledger, subledger, status in (
            ("1000", "Cash", 100, 100, "tied"),
            ("1100", "Loans", 2150, 2149, "difference"),
            ("1200", "Other assets", 20, None, "missing"),
            ("1300", "Securities", 2000, 1999.95, "explained"),
        )
    ]
    metrics = [
        {
            "principle": principle,
            "metric": metric,
            "metric_value": value,
            "target_value": target,
            "comparison": comparison,
            "unit": unit,
            "is_met": is_met,
            "paragraph": f"BCBS 239 principle {principle[1]}",
            "evidence_source": "fct_ledger_reconciliation",
        }
        for principle, metric, value, target, comparison, unit, is_met in (
            ("P3", "accounts_tied_or_explained", 0.5, 1.0, "at_least", "ratio", False),
            ("P4", "rows_loaded", 0.9995, 0.999, "at_least", "ratio", True),
            ("P5", "longest_hours_to_landing", None, 6.0, "at_most", "hours", None),
        )
    ]
    return {
        "fct_ledger_reconciliation": table("fct_ledger_reconciliation", every_date(accounts)),
        "fct_bcbs239_evidence": table("fct_bcbs239_evidence", every_date(metrics)),
    }
