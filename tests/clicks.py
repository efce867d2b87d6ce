"""Every form that moves money or goods or makes a promise: who sends it, where, and with what in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask

from core.forms import new_key
from mall.orders import returns
from mall.orders import services as orders
from mall.orders.models import Order
from payments import cards
from tests.factories.capital import make_steady_seller
from tests.factories.goods import make_product
from tests.factories.orders import ADDRESS, orders_of_answer, place_and_pay, put_in_cart
from tests.factories.people import make_shopper, sign_in
from tests.test_route_walk import World, make_world

Form = dict[str, str]
Sent = tuple[Any, str, Form]  # who, where, what

# What a form does that no key counts, and why a second click does no harm there.
UNCOUNTED = {
    "account.address": "the same words again",
    "account.new_address": "one more address in the book, removed with a click",
    "account.password": "the second one no longer knows the present password",
    "account.remove_address": "it is gone already",
    "accounts.sign_in": "signed in already",
    "accounts.sign_out": "signed out already",
    "accounts.sign_up": "the e-mail address is taken then",
    "cards.add": "the same card once more, removed with a click; nothing is charged",
    "cards.remove": "it is gone already",
    "cart.add": "a wish, not a promise: the cart shows two, and checkout asks again",
    "cart.change": "the same quantity again",
    "consents.give": "given already",
    "consents.revoke": "revoked already",
    "desk.replay": "reads kept inputs, changes nothing",
    "feedback.ask": "a question asked twice is answered twice",
    "feedback.favorite": "a heart, on or off",
    "messages.language": "sets one choice",
    "messages.read": "read already",
    "messages.read_all": "read already",
    "office.run_audit": "reads the book, changes nothing",
    "office_api_keys.make": "the name is taken then; a kept answer would keep the secret",
    "office_api_keys.revoke": "revoked already",
    "office_money.set_rate": "the same rate from the same day again",
    "office_money.set_reserve": "sets one choice",
    "office_money.set_terms": "sets one choice",
    "office_bank.take_in": "every line of a statement has an id: known ones are left out",
    "own_feedback.review": "one review a line: the same words again",
    "sandbox.answer": "the sandbox bank's own page: answered once, whoever asks",
    "seller_api_keys.make": "the name is taken then; a kept answer would keep the secret",
    "seller_api_keys.revoke": "revoked already",
    "seller_choices.explain": "sets one text",
    "seller_choices.schedule": "sets one choice",
    "sellers.answer": "the same words again",
    "seller_consents.give": "given already",
    "seller_consents.revoke": "revoked already",
    "sellers.profile": "the same words again",
    "seller_disputes.attach": "one file of a kind: the same again is the same",
    "seller_disputes.remove_document": "it is gone already",
    "office_disputes.attach": "one file of a kind: the same again is the same",
    "office_disputes.remove_document": "it is gone already",
    "sellers.reply": "the same words again",
    "telephone.add": "a wish in a basket, which the operator reads back before the order",
    "telephone.remove": "it is gone already",
    "webhooks.receive": "the gateway's event id is the key: an inbox takes each once",
    "api.nothing_here": "an address that is not there",
}

# Counted, but what they need is set up in their own rooms' tests.
CLICKED_ELSEWHERE = {
    "credit.ask_for_review": "a decision that was declined: tests/finance/risk/test_reviews.py",
    "capital.ask_for_review": "a decision that was declined: tests/finance/risk/test_reviews.py",
    "reviews.answer": "a review that waits: tests/finance/risk/test_reviews.py",
    "reviews.second": "a review that waits for a second admin: tests/finance/risk/test_reviews.py",
    "credit.agree_to_raise": "a limit must be earned first: tests/finance/risk/test_ladder.py",
    "cards.page": "the gateway's own page",
    "cash.hand_over": "cash that the courier holds",
    "cash.sent_away": "a parcel paid at the door",
    "telephone.order": "a shopper who calls",
    "office_money.release_reserve": "a seller with a reserve",
    "office_money.take_back": "a payout that lies in the seller's account: tests/mall/payouts",
    "office_money.write_off": "a seller who owes",
    "office_reconciliation.compare": "a gateway's report of its own; a second run explains the same",
    "office_bank.make_file": "a transfer that waits for the bank",
    "office_bank.refuse": "a transfer that waits for the bank",
    "office_cases.act": "a case of a bank statement",
    "seller_choices.pay_in": "a seller who owes",
    "seller_products.upload": "a file",
    "sellers.open_payout_account": "the gateway's own page",
}


@dataclass
class Stage:
    """The world of the route walk, and a shop with a past long enough for every advance."""

    app: Flask
    world: World
    steady: Any
    product: Any

    def row(self, path: str, name: str) -> Any:
        return self.world.values[path, name]

    @property
    def shopper(self) -> Any:
        return self.world.people["shopper"]

    @property
    def seller(self) -> Any:
        return self.world.people["seller"]

    @property
    def admin(self) -> Any:
        return self.world.people["admin"]

    def paid(self) -> Order:
        put_in_cart(self.shopper, self.product)
        # a key of its own: one checkout of hers waits for her bank
        (order,) = orders_of_answer(place_and_pay(self.shopper, key=new_key()))
        return order

    def delivered(self) -> Order:
        order = self.paid()
        orders.ship(order.number, order.seller_id, carrier="SF", tracking=order.number)
        orders.deliver(order.number)
        return order

    def opened(self) -> tuple[str, str]:
        """(order, return) that waits for a decision."""
        order = self.delivered()
        lines = {order.lines[0].id: 1}
        refund = returns.open_return(order.number, self.shopper.id, lines=lines, cause="damaged")
        return order.number, refund.number

    def card(self) -> str:
        found = next(card for card in cards.of(self.shopper.id) if card.last4 == "4242")
        return str(found.id)


def make_stage(app: Flask) -> Stage:
    world = make_world()
    product = make_product(world.people["seller"], "400.00", stock=50)
    return Stage(app, world, make_steady_seller(), product)


CLICKS: dict[str, Callable[[Stage], Sent]] = {}


def click(endpoint: str) -> Callable[[Callable[[Stage], Sent]], Callable[[Stage], Sent]]:
    def keep(make: Callable[[Stage], Sent]) -> Callable[[Stage], Sent]:
        CLICKS[endpoint] = make
        return make

    return keep


@click("checkout.index")
def _checkout(s: Stage) -> Sent:
    buyer = make_shopper()
    put_in_cart(buyer, s.product)
    client = s.app.test_client()
    sign_in(client, buyer)
    page = client.get("/checkout").text
    hidden = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]  # type: ignore[index]
        for name in ("key", "seen_total")
    }
    card = {"card_number": "4242424242424242", "card_expiry": "04/40", "card_cvc": "123"}
    pay = {"address": "new", **ADDRESS, "offer": "card", "action": "pay"}
    return buyer, "/checkout", hidden | pay | card


@click("checkout.give_up")
def _give_up(s: Stage) -> Sent:
    put_in_cart(s.shopper, s.product)
    waiting = place_and_pay(s.shopper, number="4000002500003155", key=new_key())
    return s.shopper, f"/checkout/{waiting.number}/give-up", {}


for _name, _form in {
    "receive": {},
    "cancel": {"reason": "Changed my mind"},
    "return": {"cause": "damaged"},
}.items():

    def _of_order(s: Stage, name: str = _name, form: Form = _form) -> Sent:
        order = s.paid() if name == "cancel" else s.delivered()
        lines = {f"take_{order.lines[0].id}": "1"} if name == "return" else {}
        return s.shopper, f"/account/orders/{order.number}/{name}", form | lines

    CLICKS[f"orders.{'give_back' if _name == 'return' else _name}"] = _of_order

for _name, _form in {
    "ship": {"carrier": "SF", "tracking": "SF123"},
    "hand-over": {},
    "cancel": {"cause": "no_stock"},
    "refund": {"amount": "10.00", "cause": "damaged"},
}.items():

    def _of_sale(s: Stage, name: str = _name, form: Form = _form) -> Sent:
        return s.seller, f"/seller/orders/{s.paid().number}/{name}", form

    CLICKS[f"seller_orders.{_name.replace('-', '_')}"] = _of_sale

for _name, _form in {
    "cancel": {"reason": "Fraud"},
    "refund": {"amount": "10.00", "cause": "goodwill", "note": "As a favor"},
}.items():

    def _of_office(s: Stage, name: str = _name, form: Form = _form) -> Sent:
        return s.admin, f"/admin/orders/{s.paid().number}/{name}", form

    CLICKS[f"office_orders.{_name}"] = _of_office


@click("office_orders.decide")
def _decide(s: Stage) -> Sent:
    order, refund = s.opened()
    return s.admin, f"/admin/orders/{order}/refunds/{refund}/accept", {}


@click("seller_returns.accept")
def _accept(s: Stage) -> Sent:
    return s.seller, f"/seller/returns/{s.opened()[1]}/accept", {}


@click("seller_returns.reject")
def _reject(s: Stage) -> Sent:
    return s.seller, f"/seller/returns/{s.opened()[1]}/reject", {"why": "It was whole."}


@click("seller_money.ask_payout")
def _payout(s: Stage) -> Sent:
    return s.seller, "/seller/money/payouts", {"amount": "5.00"}


for _name in ("pay", "settle", "withdraw", "autopay", "extra"):

    def _of_plan(s: Stage, name: str = _name) -> Sent:
        number, card = s.row("/account/credit", "number"), s.card()
        form = {"card": card} if name == "autopay" else {"way": f"card:{card}"}
        form |= {"amount": "20.00", "extra": "smaller"} if name == "extra" else {}
        return s.shopper, f"/account/credit/{number}/{name}", form

    CLICKS[f"credit.{_name}"] = _of_plan


@click("credit.limits")
def _limits(s: Stage) -> Sent:
    return s.shopper, "/account/credit/limits", {"ceiling": "", "pause_days": "7"}


@click("wallet.top_up")
def _top_up(s: Stage) -> Sent:
    return s.shopper, "/account/wallet/top-up", {"amount": "20.00", "card": s.card()}


@click("wallet.withdraw")
def _withdraw(s: Stage) -> Sent:
    form = {"amount": "10.00", "destination": "6222020200001234"}
    return s.shopper, "/account/wallet/withdraw", form


@click("pay.confirm")
def _confirm(s: Stage) -> Sent:
    return s.shopper, f"/account/pay/{s.row('/account/pay', 'payment_id')}/confirm", {}


for _whose, _name in (
    ("seller", "answer"),
    ("seller", "words"),
    ("office", "answer"),
    ("office", "give-in"),
):

    def _disputed(s: Stage, whose: str = _whose, name: str = _name) -> Sent:
        number = s.row("/seller/disputes", "number")
        form = {"text": "It was delivered."} if name == "words" else {}
        who, door = (s.seller, "seller") if whose == "seller" else (s.admin, "admin")
        return who, f"/{door}/disputes/{number}/{name}", form

    CLICKS[f"{_whose}_disputes.{_name.replace('-', '_')}"] = _disputed


@click("seller_products.stock")
def _stock(s: Stage) -> Sent:
    variant = s.product.variants[0]
    form = {"seen": "50", "stock": "55", "price": "400.00"}
    return s.seller, f"/seller/products/stock/{variant.id}", form


_GOODS = {
    "title": "Oak tray",
    "category": "kitchen",
    "variants-0-price": "40.00",
    "variants-0-stock": "55",
}


@click("seller_products.new")
def _new(s: Stage) -> Sent:
    return s.seller, "/seller/products/new", _GOODS


@click("seller_products.edit")
def _edit(s: Stage) -> Sent:
    known = {"variants-0-id": str(s.product.variants[0].id), "variants-0-seen": "50"}
    return s.seller, f"/seller/products/{s.product.id}", _GOODS | known


@click("office_sellers.decide")
def _suspend(s: Stage) -> Sent:
    path = f"/admin/sellers/{s.world.people['other_seller'].id}/suspend"
    return s.admin, path, {"note": "Late too often"}


@click("office_sellers.set_commission")
def _commission(s: Stage) -> Sent:
    path = f"/admin/sellers/{s.world.people['other_seller'].id}/commission"
    return s.admin, path, {"percent": "7"}


@click("sell.apply")
def _apply(s: Stage) -> Sent:
    form = {"name": "Twice and Sons", "city": "Hangzhou", "region": "Zhejiang"}
    return make_shopper(), "/sell", form | {"payout_account": "6222020000001234"}


@click("sellers.payout_account")
def _account(s: Stage) -> Sent:
    return s.seller, "/seller/profile/payout-account", {"account": "6222020000009999"}
