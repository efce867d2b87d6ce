"""A refund leaves the shopper where she would be had she never bought it."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.money import Money, total
from finance.lending.as_if import Standing, undo
from finance.lending.early import payoff
from finance.lending.schedules import flat_fee, sum_of_fees
from tests.finance.money import yuan

DAY = date(2026, 3, 10)


def plan(principal, months=12, ppm=5_000, paid=0, due=0):
    """A running plan: the first `paid` rows paid, the first `due` more fallen due unpaid."""
    rows = flat_fee(principal, months, ppm, DAY)
    zero = Money.zero(principal.currency)
    return [
        Standing(
            row.number,
            row.due_on,
            row.principal,
            row.fee,
            row.principal if row.number <= paid else zero,
            row.fee if row.number <= paid else zero,
            accrued=row.number <= paid + due,
        )
        for row in rows
    ]


def paid_in_part(row, part, earned):
    """The row with `part` minor units paid, its fee first."""
    fee = min(part, row.fee.minor)
    return replace(
        row,
        fee_paid=Money(fee, "CNY"),
        principal_paid=Money(part - fee, "CNY"),
        accrued=earned or part > 0,
    )


def test_the_accessory_of_j2():
    undone = undo(plan(yuan("3600.00"), paid=2), yuan("1200.00"), 5_000)
    assert undone.cash_back == yuan("212.00")
    assert [row.payment for row in undone.rows] == [yuan("212.00")] * 12
    assert [row.paid for row in undone.rows] == [yuan("212.00")] * 2 + [yuan("0.00")] * 10
    assert undone.relief == yuan("1272.00")
    assert undone.fee_earned == yuan("12.00")
    assert undone.principal_less == yuan("1000.00")


def test_everything_goes_back_when_everything_is_returned():
    undone = undo(plan(yuan("3600.00"), paid=2), yuan("3600.00"), 5_000)
    assert undone.cash_back == yuan("636.00")
    assert not any(row.payment for row in undone.rows)
    assert undone.principal_less == yuan("3000.00")


def test_a_fee_that_fell_due_unpaid_comes_off_what_is_owed():
    undone = undo(plan(yuan("3600.00"), paid=0, due=1), yuan("1200.00"), 5_000)
    assert not undone.cash_back
    assert undone.interest_less == undone.fee_earned == yuan("6.00")
    assert undone.principal_less == yuan("1200.00")


def test_settling_after_two_payments_saves_ten_fees():
    found = payoff(plan(yuan("3600.00"), paid=2), yuan("0.00"))
    assert (found.amount, found.saving) == (yuan("3000.00"), yuan("180.00"))


def test_a_settled_plan_gives_back_only_the_fees_that_were_charged():
    rows = plan(yuan("3600.00"), paid=2)
    zero = yuan("0.00")
    settled = rows[:2] + [
        replace(row, fee=zero, principal_paid=row.principal, accrued=True, fee_free=True)
        for row in rows[2:]
    ]
    undone = undo(settled, yuan("1200.00"), 5_000)
    assert undone.cash_back == yuan("1212.00")
    assert undone.fee_earned == yuan("12.00")


def test_a_penny_that_rounding_moves_to_the_last_row_is_kept_as_paid_there():
    """22 rows of 366.97, the last 366.86; less a penny: 366.96 and 367.06, twenty more."""
    undone = undo(plan(yuan("8073.23"), 22, 0, paid=2), yuan("0.01"), 0)
    assert (undone.cash_back, undone.principal_less) == (yuan("0.01"), yuan("0.00"))
    assert undone.rows[-1].paid == yuan("0.01")


@given(
    st.integers(100, 5_000_000),
    st.integers(1, 24),
    st.integers(0, 12_000),
    st.integers(0, 24),
    st.integers(0, 24),
    st.integers(1, 5_000_000),
    st.data(),
)
def test_every_penny_has_a_place(minor, months, ppm, paid, due, refund, data):
    principal, refund = Money(minor, "CNY"), Money(min(refund, minor), "CNY")
    rows = plan(principal, months, ppm, min(paid, months), due)
    if paid < months and rows[paid].payment.minor > 1:
        part = data.draw(st.integers(0, rows[paid].payment.minor - 1))
        rows[paid] = paid_in_part(rows[paid], part, earned=due > 0)
    before = total((row.paid for row in rows), "CNY")
    undone = undo(rows, refund, ppm)

    out = undone.principal_less + undone.interest_less + undone.cash_back
    assert refund + undone.fee_earned == out
    assert min(undone.principal_less, undone.interest_less, undone.cash_back).minor >= 0
    fair = flat_fee(principal - refund, months, ppm, DAY)
    still = total((row.payment - row.paid for row in undone.rows), "CNY")
    assert before - undone.cash_back + still == principal - refund + sum_of_fees(fair)
    assert all(0 <= row.paid.minor <= row.payment.minor for row in undone.rows)
