import numpy as np
import pytest

from python_models.errors import DateError
from python_models.pricing.dates import payment_times, periods_remaining, roll_back, year_fraction


def days(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[D]")


def test_a_month_end_maturity_keeps_to_month_ends_only_when_asked() -> None:
    assert roll_back("2025-02-28", [6, 12, 60], end_of_month=True).tolist() == (
        days("2024-08-31", "2024-02-29", "2020-02-29").tolist()
    )
    assert roll_back("2025-02-28", [6, 12, 60]).tolist() == days("2024-08-28", "2024-02-28", "2020-02-28").tolist()


def test_a_day_that_a_month_lacks_becomes_its_last() -> None:
    assert roll_back("2025-08-30", [6, 18]).tolist() == days("2025-02-28", "2024-02-29").tolist()


def test_the_payment_of_the_day_itself_has_been_made() -> None:
    valuation = days("2020-05-14", "2020-05-15", "2020-05-16", "2021-05-14", "2021-05-15")
    assert periods_remaining(valuation, "2021-05-15").tolist() == [3, 2, 2, 1, 0]


def test_payment_times_count_back_from_maturity_and_are_padded_with_zeros() -> None:
    times = payment_times(days("2020-05-15", "2020-05-15"), days("2021-05-15", "2020-08-15"))
    assert times.shape == (2, 2)
    assert times[:, 0] == pytest.approx(year_fraction(days("2020-05-15"), days("2021-05-15", "2020-11-15")))
    assert times[1, 1] == 0.0


def test_a_missing_date_is_refused() -> None:
    with pytest.raises(DateError, match="A date is missing"):
        year_fraction("NaT", "2020-01-01")
