"""Plans add up to the last minor unit."""

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from core.money import Money, total
from finance.lending.calendar import add_months, monthly_dates
from finance.lending.schedules import (
    equal_installments,
    flat_fee,
    spread,
    sum_of_fees,
    sum_of_payments,
)
from tests.finance.money import yuan

DAY = date(2026, 1, 31)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
months = st.integers(1, 36)


def test_a_phone_in_twelve_is_318_a_month():
    rows = flat_fee(yuan("3600.00"), 12, 5_000, date(2026, 3, 10))
    assert {(row.principal, row.fee) for row in rows} == {(yuan("300.00"), yuan("18.00"))}
    assert sum_of_payments(rows) == yuan("3816.00")
    assert (rows[0].due_on, rows[-1].due_on) == (date(2026, 4, 10), date(2027, 3, 10))


def test_the_last_row_absorbs_the_difference():
    rows = flat_fee(yuan("1000.00"), 3, 0, DAY)
    assert [row.principal for row in rows] == [yuan("333.33"), yuan("333.33"), yuan("333.34")]


def test_a_month_without_that_day_ends_on_its_last_and_the_next_finds_the_day_again():
    assert monthly_dates(DAY, 3) == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert add_months(date(2028, 1, 30), 1) == date(2028, 2, 29)


def test_equal_installments_decline_in_interest():
    rows = equal_installments(yuan("1200.00"), 3, 120_000, DAY)  # 1 % a month
    assert [row.fee for row in rows] == [yuan("12.00"), yuan("8.04"), yuan("4.04")]
    assert [row.payment for row in rows] == [yuan("408.03"), yuan("408.03"), yuan("408.02")]


def test_a_few_pennies_over_many_rows_never_go_below_zero():
    assert spread(Fraction(3), 5) == [1, 1, 1, 0, 0]


@given(st.integers(0, 10**9), months, st.integers(0, 20_000), days)
def test_flat_fee_repays_every_penny(minor, count, ppm, start):
    principal = Money(minor, "CNY")
    rows = flat_fee(principal, count, ppm, start)
    assert total((row.principal for row in rows), "CNY") == principal
    exact = Fraction(minor * ppm * count, 1_000_000)
    assert abs(sum_of_fees(rows).minor - exact) <= Fraction(1, 2)
    assert all(row.principal.minor >= 0 and row.fee.minor >= 0 for row in rows)
    assert [row.due_on for row in rows] == sorted({row.due_on for row in rows})


@given(st.integers(3_600, 10**9), months, st.integers(0, 600_000), days)
def test_equal_installments_repay_every_penny(minor, count, ppm, start):
    principal = Money(minor, "CNY")
    rows = equal_installments(principal, count, ppm, start)
    assert total((row.principal for row in rows), "CNY") == principal
    assert len({row.payment for row in rows[:-1]}) <= 1
    # each of the other roundings can move the last payment by half a unit and its interest
    assert abs((rows[-1].payment - rows[0].payment).minor) <= 2 * count
