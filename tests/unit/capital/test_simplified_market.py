import pytest

from python_models.capital.simplified_market import equity_charge, foreign_exchange_charge
from python_models.errors import CapitalError


def test_equity_is_charged_on_its_net_and_its_gross_position() -> None:
    charge = equity_charge(650_000.0, 870_000.0, 0.08, 0.08)
    assert (charge.net, charge.general, charge.specific) == pytest.approx((-220_000.0, 17_600.0, 121_600.0))
    assert charge.total == pytest.approx(139_200.0)


def test_a_short_position_is_given_as_a_positive_amount() -> None:
    with pytest.raises(CapitalError, match="both zero or more"):
        equity_charge(1.0, -1.0, 0.08, 0.08)


def test_the_larger_side_of_the_currencies_and_all_gold_are_charged() -> None:
    charge = foreign_exchange_charge([50.0, 100.0, 150.0, -20.0, -180.0], -35.0, 0.08)
    assert (charge.base, charge.charge) == pytest.approx((335.0, 26.8))
    assert foreign_exchange_charge([10.0, -180.0], 0.0, 0.08).base == 180.0
    assert foreign_exchange_charge([], 0.0, 0.08).charge == 0.0


def test_a_missing_position_is_not_zero() -> None:
    with pytest.raises(CapitalError, match="not zero"):
        foreign_exchange_charge([1.0, float("nan")], 0.0, 0.08)
