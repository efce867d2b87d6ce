"""Appendix J (b)(3) to (b)(5): which unit-period, and how many of them lie between two days."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from finance.lending.calendar import add_months
from finance.lending.unit_periods import UnitPeriod, anchor_of, between, find

JAN_10 = date(1978, 1, 10)


def _found(advances: list[date], payments: list[date]) -> str:
    return str(find(advances, payments))


def _months(first: date, count: int, every: int = 1) -> list[date]:
    return [add_months(first, every * n) for n in range(count)]


def _days(first: date, count: int, every: int) -> list[date]:
    return [first + timedelta(every * n) for n in range(count)]


def test_the_common_period_that_occurs_most() -> None:
    assert _found([JAN_10], _months(date(1978, 4, 1), 36)) == "month x1"
    assert _found([JAN_10], _months(date(1978, 4, 1), 36, 3)) == "month x3"
    assert _found([JAN_10], _months(date(1978, 4, 1), 5, 12)) == "month x12"
    assert _found([JAN_10], _days(date(1978, 2, 1), 10, 7)) == "week x1"
    assert _found([JAN_10], _days(date(1978, 2, 1), 10, 28)) == "week x4"
    assert _found([JAN_10], _days(date(1978, 2, 1), 10, 10)) == "day x10"
    skipped = [day for day in _months(date(1978, 2, 10), 24) if day.month not in (6, 7, 8)]
    assert _found([JAN_10], skipped) == "month x1"


def test_last_days_of_months_are_a_month_apart() -> None:
    ends = [date(2023, 11, 30), date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 29)]
    assert _found([date(2023, 10, 31)], ends) == "month x1"
    assert _found([date(2023, 10, 15)], _months(date(2023, 10, 30), 6)) == "month x1"


def test_a_semimonth_is_half_of_a_month() -> None:
    for first, second in ((1, 16), (5, 20), (1, 15), (15, 31)):
        payments = []
        for month in _months(date(2023, 1, 1), 12):
            last = (add_months(month, 1) - timedelta(1)).day
            payments += [month.replace(day=first), month.replace(day=min(second, last))]
        assert _found([date(2022, 12, 28)], payments) == "semimonth", (first, second)
    assert _found([date(2023, 1, 2)], _days(date(2023, 1, 16), 26, 14)) == "week x2"


def test_months_of_equal_days_are_still_months() -> None:
    # two months of thirty days, four months between them
    payments = [date(2022, 12, 1), date(2023, 4, 1), date(2023, 5, 1)]
    assert _found([date(2022, 11, 1)], payments) == "month x1"


def test_the_shorter_of_two_that_occur_alike() -> None:
    # twice a month, twice two weeks
    payments = [date(2023, 2, 10), date(2023, 3, 10), date(2023, 3, 24), date(2023, 4, 7)]
    assert _found([date(2023, 1, 10)], payments) == "week x2"


def test_without_a_common_period_the_average_rounds_to_a_standard_one() -> None:
    start = date(2023, 1, 1)
    near_month = [start + timedelta(25), start + timedelta(25 + 37)]  # 31 days on average
    assert _found([start], near_month) == "month x1"
    near_weeks = [start + timedelta(8), start + timedelta(8 + 19)]  # 13.5 days
    assert _found([start], near_weeks) == "week x2"
    near_day = [start + timedelta(1), start + timedelta(4)]  # 2 days
    assert _found([start], near_day) == "day x1"
    beyond = [start + timedelta(500), start + timedelta(1_300)]  # 650 days
    assert _found([start], beyond) == "month x12"
    # 18.5 days: 3.29 from 15.21 (a semimonth), 2.5 from 21 (three weeks)
    assert _found([start], [start + timedelta(18), start + timedelta(18 + 19)]) == "week x3"


def test_advances_and_payments_have_periods_of_their_own() -> None:
    """Advances on the 1st, payments on the 15th: months, not 14 and 17 days in turn."""
    advances = _months(date(2023, 1, 1), 6)
    payments = _months(date(2023, 1, 15), 12)
    assert _found(advances, payments) == "month x1"


def test_one_advance_and_one_payment_make_the_term_the_unit() -> None:
    assert _found([date(1978, 1, 3)], [date(1978, 9, 15)]) == "day x255"
    assert _found([date(1978, 7, 15)], [date(1979, 1, 15)]) == "month x6"
    assert _found([date(1978, 1, 17)], [date(1979, 7, 17)]) == "month x12"
    assert _found([date(2023, 1, 31)], [date(2023, 2, 28)]) == "day x28"
    assert _found([date(2023, 1, 2)], [date(2023, 1, 16)]) == "day x14"
    with pytest.raises(ValueError, match="one day"):
        find([JAN_10], [JAN_10])


def _between(unit: str, start: date, then: date, anchor: int = 0) -> Fraction:
    return between(UnitPeriod.parse(unit), start, then, anchor)


def test_months_are_counted_back_and_odd_days_are_thirtieths() -> None:
    assert _between("month", date(1978, 2, 10), date(1978, 4, 1)) == 1 + Fraction(19, 30)
    assert _between("month x3", date(1978, 5, 23), date(1978, 10, 1)) == 1 + Fraction(39, 90)
    assert _between("semimonth", date(1978, 2, 23), date(1978, 3, 16)) == 1 + Fraction(6, 15)
    assert _between("month x2", JAN_10, date(1978, 3, 1)) == Fraction(52, 60)


def test_weeks_and_days_are_counted_in_days() -> None:
    assert _between("week", date(1978, 3, 20), date(1978, 4, 21)) == 4 + Fraction(4, 7)
    assert _between("week x2", date(1978, 4, 3), date(1978, 4, 11)) == Fraction(8, 14)
    assert _between("day", date(2023, 10, 26), date(2023, 11, 30)) == 35


def test_years_are_counted_back_and_the_rest_is_months_or_days() -> None:
    assert _between("year", date(1978, 1, 17), date(1979, 7, 17)) == 1 + Fraction(1, 2)
    assert _between("year", date(2023, 10, 26), date(2024, 11, 30)) == 1 + Fraction(35, 365)


def test_a_series_at_the_end_of_months_is_counted_by_last_days() -> None:
    ends = [date(2023, 2, 28), date(2023, 3, 31), date(2023, 4, 30)]
    assert anchor_of(ends) == 31
    assert [_between("month", date(2023, 1, 31), day, 31) for day in ends] == [1, 2, 3]
    thirtieth = [date(2023, 2, 28), date(2023, 3, 30), date(2023, 4, 30)]
    assert anchor_of(thirtieth) == 30
    assert [_between("month", date(2023, 1, 30), day, 30) for day in thirtieth] == [1, 2, 3]
    assert _between("month", date(2023, 1, 30), date(2023, 2, 28)) == Fraction(29, 30)


@pytest.mark.parametrize(
    "text",
    ["fortnight", "month x13", "week x53", "day x367", "year x2", "month x0", "semimonth x2"],
)
def test_what_is_no_unit_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="unit-period"):
        UnitPeriod.parse(text)


def test_unit_periods_in_a_year() -> None:
    texts = ["month", "semimonth", "week x4", "day x255", "year", "month x3"]
    yearly = [UnitPeriod.parse(text).a_year for text in texts]
    assert yearly == [12, 24, 13, Fraction(365, 255), 1, 4]
