"""An operator orders for a shopper who reads out her card; its digits are kept nowhere."""

from typing import Any

import pytest
from sqlalchemy import select, text

from core.db import db as database
from mall.accounts.models import Person
from mall.checkout.models import Checkout
from mall.orders import returns
from mall.orders.models import Order
from mall.telephone.models import PhoneOrder
from payments.models import Card, GatewayOp
from tests.factories.goods import make_product
from tests.factories.orders import ADDRESS, assert_clean, balance, saved_card, yuan
from tests.factories.people import make_admin, make_seller, make_shopper, sign_in
from tests.mall.checkout.test_pages import hidden

CARD = "4242424242424242"


@pytest.fixture
def operator(client: Any) -> Person:
    admin = make_admin()
    sign_in(client, admin)
    return admin


def screen_with(client: Any, shopper: Person, price: str = "100.00") -> str:
    """The operator's screen with one article in the basket."""
    product = make_product(make_seller(), price, stock=3)
    where = f"/admin/phone-orders/{shopper.id}"
    found = client.get(where, query_string={"q": product.title}).text
    assert "Add" in found
    client.post(f"{where}/add", data={"variant_id": product.variants[0].id})
    return client.get(where).text


def form_of(page: str, **more: str) -> dict[str, str]:
    kept = {name: hidden(page, name) for name in ("key", "seen_total")}
    typed = {"card_number": CARD, "card_expiry": "04/30", "card_cvc": "123"}
    return kept | ADDRESS | {"address": "new", "offer": "phone_card"} | typed | more


def the_order(shopper: Person) -> Order:
    return database.session.scalars(select(Order).where(Order.buyer_id == shopper.id)).one()


def test_an_order_by_telephone_is_charged_as_such(client: Any, operator: Person) -> None:
    shopper = make_shopper()
    found = client.get(f"/admin/phone-orders?email={shopper.email}")
    assert found.location == f"/admin/phone-orders/{shopper.id}"
    page = screen_with(client, shopper)
    assert "Includes VAT 13 %: ¥11.50" in page  # 100.00 / 1.13 * 0.13
    form = form_of(page)
    where = f"/admin/phone-orders/{shopper.id}/order"
    places = {client.post(where, data=form).location for _ in range(2)}
    assert places == {"/admin/phone-orders"}

    order = the_order(shopper)
    assert (order.state, balance("escrow", order.number)) == ("paid", order.money)
    charge = database.session.scalars(select(GatewayOp).where(GatewayOp.kind == "charge")).one()
    assert charge.params["moto"] is True
    taken = database.session.scalars(select(PhoneOrder)).one()
    assert (taken.operator_id, taken.buyer_id) == (operator.id, shopper.id)
    assert taken.checkout_number in client.get("/admin/phone-orders").text
    assert_clean()


def test_the_digits_are_kept_nowhere(client: Any, operator: Person) -> None:
    shopper = make_shopper()
    form = form_of(screen_with(client, shopper))
    client.post(f"/admin/phone-orders/{shopper.id}/order", data=form)
    assert the_order(shopper).state == "paid"
    tables = database.session.scalars(
        text("select tablename from pg_tables where schemaname = current_schema()")
    ).all()
    for table in tables:
        rows = f'select count(*) from "{table}" t where t::text like :digits'
        assert not database.session.scalar(text(rows), {"digits": f"%{CARD}%"}), table
    (card,) = database.session.scalars(select(Card).where(Card.person_id == shopper.id))
    assert card.removed_at is not None


def test_a_card_that_asks_its_bank_can_be_charged_by_telephone(
    client: Any, operator: Person
) -> None:
    shopper = make_shopper()
    form = form_of(screen_with(client, shopper), card_number="4000002500003155")
    client.post(f"/admin/phone-orders/{shopper.id}/order", data=form)
    assert the_order(shopper).state == "paid"


def test_a_declined_card_is_told_and_another_one_may_be_read_out(
    client: Any, operator: Person
) -> None:
    shopper = make_shopper()
    where = f"/admin/phone-orders/{shopper.id}"
    form = form_of(screen_with(client, shopper), card_number="4000000000000002")
    told = client.post(f"{where}/order", data=form, follow_redirects=True).text
    assert "declined" in told and the_order(shopper).state == "canceled"
    client.post(f"{where}/order", data=form_of(client.get(where).text))
    assert database.session.scalars(select(Checkout.state).order_by(Checkout.id)).all() == [
        "given_up",
        "paid",
    ]
    assert_clean()


def test_a_saved_card_is_enough_and_a_refund_goes_back_to_it(client: Any, operator: Person) -> None:
    shopper = make_shopper()
    offer = f"phone_{saved_card(shopper.id)}"
    form = form_of(screen_with(client, shopper), offer=offer, card_number="")
    client.post(f"/admin/phone-orders/{shopper.id}/order", data=form)
    order = the_order(shopper)
    returns.give_refund(order.number, yuan("10.00"), by="admin:1", cause="goodwill", key="one")
    assert order.refunds[0].cards[0]["amount"] == 1_000
    assert_clean()


def test_what_is_missing_or_has_changed_is_said_and_nothing_is_charged(
    client: Any, operator: Person
) -> None:
    shopper = make_shopper()
    where = f"/admin/phone-orders/{shopper.id}/order"
    form = form_of(screen_with(client, shopper))
    for change, says in (
        ({"seen_total": "1"}, "The total is now"),
        ({"city": ""}, "Please fill this in"),
        ({"offer": "phone_card:1"}, "Choose one of the shopper"),
        ({"card_number": "12"}, "card"),
    ):
        answer = client.post(where, data=form | change)
        assert answer.status_code == 422 and says in answer.text, change
    assert database.session.scalar(select(GatewayOp.id)) is None
    nobody = client.get("/admin/phone-orders?email=nobody@example.com").text
    assert "Nobody signs in with" in nobody
