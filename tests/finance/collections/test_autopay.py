"""A plan that pays by itself: the balance first, the card for the rest, and a word in time."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core import clock
from core.messages.models import Message
from finance.collections import selecting
from finance.collections.services import run_day
from finance.loans import services as loans
from finance.products import LateRule
from ledger import audit, book
from ledger.accounts import account
from payments import cards, retries
from tests.factories.loans import make_loan, owed, pay_loan
from tests.factories.payments import ASKS, DECLINED, GOOD
from tests.factories.people import make_shopper
from tests.finance.loans.test_paying_twice import fund
from tests.finance.money import yuan

BOUGHT = date(2026, 3, 10)
FIRST = date(2026, 4, 10)


@pytest.fixture
def phone(db):
    """3,600.00 in 12 rows of 318.00, the first on April 10."""
    return make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT, received_on=BOUGHT)


@pytest.fixture(autouse=True)
def audited(db):
    yield
    assert [finding for finding in audit.run() if not finding.ok] == []


def days(first, last):
    """Run every night from first to last, at that day's time."""
    for number in range((last - first).days + 1):
        day = first + timedelta(number)
        with clock.travel(day):
            run_day(day)


def kinds(db, loan):
    db.session.expire_all()
    return [event.kind for event in sorted(loan.events, key=lambda e: e.id)]


def told(loan, kind):
    """The messages of a kind, subject and body."""
    query = select(Message).where(Message.person_id == loan.borrower_id, Message.kind == kind)
    return [f"{m.subject}\n{m.body}" for m in database(query)]


def database(query):
    from core.db import db

    return db.session.scalars(query.order_by(Message.id)).all()


def balance(loan):
    return book.balance(account("wallet", loan.borrower_id), "CNY")


def with_card(loan, number):
    card = cards.save(loan.borrower_id, number, "04/39", "123")
    loans.set_autopay(loan.number, loan.borrower_id, card.id)


def test_the_saved_card_pays_on_the_day_when_she_asked_for_it(db, phone):
    with_card(phone, GOOD)
    days(FIRST, FIRST)
    db.session.expire_all()
    assert phone.rows[0].state == "paid"
    assert owed(phone)["loan_principal"] == yuan("3300.00")


def test_a_refused_card_is_asked_again_three_days_later(db, phone):
    with_card(phone, DECLINED)
    days(FIRST, date(2026, 4, 13))
    assert kinds(db, phone).count("refused") == 2
    assert phone.rows[0].owed == 31_800


def test_a_card_that_must_be_confirmed_is_asked_once_and_waits_for_her(db, phone):
    with_card(phone, ASKS)
    days(FIRST, date(2026, 4, 20))
    assert kinds(db, phone).count("refused") == 1
    (waiting,) = retries.waiting_for(phone.borrower_id, f"loan:{phone.number}:")
    assert waiting.amount == yuan("318.00")

    with clock.travel(date(2026, 4, 20)):
        pay_loan(phone, yuan("318.00"), date(2026, 4, 20))
    assert retries.waiting_for(phone.borrower_id, f"loan:{phone.number}:") == []


def test_the_balance_pays_first_and_the_card_the_rest(db, phone):
    with_card(phone, GOOD)
    fund(phone.borrower_id, "100.00")
    days(FIRST, FIRST)
    days(FIRST, FIRST)
    assert balance(phone) == yuan("0")
    assert [p.amount for p in phone.payments] == [10_000, 21_800]
    assert owed(phone)["loan_principal"] == yuan("3300.00")


def test_a_balance_that_suffices_leaves_the_card_alone(db, phone):
    with_card(phone, DECLINED)
    fund(phone.borrower_id, "400.00")
    days(FIRST, FIRST)
    assert balance(phone) == yuan("82.00")
    assert "refused" not in kinds(db, phone)


