"""A seller's home and money: figures, a statement that adds up, payouts asked once."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from mall.orders import returns
from mall.orders.rules import OrderState
from mall.payouts.statements import statement
from mall.ports import panels
from mall.sellers.home_queries import net_sales
from tests.counting import statements
from tests.factories.orders import assert_clean, balance, make_order, yuan
from tests.factories.people import make_seller, sign_in


@pytest.fixture
def seller(client: Any) -> Any:
    shop = make_seller("Lake Tea")
    sign_in(client, shop)
    return shop


def test_the_home_page_counts_the_day(client: Any, seller: Any) -> None:
    assert "Nothing. Everything is shipped" in client.get("/seller/").text
    make_order(seller=seller, amount="1000.00", state=OrderState.RECEIVED)
    make_order(seller=seller, amount="40.00")
    page = client.get("/seller/").text
    assert "¥1,040.00" in page and "¥950.00" in page and "¥40.00" in page
    assert "5.0 %" in page and "1 order to ship" in page and "2 orders paid today" in page
    with clock.travel(clock.now() + timedelta(days=4)):
        assert "1 order is late" in client.get("/seller/").text


def test_net_sales_are_paid_less_given_back_by_day(client: Any, seller: Any) -> None:
    order = make_order(seller=seller, amount="100.00", state=OrderState.SHIPPED)
    with clock.travel(clock.now() + timedelta(days=1)):
        returns.give_refund(order.number, yuan("30.00"), by="mall", cause="goodwill")
        days = net_sales(seller.id)
    assert [day.net for day in days[-3:]] == [0, 10_000, -3_000] and len(days) == 30


def test_the_statement_shows_every_deduction_and_adds_up(client: Any, seller: Any) -> None:
    order = make_order(seller=seller, amount="1000.00", state=OrderState.RECEIVED)
    returns.give_refund(order.number, yuan("100.00"), by="mall", cause="goodwill")
    rows = statement(seller.id, "CNY").rows
    assert [(row.words, row.amount.decimal_text(), row.balance) for row in rows] == [
        ("Given back to the buyer", "-95.00", yuan("855.00")),
        ("Commission of the mall", "-50.00", yuan("950.00")),
        ("Sale", "1000.00", None),
    ]
    assert {row.ref for row in rows} == {order.number}
    assert sum(row.amount.minor for row in rows) == balance("seller_payable", seller.id).minor
    page = client.get("/seller/money").text
    assert f"/seller/orders/{order.number}" in page and "-¥95.00" in page and "¥855.00" in page


def test_older_rows_are_a_page_away(seller: Any) -> None:
    for _ in range(3):
        make_order(seller=seller, amount="10.00", state=OrderState.RECEIVED)
    newest = statement(seller.id, "CNY", limit=2)
    rest = statement(seller.id, "CNY", limit=2, before=newest.before)
    assert (len(newest.rows), len(rest.rows), rest.before) == (4, 2, None)
    assert newest.rows + rest.rows == statement(seller.id, "CNY").rows


def test_the_file_of_the_statement(client: Any, seller: Any) -> None:
    order = make_order(seller=seller, amount="1000.00", state=OrderState.RECEIVED)
    lines = client.get("/seller/money/statement.csv").text.splitlines()
    assert lines[2].split(",")[1:6] == ["Sale", "order", order.number, "", "1000.00"]


def test_a_payout_is_asked_once_and_never_beyond_the_balance(client: Any, seller: Any) -> None:
    make_order(seller=seller, amount="1000.00", state=OrderState.RECEIVED)
    ask = {"amount": "900.00", "key": "K-1"}
    for _ in range(2):
        assert client.post("/seller/money/payouts", data=ask).status_code == 302
    listed = client.get("/seller/money/payouts").text
    assert listed.count("¥900.00") == 1 and "Processing" in listed
    page = client.get("/seller/money").text
    assert "¥50.00" in page and "¥900.00" in page
    refused = client.post("/seller/money/payouts", data={"amount": "50.01", "key": "K-2"})
    assert refused.status_code == 422 and "Your balance is 50.00" in refused.text
    assert client.post("/seller/money/payouts", data={"amount": "0"}).status_code == 422
    assert_clean()


def test_what_comes_next_is_the_day_receipt_confirms_itself(client: Any, seller: Any) -> None:
    order = make_order(seller=seller, amount="40.00", state=OrderState.DELIVERED)
    due = clock.day_of(order.delivered_at) + timedelta(days=10)
    page = client.get("/seller/money").text
    assert f"{due.day} {due:%b %Y}" in page.partition("What comes next")[2]


def test_money_pages_take_few_queries_however_long(
    client: Any, seller: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(panels, "_panels", {})  # boxes of other rooms count their own
    for _ in range(4):
        make_order(seller=seller, amount="10.00", state=OrderState.RECEIVED)
    # the money page is eight small pages in one: two balances, statement, flows, releases,
    # payouts, terms, reserve, what it paid, and the tax in the sales shown
    for path, most in (("/seller/money", 17), ("/seller/money/payouts", 8), ("/seller/", 11)):
        with statements() as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= most, (path, seen)
