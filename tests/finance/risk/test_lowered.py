"""A limit that fell is told: by a decision, and by a late payment."""

from datetime import timedelta

import pytest

from core import clock
from core.messages.reading import messages_of
from finance.collections import services as nights
from finance.risk import buyer, reviews
from finance.risk.buyer import decide_buyer
from finance.risk.people import agree_to_raise, ladder_of, ladders_of
from finance.risk.seller import Questions
from finance.risk.services import as_of_now
from tests.factories.capital import make_steady_seller
from tests.factories.loans import make_decision, make_loan, pay_in_time
from tests.factories.people import make_admin, make_shopper
from tests.finance.money import yuan


def told(person_id, kind="limit_lowered"):
    return [m for m in messages_of(person_id) if m.kind == kind]


def test_grade_b_that_becomes_c_is_told_with_what_fell(db):
    person = make_shopper()
    first = make_decision(person.id, yuan("1200.00"))
    assert (first.grade, first.credit_limit) == ("B", 1_000_000) and told(person.id) == []
    second = make_decision(person.id, yuan("1200.00"), refund_rate_ppm=300_000, addresses_365=9)
    assert second.credit_limit < first.credit_limit
    (message,) = told(person.id)
    assert "less than before" in message.subject and "10,000.00" in message.body
    assert "grade B, now" in message.body
    assert "Share of what was returned" in message.body and "Addresses in a year" in message.body
    make_decision(person.id, yuan("1200.00"), refund_rate_ppm=300_000, addresses_365=9)
    assert len(told(person.id)) == 1  # the same limit again


def test_a_higher_limit_is_not_told_as_a_lower_one(db):
    person = make_shopper()
    make_decision(person.id, yuan("1200.00"), refund_rate_ppm=450_000)
    make_decision(person.id, yuan("1200.00"))
    assert told(person.id) == []


def test_the_end_of_what_a_person_granted_is_no_fall(db):
    person = make_shopper()
    _, declined = decide_buyer(person.id, yuan("2000.00"), 3)
    review = reviews.ask(declined.id, "buyer", person.id, by=person.id, wish="")
    reviews.answer(review.id, amount=yuan("2000.00"), reason="Known.", by=make_admin().id)
    granted, _ = decide_buyer(person.id, yuan("2000.00"), 3)
    assert granted.approved
    decide_buyer(person.id, yuan("2000.00"), 3)
    assert told(person.id) == []


def test_a_seller_is_told_in_chinese(db, monkeypatch):
    from core.messages import sending

    seller = make_steady_seller()
    sending.wish(seller.owner_id, "zh")
    now = as_of_now()
    Questions(seller.id, now).decide("order_advance", yuan("100.00"), yuan("200.00"))
    asked = Questions(seller.id, now)
    asked.features |= {"refund_rate_90_ppm": 600_000, "on_time_ship_90_ppm": 100_000,
                       "shop_age_days": 3, "active_days_90": 1}  # fmt: skip
    asked.decide("order_advance", yuan("100.00"), yuan("200.00"))
    (message,) = told(seller.owner_id)
    assert "低于以往" in message.subject and "人工复核" in message.body


@pytest.mark.parametrize("late_days", [3, 4])
def test_a_payment_that_became_late_halves_the_limit_and_says_so(db, late_days):
    bought = clock.today() - timedelta(60)
    person = make_shopper()
    loan = make_loan(person.id, yuan("3600.00"), on=bought, received_on=bought)
    due = loan.rows[0].due_on
    with clock.travel(due + timedelta(late_days)):
        nights.run_day(due + timedelta(late_days))
        found = told(person.id, "limit_halved")
    assert len(found) == (late_days == 4)
    if found:
        assert "from 100 % to 50 %" in found[0].body and loan.number in found[0].body


def test_many_ladders_at_once_are_each_persons_own(db):
    people = [make_shopper().id for _ in range(4)]
    for late_by in (0, 5, 0):
        pay_in_time(people[0], late_by=late_by)
    pay_in_time(people[1], late_by=9)
    pay_in_time(people[2])
    agree_to_raise(people[2], buyer.terms())
    days = (clock.today() - timedelta(60), clock.today())
    found = ladders_of(people, buyer.terms(), days)
    each = {who: [ladder_of(who, buyer.terms(), day) for day in days] for who in people}
    assert found == each
    assert [found[who][1].granted_ppm for who in people] == [250_000, 250_000, 1_500_000, 1_000_000]