def test_a_plan_paid_by_hand_leaves_the_balance_alone(db, phone):
    fund(phone.borrower_id, "400.00")
    days(FIRST, FIRST)
    assert balance(phone) == yuan("400.00")


def test_tries_end_after_a_week(db, phone):
    with_card(phone, DECLINED)
    days(FIRST, date(2026, 4, 26))
    assert kinds(db, phone).count("refused") == 3  # on the day, 3 and 7 days later
    first, second, third = told(phone, "installment_failed")
    assert "We try again from April 13, 2026 on" in first
    assert "We try again from April 17, 2026 on" in second
    assert "try again" not in third.replace("try again. ", "")
    fund(phone.borrower_id, "400.00")
    days(date(2026, 4, 27), date(2026, 4, 27))
    assert balance(phone) == yuan("400.00")


def test_money_that_comes_within_the_week_pays_the_next_night(db, phone):
    with_card(phone, DECLINED)
    days(FIRST, FIRST)
    fund(phone.borrower_id, "318.00")
    days(date(2026, 4, 11), date(2026, 4, 11))
    assert phone.rows[0].state == "paid"


def test_she_is_warned_beforehand_where_neither_can_pay(db, phone):
    with_card(phone, DECLINED)
    days(date(2026, 4, 4), FIRST)
    assert len(told(phone, "installment_due")) == 2  # nothing spoke against the card
    with clock.travel(date(2026, 4, 12)):
        pay_loan(phone, yuan("318.00"), date(2026, 4, 12))
    fund(phone.borrower_id, "18.00")
    days(date(2026, 5, 5), date(2026, 5, 5))
    (warned,) = told(phone, "installment_short")
    assert "Your balance has ¥18.00 of it, and your saved card was refused last time" in warned
    fund(phone.borrower_id, "300.00")
    days(date(2026, 5, 9), date(2026, 5, 9))
    assert "Your balance pays it on that day." in told(phone, "installment_due")[-1]


def test_an_expired_or_removed_card_is_told_in_time(db, phone):
    with clock.travel(date(2026, 4, 1)):
        card = cards.save(phone.borrower_id, GOOD, "04/26", "123")
        loans.set_autopay(phone.number, phone.borrower_id, card.id)
    days(date(2026, 4, 4), date(2026, 4, 5))
    assert told(phone, "installment_short") == []
    days(date(2026, 5, 5), date(2026, 5, 5))
    assert "will have expired" in told(phone, "installment_short")[-1]
    cards.remove(phone.borrower_id, card.id)
    days(date(2026, 5, 9), date(2026, 5, 9))
    assert "was removed" in told(phone, "installment_short")[-1]


def test_a_month_late_a_longer_plan_is_offered_once(db, phone):
    run_day(date(2026, 4, 1))
    days(date(2026, 5, 9), date(2026, 5, 9))
    assert told(phone, "longer_plan") == []
    days(date(2026, 5, 10), date(2026, 5, 12))
    (offer,) = told(phone, "longer_plan")
    assert "A longer plan for" in offer
    assert kinds(db, phone).count("offered") == 1


def test_days_caught_up_offer_today_not_then(db, phone):
    run_day(date(2026, 5, 1))
    with clock.travel(date(2026, 5, 20)):
        run_day(date(2026, 5, 20))
    (offered,) = [event.on for event in phone.events if event.kind == "offered"]
    assert offered == date(2026, 5, 20)
    assert len(told(phone, "longer_plan")) == 1


def test_only_plans_whose_owner_has_something_are_opened_for_the_balance(db, phone):
    poor = make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT, received_on=BOUGHT)
    phone.autopay_card_id = poor.autopay_card_id = 1
    db.session.flush()
    fund(phone.borrower_id, "1.00")
    rule = LateRule()
    assert set(db.session.scalars(selecting.autopaid(FIRST, rule))) == {phone.id, poor.id}
    assert db.session.scalars(selecting.with_balance(FIRST, rule)).all() == [phone.id]
