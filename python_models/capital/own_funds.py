"""Own funds (Basel CAP10 and CAP30): what counts of subsidiaries' capital, and deductions above thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from python_models.errors import CapitalError


@dataclass(frozen=True)
class Tiers:
    """Capital by quality, or what is required of it.

    Attributes
    ----------
    cet1, tier_1, total : float
        Each includes the one before.
    """

    cet1: float
    tier_1: float
    total: float

    @classmethod
    def of_instruments(cls, cet1: float, additional_tier_1: float, tier_2: float) -> Tiers:
        """Add the instruments up."""
        return cls(cet1, cet1 + additional_tier_1, cet1 + additional_tier_1 + tier_2)

    @property
    def additional_tier_1(self) -> float:
        """Tier 1 that is not CET1."""
        return self.tier_1 - self.cet1

    @property
    def tier_2(self) -> float:
        """Total capital that is not Tier 1."""
        return self.total - self.tier_1


@dataclass(frozen=True)
class ThirdPartyCapital:
    """Capital of a subsidiary that others hold, and what of it the group may count.

    Attributes
    ----------
    surplus : Tiers
        Capital above requirement, at least 0.
    surplus_of_third_parties : Tiers
        Their share of it, which does not count.
    included : Tiers
        What counts; its `additional_tier_1` and `tier_2` are what each tier gets beyond the better ones.
    """

    surplus: Tiers
    surplus_of_third_parties: Tiers
    included: Tiers


def third_party_capital(
    risk_weighted_assets: float,
    requirement: Tiers,
    issued: Tiers,
    of_third_parties: Tiers,
    *,
    is_bank: bool = True,
) -> ThirdPartyCapital:
    """Work out what a group counts of the capital its subsidiary issued to others (CAP10.20 to CAP10.26).

    In each tier the surplus over requirement and conservation buffer that belongs to third parties is left out.

    Parameters
    ----------
    risk_weighted_assets : float
        The smaller of the subsidiary's own and of what it adds to the group's (CAP10.21).
    requirement : Tiers
        Minimum ratio and conservation buffer together, as decimals.
    issued : Tiers
        Capital the subsidiary has issued, after its own deductions, same currency as `risk_weighted_assets`.
    of_third_parties : Tiers
        Part of it that others than the group hold.
    is_bank : bool
        Common equity that others hold in a company that is no bank never counts (CAP10.20).

    Returns
    -------
    ThirdPartyCapital

    Raises
    ------
    CapitalError
        If a figure is missing or negative, or third parties hold more than was issued.
    """
    tiers = ("cet1", "tier_1", "total")
    figures = [getattr(each, tier) for each in (requirement, issued, of_third_parties) for tier in tiers]
    if not np.isfinite([risk_weighted_assets, *figures]).all() or min([risk_weighted_assets, *figures]) < 0.0:
        raise CapitalError(
            "Capital, requirement and risk-weighted assets of a subsidiary are zero or more, not missing."
        )
    surplus, foreign, included = {}, {}, {}
    for tier in tiers:
        all_of_it, theirs = getattr(issued, tier), getattr(of_third_parties, tier)
        if theirs > all_of_it:
            raise CapitalError(f"Third parties hold {theirs} of {all_of_it} that the subsidiary issued.")
        countable = theirs if is_bank else theirs - of_third_parties.cet1
        surplus[tier] = max(all_of_it - getattr(requirement, tier) * risk_weighted_assets, 0.0)
        foreign[tier] = surplus[tier] * countable / all_of_it if all_of_it > 0.0 else 0.0
        included[tier] = countable - foreign[tier]
    return ThirdPartyCapital(Tiers(**surplus), Tiers(**foreign), Tiers(**included))


@dataclass(frozen=True)
class ThresholdItem:
    """An asset that CET1 recognises up to thresholds.

    Attributes
    ----------
    amount : float
        Before any deduction.
    over_individual_limit : float
        Deducted because the item alone is too large.
    over_joint_limit : float
        Deducted because the items together are; shared out by what was left of each.
    recognised : float
        What stays in CET1 and is weighted with 250 %.
    """

    amount: float
    over_individual_limit: float
    over_joint_limit: float
    recognised: float

    @property
    def deducted(self) -> float:
        """Deducted in all."""
        return self.over_individual_limit + self.over_joint_limit


def threshold_deductions(
    cet1_before: float,
    items: Mapping[str, float],
    individual_limits: Mapping[str, float],
    joint_limit: float,
) -> dict[str, ThresholdItem]:
    """Deduct what significant holdings, servicing rights and tax assets exceed of CET1 (CAP30.32 and CAP30.33).

    Each item counts up to its share of CET1 before these deductions. Together they may be at most `joint_limit` of
    CET1 after all deductions, which is ``joint / (1 - joint)`` (17.65 % for 15 %) of CET1 with the items deducted in
    full.

    Parameters
    ----------
    cet1_before : float
        CET1 after all deductions other than these.
    items : mapping of str to float
        Amount of each item, net of its tax liabilities, zero or more, same currency.
    individual_limits : mapping of str to float
        Share of `cet1_before` up to which the item counts, as a decimal.
    joint_limit : float
        Share of final CET1 up to which all count, as a decimal below 1.

    Returns
    -------
    dict of str to ThresholdItem, in the order of `items`

    Raises
    ------
    CapitalError
        If a figure is missing or negative, an item has no limit, or the joint limit is not below 1.
    """
    missing = [name for name in items if name not in individual_limits]
    if missing:
        raise CapitalError(f"There is no threshold for {', '.join(missing)}: give its parameter row.")
    figures = [*items.values(), *(individual_limits[name] for name in items)]
    if not np.isfinite([cet1_before, *figures]).all() or min(figures, default=0.0) < 0.0:
        raise CapitalError(
            "CET1, and each item and its threshold, must be there; items and thresholds are not negative."
        )
    if not 0.0 <= joint_limit < 1.0:
        raise CapitalError(f"A joint threshold of {joint_limit} of CET1 is not between 0 and 1.")
    left = {name: min(amount, max(individual_limits[name] * cet1_before, 0.0)) for name, amount in items.items()}
    ceiling = max(joint_limit / (1.0 - joint_limit) * (cet1_before - sum(items.values())), 0.0)
    together = sum(left.values())
    kept = min(1.0, ceiling / together) if together > 0.0 else 1.0
    return {
        name: ThresholdItem(
            amount=amount,
            over_individual_limit=amount - left[name],
            over_joint_limit=left[name] * (1.0 - kept),
            recognised=left[name] * kept,
        )
        for name, amount in items.items()
    }


def deduction_above_limit(amount: float, cet1_before: float, limit: float) -> float:
    """Deduct what holdings exceed a share of CET1 (CAP30.22: holdings of 10 % or less of financial institutions).

    Parameters
    ----------
    amount : float
        All holdings together, zero or more.
    cet1_before : float
        CET1 after the deductions listed before this one, same currency.
    limit : float
        As a decimal.

    Returns
    -------
    float
        Zero or more, at most `amount`.

    Raises
    ------
    CapitalError
        If a figure is missing, or holdings or limit are negative.
    """
    if not np.isfinite([amount, cet1_before, limit]).all() or min(amount, limit) < 0.0:
        raise CapitalError("Holdings, CET1 or limit are missing, or holdings or limit are negative.")
    return float(max(amount - max(limit * cet1_before, 0.0), 0.0))
