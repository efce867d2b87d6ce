"""A payment of a line is disputed: lost, it is owed again; paid back by the bank, it is paid again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core import clock
from finance.collections.services import run_day
from finance.credit_line import opening, paying, queries
from finance.credit_line.models import CreditLine
from finance.credit_line.owing import owing
from payments import cards, disputes
from payments import services as payments
from payments.gateway import Disputed
from payments.models import Payment
from tests.factories.lines import draw, make_line
from tests.factories.orders import assert_clean, balance, saved_card, yuan
from tests.stories.cast import START, make_regular, make_shop

BILLED = date(2026, 4, 10)
DUE = datetime(2035, 1, 1, tzinfo=UTC)


@pytest.fixture
def paid(db: Any) -> tuple[CreditLine, Payment]:
    """300.00 and 120.00 on a line; the whole statement of 420.00 is paid by one card payment."""
    shopper, seller = make_regular(), make_shop()
    with clock.travel(START):
        line = make_line(shopper)
    for days, price in ((2, "300.00"), (5, "120.00")):
        with clock.travel(START + timedelta(days)):
            draw(shopper, price, seller)
    with clock.travel(BILLED):
        run_day(BILLED)
        card = saved_card(shopper.id).removeprefix("card:")
        token = next(c.token for c in cards.of(shopper.id) if str(c.id) == card)
        opening.set_autopay(line.number, shopper.id, "full", int(card))
        view = paying.pay_by_card(line.number, shopper.id, "full", source=token, key="K")
        payments.refresh(view.id)
    return line, db.session.get_one(Payment, view.id)


def tell(payment: Payment, state: str, amount: str, back: str = "0.00") -> None:
    money = yuan(amount)
    told = Disputed(
        "du_1", str(payment.charge_id), money, yuan("15.00"), "fraudulent", state, DUE, money,
        yuan(back),
    )  # fmt: skip
    disputes.apply(payment.gateway, told)


def owed(line: CreditLine) -> str:
    return owing(line, clock.today()).amount("all").decimal_text()


def test_lost_it_is_owed_again_and_the_card_is_asked_no_more(
    db: Any, paid: tuple[CreditLine, Payment]
) -> None:
    line, payment = paid
    with clock.travel(BILLED + timedelta(3)):
        assert owed(line) == "0.00" and queries.used(line) == 0
        tell(payment, "needs_response", "420.00")
        db.session.refresh(line)
        assert line.autopay == ""  # its holder has objected to that
        assert owed(line) == "0.00"  # the bank has not decided
        tell(payment, "lost", "420.00")
        db.session.expire_all()
        assert owed(line) == "420.00" and queries.used(line) == 42_000
        first, second = queries.loans_of(line)
        assert balance("loan_principal", first.number) == yuan("300.00")
        assert balance("loan_principal", second.number) == yuan("120.00")
        kinds = [event.kind for event in queries.events_of(line)]
        assert kinds[:2] == ["charged_back", "disputed"]
        assert_clean()


def test_a_part_of_it_is_owed_on_the_newest_purchase_first(
    db: Any, paid: tuple[CreditLine, Payment]
) -> None:
    line, payment = paid
    with clock.travel(BILLED + timedelta(3)):
        tell(payment, "needs_response", "200.00")
        tell(payment, "lost", "200.00")
        db.session.expire_all()
        assert owed(line) == "200.00"
        first, second = queries.loans_of(line)
        assert balance("loan_principal", first.number) == yuan("80.00")
        assert balance("loan_principal", second.number) == yuan("120.00")
        assert_clean()


def test_won_the_payment_stands(db: Any, paid: tuple[CreditLine, Payment]) -> None:
    line, payment = paid
    with clock.travel(BILLED + timedelta(3)):
        tell(payment, "needs_response", "420.00")
        tell(payment, "won", "420.00", back="420.00")
        db.session.expire_all()
        assert owed(line) == "0.00"
        assert queries.events_of(line)[0].kind == "dispute_won"
        assert_clean()


def test_the_bank_pays_after_all(db: Any, paid: tuple[CreditLine, Payment]) -> None:
    line, payment = paid
    with clock.travel(BILLED + timedelta(3)):
        tell(payment, "needs_response", "420.00")
        tell(payment, "lost", "420.00")
        tell(payment, "won", "420.00", back="420.00")
        db.session.expire_all()
        assert owed(line) == "0.00" and queries.used(line) == 0
        assert_clean()
