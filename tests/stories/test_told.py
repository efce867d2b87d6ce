"""Who is told what, when something happens to their order, payout, dispute or plan."""

from datetime import date, timedelta
from typing import Any

import pytest

from core import clock
from finance.capital import services as capital
from finance.collections.services import run_day
from finance.loans import services as loans
from mall.accounts import queries as accounts
from mall.disputes import services as disputes
from mall.orders import returns
from mall.orders.models import Order
from mall.orders.rules import OrderState
from mall.payouts import services as payouts
from mall.wallet import services as wallet
from payments import cards
from payments.sweeps import due_ops, resolve
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.disputes import DUE, case_of, tell
from tests.factories.loans import make_loan
from tests.factories.messages import newest, subjects
from tests.factories.orders import make_order, yuan
from tests.factories.payments import ASKS, DECLINED, REFUND_FAILS
from tests.factories.people import make_admin, make_seller, make_shopper, sign_in
from tests.factories.wallet import give_balance

BOUGHT = date(2026, 3, 10)
FIRST = date(2026, 4, 10)
NO_BANK = "6222020200000002"


def _owner(order: Order) -> int:
    from core.db import db
    from mall.sellers.models import Seller

    return db.session.get_one(Seller, order.seller_id).owner_id


def test_the_shopper_hears_that_the_parcel_left(db: Any) -> None:
    order = make_order(state=OrderState.SHIPPED)
    told = newest(order.buyer_id)
    assert told.subject == f"Your order {order.number} is on its way"
    assert f"tracking number SF{order.number[2:]}" in told.body
    assert told.link == f"/account/orders/{order.number}"


def _asks_back(order: Order) -> Any:
    lines = {order.lines[0].id: 1}
    return returns.open_return(
        order.number, order.buyer_id, lines=lines, cause="damaged", note="The lid is broken."
    )


def test_a_return_is_told_to_who_decides_and_the_decision_to_who_asked(db: Any) -> None:
    order = make_order(state=OrderState.RECEIVED)
    refund = _asks_back(order)
    asked = newest(_owner(order))
    assert asked.subject == f"A return of order {order.number} is asked for"
    assert "worth ¥100.00: It came damaged." in asked.body and "The lid is broken." in asked.body
    returns.accept_return(refund.number, by="seller:1")
    given = newest(order.buyer_id)
    assert given.subject == f"¥100.00 of order {order.number} goes back to you"
    assert "was accepted" in given.body


def test_a_rejected_return_is_told_with_its_reason(db: Any) -> None:
    order = make_order(state=OrderState.RECEIVED)
    refund = _asks_back(order)
    returns.reject_return(refund.number, by="seller:1", why="It was whole when it left.")
    told = newest(order.buyer_id)
    assert told.subject == f"Your return of order {order.number} was rejected"
    assert "It was whole when it left." in told.body


def test_money_back_is_told_when_it_is_decided_and_when_it_is_there(db: Any, pile: Any) -> None:
    order = make_order()
    refund = returns.give_refund(order.number, yuan("30.00"), by="admin:1", cause="goodwill")
    with clock.travel(clock.now() + timedelta(minutes=5)):
        pile.run_due()
    assert subjects(order.buyer_id) == [
        "Your refund of ¥30.00 has arrived",
        f"¥30.00 of order {order.number} goes back to you",
    ]
    assert refund.number in newest(order.buyer_id).body


def test_a_refund_that_came_back_is_told(db: Any, pile: Any) -> None:
    order = make_order(card=REFUND_FAILS)
    returns.give_refund(order.number, yuan("30.00"), by="admin:1", cause="goodwill")
    for minutes in (5, 30, 90):
        with clock.travel(clock.now() + timedelta(minutes=minutes)):
            pile.run_due()
            resolve(due_ops())
    assert "Your refund of ¥30.00 came back" in subjects(order.buyer_id)


def test_a_seller_hears_of_a_payout(db: Any, pile: Any) -> None:
    order = make_order(state=OrderState.RECEIVED)
    asked = payouts.request_payout(order.seller_id, yuan("50.00"), key="k")
    for minutes in (1, 10, 90):
        with clock.travel(clock.now() + timedelta(minutes=minutes)):
            pile.run_due()
            resolve(due_ops())
    told = newest(_owner(order))
    assert told.subject == "Your payout of ¥50.00 is at your bank"
    assert asked.number in told.body and "1234" in told.body and "6222020000001234" not in told.body


def test_a_seller_hears_of_a_payout_that_came_back(db: Any, pile: Any) -> None:
    seller = make_seller()
    seller.payout_account = NO_BANK
    db.session.commit()
    order = make_order(seller=seller, state=OrderState.RECEIVED)
    payouts.request_payout(order.seller_id, yuan("50.00"), key="k")
    for minutes in (1, 10, 90):
        with clock.travel(clock.now() + timedelta(minutes=minutes)):
            pile.run_due()
            resolve(due_ops())
    assert newest(seller.owner_id).subject == "Your payout of ¥50.00 came back"


