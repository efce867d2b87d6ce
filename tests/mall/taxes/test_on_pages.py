"""The tax in a sale from checkout to statement: shown, kept with the line, back with refunds."""

from datetime import timedelta
from typing import Any

import pytest
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import clock
from core.db import db as database
from core.money import Money
from mall.catalog import services as catalog
from mall.orders import refund_taxes, returns
from mall.orders import services as orders
from mall.orders.models import Order
from mall.payouts.statements import period
from mall.taxes.rates import rate_of
from mall.taxes.rules import NO_TAX
from tests.factories.goods import make_product
from tests.factories.orders import (
    ADDRESS,
    assert_clean,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    yuan,
)
from tests.factories.people import make_seller, make_shopper, sign_in

pytestmark = pytest.mark.usefixtures("db")


def bought(country: str = "GB", shipping: str = "pickup") -> Order:
    """A kettle of 60.00, and a book of 40.00 at the reduced rate, in one order."""
    buyer, seller = make_shopper(), make_seller()
    kettle, book = make_product(seller, "60.00"), make_product(seller, "40.00")
    catalog.change_product(book.id, seller.id, tax_class="reduced")
    put_in_cart(buyer, kettle, 1)
    put_in_cart(buyer, book, 1)
    answer = place_and_pay(buyer, address=ADDRESS | {"country": country}, shipping=shipping)
    (order,) = orders_of_answer(answer)
    return order


def words(order: Order) -> list[str]:
    return [tax.words for tax in order.taxes]


def received(order: Order) -> Order:
    orders.ship(order.number, order.seller_id, carrier="SF Express", tracking="SF1")
    orders.confirm_receipt(order.number, order.buyer_id)
    return order


@pytest.mark.parametrize(
    ("country", "said"),
    [
        ("GB", ["VAT 20 %: 10.00", "VAT 5 %: 1.90"]),
        ("CN", ["VAT 13 %: 6.90", "VAT 9 %: 3.30"]),
        ("DE", ["VAT 19 %: 9.58", "VAT 7 %: 2.62"]),
        ("DK", ["VAT 25 %: 20.00"]),  # one rate there
        ("US", []),
    ],
)
def test_it_is_the_rate_where_the_parcel_goes(country: str, said: list[str]) -> None:
    assert words(bought(country)) == said


def test_the_mall_sets_rates_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.config, "GOODS_TAX_PPM", "GB.reduced=0 US=70000")
    assert words(bought("GB")) == ["VAT 20 %: 10.00"]
    assert rate_of("standard", "US").words == "Tax 7 %"
    assert rate_of("zero", "GB") == NO_TAX


def test_checkout_order_and_invoice_say_it(client: FlaskClient) -> None:
    buyer = make_shopper()
    put_in_cart(buyer, make_product(make_seller(), "113.00"))
    sign_in(client, buyer)
    assert "Includes VAT 13 %: ¥1" in client.get("/checkout").text
    (order,) = orders_of_answer(place_and_pay(buyer))
    assert words(order) == ["VAT 13 %: 13.00"]
    for page in ("", "/invoice"):
        assert (
            "Includes VAT 13 %: ¥13.00" in client.get(f"/account/orders/{order.number}{page}").text
        )


def test_a_refund_takes_its_tax_back_and_all_of_them_the_whole(client: FlaskClient) -> None:
    order = received(bought())
    kettle, book = order.lines
    asked = returns.open_return(
        order.number, order.buyer_id, lines={book.id: 1}, cause="changed_mind", note=""
    )
    returns.accept_return(asked.number, by="admin:1")
    assert [tax.words for tax in asked.contains] == ["VAT 5 %: 1.90"]
    half = returns.give_refund(order.number, yuan("30.00"), by="admin:1", cause="goodwill", key="1")
    assert [tax.words for tax in half.contains] == ["VAT 20 %: 5.00"]
    assert [tax.words for tax in refund_taxes.left_in(order)] == ["VAT 20 %: 5.00"]
    returns.give_refund(order.number, yuan("30.00"), by="admin:1", cause="goodwill", key="2")
    database.session.expire(order, ["refunds"])
    assert refund_taxes.left_in(order) == [] and kettle.tax == 1000
    sign_in(client, database.session.get_one(type(make_shopper()), order.buyer_id))
    page = client.get(f"/account/orders/{order.number}").text
    assert "Includes VAT 5 %: ¥1.90" in page and page.count("Includes VAT 20 %: ¥5.00") == 2
    assert_clean()


def test_the_sellers_statement_keeps_it_apart(client: FlaskClient) -> None:
    order = bought()
    returns.give_refund(order.number, yuan("50.00"), by="admin:1", cause="goodwill", key="1")
    received(order)  # half of it: 5.00 and 0.95
    returns.give_refund(order.number, yuan("25.00"), by="admin:1", cause="goodwill", key="2")
    today = clock.today()
    found = period(order.seller_id, "CNY", today, today + timedelta(1))
    sale = next(row for row in found.rows if row.taxes)
    assert [tax.words for tax in sale.taxes] == ["VAT 20 %: 5.00", "VAT 5 %: 0.95"]
    assert [tax.amount for tax in found.taxes] == [yuan("2.50"), yuan("0.47")]
    seller: Any = database.session.get_one(type(make_seller()), order.seller_id)
    sign_in(client, seller)
    page = client.get("/seller/money").text
    assert "Includes VAT 20 %: ¥5.00" in page
    page = client.get(f"/seller/money/statement?since={today}&until={today}").text
    assert "VAT 20 %: ¥2.50; VAT 5 %: ¥0.47" in page
    assert "Includes VAT 20 %: ¥10.00" in client.get(f"/seller/orders/{order.number}").text
    assert_clean()


def test_what_was_sold_keeps_its_tax_whatever_is_written() -> None:
    order = bought()
    for change in ("tax = tax + 1", "tax_ppm = 0", "tax_class = 'zero'"):
        with pytest.raises(DBAPIError), database.session.begin_nested():
            database.session.execute(text(f"update order_line set {change}"))
    assert sum(line.tax for line in order.lines) == Money.parse("11.90", "CNY").minor
