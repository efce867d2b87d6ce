"""“Pay 1,400.00 by card now, 600.00 in 3 parts”: the plan begins when the card has paid, or never."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import func, select

from core import clock
from core.db import db as database
from core.errors import InvalidInput
from finance.contracts.models import KeptContract
from finance.loans import exposure
from finance.loans import services as loans
from finance.loans.models import Claim, Loan
from finance.loans.queries import exposure_of
from finance.pay_later.models import HeldPlan
from finance.pay_later.offers import percent
from finance.pricing import current
from finance.risk import services as decisions
from finance.risk.models import Decision
from mall.checkout import expiry
from mall.checkout.models import Checkout, CheckoutPart
from mall.checkout.services import Awaiting, Declined, Placed
from mall.checkout.shares import ByCard
from mall.orders import money_back, returns
from mall.orders import services as orders
from mall.orders.models import Order
from payments import sandbox_bank
from payments import services as payments
from tests.factories.goods import make_product
from tests.factories.orders import (
    assert_clean,
    balance,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    saved_card,
)
from tests.factories.people import sign_in
from tests.factories.wallet import give_balance
from tests.finance.money import yuan
from tests.finance.pay_later.test_in_parts import START, make_regular_buyer
from tests.finance.pricing.agreeing import agree
from tests.mall.checkout.test_pages import card, form_of, hidden

SPLIT = "by-card:140000:pay_later:3"
DECLINED, ASKS = "4000000000000002", "4000002500003155"


@pytest.fixture
def newcomer(db):
    """One finished order, a basket of 2,000.00, a starter limit of 600.00."""
    found = make_regular_buyer(finished=1)
    with clock.travel(START):
        put_in_cart(found, make_product(price="2000.00", stock=3))
    return found


def at(minutes=0):
    return clock.travel(clock.start_of(START) + timedelta(hours=12, minutes=minutes))


def buy(person, number="4242424242424242", now="1400.00", **more):
    key = saved_card(person.id, number)
    return place_and_pay(person, offer_key="pay_later:3", by_card=ByCard(key, yuan(now)), **more)


def asked(person, **more) -> Awaiting:
    with at():
        answer = buy(person, ASKS, **more)
    assert isinstance(answer, Awaiting), answer
    return answer


def confirmed(answer, minutes=1):
    """The shopper says yes on the bank's page, so many minutes later, and its notice comes."""
    page = payments.view(answer.payment_id).action_url
    sandbox_bank.answer_authentication(page.rpartition("/")[2], approved=True)
    with at(minutes):
        return payments.refresh(answer.payment_id)


def loan_of(person) -> Loan | None:
    query = select(Loan).where(Loan.borrower_id == person.id)
    return database.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def used(person) -> int:
    row = exposure_of(person.id)
    return row.used if row else 0


def states(answer) -> list[tuple[str, int, str]]:
    query = select(CheckoutPart).join(Checkout, Checkout.id == CheckoutPart.checkout_id)
    rows = database.session.scalars(
        query.where(Checkout.number == answer.number)
        .order_by(CheckoutPart.position)
        .execution_options(populate_existing=True)
    )
    return [(part.method, part.amount, part.state) for part in rows]


def nothing_is_lent(person):
    assert loan_of(person) is None and used(person) == 0
    kept = select(func.count(KeptContract.id)).where(KeptContract.subject_id == person.id)
    assert database.session.scalar(kept) == 0
    assert_clean()


