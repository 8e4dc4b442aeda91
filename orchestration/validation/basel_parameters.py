"""The table of Basel parameters against the seeds: every number of the file has a row of a rule with the same value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestration.validation.findings import (
    EQUAL,
    CaseFile,
    Finding,
    Printed,
    Verdict,
    compare,
    text_only,
    with_source,
)
from orchestration.validation.parameters import seed, zones
from orchestration.validation.reading import leaves, read_json
from orchestration.validation.rules import rule_bands, rule_value
from python_models.capital.bands import band_of
from python_models.capital.buffers import conservation
from python_models.capital.operational import internal_loss_multiplier

_SOURCE: Final = "Basel Committee, as tabulated in the reference file with its own basis"
_RATED: Final[Mapping[str, tuple[str, ...]]] = {
    "AAA..AA-": ("cqs1",),
    "A+..A-": ("cqs2",),
    "A": ("cqs2",),
    "BBB+..BBB-": ("cqs3",),
    "BBB": ("cqs3",),
    "BB+..B-": ("cqs4", "cqs5"),
    "BB": ("cqs4",),
    "<B-": ("cqs6",),
    "<BB-": ("cqs5", "cqs6"),
    "unrated": ("unrated",),
}
#: Steps of a list of bank weights: BB and B share the fourth.
_BANK_STEPS: Final = (("cqs1",), ("cqs2",), ("cqs3",), ("cqs4", "cqs5"), ("cqs6",))

#: Field of the file, and the rules that hold its number.
_RULES: Final[Mapping[str, tuple[str, ...]]] = {
    "ratios.CET1": ("RBC20.minimum.cet1",),
    "ratios.T1": ("RBC20.minimum.t1",),
    "ratios.Total": ("RBC20.minimum.total",),
    "ratios.CCB": ("RBC30.conservation_buffer.rate",),
    "ratios.CCyB_max": ("RBC30.countercyclical_buffer.reciprocity_cap",),
    "CRE20.bank_SCRA.A": ("CRE20.bank.scra_a",),
    "CRE20.bank_SCRA.A_CET1>=14%_LR>=5%": ("CRE20.bank.scra_a_plus",),
    "CRE20.bank_SCRA.B": ("CRE20.bank.scra_b",),
    "CRE20.bank_SCRA.C": ("CRE20.bank.scra_c",),
    "CRE20.bank_SCRA.short_term.A": ("CRE20.bank.short_term.scra_a",),
    "CRE20.bank_SCRA.short_term.B": ("CRE20.bank.short_term.scra_b",),
    "CRE20.bank_SCRA.short_term.C": ("CRE20.bank.short_term.scra_c",),
    "CRE20.corporate.SME": ("CRE20.corporate_sme.unrated",),
    "CRE20.retail.regulatory": ("CRE20.retail.regulatory",),
    "CRE20.retail.transactor": ("CRE20.retail.transactor",),
    "CRE20.retail.other": ("CRE20.retail.other",),
    "CRE20.adc.std": ("CRE20.construction.general",),
    "CRE20.adc.presold_residential": ("CRE20.construction.presold",),
    "CRE20.equity.std": ("CRE20.equity.listed", "CRE20.equity.unlisted"),
    "CRE20.equity.speculative_unlisted": ("CRE20.equity.speculative_unlisted",),
    "CRE20.equity.sub_debt": ("CRE20.subordinated.general",),
    "CRE20.defaulted.provisions<20%": ("CRE20.defaulted.general.above_0.8",),
    "CRE20.defaulted.>=20%": ("CRE20.defaulted.general.up_to_0.8",),
    "CRE20.defaulted.residential": ("CRE20.defaulted.residential",),
    "CCF.unconditionally_cancellable": ("CRE20.ccf.unconditionally_cancellable",),
    "CCF.short_term_trade_LC": ("CRE20.ccf.short_term_trade",),
    "CCF.other_commitments": ("CRE20.ccf.other_commitment.up_to_1", "CRE20.ccf.other_commitment.above_1"),
    "CCF.NIF_RUF": ("CRE20.ccf.note_issuance_facility",),
    "CCF.transaction_contingent": ("CRE20.ccf.transaction_contingent",),
    "CCF.credit_substitutes": ("CRE20.ccf.credit_substitute",),
    "LEV.min": ("LEV20.minimum.ratio",),
    "LEV.obs_floor_ccf": ("LEV30.exposure.off_balance_floor",),
    "LEX.limit": ("LEX20.limit.single_group",),
    "LEX.gsib_to_gsib": ("LEX40.limit.gsib_to_gsib",),
    "LEX.report_from": ("LEX10.definition.large_exposure",),
    "LEX.report_top": ("LEX20.report.largest",),
    "LCR.min": ("LCR20.minimum.lcr",),
    "LCR.haircut_factor.L1": (
        "LCR30.hqla.level_1.cash",
        "LCR30.hqla.level_1.central_bank_reserves",
        "LCR30.hqla.level_1.government_bond",
    ),
    "LCR.haircut_factor.L2A": ("LCR30.hqla.level_2a.government_bond", "LCR30.hqla.level_2a.covered_bond"),
    "LCR.haircut_factor.L2B_RMBS": ("LCR30.hqla.level_2b.mortgage_backed",),
    "LCR.haircut_factor.L2B_corporate": ("LCR30.hqla.level_2b.corporate_bond",),
    "LCR.haircut_factor.L2B_equity": ("LCR30.hqla.level_2b.listed_equity",),
    "LCR.cap.L2": ("LCR30.cap.level_2",),
    "LCR.cap.L2B": ("LCR30.cap.level_2b",),
    "LCR.outflow.stable": ("LCR40.retail.stable",),
    "LCR.outflow.less_stable": ("LCR40.retail.less_stable",),
    "LCR.outflow.term_gt_30d": ("LCR40.retail.term_beyond_horizon",),
    "LCR.outflow.sme_stable": ("LCR40.retail.stable",),
    "LCR.outflow.sme_less_stable": ("LCR40.retail.less_stable",),
    "LCR.outflow.operational": ("LCR40.wholesale.operational",),
    "LCR.outflow.operational_insured": ("LCR40.wholesale.operational_insured",),
    "LCR.outflow.nonfin_corp_sov_pse": ("LCR40.wholesale.non_financial",),
    "LCR.outflow.same_fully_insured": ("LCR40.wholesale.non_financial_insured",),
    "LCR.outflow.other_legal": ("LCR40.wholesale.other",),
    "LCR.outflow.secured_L1_or_CB": ("LCR40.secured_funding.level_1", "LCR40.secured_funding.central_bank"),
    "LCR.outflow.secured_L2A": ("LCR40.secured_funding.level_2a",),
    "LCR.commitments.retail_sme": ("LCR40.facilities.retail",),
    "LCR.commitments.corp_credit": ("LCR40.facilities.non_financial_credit",),
    "LCR.commitments.corp_liquidity": ("LCR40.facilities.non_financial_liquidity",),
    "LCR.commitments.bank": ("LCR40.facilities.bank",),
    "LCR.commitments.other_fi_credit": ("LCR40.facilities.financial_credit",),
    "LCR.commitments.other_fi_liquidity": ("LCR40.facilities.financial_liquidity",),
    "LCR.commitments.other": ("LCR40.facilities.other",),
    "LCR.inflow_cap": ("LCR40.inflow_cap.share_of_outflows",),
    "NSFR.min": ("NSF20.minimum.nsfr",),
    "NSFR.ASF.capital_and_>=1y": ("NSF30.asf.regulatory_capital.from_1y", "NSF30.asf.issued_debt.from_1y"),
    "NSFR.ASF.stable": ("NSF30.asf.retail_stable.no_maturity",),
    "NSFR.ASF.less_stable": ("NSF30.asf.retail_less_stable.no_maturity",),
    "NSFR.ASF.nonfin_wholesale_<1y": ("NSF30.asf.non_financial.under_6m", "NSF30.asf.non_financial.6_to_12m"),
    "NSFR.ASF.operational": ("NSF30.asf.operational.no_maturity",),
    "NSFR.ASF.other_6_12m": ("NSF30.asf.financial.6_to_12m", "NSF30.asf.other_liabilities.6_to_12m"),
    "NSFR.ASF.other": ("NSF30.asf.financial.under_6m", "NSF30.asf.other_liabilities.no_maturity"),
    "NSFR.RSF.cash_CB": ("NSF30.rsf.cash.no_maturity", "NSF30.rsf.central_bank_reserves.no_maturity"),
    "NSFR.RSF.L1": ("NSF30.rsf.level_1.no_maturity", "NSF30.rsf.level_1.from_1y"),
    "NSFR.RSF.bank_<6m_secured_L1": ("NSF30.rsf.loans_financial_level_1.under_6m",),
    "NSFR.RSF.bank_<6m_other_and_L2A": (
        "NSF30.rsf.loans_financial_other.under_6m",
        "NSF30.rsf.level_2a.no_maturity",
    ),
    "NSFR.RSF.L2B": ("NSF30.rsf.level_2b.no_maturity",),
    "NSFR.RSF.HQLA_encumbered_6_12m": ("NSF30.encumbrance.at_least.6_to_12m",),
    "NSFR.RSF.bank_6_12m": ("NSF30.rsf.loans_financial_other.6_to_12m",),
    "NSFR.RSF.operational_deposits_placed": ("NSF30.rsf.operational_deposits.no_maturity",),
    "NSFR.RSF.other_<1y": ("NSF30.rsf.loans_non_financial.under_6m", "NSF30.rsf.loans_non_financial.6_to_12m"),
    "NSFR.RSF.resi_mortgage_>=1y_RW<=35": ("NSF30.rsf.residential_mortgages_low_risk.from_1y",),
    "NSFR.RSF.loans_>=1y_RW<=35": ("NSF30.rsf.loans_non_financial_low_risk.from_1y",),
    "NSFR.RSF.loans_>=1y_RW>35": ("NSF30.rsf.loans_non_financial.from_1y",),
    "NSFR.RSF.non_HQLA_securities": ("NSF30.rsf.securities.from_1y",),
    "NSFR.RSF.IM_posted": ("NSF30.rsf.initial_margin.no_maturity",),
    "NSFR.RSF.encumbered_>=1y": ("NSF30.encumbrance.at_least.from_1y",),
    "NSFR.RSF.derivative_assets_net": ("NSF30.rsf.derivative_assets.no_maturity",),
    "NSFR.RSF.20%_derivative_liab": ("NSF30.rsf.derivative_liabilities_before_margin.no_maturity",),
    "NSFR.RSF.NPL_other": ("NSF30.rsf.non_performing.no_maturity", "NSF30.rsf.other_assets.no_maturity"),
    "NSFR.RSF.commitments": ("NSF30.rsf.commitments.no_maturity",),
    "MAR33.ES": ("MAR33.expected_shortfall_level.all",),
}
#: Rules of jurisdictions that split a mortgage; the United Kingdom's rows hold them.
_SPLIT: Final[Mapping[str, str]] = {
    "CRE20.rre_split.secured_share_of_value": "CRE20.share.residential.general",
    "CRE20.rre_split.rw": "CRE20.residential.general",
    "CRE20.cre_split.share": "CRE20.share.commercial.general",
    "CRE20.cre_split.rw": "CRE20.commercial.general",
}
#: Options that no rule here uses, and why.
_NOT_APPLIED: Final[Mapping[str, str]] = {
    "CRE20.corporate.IG (no-rating jurisdictions)": "for jurisdictions that allow no ratings; the bank uses them",
    "CRE20.equity.legislated": "holdings under legislated programmes; the bank has none",
    "LCR.outflow.stable_insured_extra": "an option where the insurer meets further criteria; no rule here uses it",
    "LCR.outflow.coop_banks": "deposits within a co-operative network; the bank is in none",
    "NSFR.RSF.trade_date": "trade-date receivables; the ledger has none",
    "NSFR.RSF.commodities_gold": "commodities; the bank holds none",
}
#: Lists of [upper edge, weight]: rules whose bands they are.
_WEIGHT_BANDS: Final[Mapping[str, str]] = {
    "CRE20.rre_general_whole": "CRE20.residential.general",
    "CRE20.rre_income": "CRE20.residential.income_producing",
    "CRE20.cre_income": "CRE20.commercial.income_producing",
}
_WORDS: Final = ("basis", "note", "formula", "source", "trap")


def role(file: CaseFile) -> str | None:
    """Say what the file is to this family."""
    is_ours = file.path.suffix == ".json" and file.path.stem.startswith("basel_parameters")
    return "expected" if is_ours else None


def check(file: CaseFile) -> Iterator[Finding]:
    """Hold every number of the file against the seeds."""
    yield from with_source(_sections(file, "", read_json(file.path)), _SOURCE)


def _sections(file: CaseFile, path: str, content: dict[str, Any]) -> Iterator[Finding]:
    for key, value in content.items():
        where = f"{path}.{key}" if path else key
        special = _SPECIAL.get(where)
        if special is not None:
            yield from special(file, where, value)
        elif any(word in key for word in _WORDS):
            for inner, leaf in leaves(where, value):
                yield text_only(file.name, inner, str(leaf))
        elif where in _WEIGHT_BANDS and isinstance(value, list):
            yield from _weights(file, where, value)
        elif isinstance(value, dict):
            yield from _sections(file, where, value)
        elif isinstance(value, str):
            yield text_only(file.name, where, value, "a formula or rule in words")
        elif isinstance(value, list):
            for inner, leaf in leaves(where, value):
                yield Finding(file.name, inner, leaf, note="no list of parameters of this name is known")
        else:
            yield from _number(file, where, value)


def _number(file: CaseFile, where: str, value: object) -> Iterator[Finding]:
    if where in _NOT_APPLIED:
        yield Finding(file.name, where, value, verdict=Verdict.NOT_COVERED, note=_NOT_APPLIED[where])
        return
    if where in _SPLIT:
        yield _against(file, where, value, _SPLIT[where], "UK")
        return
    rule_ids = _RULES.get(where) or _rated(where)
    if not rule_ids:
        yield Finding(file.name, where, value, note="no rule of the seeds is known to hold this number")
    for rule_id in rule_ids:
        yield _against(file, where, value, rule_id)


def _rated(where: str) -> tuple[str, ...]:
    for prefix, rule in (("CRE20.sovereign.", "CRE20.sovereign"), ("CRE20.corporate.", "CRE20.corporate")):
        step = where.removeprefix(prefix)
        if step != where and step in _RATED:
            return tuple(f"{rule}.{name}" for name in _RATED[step])
    return ()


def _against(file: CaseFile, where: str, value: object, rule_id: str, jurisdiction: str = "BCBS") -> Finding:
    return compare(file.name, where, value, lambda: rule_value(rule_id, jurisdiction), EQUAL, rule_id)


def _weights(file: CaseFile, where: str, rows: list[Any]) -> Iterator[Finding]:
    """Find the weight of each upper edge among the bands; an edge of 9 is above all that have one."""
    bands = rule_bands(_WEIGHT_BANDS[where])
    for edge, weight in rows:
        yield compare(file.name, f"{where}[{edge}]", weight, band_of(float(edge), bands)[1].value, EQUAL)


def _gsib(file: CaseFile, where: str, value: Any) -> Iterator[Finding]:  # noqa: ANN401
    for bucket, add_on in enumerate(value, start=1):
        yield _against(file, f"{where}[{bucket}]", add_on, f"RBC40.higher_loss_absorbency.bucket_{bucket}")


def _conservation_bands(file: CaseFile, where: str, value: Any) -> Iterator[Finding]:  # noqa: ANN401
    """Look at both ends of every range of CET1: just above the lower one, and the upper one itself."""
    minimum, buffer = rule_value("RBC20.minimum.cet1"), rule_value("RBC30.conservation_buffer.rate")
    bands = rule_bands("RBC30.earnings_retention")
    for text, share in value:
        edges = [float(edge) / 100.0 for edge in re.findall(r"\d+(?:\.\d+)?", text)]
        for level in (edges[0] + 1e-6, *edges[1:]):
            got = conservation(level - minimum, buffer, bands).conservation_ratio
            yield compare(file.name, f"{where} {text} at {level:.4%}", share, got, EQUAL)


def _bank_steps(file: CaseFile, where: str, value: Any) -> Iterator[Finding]:  # noqa: ANN401
    rule = "CRE20.bank.short_term" if where.endswith("short_term") else "CRE20.bank"
    for number, (weight, steps) in enumerate(zip(value, _BANK_STEPS, strict=True)):
        for step in steps:
            yield _against(file, f"{where}[{number}]", weight, f"{rule}.{step}")


def _commercial(file: CaseFile, where: str, value: Any) -> Iterator[Finding]:  # noqa: ANN401
    """Up to the edge the weight is the smaller of a number and the counterparty's; above, the counterparty's."""
    for edge, text in value:
        found = re.match(r"min\((\d+(?:\.\d+)?)%", str(text))
        if found:
            percent = Printed(f"{float(found[1]) / 100.0:.6f}")
            yield _against(file, f"{where}[{edge}]", percent, f"CRE20.commercial.general.up_to_{float(edge):g}")
        else:
            yield text_only(file.name, f"{where}[{edge}]", text, "the counterparty's own weight")


def _mismatch(file: CaseFile, where: str, value: Any) -> Iterator[Finding]:  # noqa: ANN401
    numbers = re.search(r"x(\d+(?:\.\d+)?) capped at (\d+(?:\.\d+)?)%", str(value))
    if numbers is None:
        yield Finding(file.name, where, value, note="a multiplier and a cap are expected")
        return
    yield _against(file, where, float(numbers[1]), "CRE20.currency_mismatch.multiplier")
    yield _against(file, where, float(numbers[2]) / 100.0, "CRE20.currency_mismatch.max_weight")


def _leverage_share(file: CaseFile, where: str, value: Any) -> Iterator[Finding]:  # noqa: ANN401
    percent = re.match(r"(\d+(?:\.\d+)?)%", str(value))
    if percent is None:
        yield Finding(file.name, where, value, note="a share of the higher loss absorbency is expected")
        return
    yield _against(file, where, float(percent[1]) / 100.0, "LEV40.buffer.systemic_share")


def _alpha(file: CaseFile, where: str, value: Any) -> Iterator[Finding]:  # noqa: ANN401
    """Compare the coefficient and the upper bound, in EUR billion, of every bucket."""
    bands = rule_bands("OPE25.marginal_coefficient")
    for number, ((edge, weight), band) in enumerate(zip(value, bands, strict=True)):
        yield compare(file.name, f"{where}[{number}]", weight, band.value, EQUAL, band.rule_id)
        if edge is not None:
            upper = None if band.up_to is None else band.up_to / 1e9
            yield compare(file.name, f"{where}[{number}] bound", edge, upper, EQUAL, band.rule_id)


def _multipliers(file: CaseFile, where: str, value: Any) -> Iterator[Finding]:  # noqa: ANN401
    exponent = rule_value("OPE25.loss_multiplier.exponent")
    for share, expected in value.items():
        yield compare(
            file.name,
            f"{where} LC/BIC {share}",
            expected,
            lambda share=share: internal_loss_multiplier(float(share), 1.0, exponent),
        )


def _window(file: CaseFile, where: str, value: Any) -> Iterator[Finding]:  # noqa: ANN401
    rows = seed("backtesting_windows").set_index("backtest")
    yield compare(file.name, where, value, int(rows["observations"]["value_at_risk"]), EQUAL)


def _amber(file: CaseFile, where: str, value: Any) -> Iterator[Finding]:  # noqa: ANN401
    counts = [zone.exceptions_from for zone in zones() if zone.zone == "amber"]
    yield compare(file.name, f"{where}[0]", value[0], min(counts), EQUAL)
    yield compare(file.name, f"{where}[1]", value[1], max(counts), EQUAL)


def _red(file: CaseFile, where: str, value: Any) -> Iterator[Finding]:  # noqa: ANN401
    yield compare(file.name, where, value, min(zone.exceptions_from for zone in zones() if zone.zone == "red"), EQUAL)


def _desk_limits(file: CaseFile, where: str, value: Any) -> Iterator[Finding]:  # noqa: ANN401
    rows = seed("backtesting_desk_limits")
    limits = dict(zip(rows["confidence_level"].astype(float), rows["exceptions_limit"].astype(int), strict=True))
    for level, limit in value.items():
        yield compare(file.name, f"{where}.{level}", limit, limits.get(float(level)), EQUAL)


def _attribution(file: CaseFile, where: str, value: Any) -> Iterator[Finding]:  # noqa: ANN401
    metric = "kolmogorov_smirnov" if where.endswith("KS") else "spearman_correlation"
    rows = seed("pnl_attribution_thresholds")
    (row,) = rows[rows["metric"] == metric].to_dict("records")
    yield compare(file.name, f"{where}[green]", value[0], float(row["green_threshold"]), EQUAL)
    yield compare(file.name, f"{where}[red]", value[1], float(row["red_threshold"]), EQUAL)


_SPECIAL: Final = {
    "ratios.GSIB": _gsib,
    "ratios.conservation_CET1_bands_no_other_buffers": _conservation_bands,
    "CRE20.bank_ECRA.base": _bank_steps,
    "CRE20.bank_ECRA.short_term": _bank_steps,
    "CRE20.cre_general": _commercial,
    "CRE20.currency_mismatch": _mismatch,
    "LEV.gsib_addon": _leverage_share,
    "OPE25.alpha": _alpha,
    "OPE25.ilm_check": _multipliers,
    "MAR32.window": _window,
    "MAR32.amber": _amber,
    "MAR32.red": _red,
    "MAR32.desk_limits": _desk_limits,
    "MAR32.PLA_KS": _attribution,
    "MAR32.PLA_spearman": _attribution,
}
