"""Who may open and send what: every route, walked as guest, shopper, stranger, seller, other seller, admin."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.db import db as database
from core.money import Money
from finance.capital import services as capital
from finance.collections.care_models import LoanGiveUp, Relief
from finance.loans.models import Loan
from finance.loans.queries import loan_for_order
from finance.risk.models import Decision
from mall.accounts import services as accounts
from mall.api import services as api_keys
from mall.catalog import pictures
from mall.checkout import qr
from mall.disputes import documents
from mall.feedback import services as feedback
from mall.orders import returns
from mall.orders import services as orders
from mall.orders.models import Order
from mall.wallet import services as wallet
from payments import bank_cases, bank_listing, bank_orders, cards, cases, reconcile
from payments import services as payments
from tests.factories import prices
from tests.factories.bank import arrives
from tests.factories.campaigns import make_campaign
from tests.factories.care import cared_for
from tests.factories.disputes import case_of, tell
from tests.factories.fraud_cases import suspected
from tests.factories.funding import rows_of_banks, two_bankers
from tests.factories.goods import make_product
from tests.factories.lines import close_next_statement, make_line
from tests.factories.messages import told
from tests.factories.orders import ADDRESS, orders_of_answer, place_and_pay, put_in_cart
from tests.factories.people import make_admin, make_seller, make_shopper, sign_in
from tests.factories.reviews import last_decision_on_a_seller, make_review
from tests.factories.stripe import PDF

OPEN, PERSON, OWN, SELLER, SELLERS_OWN = "open", "person", "own", "seller", "seller's own"
ADMIN, BANK, BANKS_OWN = "admin", "bank", "bank's own"
ACTORS = ("guest", "shopper", "stranger", "seller", "other_seller", "admin", "bank", "other_bank")
ALLOWED = {
    OPEN: set(ACTORS),
    PERSON: set(ACTORS) - {"guest"},
    OWN: {"shopper"},
    SELLER: {"seller", "other_seller"},
    SELLERS_OWN: {"seller"},
    ADMIN: {"admin"},
    BANK: {"bank", "other_bank"},
    BANKS_OWN: {"bank"},
}
WHO: dict[str, str | None] = {
    "static": None,  # served by WhiteNoise
    "webhooks.receive": None,  # the gateway's signature decides: tests/payments
    "api.": None,  # a key decides, not a session: tests/mall/api
    "feedback.favorite": PERSON,
    "feedback.ask": PERSON,
    "sell.apply": PERSON,
    "bank.propose_place": BANK,  # who has no place for the product is told so
}

# forms that are looked at before the row they are for: a whole one shows whose row it is
FILLED: dict[str, dict[str, str]] = {
    "sellers.reply": {"text": "Thank you."},
    "sellers.answer": {"text": "It is blue."},
    "own_fraud.prove": {"words": "A neighbor fetched it."},
    "seller_products.stock": {"seen": "50", "stock": "49", "price": "400.00"},
}


def who_may(rule: Any) -> str | None:
    """The group of a route: by its table entry, else by where it lives."""
    for name in (rule.endpoint, rule.endpoint.partition(".")[0] + "."):  # a page, a whole room
        if name in WHO:
            return WHO[name]
    path = rule.rule
    if path.startswith("/admin"):
        return ADMIN
    if path.startswith("/seller"):
        return SELLERS_OWN if rule.arguments else SELLER
    if path.startswith("/bank"):
        return BANKS_OWN if rule.arguments else BANK
    if path.startswith(("/account", "/checkout")):
        return OWN if rule.arguments else PERSON
    return OPEN


@dataclass
class World:
    people: dict[str, Any]
    values: "Rows"

    def path(self, rule: Any) -> str:
        """The rule's path with the rows of this world in it."""
        filled = {name: self._value(rule.rule, name) for name in rule.arguments}
        return str(rule.build(filled, append_unknown=False)[1])

    def _value(self, path: str, name: str) -> Any:
        fitting = [p for p, n in self.values if n == name and path.startswith(p)]
        assert fitting, f"{path}: say in tests/test_route_walk.py which row <{name}> stands for"
        return self.values[max(fitting, key=len), name]