def words_of(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def pressed(client, page, action=SPLIT, **more):
    return client.post("/checkout", data=form_of(page) | {"action": action} | more).text


def pay_form(page, **answers):
    terms = re.search(r'name="terms-pay_later:3" value="([^"]+)"', page)
    kept = {"card_part": hidden(page, "card_part"), "terms-pay_later:3": terms[1]}
    return form_of(page, offer="pay_later:3", now_by="card", agree="y", **answers) | kept


def test_the_page_sells_it_in_one_step(db, client, newcomer):
    with at():
        sign_in(client, newcomer)
        page = client.get("/checkout").text
        assert "Pay ¥1,400.00 by card now, ¥600.00 later: Pay in 3 parts" in words_of(page)
        chosen = pressed(client, page)
        assert hidden(chosen, "seen_total") == "200000-c140000"
        assert "Which card pays ¥1,400.00 now?" in chosen
        assert "How shall the rest of ¥600.00 be paid later?" in chosen
        assert re.search(r'value="pay_later:3" checked', chosen)
        assert "cash_on_delivery" not in chosen and "mall_credit" not in chosen
        told = client.post("/checkout", data=pay_form(chosen, **card()))
        assert told.status_code == 303, words_of(told.text)
    order = database.session.scalars(select(Order).where(Order.buyer_id == newcomer.id)).all()[-1]
    loan = loan_of(newcomer)
    assert order.state == "paid" and (loan.principal, len(loan.rows)) == (60_000, 3)
    assert balance("escrow", order.number) == yuan("2000.00")
    kept = database.session.scalars(
        select(KeptContract).where(KeptContract.number == loan.number)
    ).one()
    assert kept.how == "checkbox" and kept.seen_hash == kept.hash
    assert_clean()


def test_the_page_asks_for_what_is_missing_and_goes_back_to_one_way(db, client, newcomer):
    with at():
        sign_in(client, newcomer)
        page = client.get("/checkout").text
        chosen = pressed(client, page)
        unread = pay_form(chosen, **card())
        del unread["agree"]
        assert client.post("/checkout", data=unread).status_code == 422
        no_digits = client.post("/checkout", data=pay_form(chosen))
        assert no_digits.status_code == 422 and "Please fill this in." in no_digits.text
        no_card = client.post("/checkout", data=pay_form(chosen, **card()) | {"now_by": "card:1"})
        assert no_card.status_code == 422 and "Choose a card." in no_card.text
        whole = pressed(client, chosen, "by-card:")
        assert hidden(whole, "seen_total") == "200000"
        assert "How would you like to pay?" in whole
    nothing_is_lent(newcomer)


@pytest.mark.parametrize(
    "action", ["by-card:x:pay_later:3", "by-card:200000:pay_later:3", "by-card:0:"]
)
def test_a_press_that_was_never_offered_splits_nothing(db, client, newcomer, action):
    with at():
        sign_in(client, newcomer)
        page = client.get("/checkout").text
        assert hidden(pressed(client, page, action), "seen_total") == "200000"


def test_more_than_the_limit_is_refused_whatever_the_form_says(db, newcomer):
    with at():
        answer = buy(newcomer, now="1300.00")
    assert isinstance(answer, Declined) and answer.reasons[0].code
    assert states(answer) == [("card", 130_000, "void"), ("pay_later", 70_000, "void")]
    assert payments.payment_for(f"checkout:{answer.number}") is None
    nothing_is_lent(newcomer)


@pytest.mark.parametrize("offer_key", ["cash_on_delivery", "bank_transfer", "mall_credit:line"])
def test_only_a_plan_waits_for_a_card(db, newcomer, offer_key):
    key = saved_card(newcomer.id)
    with at(), pytest.raises(InvalidInput):
        place_and_pay(newcomer, offer_key=offer_key, by_card=ByCard(key, yuan("100.00")))
    with at(), pytest.raises(InvalidInput):
        first = ByCard("pay_later:3", yuan("100.00"))
        place_and_pay(newcomer, offer_key="pay_later:3", by_card=first)
    for amount in ("0.00", "2000.00", "2001.00"):
        with at(), pytest.raises(InvalidInput):
            first = ByCard(key, yuan(amount))
            place_and_pay(newcomer, offer_key="pay_later:3", by_card=first)


def test_a_declined_card_lends_nothing_and_the_limit_is_free_at_once(db, newcomer):
    with at():
        answer = buy(newcomer, DECLINED)
        assert isinstance(answer, Declined)
    assert states(answer) == [("card", 140_000, "void"), ("pay_later", 60_000, "void")]
    nothing_is_lent(newcomer)
    with at(1):
        assert isinstance(buy(newcomer), Placed)
    assert loan_of(newcomer).principal == 60_000


def test_balance_card_and_plan_pay_one_order_and_get_it_back_in_reverse(db, newcomer):
    with at():
        give_balance(newcomer, "400.00")
        answer = buy(newcomer, now="1000.00", wallet=yuan("400.00"))
    assert states(answer) == [
        ("wallet", 40_000, "paid"),
        ("card", 100_000, "paid"),
        ("pay_later", 60_000, "paid"),
    ]
    (order,) = orders_of_answer(answer)
    with at(5):
        first = returns.give_refund(order.number, yuan("700.00"), by="mall", cause="late")
    assert money_back.in_words(money_back.went_to(first)) == (
        "¥100.00 to your Visa ending in 4242, ¥600.00 off your plan."
    )
    assert (loan_of(newcomer).state, used(newcomer)) == ("void", 0)
    with at(6):
        returns.give_refund(order.number, yuan("1300.00"), by="mall", cause="late")
        assert balance("wallet", newcomer.id) == yuan("400.00")
        assert_clean()


def test_while_the_bank_asks_the_limit_is_held_and_the_order_says_so(db, client, newcomer):
    answer = asked(newcomer)
    assert (loan_of(newcomer), used(newcomer)) == (None, 60_000)
    assert states(answer) == [("card", 140_000, "waiting"), ("pay_later", 60_000, "held")]
    assert_clean()
    (order,) = orders_of_answer(answer)
    with at(1):
        sign_in(client, newcomer)
        page = words_of(client.get(f"/account/orders/{order.number}").text)
        assert "¥600.00: Pay in 3 parts, as you agreed." in page
        assert client.get(f"/checkout/{answer.number}").status_code == 200
    assert confirmed(answer, 2).state == "succeeded"
    loan = loan_of(newcomer)
    assert (loan.principal, loan.state, used(newcomer)) == (60_000, "active", 60_000)
    assert balance("escrow", order.number) == yuan("2000.00")
    with at(3):
        page = words_of(client.get(f"/account/orders/{order.number}").text)
        assert loan.number in page and "as you agreed" not in page
    assert_clean()


def test_the_hold_ends_with_the_checkout(db, client, newcomer):
    answer = asked(newcomer)
    with at(16):
        assert expiry.give_up_overdue() == 1
        nothing_is_lent(newcomer)
        sign_in(client, newcomer)
        (order,) = orders_of_answer(answer)
        assert client.get(f"/account/orders/{order.number}").status_code == 200


def test_who_pays_in_another_way_frees_it_and_a_late_yes_buys_nothing(db, newcomer, pile):
    answer = asked(newcomer)
    with at(1):
        expiry.give_up(answer.number, newcomer.id)
    nothing_is_lent(newcomer)
    confirmed(answer, 2)
    with at(3):
        pile.run_due()
    assert payments.view(answer.payment_id).refunded == yuan("1400.00")
    nothing_is_lent(newcomer)


def test_a_card_that_pays_too_late_begins_the_plan_if_it_is_granted_again(db, newcomer):
    answer = asked(newcomer)
    with at(16):
        expiry.give_up_overdue()
    confirmed(answer, 20)
    loan = loan_of(newcomer)
    assert (loan.principal, used(newcomer)) == (60_000, 60_000)
    asked_twice = select(func.count(Decision.id)).where(Decision.ref == answer.number)
    assert database.session.scalar(asked_twice) == 2
    assert states(answer) == [("card", 140_000, "paid"), ("pay_later", 60_000, "paid")]
    assert_clean()


def test_a_card_that_pays_too_late_goes_back_when_the_plan_is_refused(db, newcomer, pile):
    answer = asked(newcomer)
    with at(31):
        assert exposure.release_expired() == 1  # the limit is not kept for longer
        loans.pause_credit(newcomer.id, 30)
    confirmed(answer, 40)
    with at(41):
        pile.run_due()
    checkout = database.session.scalars(
        select(Checkout).where(Checkout.number == answer.number)
    ).one()
    assert checkout.state == "given_up" and checkout.reasons[0]["code"] == "RB13"
    assert payments.view(answer.payment_id).refunded == yuan("1400.00")
    kept = select(Decision).where(Decision.ref == answer.number).order_by(Decision.id)
    granted, refused = database.session.scalars(kept)  # both on record
    assert granted.approved and not refused.approved
    assert decisions.replay(granted.id).same and decisions.replay(refused.id).same
    nothing_is_lent(newcomer)


def test_a_plan_held_over_midnight_is_the_one_that_was_agreed_to(db, newcomer):
    with clock.travel(clock.start_of(START + timedelta(1)) - timedelta(minutes=2)):
        answer = buy(newcomer, ASKS)
        agreed = database.session.scalars(select(HeldPlan)).one()
    page = payments.view(answer.payment_id).action_url
    sandbox_bank.answer_authentication(page.rpartition("/")[2], approved=True)
    with clock.travel(clock.start_of(START + timedelta(1)) + timedelta(minutes=2)):
        payments.refresh(answer.payment_id)
    loan = loan_of(newcomer)
    assert (loan.number, loan.began_on, agreed.on) == (agreed.loan_number, START, START)
    assert_clean()


def test_a_price_changed_meanwhile_is_for_the_next_plan(db, newcomer):
    answer = asked(newcomer)
    with at(1):
        before = current.of_product("installments", "CN", "CNY")
        agree("installments", replace(before, prices={"*": 6_000}))
    confirmed(answer, 2)
    assert percent(loan_of(newcomer).apr_ppm) == "8.98 %"
    assert_clean()


def test_what_was_agreed_stays_against_raw_sql(db, newcomer):
    asked(newcomer)
    with pytest.raises(Exception, match=r"held_plan"):
        database.session.execute(HeldPlan.__table__.update().values(code="24"))
    database.session.rollback()


def test_cancelled_before_it_is_sent_all_goes_back(db, newcomer):
    with at():
        answer = buy(newcomer)
    (order,) = orders_of_answer(answer)
    with at(5):
        orders.cancel(order.number, by="shopper", reason="no longer wanted")
    payment = payments.payment_for(f"checkout:{answer.number}")
    assert payments.view(payment.id).refunded == yuan("1400.00")
    assert (loan_of(newcomer).state, used(newcomer)) == ("void", 0)
    assert database.session.scalars(select(Claim)).one().state == "released"
    with at(5):
        assert_clean()