@pytest.mark.parametrize(
    ("account", "subject"),
    [
        ("6222020200001234", "¥20.00 of your balance is at your bank"),
        (NO_BANK, "Your withdrawal of ¥20.00 came back"),
    ],
)
def test_a_withdrawal_is_told(db: Any, pile: Any, account: str, subject: str) -> None:
    person = make_shopper()
    give_balance(person, "80.00")
    wallet.withdraw(person.id, yuan("20.00"), "k", account)
    for minutes in (1, 10, 90):
        with clock.travel(clock.now() + timedelta(minutes=minutes)):
            pile.run_due()
            resolve(due_ops())
    assert newest(person.id).subject == subject


def test_a_dispute_is_told_to_the_shop_and_the_admins(db: Any) -> None:
    admin = make_admin()
    order = make_order(state=OrderState.RECEIVED)
    tell(order, "needs_response")
    tell(order, "needs_response")  # told again by the gateway: not by us
    told = newest(_owner(order))
    assert subjects(_owner(order)).count(told.subject) == 1
    assert told.subject.startswith("A bank asks about ¥100.00")
    assert order.number in told.body and "is withheld until the bank decides" in told.body
    assert told.link == f"/seller/disputes/{case_of(order).number}"
    assert newest(admin.id).link == f"/admin/disputes/{case_of(order).number}"


def test_the_deadline_is_told_once_three_days_before(db: Any) -> None:
    order = make_order(state=OrderState.RECEIVED)
    tell(order, "needs_response")
    with clock.travel(DUE - timedelta(days=4)):
        assert disputes.remind_due() == 0
    with clock.travel(DUE - timedelta(days=2)):
        assert disputes.remind_due() == 1
        disputes.remind_due()
    number = case_of(order).number
    assert subjects(_owner(order)).count(f"Answer dispute {number} until January 1, 2035") == 1


@pytest.mark.parametrize(("verdict", "word"), [("won", "is won"), ("lost", "is lost")])
def test_the_verdict_is_told(db: Any, verdict: str, word: str) -> None:
    order = make_order(state=OrderState.RECEIVED)
    tell(order, "needs_response")
    tell(order, verdict)
    told = newest(_owner(order))
    assert told.subject == f"Dispute {case_of(order).number} {word}"
    if verdict == "lost":
        assert "Your shop bears it: A complaint about the sale is the shop's matter." in told.body


def _plan(card: str = "") -> Any:
    person = make_shopper()
    loan = make_loan(person.id, yuan("3600.00"), on=BOUGHT, received_on=BOUGHT)
    if card:
        saved = cards.save(person.id, card, "04/2029", "123")
        loans.set_autopay(loan.number, person.id, saved.id)
    return loan


def _days(first: date, last: date) -> None:
    for number in range((last - first).days + 1):
        with clock.travel(first + timedelta(number)):
            run_day(first + timedelta(number))


def test_a_borrower_is_reminded_three_times_and_told_when_it_is_late(db: Any) -> None:
    loan = _plan()
    _days(FIRST - timedelta(6), FIRST + timedelta(4))
    assert subjects(loan.borrower_id) == [
        "Your limit is 50 % of your first one now",
        f"¥318.00 of plan {loan.number} is late",
        *["¥318.00 is due on April 10, 2026"] * 3,
    ]


def test_caught_up_days_remind_nobody(db: Any) -> None:
    loan = _plan()
    _days(FIRST - timedelta(20), FIRST - timedelta(20))
    with clock.travel(FIRST + timedelta(2)):
        run_day(FIRST + timedelta(2))
    assert subjects(loan.borrower_id) == []


def test_a_card_that_said_no_is_told_with_what_follows(db: Any) -> None:
    loan = _plan(DECLINED)
    _days(FIRST, FIRST)
    told = [s for s in subjects(loan.borrower_id) if "could not be taken" in s]
    assert told == ["¥318.00 could not be taken from your card"]
    _days(FIRST + timedelta(1), FIRST + timedelta(8))
    found = [m for m in subjects(loan.borrower_id) if "could not be taken" in m]
    assert len(found) == 3  # the day itself, three days later, four days after that


def test_a_payer_whose_bank_wants_her_gets_a_link(client: Any, db: Any) -> None:
    loan = _plan(ASKS)
    _days(FIRST, FIRST)
    from core.messages.reading import messages_of

    told = next(m for m in messages_of(loan.borrower_id) if m.kind == "installment_confirm")
    assert told.subject == "Please confirm ¥318.00 with your bank"
    sign_in(client, accounts.person(loan.borrower_id))
    with clock.travel(FIRST):
        assert client.get(told.link).status_code == 200


def test_a_seller_hears_of_an_advance_and_of_one_that_was_not_granted(db: Any) -> None:
    seller = make_steady_seller()
    ship_orders(seller, 4)
    capital.draw_on_orders(seller.id, yuan("1000.00"), key="K-1")
    told = newest(seller.owner_id)
    assert told.subject == "Your advance of ¥1,000.00 is in your balance"
    answer = capital.draw_on_orders(seller.id, yuan("90000.00"), key="K-2")
    assert isinstance(answer, capital.Refused)
    told = newest(seller.owner_id)
    assert told.subject == "No advance of ¥90,000.00 for now"
    assert answer.outcome.reasons[0].text in told.body
