"""Whatever way to pay is plugged in: paid at once, declined with reasons, and one click at a time."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from core import clock, jobs
from core.db import db as database
from core.money import Money
from ledger import book
from ledger.accounts import account
from ledger.entries import Journal, Transfer
from mall.checkout import showing
from mall.checkout.models import Checkout
from mall.checkout.services import Declined, Placed
from mall.orders import returns
from mall.orders import services as orders
from mall.ports import payment_methods
from mall.ports.payment_methods import (
    CheckoutToPay,
    GiveBack,
    GivenBack,
    Offer,
    Outcome,
    Reason,
    Row,
)
from payments.models import Payment
from tests.factories.goods import make_product
from tests.factories.ledger import declare, more_in
from tests.factories.orders import (
    assert_clean,
    balance,
    move,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    saved_card,
    yuan,
)
from tests.factories.people import make_seller, make_shopper, sign_in


@dataclass
class Friend:
    """Pays orders up to 100.00 out of the mall's capital, in two payments; takes refunds back."""

    key: str = "friend"
    heard: list[Any] = field(default_factory=list)

    def offers(self, checkout: CheckoutToPay) -> list[Offer]:
        half, fee = checkout.total.split([1, 1]), yuan("1.00")
        rows = tuple(Row(n, date(2027, n, 5), part, fee) for n, part in enumerate(half, 1))
        whole = checkout.total + yuan("2.00")
        return [Offer("friend:2", "From a friend", "", whole, "friend", 60_000, yuan("2.00"), rows)]

    def hint(self, buyer_id: int | None, price: Money) -> str:
        return ""

    def pay(self, checkout: CheckoutToPay, offer_key: str, details: dict[str, Any]) -> Outcome:
        if checkout.total > yuan("100.00"):
            why = Reason("F01", "That is more than a friend lends.", "Buy for 100.00 or less.")
            return payment_methods.Declined((why,), counter="card")
        moves = [
            Transfer(account("capital"), account("escrow", o.number), o.total)
            for o in checkout.orders
        ]
        key = f"friend:{checkout.number}"
        book.post(Journal(key, "test.friend_paid", checkout.number, checkout.on, tuple(moves)))
        return payment_methods.Paid(key)

    def give_back(self, wanted: GiveBack) -> GivenBack:
        """The friend's money goes home; 1.00 of it is the shopper's, and the seller adds 0.50."""
        promised = account("refund_payable", wanted.refund_number)
        home = wanted.amount - yuan("1.00") + yuan("0.50")
        return GivenBack(
            (Transfer(promised, account("capital"), home),),
            to_wallet=yuan("1.00"),
            seller_pays=yuan("0.50"),
        )

    def paused(self, payment_ref: str, order_number: str, amount: Money, pause: bool) -> None:
        self.heard.append((order_number, amount, pause))

    def received(self, payment_ref: str, order_number: str, on: date) -> None:
        self.heard.append((order_number, "received"))


declare("test.friend_paid", "capital > escrow")


@pytest.fixture
def friend(db: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Friend]:
    """Plugged in for one test."""
    more_in(monkeypatch, "order.refunded", "refund_payable > capital")
    friend = Friend()
    payment_methods.plug(friend)
    yield friend
    del payment_methods._registry.methods["friend"]


def buyer_of(price: str) -> Any:
    buyer = make_shopper()
    put_in_cart(buyer, make_product(make_seller(), price))
    return buyer


def test_an_order_paid_at_once_goes_its_way_and_back(db: Any, friend: Friend) -> None:
    answer = place_and_pay(buyer_of("80.00"), offer_key="friend:2")
    assert isinstance(answer, Placed)
    order = orders_of_answer(answer)[0]
    assert (order.state, order.paid_with) == ("paid", "friend:2")
    move(order, "delivered")
    lines = {order.lines[0].id: 1}
    refund = returns.open_return(order.number, order.buyer_id, lines=lines, cause="damaged")
    returns.reject_return(refund.number, by="mall", why="no")
    orders.confirm_receipt(order.number, order.buyer_id)
    refund = returns.give_refund(order.number, yuan("40.00"), by="mall", cause="late")

    assert (refund.state, refund.extra) == ("settled", 50)  # no card has to answer
    assert balance("wallet", order.buyer_id) == yuan("1.00")
    # 76.00, less 38.00 and the 0.50 on top
    assert balance("seller_payable", order.seller_id) == yuan("37.50")
    assert friend.heard == [
        (order.number, yuan("80.00"), True),
        (order.number, yuan("80.00"), False),
        (order.number, "received"),
    ]
    assert_clean()


def test_a_no_is_kept_with_its_reasons_and_answered_the_same_again(db: Any, friend: Friend) -> None:
    buyer = buyer_of("120.00")
    first = place_and_pay(buyer, offer_key="friend:2", key="K")
    again = place_and_pay(buyer, offer_key="friend:2", key="K")

    assert isinstance(first, Declined) and first == again
    assert first.reasons == (
        Reason("F01", "That is more than a friend lends.", "Buy for 100.00 or less."),
    )
    assert first.counter == "card"
    order = orders_of_answer(first)[0]
    assert (order.state, order.cancel_reason) == ("canceled", first.reasons[0].text)
    assert_clean()


def test_the_page_shows_the_plan_and_wants_consent_before_it_lends(
    client: Any, friend: Friend
) -> None:
    from tests.mall.checkout.test_pages import form_of

    buyer = buyer_of("100.00")
    sign_in(client, buyer)
    page = client.get("/checkout").text
    for word in ("¥51.00 × 2", "6.00 %", "¥2.00", "¥102.00", "5 Jan 2027", "5 Feb 2027"):
        assert word in page, word
    assert page.index('value="card"') < page.index('value="friend:2"')
    assert "checked" in page[page.index('value="card"') :][:40]  # paying now is preselected

    refused = client.post("/checkout", data=form_of(page, offer="friend:2"))
    assert refused.status_code == 422 and "agree first" in refused.text
    done = client.post("/checkout", data=form_of(page, offer="friend:2", agree="y"))
    assert "Thank you" in client.get(done.location).text
    assert_clean()


def test_ways_that_are_closed_for_the_same_reasons_are_said_once() -> None:
    no = (Reason("RB02", "You are new here."),)
    offers = [Offer(f"p:{n}", f"{n} parts", "", yuan("9.00"), "p", reasons=no) for n in (3, 6)]
    said = {"labels": "3 parts, 6 parts", "reasons": list(no), "split": None}
    assert showing.closed_ways(offers) == [said]
    assert showing.compare_rows(offers) == []


def test_eight_clicks_at_the_same_moment_are_one_checkout(committed_app: Any) -> None:
    with committed_app.app_context():
        buyer: Any = SimpleNamespace(id=buyer_of("50.00").id)
        card, today = saved_card(buyer.id), clock.now()
        database.session.remove()
    said, gate = [], threading.Barrier(8)

    def click() -> None:
        with committed_app.app_context(), jobs.in_this_process(), clock.travel(today):
            gate.wait()
            said.append(place_and_pay(buyer, offer_key=card, key="K").number)
            database.session.remove()

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(said) == 8 and len(set(said)) == 1
    with committed_app.app_context():
        for kind in (Checkout, Payment):
            assert database.session.scalar(select(func.count()).select_from(kind)) == 1
        assert_clean()
        database.session.remove()
