"""Whatever happens to a plan, in whatever order, the book and the rows agree."""

from datetime import date, timedelta
from random import Random

import pytest

from core import clock
from core.money import Money
from finance.collections.services import run_day
from finance.lending.life.events import NEXT, SHORTER, SMALLER
from finance.loans import services as loans
from finance.loans.queries import payment_due
from finance.loans.verifying import Verified, verify
from ledger import audit
from tests.factories.loans import make_loan, pay_loan
from tests.factories.people import make_shopper
from tests.finance.loans.test_returns import give_back

BOUGHT = date(2026, 1, 31)
EXTRAS = [NEXT, SHORTER, SMALLER]


def live(seed):
    """A plan of odd amount and term, and thirty turns of its life."""
    dice = Random(seed)
    months = dice.choice([3, 6, 12, 24])
    loan = make_loan(
        make_shopper().id,
        Money(dice.randint(100_000, 999_999), "CNY"),
        months=months,
        on=BOUGHT,
        received_on=BOUGHT,
    )
    day = BOUGHT
    for turn in range(30):
        day += timedelta(dice.randint(1, 25))
        with clock.travel(day):
            acts = [pay_due, pay_due, pay_odd, send_back, argue, nothing, pay_found_late]
            dice.choice(acts)(loan, day, dice, turn)
            run_day(day)
    return loan


def pay_due(loan, day, dice, turn):
    if (due := payment_due(loan, day)) and loan.state in ("active", "charged_off"):
        pay_loan(loan, due, day)


def pay_odd(loan, day, dice, turn):
    if payment_due(loan, day) and loan.state == "active":
        pay_loan(
            loan,
            Money(dice.randint(1, 60_000), "CNY"),
            day,
            settle=dice.random() < 0.2,
            extra=dice.choice(EXTRAS),
        )


def send_back(loan, day, dice, turn):
    left = loan.principal - loan.refunded
    if left:
        part = dice.choice([1, dice.randint(1, left), min(left, dice.randint(1, 30_000))])
        fault = dice.choice(["seller", "buyer", "mall"])
        give_back(loan, Money(part, "CNY"), fault, f"R-{loan.number}-{turn}", on=day)


def argue(loan, day, dice, turn):
    order = loan.orders[0]
    amount = loan.money(dice.randint(1, order.amount))
    loans.pause(loan.number, order.order_number, amount, day, begin=dice.random() < 0.5)


def pay_found_late(loan, day, dice, turn):
    """A payment is heard of only now: it counts for an earlier day."""
    if payment_due(loan, day) and loan.state in ("active", "charged_off"):
        on = max(BOUGHT, day - timedelta(dice.randint(1, 60)))
        amount = Money(dice.randint(1, 60_000), "CNY")
        pay_loan(loan, amount, on, settle=dice.random() < 0.2, extra=dice.choice(EXTRAS))


def nothing(loan, day, dice, turn):
    pass


@pytest.mark.parametrize("seed", range(12))
def test_the_book_agrees_with_the_rows(db, seed):
    loan = live(seed)
    assert [f"{f.name}: {f.detail}" for f in audit.run() if not f.ok] == []
    assert verify() == Verified(1, ())
    if loan.state == "void":
        assert not any(row.payment for row in loan.rows)
