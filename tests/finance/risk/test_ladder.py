"""Limits of shoppers: up by half for payments in time and a yes, halved at once by a late one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.db import db as database
from core.errors import InvalidInput
from finance.loans import services as loans
from finance.products import CN
from finance.risk import born, ladder, people
from finance.risk.buyer import Questions, standing
from finance.risk.ladder import AGREED, CLEAN, LATE, Event, Rules
from finance.risk.models import LimitRaise
from finance.risk.people import NothingToRaise
from tests.factories.loans import pay_in_time
from tests.factories.owner import without_orders
from tests.factories.people import make_shopper, sign_in
from tests.finance.money import yuan
from tests.finance.pay_later.test_in_parts import make_regular_buyer

DAY = date(2026, 1, 1)
RULES = Rules()


def paid(*days, each=10_000):
    return [Event(CLEAN, DAY + timedelta(day), each) for day in days]


def rung(events):
    found = ladder.fold(events, RULES)
    return found.granted_ppm, found.earned_ppm


def test_three_payments_in_time_earn_half_more_and_a_yes_grants_it():
    assert rung(paid(1, 31)) == (1_000_000, 1_000_000)
    assert rung(paid(1, 31, 61)) == (1_000_000, 1_500_000)
    assert rung([*paid(1, 31, 61), Event(AGREED, DAY + timedelta(70))]) == (1_500_000, 1_500_000)


def test_a_late_one_halves_at_once_and_what_was_earned_is_gone():
    late = Event(LATE, DAY + timedelta(65))
    assert rung([*paid(1, 31, 61), late]) == (500_000, 500_000)
    assert rung([*paid(1, 31, 61), late, late, late]) == (250_000, 250_000)  # never below a quarter
    later = paid(95, 125, 155)
    assert rung([*paid(1, 31, 61), late, *later]) == (500_000, 750_000)


def test_growth_is_capped_and_slow():
    many = paid(*range(1, 800, 30))
    yes = [Event(AGREED, DAY + timedelta(801))]
    assert rung([*many, *yes]) == (2_500_000, 2_500_000)
    at_once = paid(*[1] * 12)  # a plan of twelve paid off in a day
    assert rung(at_once) == (1_000_000, 1_500_000)


def test_small_plans_are_no_cycle():
    """Three of 10.00 earn nothing; of a plan of one payment the last is a cycle if it is 200.00."""
    assert rung(paid(1, 31, 61, each=1_000)) == (1_000_000, 1_000_000)
    assert rung([Event(CLEAN, DAY, 20_000, ends=True)]) == (1_000_000, 1_500_000)
    assert rung([Event(CLEAN, DAY, 19_999, ends=True)]) == (1_000_000, 1_000_000)


_events = st.builds(
    Event,
    st.sampled_from([LATE, CLEAN, AGREED]),
    st.dates(DAY, DAY + timedelta(900)),
    st.integers(0, 90_000),
    st.booleans(),
)


@given(st.lists(_events, max_size=40))
def test_it_never_rises_without_a_yes(events):
    days = sorted({event.on for event in events})
    before = 1_000_000
    for day in days:
        today = [event for event in events if event.on <= day]
        now = rung(today)[0]
        agreed = any(e.kind == AGREED and e.on == day for e in events)
        assert now <= before or agreed
        assert 250_000 <= now <= rung(today)[1] <= 2_500_000
        before = now


def limit_of(person_id):
    return standing(person_id, "CNY").limit


def test_the_limit_follows_what_was_paid(db):
    person = make_regular_buyer(on=clock.today())
    first = limit_of(person.id)
    assert first == CN.limits["B"]
    pay_in_time(person.id)
    assert limit_of(person.id) == first
    people.agree_to_raise(person.id, CN)
    assert limit_of(person.id) == first * 3 // 2
    with pytest.raises(NothingToRaise):
        people.agree_to_raise(person.id, CN)


def test_a_late_payment_halves_it_and_says_so(db):
    person = make_regular_buyer(on=clock.today())
    pay_in_time(person.id, late_by=4)
    asked = Questions(person.id, yuan("2000.00"), clock.now())
    assert asked.person["granted_ppm"] == 250_000  # halved three times, and no lower
    outcome = asked.preview(12)
    first = CN.limits[outcome.grade]
    assert outcome.limit == first // 4
    reasons = {why.code: why for why in outcome.reasons}
    assert reasons["RB04"].text == (
        "A past payment was 4 days late; your limit is 25 % of the first one."
    )


def test_ten_presses_at_once_agree_once(committed_app):
    with committed_app.app_context():
        person_id = make_shopper().id
        with without_orders():
            pay_in_time(person_id)
        database.session.remove()
    start = Barrier(10)

    def agree(_):
        with committed_app.app_context():
            start.wait()
            try:
                return people.agree_to_raise(person_id, CN).to_ppm
            except NothingToRaise:
                return None
            finally:
                database.session.remove()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(agree, range(10)))
    assert sorted(a for a in answers if a) == [1_500_000]
    with committed_app.app_context():
        assert len(database.session.scalars(database.select(LimitRaise)).all()) == 1


def test_a_person_says_once_when_they_were_born(db, client):
    person = make_shopper(born_on=None)
    sign_in(client, person)
    page = client.get("/account/credit").text
    assert "We do not know yet whether you are 18 or older." in page
    assert client.post("/account/credit/born", data={"born_on": "2999-01-01"}).status_code == 422
    assert client.post("/account/credit/born", data={"born_on": "1990-05-20"}).status_code == 303
    assert born.of(person.id) == date(1990, 5, 20)
    people.say_born(person.id, date(1980, 1, 1))
    assert born.of(person.id) == date(1990, 5, 20)
    assert "When were you born" not in client.get("/account/credit").text


def test_who_is_seventeen_reads_so_and_waits(db):
    today = date(2026, 6, 1)
    born = date(2008, 6, 2)
    person = make_shopper(born_on=born)
    assert people.of_age(person.id, 18, today) is False
    assert people.of_age(person.id, 18, today + timedelta(1)) is True
    assert people.of_age(person.id, 21, today + timedelta(1)) is False
    assert people.of_age(make_shopper(born_on=None).id, 18, today) is None
    with pytest.raises(InvalidInput):
        people.say_born(1, date(1800, 1, 1))


def test_the_decision_keeps_that_they_are_of_age_and_not_their_birthday(db):
    person = make_shopper(born_on=date(1990, 5, 20))
    inputs = Questions(person.id, yuan("100.00"), clock.now()).about(3).inputs
    assert inputs["person"]["of_age"] is True
    assert "1990" not in str(inputs)


def test_a_higher_own_ceiling_counts_after_a_day(db):
    person = make_regular_buyer(on=clock.today())
    assert loans.set_ceiling(person.id, yuan("500.00")) is None
    assert limit_of(person.id) == 50_000
    later = loans.set_ceiling(person.id, yuan("800.00"))
    assert later == clock.now() + timedelta(hours=24) or later > clock.now()
    assert limit_of(person.id) == 50_000
    assert loans.set_ceiling(person.id, yuan("800.00")) == later  # said again, the clock goes on
    with clock.travel(later):
        assert limit_of(person.id) == 80_000
        assert loans.set_ceiling(person.id, None) is not None
        assert limit_of(person.id) == 80_000
        assert loans.set_ceiling(person.id, yuan("300.00")) is None  # lower, at once; none waits
        assert limit_of(person.id) == 30_000
    with clock.travel(later + timedelta(days=3)):
        assert limit_of(person.id) == 30_000


def test_a_pause_ends_tomorrow_not_today(db):
    person, today = make_shopper(), clock.today()
    assert loans.pause_credit(person.id, 30) == today + timedelta(30)
    assert loans.pause_credit(person.id, 60) == today + timedelta(60)
    assert loans.pause_credit(person.id, 0) == today + timedelta(1)
    assert loans.pause_credit(make_shopper().id, 0) is None


def test_the_page_shows_the_rung_and_the_raise(db, client):
    person = make_regular_buyer(on=clock.today())
    pay_in_time(person.id)
    sign_in(client, person)
    assert "may become 15,000.00" in client.get("/account/credit").text.replace("¥", "")
    assert client.post("/account/credit/raise").status_code == 303
    page = client.get("/account/credit").text
    assert "150 % of the first one" in page.replace("150.00 %", "150 %")
    client.post("/account/credit/limits", data={"ceiling": "500.00", "pause_days": ""})
    client.post("/account/credit/limits", data={"ceiling": "900.00", "pause_days": ""})
    assert "Until then" in client.get("/account/credit").text
