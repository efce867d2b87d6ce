"""The yearly rate against published figures and the other way round."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import Money
from finance.lending import annual_rate
from finance.lending.schedules import equal_installments, flat_fee
from tests.finance.money import yuan

DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("months", "percent"), [(3, "8.98"), (6, "10.21"), (12, "10.90"), (24, "11.13")]
)
def test_half_a_percent_a_month_is_not_six_percent_a_year(months, percent):
    rows = flat_fee(yuan("3600.00"), months, 5_000, DAY)
    rate = annual_rate.monthly(yuan("3600.00"), [row.payment for row in rows])
    assert f"{round(rate.nominal_ppm / 10_000, 2):.2f}" == percent


def test_a_plan_without_fee_costs_nothing():
    assert annual_rate.monthly(yuan("300.00"), [yuan("100.00")] * 3).nominal_ppm == 0


def test_what_the_directive_prints_for_two_payments():
    """500 lent, 270 after one and two months: 85.59 % (days/365 would say 84.63)."""
    months = annual_rate.in_years(
        [
            (Fraction(0), Money(-50_000, "EUR")),
            (Fraction(1, 12), Money(27_000, "EUR")),
            (Fraction(2, 12), Money(27_000, "EUR")),
        ]
    )
    assert abs(months.effective_ppm - 855_900) < 60


def test_the_first_example_of_regulation_z():
    """5,000 repaid in 24 × 230 a month is 9.69 % (Regulation Z, appendix J, (c)(1)(i))."""
    rate = annual_rate.monthly(Money(500_000, "USD"), [Money(23_000, "USD")] * 24)
    assert round(rate.nominal_ppm / 10_000, 2) == 9.69


def test_dated_flows_count_days():
    rate = annual_rate.dated([(DAY, yuan("-1000.00")), (date(2027, 3, 10), yuan("1100.00"))])
    assert rate.effective_ppm == 100_000
    assert rate.nominal_ppm == 95_690  # 12 × (1.1^(1/12) − 1)


def test_nothing_lent_has_no_rate():
    with pytest.raises(annual_rate.NoRate):
        annual_rate.monthly(yuan("100.00"), [yuan("50.00")])


@settings(max_examples=25)
@given(st.integers(1_000_000, 10**8), st.integers(2, 24), st.integers(1_000, 400_000))
def test_the_rate_of_an_equal_installment_plan_is_its_own(minor, months, yearly_ppm):
    rows = equal_installments(Money(minor, "CNY"), months, yearly_ppm, DAY)
    rate = annual_rate.monthly(Money(minor, "CNY"), [row.payment for row in rows])
    assert abs(rate.nominal_ppm - yearly_ppm) <= 15  # pennies of rounding on 10,000.00