@pytest.fixture
def world(db: Any) -> World:
    return make_world()


def make_world() -> World:
    """Orders delivered, given back and financed; arguments name rows of `shopper` and `seller`."""
    with clock.travel(clock.now() - timedelta(100)):  # credit asks who was known before today
        owner_of_all = make_shopper("Owner of all")
    people = {
        "shopper": owner_of_all,
        "stranger": make_shopper("Stranger"),
        "seller": make_seller(),
        "other_seller": make_seller(),
        "admin": make_admin(),
        **two_bankers(),
    }
    shopper, seller = people["shopper"], people["seller"]
    product = make_product(seller, "400.00", stock=50)
    rows = _goods(seller, product, people["admin"]) | _three_received(shopper, product)
    rows |= _lending(shopper, product) | _disputed(_bought(shopper, product))
    rows |= suspected(_bought(shopper, product))
    rows |= _orders(shopper, seller, product) | _wallet(shopper)
    rows |= _bank()
    return World(people, rows)


Rows = dict[tuple[str, str], Any]  # (path prefix, argument) → value; the longest prefix wins


def _goods(seller: Any, product: Any, admin: Any) -> Rows:
    picture = pictures.store(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")
    return {
        ("/c/", "slug"): "kitchen",
        ("/p/", "slug"): product.slug,
        ("/s/", "slug"): seller.slug,
        ("/pictures", "digest"): picture,
        ("/seller/products", "product_id"): product.id,
        ("/seller/products", "variant_id"): product.variants[0].id,
        ("/admin/sellers", "seller_id"): seller.id,
        ("/admin/sellers", "decision"): "suspend",
        ("/seller/api-keys", "key_id"): api_keys.make_key(seller.owner_id, "one", "read").key.id,
        ("/admin/api-keys", "key_id"): api_keys.make_key(admin.id, "two", "read").key.id,
    }


def _compared() -> int:
    now = clock.now()
    runs = reconcile.run_gateway("sandbox", now - timedelta(1), now, by="admin:1")
    return runs[0].run_id


def _bank() -> Rows:
    """Money of nobody, sent back by an order in a file, and more of it."""
    for amount in ("30.00", "40.00"):
        arrives(amount)
    first, second = (case.id for case in cases.listed("open"))
    payments.drive(payments.op_of(bank_cases.send_back(first, by="admin:1")))
    number = bank_orders.make_file("admin:1")
    return {
        ("/admin/bank", "number"): number,
        ("/admin/bank", "order_id"): bank_listing.open_orders()[0].id,
        ("/admin/cases", "case_id"): second,
        ("/admin/cases", "action"): "owners",
        ("/admin/reconciliation", "run_id"): _compared(),
    }


def _three_received(shopper: Any, product: Any) -> Rows:
    """A past long enough for credit; the first order is reviewed, the last can be."""
    received = []
    for days in (90, 60, 30):
        with clock.travel(clock.now() - timedelta(days)):
            received.append(_bought(shopper, product))
            orders.confirm_receipt(received[-1].number, shopper.id)
    review = feedback.review(received[0].lines[0].id, shopper.id, 5, "Good")
    return {
        ("/account/messages", "message_id"): told(shopper.id).id,
        ("/account/reviews", "line_id"): received[-1].lines[0].id,
        ("/account/cards", "card_id"): cards.of(shopper.id)[0].id,
        ("/account/addresses", "address_id"): accounts.add_address(shopper.id, **ADDRESS).id,
        ("/seller/reviews", "review_id"): review.id,
        ("/seller/questions", "question_id"): feedback.ask(product.id, shopper.id, "Blue?").id,
    }


def _orders(shopper: Any, seller: Any, product: Any) -> Rows:
    delivered, back, sold = (_bought(shopper, product) for _ in range(3))
    lines = {back.lines[0].id: 1}
    refund = returns.open_return(back.number, shopper.id, lines=lines, cause="damaged", note="")
    advance = capital.sell_order(seller.id, sold.number, key="today")
    proposal, request = cared_for(advance.number, seller.id)
    put_in_cart(shopper, product)
    secured = place_and_pay(shopper, number="4000002500003155")
    waiting = payments.payment_for(f"checkout:{secured.number}")
    return {
        ("/account/pay", "payment_id"): waiting.id,
        ("/account/pay", "way"): "confirm",
        ("/account/orders", "number"): delivered.number,
        ("/seller/orders", "number"): delivered.number,
        ("/seller/returns", "refund"): refund.number,
        ("/seller/capital", "number"): advance.number,
        ("/seller/capital", "decision_id"): last_decision_on_a_seller(),
        ("/seller/campaigns", "number"): make_campaign(seller.id, clock.today()).number,
        ("/seller/campaigns", "decision"): "pause",
        ("/admin/capital", "number"): advance.number,
        ("/admin/capital", "proposal_id"): proposal,
        ("/admin/capital", "request_id"): request,
        ("/admin/capital", "word"): "decline",
        ("/admin/orders", "number"): delivered.number,
        ("/admin/orders/<number>/refunds", "number"): back.number,
        ("/admin/orders", "refund_number"): refund.number,
        ("/admin/orders", "answer"): "accept",
        ("/sandbox", "object_id"): waiting.action_url.rsplit("/", 1)[1],
        ("/sandbox", "answer"): "approve",
    }


def _disputed(order: Order) -> Rows:
    tell(order, "needs_response")
    number = case_of(order).number
    file = documents.attach(
        number,
        field="receipt",
        name="r.pdf",
        body=PDF,
        by=f"seller:{order.seller_id}",
        seller_id=order.seller_id,
    )
    return {
        ("/seller/disputes", "number"): number,
        ("/seller/disputes", "document_id"): file.id,
        ("/admin/disputes", "number"): number,
        ("/admin/disputes", "document_id"): file.id,
    }


def _in_trouble(loan: Any) -> Rows:
    """A plan's request for air, and a proposal to give money up; nobody has decided."""
    asked = Relief(
        loan_id=loan.id,
        borrower_id=loan.borrower_id,
        key="walk",
        choice="freeze",
        why="Ill.",
        calm_until=clock.today(),
    )
    given_up = LoanGiveUp(
        loan_id=loan.id, kind="charge_off", amount=1, why="Gone.", proposed_by=loan.borrower_id
    )
    database.session.add_all([asked, given_up])
    database.session.commit()
    return {
        ("/admin/lending/care", "request_id"): asked.id,
        ("/admin/lending/care", "proposal_id"): given_up.id,
        ("/admin/lending/care", "word"): "decline",
    }


def _lending(shopper: Any, product: Any) -> Rows:
    put_in_cart(shopper, product)
    financed = place_and_pay(shopper, offer_key="pay_later:3")
    loan = database.session.scalars(select(Loan).where(Loan.borrower_id == shopper.id)).one()
    asked = select(Decision.id).where(Decision.subject_id == shopper.id)
    decision_id = database.session.scalars(asked).first()
    put_in_cart(shopper, product)
    (at_door,) = orders_of_answer(place_and_pay(shopper, offer_key="cash_on_delivery"))
    return {
        ("/admin/cash", "number"): at_door.number,
        ("/admin/phone-orders", "person_id"): shopper.id,
        ("/checkout", "number"): financed.number,
        ("/pay", "token"): qr.token_of(financed.number),
        ("/account/credit", "number"): loan.number,
        ("/account/credit", "decision_id"): decision_id,
        ("/admin/lending/applications", "id"): decision_id,
        ("/admin/lending/reviews", "review_id"): make_review(shopper.id),
        ("/admin/lending/loans", "number"): loan.number,
        **prices.rows_to_walk(),
        ("/admin/lending/people", "person_id"): shopper.id,
        **_in_trouble(loan),
        **rows_of_banks(),
        **_on_a_line(shopper, product),
    }


def _on_a_line(shopper: Any, product: Any) -> Rows:
    """A line with one purchase, billed once."""
    line = make_line(shopper)
    put_in_cart(shopper, product)
    (order,) = orders_of_answer(place_and_pay(shopper, offer_key="mall_credit:line"))
    close_next_statement(line)
    return {
        ("/account/line", "number"): line.number,
        ("/admin/lending/lines", "number"): line.number,
        ("/account/line", "serial"): 1,
        ("/account/line", "loan"): loan_for_order(order.number).number,
    }


def _wallet(shopper: Any) -> Rows:
    token = next(card.token for card in cards.of(shopper.id) if card.last4 == "4242")
    paid_in = wallet.top_up(shopper.id, Money(5_000, "CNY"), "walk", token)
    payments.refresh(paid_in.id)
    out = wallet.withdraw(shopper.id, Money(1_000, "CNY"), "walk", "6222020200001234")
    return {
        ("/account/wallet/top-up", "number"): paid_in.purpose.partition(":")[2],
        ("/account/wallet/withdraw", "number"): out.number,
    }


def _bought(shopper: Any, product: Any) -> Order:
    put_in_cart(shopper, product)
    (order,) = orders_of_answer(place_and_pay(shopper))
    orders.ship(order.number, order.seller_id, carrier="SF", tracking=order.number)
    orders.scan(order.number, clock.now())
    orders.deliver(order.number)
    return order


def _answers(app: Flask, world: World, rule: Any, method: str) -> dict[str, Any]:
    """The answer to each actor, each undone before the next."""
    answers = {}
    for actor in ACTORS:
        client = app.test_client()
        if actor != "guest":
            sign_in(client, world.people[actor])
        database.session.commit()  # nothing of ours stands open around the savepoint
        undo = database.engine.begin_nested()
        answers[actor] = client.open(
            world.path(rule),
            method=method,
            data=FILLED.get(rule.endpoint) if method == "POST" else None,
        )
        database.session.rollback()
        undo.rollback()
    return answers


def _complaints(rule: Any, method: str, group: str, answers: dict[str, Any]) -> list[str]:
    said = []
    for actor, answer in answers.items():
        where, status = answer.headers.get("Location", ""), answer.status_code
        asked_to_sign_in = status in (302, 303) and "/sign-in" in where
        if actor in ALLOWED[group]:
            fine = status in (200, 302, 303, 400, 409, 413, 422) and not asked_to_sign_in
        elif actor == "guest":
            fine = asked_to_sign_in
        else:
            fine = status == 404
        if not fine:
            said.append(f"{method} {rule.rule} ({group}) answers {status} {where} to {actor}")
    return said


def test_everybody_sees_and_does_what_is_theirs_and_nothing_else(app: Flask, world: World) -> None:
    said, walked = [], 0
    for rule in app.url_map.iter_rules():
        group = who_may(rule)
        if group is None:
            continue
        for method in sorted(rule.methods & {"GET", "POST"}):
            said += _complaints(rule, method, group, _answers(app, world, rule, method))
            walked += 1
    assert not said, f"{len(said)} wrong answers:\n" + "\n".join(said)
    assert walked > 60


def test_every_form_that_changes_something_needs_its_token(app: Flask, world: World) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for rule in app.url_map.iter_rules():
            group = who_may(rule)
            if group is None or "POST" not in rule.methods:
                continue
            client = app.test_client()
            actor = sorted(ALLOWED[group] - {"guest"})[-1] if group != SELLERS_OWN else "seller"
            sign_in(client, world.people[actor])
            answer = client.post(world.path(rule), data={"anything": "1"})
            assert answer.status_code == 400, (
                f"{rule.rule} took a form without a token: {answer.status_code}"
            )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
