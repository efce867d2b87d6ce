"""A shopper's order pages: see, receive, cancel, return; a stranger finds nothing."""

from typing import Any

import pytest

from core.db import get
from mall.orders import returns
from mall.orders.models import Order
from mall.orders.rules import OrderState
from payments import cards
from tests.factories.orders import assert_clean, make_order
from tests.factories.people import make_shopper, sign_in


@pytest.fixture
def shopper(client: Any) -> Any:
    buyer = make_shopper()
    sign_in(client, buyer)
    return buyer


def test_the_list_shows_every_order_page_by_page(client: Any, shopper: Any) -> None:
    assert "No orders yet" in client.get("/account/orders").text
    numbers = [make_order(shopper, amount="10.00").number for _ in range(11)]
    first, second = (client.get(f"/account/orders?page={n}").text for n in (1, 2))
    assert all(number in first for number in numbers[1:]) and numbers[0] not in first
    assert numbers[0] in second


def test_an_order_is_received_with_one_click(client: Any, shopper: Any) -> None:
    order = make_order(shopper, amount="40.00", state=OrderState.DELIVERED)
    page = client.get(f"/account/orders/{order.number}").text
    assert "I have received it" in page and order.shipment.tracking in page
    client.post(f"/account/orders/{order.number}/receive")
    page = client.get(f"/account/orders/{order.number}").text
    assert "I have received it" not in page and "Received" in page
    assert get(Order, order.id).state == "received"
    assert_clean()


def test_an_order_is_canceled_with_a_reason(client: Any, shopper: Any) -> None:
    order = make_order(shopper, amount="40.00")
    url = f"/account/orders/{order.number}"
    assert client.post(f"{url}/cancel", data={"reason": ""}).status_code == 422
    client.post(f"{url}/cancel", data={"reason": "found it at home"})
    page = client.get(url).text
    assert "found it at home" in page and "¥40.00" in page and "R-" in page
    assert_clean()


def test_a_return_is_asked_for_and_its_number_shown(client: Any, shopper: Any) -> None:
    order = make_order(shopper, amount="90.00", quantity=3, state=OrderState.DELIVERED)
    line, url = order.lines[0], f"/account/orders/{order.number}"
    assert "How many of Blue mug?" in client.get(f"{url}/return").text
    ask = {"cause": "wrong_item", "note": "blue, not red"}
    assert client.post(f"{url}/return", data=ask).status_code == 422
    too_many = client.post(f"{url}/return", data=ask | {f"take_{line.id}": "4"})
    assert too_many.status_code == 422 and "Choose 0 to 3." in too_many.text

    client.post(f"{url}/return", data=ask | {f"take_{line.id}": "2"})
    refund = get(Order, order.id).refunds[0]
    page = client.get(url).text
    assert refund.number in page and "Return requested" in page and "¥60.00" in page
    returns.accept_return(refund.number, by="admin:1")
    assert "Accepted" in client.get(url).text
    assert_clean()


def test_the_invoice_lists_what_was_bought(client: Any, shopper: Any) -> None:
    order = make_order(shopper, amount="90.00", quantity=3)
    page = client.get(f"/account/orders/{order.number}/invoice").text
    assert "¥30.00" in page and "¥90.00" in page and order.number in page


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("get", ""),
        ("get", "/return"),
        ("get", "/invoice"),
        ("post", "/receive"),
        ("post", "/cancel"),
        ("post", "/return"),
    ],
)
def test_a_strangers_order_is_not_found(client: Any, shopper: Any, verb: str, path: str) -> None:
    order = make_order(amount="40.00", state=OrderState.SHIPPED)
    answer = getattr(client, verb)(
        f"/account/orders/{order.number}{path}", data={"reason": "x", "cause": "late"}
    )
    assert answer.status_code == 404
    assert get(Order, order.id).state == "shipped"


def test_the_card_that_paid_is_named_even_after_it_was_removed(client: Any, shopper: Any) -> None:
    order = make_order(shopper, amount="40.00")
    for card in cards.of(shopper.id):
        cards.remove(shopper.id, card.id)
    url = f"/account/orders/{order.number}"
    assert "Visa ending in 4242" in client.get(url).text
    client.post(f"{url}/cancel", data={"reason": "found it at home"})
    assert "¥40.00 to your Visa ending in 4242." in client.get(url).text
