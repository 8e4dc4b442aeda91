"""Benford's law against printed tables: Nigrini (2012), table 1.1, from Benford (1938)."""

import pytest

from python_models.controls.benford import expected_proportions

FIRST = [0.30103, 0.17609, 0.12494, 0.09691, 0.07918, 0.06695, 0.05799, 0.05115, 0.04576]
SECOND = [0.11968, 0.11389, 0.10882, 0.10433, 0.10031, 0.09668, 0.09337, 0.09035, 0.08757, 0.08500]


def test_digits_have_the_printed_proportions() -> None:
    assert expected_proportions("first") == pytest.approx(FIRST, abs=0.5e-5)
    assert expected_proportions("second") == pytest.approx(SECOND, abs=0.5e-5)


def test_first_two_digits_have_the_printed_proportions() -> None:
    # The greatest and the least: 10 and 99
    proportions = expected_proportions("first_two")
    assert [proportions[0], proportions[-1]] == pytest.approx([0.04139, 0.00436], abs=0.5e-5)
