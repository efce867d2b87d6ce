"""A line from its opening to its end, by its services; every figure can be checked by hand."""

from datetime import date, timedelta
from typing import Any

import pytest

from core import clock
from core.jobs import Pile
from finance.collections.services import run_day
from finance.contracts.services import WITHOUT_PAGE
from finance.credit_line import converting, opening, paying, queries
from finance.credit_line.models import CreditLine
from finance.credit_line.owing import owing
from finance.loans.queries import loan_for_order, own_book
from finance.loans.verifying import verify
from finance.risk.outcome import Outcome
from mall.orders.rules import OrderState
from payments import cards, services
from tests.factories.lines import buy, make_line
from tests.factories.orders import (
    assert_clean,
    balance,
    move,
    saved_card,
    yuan,
)
from tests.factories.people import make_shopper
from tests.stories.cast import START, make_regular, make_shop

FIRST_DUE = date(2026, 4, 20)  # opened on 10 March: closes on the 10th, due ten days later


def pay(line: CreditLine, kind: str, amount: str = "") -> None:
    card = saved_card(line.person_id).removeprefix("card:")
    token = next(c.token for c in cards.of(line.person_id) if str(c.id) == card)
    typed = yuan(amount) if amount else None
    key = f"{kind}{clock.today()}"
    view = paying.pay_by_card(line.number, line.person_id, kind, source=token, key=key, typed=typed)
    services.refresh(view.id)


def asked(line: CreditLine) -> list[str]:
    standing = owing(line, clock.today())
    return [standing.amount(kind).decimal_text() for kind in ("least", "full", "all")]


def test_300_and_120_from_the_purchase_to_the_end(db: Any, pile: Pile) -> None:
    shopper, seller = make_regular(), make_shop()
    with clock.travel(START):
        line = make_line(shopper)
        assert (line.credit_limit, line.closes) == (1_000_000, 10)
    with clock.travel(START + timedelta(2)):
        phone = loan_for_order(buy(shopper, "300.00", seller).number)
    with clock.travel(START + timedelta(10)):
        cover = buy(shopper, "120.00", seller)
        assert own_book(shopper.id, clock.today()).used == 42_000
        assert asked(line) == ["0.00", "0.00", "420.00"]
    with clock.travel(date(2026, 4, 10)):
        run_day(clock.today())
        assert asked(line) == ["42.00", "420.00", "420.00"]  # a tenth of each
    with clock.travel(FIRST_DUE):
        run_day(clock.today())
        pay(line, "least")
        assert asked(line) == ["0.00", "378.00", "378.00"]
    with clock.travel(date(2026, 5, 10)):
        run_day(clock.today())  # 20 nights of 270.00 and of 108.00 at 0.05 %: 2.70 and 1.08
        assert asked(line) == ["41.58", "381.78", "381.78"]  # 27.00 + 10.80 + 3.78
        last = queries.last_statement(line)
        assert (last.before, last.bought, last.interest, last.came) == (42_000, 0, 378, 4_200)
    with clock.travel(date(2026, 5, 12)):
        move(cover, OrderState.CANCELED)  # 12.00 comes back, 1.08 falls away, and two nights
        pile.run_due()
        assert loan_for_order(cover.number).state == "void"
        assert asked(line) == ["29.70", "272.70", "272.97"]  # two nights of 270.00: 0.27
    with clock.travel(date(2026, 5, 13)):
        pile.run_due()  # the card has its money back
        converting.convert(line.number, shopper.id, phone.number, 3, WITHOUT_PAGE)
        db.session.refresh(phone)
        rows = [(row.due_on, row.principal, row.fee) for row in phone.rows if row.owed]
        assert rows[0] == (date(2026, 5, 20), 0, 270)
        assert rows[1] == (date(2026, 6, 20), 0, 41)  # three nights: 0.405
        assert rows[2:] == [(date(2026, m, 20), 9_000, 135) for m in (6, 7, 8)]
        assert balance("loan_principal", phone.number) == yuan("270.00")
        with pytest.raises(converting.NotNow):
            converting.convert(line.number, shopper.id, phone.number, 6, WITHOUT_PAGE)
    with clock.travel(date(2026, 5, 15)):
        assert asked(line) == ["2.70", "2.70", "273.11"]
        pay(line, "all")
        opening.close(line.number, shopper.id)
    db.session.refresh(phone)
    assert (phone.state, line.state) == ("paid", "closed")
    assert own_book(shopper.id, START).used == 0
    assert verify().wrong == ()
    assert_clean()


def test_a_statement_paid_whole_costs_nothing(db: Any, pile: Pile) -> None:
    shopper, seller = make_regular(), make_shop()
    with clock.travel(START):
        line = make_line(shopper)
        loan = loan_for_order(buy(shopper, "300.00", seller).number)
    with clock.travel(date(2026, 4, 10)):
        run_day(clock.today())
    with clock.travel(FIRST_DUE):
        run_day(clock.today())
        pay(line, "full")
    with clock.travel(date(2026, 5, 10)):
        run_day(clock.today())
    db.session.refresh(loan)
    assert (loan.state, sum(row.fee for row in loan.rows)) == ("paid", 0)
    assert_clean()


def test_paid_late_in_one_piece_the_nights_follow(db: Any, pile: Pile) -> None:
    """300.00, five days late: 0.75 is charged with the payment of all, or with the next statement."""
    shopper, seller = make_regular(), make_shop()
    with clock.travel(START):
        line = make_line(shopper)
        loan = loan_for_order(buy(shopper, "300.00", seller).number)
    with clock.travel(date(2026, 4, 10)):
        run_day(clock.today())
    with clock.travel(date(2026, 4, 25)):
        run_day(clock.today())
        assert asked(line) == ["30.00", "300.00", "300.75"]
        pay(line, "amount", "300.00")
        assert asked(line) == ["0.00", "0.75", "0.75"]
    with clock.travel(date(2026, 5, 10)):
        run_day(clock.today())
        assert asked(line) == ["0.75", "0.75", "0.75"]
        pay(line, "all")
    db.session.refresh(loan)
    assert loan.state == "paid"
    assert verify().wrong == ()
    assert_clean()


def test_nobody_without_a_past_opens_one(db: Any) -> None:
    answer = opening.open_line(make_shopper().id, WITHOUT_PAGE)
    assert isinstance(answer, Outcome) and not answer.approved
