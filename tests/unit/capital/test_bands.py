import pytest

from python_models.capital.bands import Band, band_of, banded_amount, ordered_bands
from python_models.errors import CapitalError

BANDS = [Band(1.0, None, 0.15, "b"), Band(None, 1.0, 0.12, "a")]


def test_an_edge_belongs_to_the_band_below() -> None:
    assert band_of(1.0, BANDS) == (1, BANDS[1])
    assert band_of(1.0 + 1e-9, BANDS) == (2, BANDS[0])


def test_an_edge_is_met_in_spite_of_binary_fractions() -> None:
    level = 0.1 + 0.2
    assert level > 0.3
    assert band_of(level, [Band(None, 0.3, 1.0), Band(0.3, None, 2.0)])[0] == 1


def test_a_level_below_all_bands_is_in_the_lowest() -> None:
    assert band_of(-1.0, [Band(0.0, 1.0, 0.12), Band(1.0, None, 0.15)])[0] == 1


def test_every_part_is_charged_in_its_own_band() -> None:
    assert banded_amount(3.0, BANDS) == pytest.approx(0.12 + 2 * 0.15)
    assert banded_amount(0.0, BANDS) == 0.0


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        ([], "no band"),
        ([Band(None, 1.0, 1.0), Band(2.0, None, 1.0)], "gap"),
        ([Band(None, 2.0, 1.0), Band(1.0, None, 1.0)], "overlap"),
        ([Band(None, 1.0, 1.0)], "every level"),
        ([Band(1.0, None, 1.0)], "every level"),
    ],
)
def test_bands_cover_every_level_once(bands: list[Band], message: str) -> None:
    with pytest.raises(CapitalError, match=message):
        ordered_bands(bands)


@pytest.mark.parametrize("amount", [-0.01, float("nan")])
def test_there_is_no_charge_on_less_than_nothing(amount: float) -> None:
    with pytest.raises(CapitalError, match="zero or more"):
        banded_amount(amount, BANDS)


def test_there_is_no_band_for_a_missing_level() -> None:
    with pytest.raises(CapitalError, match="no level"):
        band_of(float("nan"), BANDS)
