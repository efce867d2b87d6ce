"""A plan beside a card when several things happen at one moment, with real threads and commits."""

from datetime import timedelta
from types import SimpleNamespace

from sqlalchemy import select

from core import clock
from core.db import db as database
from finance.loans import services as loans
from finance.loans.models import Loan
from finance.loans.queries import exposure_of
from mall.checkout import expiry
from mall.checkout.models import Checkout
from mall.checkout.services import Awaiting
from mall.checkout.shares import ByCard
from payments import sandbox_bank
from payments import services as payments
from tests.factories.goods import make_product
from tests.factories.lines import make_line
from tests.factories.orders import assert_clean, place_and_pay, put_in_cart, saved_card
from tests.finance.money import yuan
from tests.finance.pay_later.test_in_parts import make_regular_buyer
from tests.mall.wallet.test_at_once import at_once

ASKS = "4000002500003155"


def newcomer(app, card="4242424242424242"):
    """A starter limit of 600.00 and a basket of 2,000.00."""
    with app.app_context():
        person = make_regular_buyer(finished=1, on=clock.today())
        put_in_cart(person, make_product(price="2000.00", stock=20))
        known = SimpleNamespace(id=person.id, card=saved_card(person.id, card))
        database.session.commit()
        database.session.remove()
    return known


def buy(person, key):
    first = ByCard(person.card, yuan("1400.00"))
    return place_and_pay(person, offer_key="pay_later:3", by_card=first, key=key)


def ended(app, person):
    """(states of the checkouts, principal lent, limit used), and that all invariants hold."""
    with app.app_context():
        rows = database.session.scalars(select(Checkout).where(Checkout.buyer_id == person.id))
        found = sorted(c.state for c in rows if c.total == 200_000)
        lent = [x.principal for x in database.session.scalars(select(Loan))]
        assert_clean()
        return found, lent, exposure_of(person.id).used


def waiting(app, person) -> Awaiting:
    with app.app_context():
        answer = buy(person, "once")
        page = payments.view(answer.payment_id).action_url
        sandbox_bank.answer_authentication(page.rpartition("/")[2], approved=True)
        database.session.commit()
        database.session.remove()
    return answer


def test_two_devices_do_not_both_get_the_last_of_the_limit(committed_app):
    person = newcomer(committed_app)
    said = at_once(committed_app, lambda: buy(person, "phone"), lambda: buy(person, "desk"))
    assert said == ["ok", "ok"]
    assert ended(committed_app, person) == (["given_up", "paid"], [60_000], 60_000)


def test_two_tabs_of_one_page_are_one_checkout(committed_app):
    person = newcomer(committed_app)
    said = at_once(committed_app, *[lambda: buy(person, "same")] * 4)
    assert said == ["ok"] * 4
    assert ended(committed_app, person) == (["paid"], [60_000], 60_000)


def test_four_notices_begin_one_plan(committed_app):
    person = newcomer(committed_app, ASKS)
    answer = waiting(committed_app, person)
    at_once(committed_app, *[lambda: payments.refresh(answer.payment_id)] * 4)
    assert ended(committed_app, person) == (["paid"], [60_000], 60_000)


def test_the_notice_and_the_end_of_the_hold_at_one_moment(committed_app):
    """Whichever is first: the card pays, and the plan begins, held still or granted again."""
    person = newcomer(committed_app, ASKS)
    answer = waiting(committed_app, person)
    with clock.travel(clock.now() + timedelta(minutes=16)):
        said = at_once(
            committed_app,
            lambda: payments.refresh(answer.payment_id),
            expiry.give_up_overdue,
            loans.release_expired,
        )
        assert said == ["ok"] * 3
        assert ended(committed_app, person) == (["paid"], [60_000], 60_000)


def test_a_pause_of_credit_and_the_notice_of_a_hold_that_ended(committed_app):
    """The plan begins before the pause, or it does not and the card's money is the shopper's."""
    person = newcomer(committed_app, ASKS)
    answer = waiting(committed_app, person)
    with clock.travel(clock.now() + timedelta(minutes=16)):
        with committed_app.app_context():
            assert expiry.give_up_overdue() == 1
            database.session.remove()
        at_once(
            committed_app,
            lambda: payments.refresh(answer.payment_id),
            lambda: loans.pause_credit(person.id, 30),
        )
        found = ended(committed_app, person)
    assert found in ((["paid"], [60_000], 60_000), (["given_up"], [], 0))


def test_plans_the_line_and_a_plan_beside_a_card_share_one_limit(committed_app):
    """4,000.00 four ways at one moment against 10,000.00 in all: two are granted."""
    with committed_app.app_context():
        person = make_regular_buyer(finished=6, on=clock.today())
        make_line(person)
        put_in_cart(person, make_product(price="4000.00", stock=20))
        known = SimpleNamespace(id=person.id, card=saved_card(person.id))
        database.session.commit()
        database.session.remove()
    first = ByCard(known.card, yuan("10.00"))
    ways = [
        {"offer_key": "pay_later:24"},
        {"offer_key": "pay_later:12"},
        {"offer_key": "mall_credit:line"},
        {"offer_key": "pay_later:24", "by_card": first},
    ]
    acts = [
        lambda way=way, key=key: place_and_pay(known, key=f"way-{key}", **way)
        for key, way in enumerate(ways)
    ]
    assert at_once(committed_app, *acts) == ["ok"] * 4
    with committed_app.app_context():
        rows = database.session.scalars(select(Checkout).where(Checkout.buyer_id == known.id))
        states = sorted(c.state for c in rows if c.total == 400_000)
        assert states == ["given_up", "given_up", "paid", "paid"]
        assert exposure_of(known.id).used in (800_000, 799_000)
        assert_clean()
