"""Admins see everything: the mall's day, orders to the last journal, shops, and the book."""

from typing import Any

import pytest

from core.db import get
from mall.orders import returns
from mall.orders.models import Order, Refund
from mall.orders.rules import OrderState
from mall.sellers import services as sellers
from mall.sellers.models import Seller
from tests.counting import statements
from tests.factories.orders import assert_clean, balance, make_order, move, yuan
from tests.factories.people import (
    make_admin,
    make_applicant,
    make_seller,
    make_shopper,
    sign_in,
)


@pytest.fixture
def admin(client: Any) -> Any:
    person = make_admin()
    sign_in(client, person)
    return person


def test_only_admins_find_the_office(client: Any) -> None:
    order = make_order()
    paths = ("/admin/", "/admin/orders", f"/admin/orders/{order.number}", "/admin/sellers",
             f"/admin/sellers/{order.seller_id}", "/admin/ledger")  # fmt: skip
    assert {client.get(path).status_code for path in paths} == {302}
    for who in (make_shopper(), make_seller()):
        sign_in(client, who)
        assert {client.get(path).status_code for path in paths} == {404}
        assert client.post("/admin/ledger/audit").status_code == 404
    sign_in(client, make_admin())
    assert {client.get(path).status_code for path in paths} == {200}


def test_the_first_page_counts_the_day(client: Any, admin: Any) -> None:
    make_applicant()
    order = make_order(amount="100.00", state=OrderState.SHIPPED)
    make_order(amount="40.00")
    returns.give_refund(order.number, yuan("30.00"), by="mall", cause="goodwill")
    page = client.get("/admin/").text
    assert "¥140.00" in page and "¥30.00" in page and "2 orders paid today" in page
    assert "1 shop waits for approval" in page and "Even" in page


def test_lists_take_few_queries_and_find(client: Any, admin: Any) -> None:
    shop = make_seller("Lake Tea")
    numbers = [make_order(seller=shop, amount="10.00").number for _ in range(3)]
    strange = make_order().number
    for path in ("/admin/orders?q=lake", "/admin/sellers?q=lake"):
        with statements() as seen:
            page = client.get(path).text
        assert len(seen) <= 11, seen  # five of them for the badges of the menu
        assert "Lake Tea" in page and strange not in page
    assert all(number in client.get("/admin/orders?q=lake").text for number in numbers)
    assert "No order fits." in client.get("/admin/orders?state=received").text
    assert "No order fits." in client.get("/admin/orders?refund=failed").text


def test_an_order_is_shown_to_its_last_journal(client: Any, admin: Any) -> None:
    order = make_order(amount="1000.00", state=OrderState.RECEIVED)
    page = client.get(f"/admin/orders/{order.number}").text
    for said in (f"release:{order.number}", f"2100:escrow:{order.number}", "payment.paid",
                 "clearing:sandbox", "Commission of the mall", "Succeeded"):  # fmt: skip
        assert said in page
    assert client.get("/admin/orders/O-NONE").status_code == 404


def test_an_admin_cancels_and_gives_back_with_a_reason(client: Any, admin: Any) -> None:
    order = make_order(amount="100.00")
    url = f"/admin/orders/{order.number}"
    give = {"amount": "30.00", "cause": "goodwill", "key": "K-1", "note": ""}
    assert client.post(f"{url}/refund", data=give).status_code == 422
    for _ in range(2):
        client.post(f"{url}/refund", data=give | {"note": "a bad week"})
    assert get(Order, order.id).refunded == 3000
    too_much = client.post(f"{url}/refund", data=give | {"amount": "71", "note": "x", "key": "K"})
    assert too_much.status_code == 422
    assert client.post(f"{url}/cancel", data={"reason": ""}).status_code == 422
    client.post(f"{url}/cancel", data={"reason": "The shop is closed"})
    page = client.get(url).text
    assert "The shop is closed" in page and get(Order, order.id).refunded == 10_000
    assert_clean()


