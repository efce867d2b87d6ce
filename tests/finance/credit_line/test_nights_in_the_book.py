"""Nights of lines are in the book night by night: beside a count of their own, over random lives."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core import clock
from core.db import db as database
from core.jobs import Pile
from core.money import Money
from core.use_case import use_case
from finance.collections import chunks
from finance.collections.services import run_day
from finance.credit_line import steps
from finance.credit_line.models import CreditLine
from finance.loans import paying
from finance.loans.by_day import LoanByDay, NightsTaken
from finance.loans.models import Loan
from finance.loans.verifying import verify
from ledger import audit, book
from ledger.accounts import account
from mall.orders.rules import OrderState
from tests.factories.attacks import Attack, check
from tests.factories.lines import buy, draw, make_line
from tests.factories.orders import assert_clean, balance, move, yuan
from tests.factories.wallet import give_balance
from tests.finance.credit_line.test_line_life import FIRST_DUE, pay
from tests.stories.cast import START, make_regular, make_shop


def apart() -> Money:
    return balance("accrued_interest", "shoppers")


def test_300_by_hand(db: Any, pile: Pile) -> None:
    shopper, seller = make_regular(), make_shop()
    with clock.travel(START):
        line = make_line(shopper)
        loan = draw(shopper, "300.00", seller)
    for day, lies in (
        (date(2026, 4, 10), "0.00"),
        (FIRST_DUE, "0.00"),  # nights begin tonight
        (date(2026, 4, 21), "0.15"),
        (date(2026, 4, 25), "0.75"),
    ):
        with clock.travel(day):
            run_day(day)
            assert apart() == yuan(lies)
    with clock.travel(date(2026, 4, 25)):
        pay(line, "amount", "100.00")  # 200.00 go on at 0.10 a night
        assert apart() == yuan("0.75")
    with clock.travel(date(2026, 4, 26)):
        run_day(clock.today())
        assert apart() == yuan("0.85")
        pay(line, "all")  # the nights are charged, and lie there no longer
        assert apart() == yuan("0.00")
    assert book.sum_of("loan_interest_income", "CNY") == yuan("0.85")
    taken = db.session.scalars(select(NightsTaken).where(NightsTaken.loan_id == loan.id)).all()
    assert [each.amount for each in taken] == [85]
    assert verify().wrong == ()
    assert_clean()


def test_what_is_given_back_was_never_earned(db: Any, pile: Pile) -> None:
    shopper, seller = make_regular(), make_shop()
    with clock.travel(START):
        make_line(shopper)
        order = buy(shopper, "300.00", seller)
    with clock.travel(date(2026, 4, 10)):
        run_day(clock.today())
    with clock.travel(date(2026, 4, 25)):
        run_day(clock.today())
        assert apart() == book.sum_of("loan_interest_income", "CNY") == yuan("0.75")
        move(order, OrderState.CANCELED)
        pile.run_due()
        assert apart() == book.sum_of("loan_interest_income", "CNY") == yuan("0.00")
    assert_clean()


def _runs(day: date) -> None:
    """Nights are booked and statements close; the rest of the lender's day is not asked here."""
    with clock.travel(day):
        for step in steps.FIRST:
            chunks.run(step, day, check=True)


def _loans() -> list[Loan]:
    query = select(Loan).order_by(Loan.id).execution_options(populate_existing=True)
    return list(database.session.scalars(query.options(selectinload(Loan.rows))))


@use_case
def _heard_of_late(loan: Loan, amount: Money, on: date, ref: str) -> None:
    """A payment that counts for a day that has passed."""
    wallet = account("wallet", loan.borrower_id)
    transfers = paying.take(loan.number, amount, wallet, on, ref=ref)
    book.post(paying.bookkeeping.paid_from_wallet(loan.number, ref, transfers, clock.today()))


@pytest.mark.parametrize("seed", range(2))
def test_any_line_any_night(db: Any, seed: int) -> None:
    dice, seller = Random(seed), make_shop()
    people = [make_regular("one@example.com"), make_regular("two@example.com")]
    with clock.travel(START):
        for who in people:
            give_balance(who, "900.00")
            make_line(who)
            for price in (dice.randrange(150, 400), dice.randrange(150, 400)):
                draw(who, f"{price}.37", seller)
    nights: dict[int, Fraction] = {}
    fees: dict[int, int] = {}
    day = START
    while day < START + timedelta(110):
        for loan in _loans():  # the night of `day`, counted by what is owed at its end
            if day >= date(2026, 4, 20):
                owed = loan.principal_owed.minor
                nights[loan.id] = nights.get(loan.id, Fraction(0)) + Fraction(owed * 500, 10**6)
        day += timedelta(1)
        _runs(day)
        _count_what_was_billed(nights, fees)
        assert apart().minor == sum(int(part + Fraction(1, 2)) for part in nights.values())
        if dice.random() < 0.08:
            with clock.travel(day):
                loan = dice.choice([each for each in _loans() if each.is_running])
                much = min(dice.randrange(100, 9_000), loan.principal_owed.minor)
                _heard_of_late(loan, loan.money(much), day, f"P{day}")
    assert sum(fees.values()) > 0
    earned = book.sum_of("loan_interest_income", "CNY")
    assert earned.minor == apart().minor + sum(fees.values())
    with clock.travel(day):  # a payment of a week ago, of which we hear today
        loan = next(each for each in _loans() if each.is_running)
        _heard_of_late(loan, loan.money(5_000), day - timedelta(7), "late")
    assert [each.detail for each in audit.run() if not each.ok and "seal" not in each.name] == []
    assert verify().wrong == ()


def _count_what_was_billed(nights: dict[int, Fraction], fees: dict[int, int]) -> None:
    for loan in _loans():
        charged = sum(row.fee for row in loan.rows if row.accrued_on)
        if charged != fees.get(loan.id, 0):
            assert charged - fees.get(loan.id, 0) == int(nights[loan.id] + Fraction(1, 2))
            nights[loan.id] = Fraction(0)
        fees[loan.id] = charged


def test_columns_alone_take_nothing(db: Any) -> None:
    """As the application: columns that say less bring a row that wants its journal."""
    shopper, seller = make_regular(), make_shop()
    with clock.travel(START):
        line = make_line(shopper)
        assert isinstance(line, CreditLine)
        loan = draw(shopper, "300.00", seller)
    for day in (date(2026, 4, 10), date(2026, 5, 1)):
        _runs(day)
    kept = db.session.get(LoanByDay, loan.id)
    assert (kept.bearing, kept.daily_ppm) == (30_000, 500)
    change = "update loan_by_day set bearing = 0, entry = 99"
    found = "interest of nights is what every purchase's columns say"
    check(Attack(30, (change,), "were not booked", found), {})
