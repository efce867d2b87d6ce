"""The limit of a line follows the ladder: more by agreement, less at once, and what is drawn stays."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.messages.models import Message
from finance.collections.services import run_day
from finance.contracts.queries import numbered
from finance.contracts.services import BUTTON, WITHOUT_PAGE, Acceptance
from finance.credit_line import limits, queries
from finance.credit_line.models import CreditLine
from finance.loans import services as loans
from finance.risk import buyer, people
from mall.accounts.models import Person
from mall.orders.rules import OrderState
from mall.ports.payment_methods import TermsChanged
from tests.factories.lines import draw, make_line
from tests.factories.loans import make_loan, pay_in_time, pay_loan
from tests.factories.orders import assert_clean, make_order, yuan
from tests.factories.people import make_admin, sign_in
from tests.stories.cast import START, make_regular, make_shop

CLOSING = date(2026, 4, 10)  # a month after it was opened
FIRST = yuan("10000.00").minor  # of grade B


@pytest.fixture
def line(db: Any) -> CreditLine:
    with clock.travel(START):
        return make_line(make_regular())


def run(day: date) -> None:
    with clock.travel(clock.start_of(day) + timedelta(minutes=10)):
        run_day(day)


def person_of(db: Any, line: CreditLine) -> Person:
    return db.session.get_one(Person, line.person_id)


def kinds_of(line: CreditLine) -> list[str]:
    return [event.kind for event in reversed(queries.events_of(line))]


def told(db: Any, person_id: int) -> list[str]:
    query = select(Message.kind).where(Message.person_id == person_id).order_by(Message.id)
    return list(db.session.scalars(query))


def paid_in_time(person_id: int) -> None:
    with clock.travel(START + timedelta(25)):
        pay_in_time(person_id)


def test_payments_in_time_bring_an_offer_that_counts_once_it_is_agreed_to(
    db: Any, line: CreditLine, client: Any
) -> None:
    paid_in_time(line.person_id)
    run(CLOSING)
    assert line.credit_limit == FIRST  # nothing moves by itself
    assert line.offered_limit == FIRST * 3 // 2  # a clean cycle: half more
    assert line.offered_until == CLOSING + timedelta(30)
    assert told(db, line.person_id).count("line_limit_offered") == 1
    with clock.travel(clock.start_of(CLOSING) + timedelta(hours=9)):
        sign_in(client, person_of(db, line))
        page = client.get(f"/account/line/{line.number}").text
        assert "15,000.00, if you want" in page
        with pytest.raises(TermsChanged):
            limits.accept(line.number, line.person_id, Acceptance("0" * 64, BUTTON))
        limits.accept(line.number, line.person_id, WITHOUT_PAGE)
        with pytest.raises(limits.NothingOffered):
            limits.accept(line.number, line.person_id, WITHOUT_PAGE)
        assert f"{line.number}-1" in client.get(f"/account/line/{line.number}").text
    assert (line.credit_limit, line.offered_limit) == (FIRST * 3 // 2, None)
    assert numbered(f"{line.number}-1").contract.principal == FIRST * 3 // 2
    rung = people.ladder_of(line.person_id, buyer.terms(), CLOSING)
    assert rung.granted_ppm == 1_500_000  # she agreed for all her credit
    assert kinds_of(line)[-2:] == ["limit_offered", "limit_raised"]
    assert_clean()


def test_an_offer_is_over_after_thirty_days(db: Any, line: CreditLine) -> None:
    paid_in_time(line.person_id)
    run(CLOSING)
    over = CLOSING + timedelta(31)
    with clock.travel(clock.start_of(over)):
        assert limits.offer_of(line, over) is None
        with pytest.raises(limits.NothingOffered):
            limits.accept(line.number, line.person_id, WITHOUT_PAGE)
    assert line.credit_limit == FIRST


def test_a_late_payment_halves_it_and_what_is_drawn_stays(
    db: Any, line: CreditLine, client: Any
) -> None:
    owner = person_of(db, line)
    with clock.travel(START):
        make_order(owner, amount="90000.00", state=OrderState.RECEIVED)  # a purse for it
    with clock.travel(START + timedelta(1)):
        phone = draw(owner, "6000.00", make_shop())
    plan_began = START - timedelta(10)
    with clock.travel(START + timedelta(2)):
        plan = make_loan(
            line.person_id, yuan("600.00"), months=3, on=plan_began, received_on=plan_began
        )
    late = plan.rows[0].due_on + timedelta(10)
    assert late < CLOSING
    with clock.travel(clock.start_of(late)):
        pay_loan(plan, plan.money(plan.rows[0].payment), late)
    run(CLOSING)
    assert line.credit_limit == 500_000 // 2  # grade C by then, and half of its limit
    assert told(db, line.person_id).count("line_limit_lowered") == 1
    assert queries.used(line) == 600_000 and phone.state == "active"  # more than the limit now
    with clock.travel(clock.start_of(CLOSING) + timedelta(hours=9)):
        sign_in(client, person_of(db, line))
        page = client.get(f"/account/line/{line.number}").text
        assert "More is drawn than the limit of ¥2,500.00" in page
        sign_in(client, make_admin())
        listed = client.get("/admin/lending/lines").text
        assert line.number in listed and "2,500.00" in listed and "6,000.00" in listed
        one = client.get(f"/admin/lending/lines/{line.number}").text
        assert phone.number in one and "Our limit is lower" in one
    run(CLOSING)  # the same night twice
    assert kinds_of(line).count("limit_lowered") == 1
    assert_clean()


def test_who_keeps_a_limit_of_their_own_is_left_alone(db: Any, line: CreditLine) -> None:
    with clock.travel(START + timedelta(3)):
        loans.set_ceiling(line.person_id, yuan("1000.00"))
    run(CLOSING)
    assert line.credit_limit == FIRST and kinds_of(line) == ["opened"]


def test_a_day_that_is_caught_up_decides_nothing(db: Any, line: CreditLine) -> None:
    paid_in_time(line.person_id)
    run(CLOSING - timedelta(1))
    run(CLOSING + timedelta(5))  # the worker slept; the facts of the tenth are gone
    assert line.offered_limit is None
