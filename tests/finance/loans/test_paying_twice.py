"""A payment counts once: double clicks, two at one moment, and paying after the loss."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest

from core import clock, ids
from core.db import db as database
from core.use_case import use_case
from finance.collections.services import run_day
from finance.loans import paying
from finance.loans import services as loans
from finance.loans.models import Loan
from ledger import book
from ledger.accounts import account
from ledger.entries import Journal, Transfer
from payments import cards
from payments import services as payments
from tests.factories.ledger import declare
from tests.factories.loans import make_loan, pay_loan
from tests.factories.orders import assert_clean
from tests.factories.owner import without_orders
from tests.factories.payments import DECLINED, GOOD, LATE, make_card
from tests.factories.people import make_shopper, sign_in
from tests.finance.money import yuan

declare("test.gift", "capital > wallet")
BOUGHT, FIRST, LOST = date(2026, 3, 10), date(2026, 4, 10), date(2026, 8, 10)


@use_case
def fund(person_id, amount):
    """Put `amount` into a person's wallet."""
    gift = Transfer(account("capital"), account("wallet", person_id), yuan(amount), "gift")
    book.post(Journal(ids.code("G"), "test.gift", str(person_id), clock.today(), (gift,)))


def phone_of(buyer):
    return make_loan(buyer.id, yuan("3600.00"), on=BOUGHT, received_on=BOUGHT)


def paid(loan):
    return sum(row.principal_paid + row.fee_paid for row in loan.rows)


def test_a_double_click_pays_one_row_from_the_wallet(db):
    buyer = make_shopper()
    loan = phone_of(buyer)
    fund(buyer.id, "1000.00")
    with clock.travel(FIRST):
        first = paying.pay_from_wallet(loan.number, buyer.id, key="K-1")
        again = paying.pay_from_wallet(loan.number, buyer.id, key="K-1")
    db.session.expire_all()
    assert first == again == yuan("318.00")
    assert paid(loan) == 318_00
    assert book.balance(account("wallet", buyer.id), "CNY") == yuan("682.00")
    assert_clean()


def test_four_clicks_at_once_pay_one_row_from_the_wallet(committed_app):
    with committed_app.app_context():
        buyer = make_shopper()
        with without_orders():
            number, buyer_id = phone_of(buyer).number, buyer.id
        fund(buyer_id, "1000.00")
        database.session.remove()
    start = Barrier(4)

    def click(_):
        with committed_app.app_context(), clock.travel(FIRST):
            start.wait()
            try:
                return paying.pay_from_wallet(number, buyer_id, key="K-1")
            finally:
                database.session.remove()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(click, range(4))) == {yuan("318.00")}
    with committed_app.app_context():
        loan = database.session.scalars(database.select(Loan)).one()
        assert paid(loan) == 318_00
        assert book.balance(account("wallet", buyer_id), "CNY") == yuan("682.00")
        assert_clean()


@pytest.fixture
def lost(db):
    """A phone of 3,600.00 of which nothing was paid, four months after its first day."""
    loan = phone_of(make_shopper())
    with clock.travel(LOST):
        run_day(LOST)
    db.session.expire_all()
    assert loan.charged_off_on == LOST
    return loan


def test_the_payoff_ends_a_lost_plan_too(db, lost):
    quote = paying.payoff_of(lost).amount
    assert lost.late_fee_owed == yuan("14.93")
    assert quote == yuan(
        "3704.93"
    )  # with 3,600.00 and five fees of 18.00; the others never fall due
    pay_loan(lost, quote, LOST, settle=True)
    db.session.expire_all()
    assert lost.state == "paid"
    assert_clean()


def test_fees_paid_on_a_lost_plan_before_their_day_are_earned(db, lost):
    pay_loan(lost, yuan("3816.00"), LOST)
    db.session.expire_all()
    assert all(row.accrued_on for row in lost.rows)
    assert_clean()


@pytest.mark.parametrize("length", [33, 300])
def test_a_key_that_fits_no_column_is_refused_before_the_card_is_asked(client, length):
    buyer = make_shopper()
    loan = phone_of(buyer)
    make_card(buyer.id, DECLINED)
    sign_in(client, buyer)
    form = {"key": "K" * length, "way": f"card:{cards.of(buyer.id)[0].id}"}
    assert client.post(f"/account/credit/{loan.number}/pay", data=form).status_code == 422


def test_a_refusal_is_remembered_whatever_key_the_form_had(client, db):
    buyer = make_shopper()
    loan = phone_of(buyer)
    make_card(buyer.id, DECLINED)
    sign_in(client, buyer)
    form = {"key": "K" * 32, "way": f"card:{cards.of(buyer.id)[0].id}"}
    assert client.post(f"/account/credit/{loan.number}/settle", data=form).status_code == 303
    assert [event.kind for event in loan.events][-1] == "refused"


@pytest.fixture
def paying_late(db):
    """A plan on autopay whose row of the day is being paid by a card that answers a minute later."""
    buyer = make_shopper()
    loan = phone_of(buyer)
    late = make_card(buyer.id, LATE)
    make_card(buyer.id, GOOD)
    loans.set_autopay(loan.number, buyer.id, cards.of(buyer.id)[0].id)
    with clock.travel(FIRST):
        payment = paying.pay_by_card(loan.number, buyer.id, source=late, key="K-1")
        assert payments.refresh(payment.id).state == "processing"
    return loan, payment


def test_autopay_waits_while_she_pays_the_row_herself(db, pile, paying_late):
    loan, payment = paying_late
    with clock.travel(FIRST):
        run_day(FIRST)
    with clock.travel(FIRST + timedelta(days=1)):
        payments.refresh(payment.id)
        run_day(FIRST + timedelta(days=1))
    db.session.expire_all()
    assert paid(loan) == 318_00


def test_another_tab_cannot_pay_a_row_that_is_being_paid(db, paying_late):
    loan, _ = paying_late
    with clock.travel(FIRST), pytest.raises(paying.PayingAlready):
        paying.pay_by_card(loan.number, loan.borrower_id, source="", key="K-2")
    fund(loan.borrower_id, "1000.00")
    with clock.travel(FIRST), pytest.raises(paying.PayingAlready):
        paying.pay_from_wallet(loan.number, loan.borrower_id, key="K-3")