def test_an_admin_decides_a_return_in_the_sellers_place(client: Any, admin: Any) -> None:
    order = make_order(amount="90.00", quantity=3, state=OrderState.DELIVERED)
    line = order.lines[0].id
    asked = returns.open_return(order.number, order.buyer_id, lines={line: 1}, cause="damaged")
    other = make_order()
    wrong = f"/admin/orders/{other.number}/refunds/{asked.number}/accept"
    assert client.post(wrong).status_code == 404
    client.post(f"/admin/orders/{order.number}/refunds/{asked.number}/accept")
    found = get(Refund, asked.id)
    assert found.state != "opened" and found.decided_by == f"admin:{admin.id}"
    assert_clean()


def test_a_shop_is_approved_suspended_and_restored(client: Any, admin: Any) -> None:
    shop = make_applicant("Lake Tea")
    url = f"/admin/sellers/{shop.id}"
    assert "Approve the shop" in client.get(url).text
    steps = (("approve", "approved"), ("suspend", "suspended"), ("restore", "approved"))
    for decision, state in steps:
        client.post(f"{url}/{decision}", data={"note": f"{decision}: looked at"})
        assert get(Seller, shop.id).state == state
        assert f"{decision}: looked at" in client.get(url).text
    assert get(Seller, shop.id).decided_by == admin.id
    assert client.post(f"{url}/approve").status_code == 409
    assert client.post(f"{url}/crown").status_code == 404


def test_a_commission_of_its_own_holds_for_orders_from_now_on(client: Any, admin: Any) -> None:
    shop = make_seller()
    before = make_order(seller=shop, amount="100.00", state=OrderState.SHIPPED)
    url = f"/admin/sellers/{shop.id}/commission"
    for wrong in ("60", "-1", "four", "4.00001"):
        assert client.post(url, data={"percent": wrong}).status_code == 422
    client.post(url, data={"percent": "2.5"})
    assert get(Seller, shop.id).commission_ppm == 25_000
    assert get(Seller, shop.id).commission_set_by == admin.id
    assert 'value="2.5"' in client.get(f"/admin/sellers/{shop.id}").text
    make_order(seller=shop, amount="100.00", state=OrderState.RECEIVED)
    assert balance("seller_payable", shop.id) == yuan("97.50")
    move(before, OrderState.RECEIVED)
    assert balance("seller_payable", shop.id) == yuan("192.50")  # the older one at 5 percent
    client.post(url, data={"percent": ""})
    assert get(Seller, shop.id).commission_ppm is None


def test_a_suspended_shops_owner_sees_only_how_it_stands(client: Any) -> None:
    shop = make_seller()
    sellers.suspend(shop.id, note="Fake orders")
    sign_in(client, shop)
    assert client.get("/seller/").location == "/sell"
    assert "Fake orders" in client.get("/sell").text


def test_the_book_is_shown_and_audited(client: Any, admin: Any) -> None:
    order = make_order(amount="1000.00", state=OrderState.RECEIVED)
    page = client.get("/admin/ledger").text
    assert "Debits equal credits" in page and "2100:escrow" in page and "¥950.00" in page
    audited = client.post("/admin/ledger/audit").text
    assert "invariants hold" in audited and "Broken" not in audited
    account = client.get(f"/admin/ledger?account=2100:escrow:{order.number}").text
    assert "+¥1,000.00" in account and "-¥50.00" in account and "-¥950.00" in account
    assert client.get("/admin/ledger?account=2100:nonsense").status_code == 404


def test_menus_count_what_waits(client: Any, admin: Any) -> None:
    make_applicant()
    badge = '<span class="console-nav__badge">1</span>'
    assert badge in client.get("/admin/ledger").text
    shop = make_seller()
    make_order(seller=shop)
    sign_in(client, shop)
    assert badge in client.get("/seller/products").text
