"""A seller's orders and returns through their pages: list, ship, cancel, give back, decide."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.db import get
from finance.risk.features import postgres
from mall.catalog.models import Variant
from mall.orders import courier, returns
from mall.orders.models import Order, Refund
from mall.orders.rules import OrderState
from tests.counting import statements
from tests.factories.goods import make_product
from tests.factories.orders import assert_clean, balance, make_order, yuan
from tests.factories.people import make_applicant, make_seller, make_shopper, sign_in


@pytest.fixture
def seller(client: Any) -> Any:
    shop = make_seller("Lake Tea")
    sign_in(client, shop)
    return shop


def ask_return(order: Order, cause: str = "not_as_described") -> Refund:
    return returns.open_return(
        order.number, order.buyer_id, lines={order.lines[0].id: 1}, cause=cause, note="A chip"
    )


def test_the_list_shows_ones_own_paid_orders_by_state(client: Any, seller: Any) -> None:
    waiting = make_order(seller=seller, amount="40.00").number
    gone = make_order(seller=seller, amount="10.00", state=OrderState.SHIPPED).number
    strange = make_order(amount="30.00").number
    everything = client.get("/seller/orders").text
    assert waiting in everything and gone in everything and strange not in everything
    to_ship = client.get("/seller/orders?view=to_ship").text
    assert waiting in to_ship and gone not in to_ship
    found = client.get(f"/seller/orders?q={gone.lower()}").text
    assert gone in found and waiting not in found
    assert "No order fits." in client.get("/seller/orders?q=100%25").text


def test_an_order_not_shipped_in_three_days_is_late(client: Any, seller: Any) -> None:
    order = make_order(seller=seller)
    assert "is-late" not in client.get("/seller/orders").text
    with clock.travel(clock.now() + timedelta(days=3, hours=1)):
        assert "is-late" in client.get("/seller/orders").text
        assert order.number in client.get("/seller/orders?view=late").text


def test_the_list_takes_few_queries_however_long(client: Any, seller: Any) -> None:
    for _ in range(6):
        make_order(seller=seller)
    for path in ("/seller/orders", "/seller/orders?q=mug", "/seller/returns"):
        with statements() as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= 8, seen


def test_the_file_has_a_row_an_order_and_no_formulas(client: Any, seller: Any) -> None:
    order = make_order(product=make_product(seller, "1200.00", title="=1+1"))
    answer = client.get("/seller/orders/orders.csv")
    assert answer.mimetype == "text/csv"
    head, row = answer.text.splitlines()
    assert head.startswith("order,paid_at,recipient") and row.startswith(order.number)
    assert "'=1+1" in row and ",1200.00,0.00,CNY" in row


def test_an_order_is_shipped_with_carrier_and_number(client: Any, seller: Any) -> None:
    order = make_order(seller=seller, amount="40.00")
    url = f"/seller/orders/{order.number}"
    page = client.get(url).text
    assert "Ship it" in page and "¥40.00" in page and "Lake Road 1" in page
    assert client.post(f"{url}/ship", data={"carrier": "SF", "tracking": ""}).status_code == 422
    for _ in range(2):  # the button pressed twice
        client.post(f"{url}/ship", data={"carrier": "SF Express", "tracking": "SF1000"})
    page = client.get(url).text
    assert "SF1000" in page and "Ship it" not in page and get(Order, order.id).state == "shipped"


def test_the_malls_courier_scans_and_delivers_by_itself(
    client: Any, seller: Any, pile: Any
) -> None:
    order = make_order(seller=seller)
    assert "Hand to the mall" in client.get(f"/seller/orders/{order.number}").text
    parcel = [courier.hand_over(order.number, seller.id) for _ in range(2)][-1].shipment
    scan, way = courier.plan_of(parcel.tracking)
    assert timedelta(minutes=1) <= scan <= timedelta(minutes=15)
    assert timedelta(hours=20) <= way <= timedelta(hours=68)
    start = clock.now()
    with clock.travel(start + scan + timedelta(seconds=1)):
        pile.run_due()
    assert parcel.first_scan_at and not parcel.delivered_at
    with clock.travel(start + way + timedelta(seconds=1)):
        pile.run_due()
    assert parcel.delivered_at and get(Order, order.id).state == "delivered"


def test_the_courier_leaves_an_order_alone_that_is_over(
    client: Any, seller: Any, pile: Any
) -> None:
    order = make_order(seller=seller)
    courier.hand_over(order.number, seller.id)
    returns.give_refund(order.number, yuan("100.00"), by="mall", cause="goodwill")
    with clock.travel(clock.now() + timedelta(days=4)):
        pile.run_due()
    assert get(Order, order.id).state == "canceled"


def test_an_order_is_canceled_with_a_reason(client: Any, seller: Any) -> None:
    order = make_order(seller=seller, amount="40.00")
    url = f"/seller/orders/{order.number}"
    left = get(Variant, order.lines[0].variant_id).on_hand
    assert client.post(f"{url}/cancel", data={"cause": "boredom"}).status_code == 422
    client.post(f"{url}/cancel", data={"cause": "no_stock", "note": "the last one broke"})
    assert "It is out of stock: the last one broke" in client.get(url).text
    assert get(Order, order.id).refunded == 4000
    assert get(Variant, order.lines[0].variant_id).on_hand == left  # what is not there stays away
    tomorrow = postgres.compute("seller", seller.id, clock.day_number(clock.now()) + 1)
    assert tomorrow["no_stock_cancel_90_ppm"] == 1_000_000
    assert_clean()


def test_what_is_there_goes_back_on_the_shelf_when_the_buyer_asks(client: Any, seller: Any) -> None:
    order = make_order(seller=seller, amount="40.00")
    left = get(Variant, order.lines[0].variant_id).on_hand
    client.post(f"/seller/orders/{order.number}/cancel", data={"cause": "changed_mind"})
    assert get(Variant, order.lines[0].variant_id).on_hand == left + 1
    assert_clean()


def test_part_is_given_back_once_and_never_too_much(client: Any, seller: Any) -> None:
    order = make_order(seller=seller, amount="100.00", state=OrderState.SHIPPED)
    url = f"/seller/orders/{order.number}"
    give = {"amount": "30.00", "cause": "goodwill", "note": "", "key": "K-1"}
    for _ in range(2):
        client.post(f"{url}/refund", data=give)
    assert get(Order, order.id).refunded == 3000
    refused = client.post(f"{url}/refund", data=give | {"amount": "70.01", "key": "K-2"})
    assert refused.status_code == 422 and "Only 70.00 CNY" in refused.text
    assert_clean()


def test_a_released_order_shows_where_each_cent_went(client: Any, seller: Any) -> None:
    order = make_order(seller=seller, amount="1000.00", state=OrderState.RECEIVED)
    page = client.get(f"/seller/orders/{order.number}").text
    assert "Commission of the mall" in page and "-¥50.00" in page and "¥950.00" in page


def test_a_return_is_accepted_before_release(client: Any, seller: Any) -> None:
    order = make_order(seller=seller, amount="90.00", quantity=3, state=OrderState.DELIVERED)
    asked = ask_return(order)
    assert asked.number in client.get("/seller/returns").text
    assert asked.number in client.get(f"/seller/orders/{order.number}").text
    page = client.get(f"/seller/returns/{asked.number}").text
    assert "Accept and give back ¥30.00" in page and "A chip" in page and "1 of 3" in page
    for _ in range(2):
        client.post(f"/seller/returns/{asked.number}/accept")
    assert get(Order, order.id).refunded == 3000
    assert "Accept and" not in client.get(f"/seller/returns/{asked.number}").text
    assert asked.number in client.get("/seller/returns?view=decided").text
    assert_clean()


def test_after_release_the_commission_comes_back(client: Any, seller: Any) -> None:
    order = make_order(seller=seller, amount="1000.00", quantity=4, state=OrderState.RECEIVED)
    asked = ask_return(order)
    page = client.get(f"/seller/returns/{asked.number}").text
    assert "¥250.00" in page and "-¥12.50" in page and "¥237.50" in page
    client.post(f"/seller/returns/{asked.number}/accept")
    assert balance("seller_payable", seller.id) == yuan("712.50")  # 950.00 less 237.50
    assert_clean()


def test_a_return_is_rejected_with_a_note(client: Any, seller: Any) -> None:
    asked = ask_return(make_order(seller=seller, state=OrderState.DELIVERED))
    url = f"/seller/returns/{asked.number}"
    assert client.post(f"{url}/reject", data={"why": ""}).status_code == 422
    client.post(f"{url}/reject", data={"why": "It was whole when it left"})
    assert get(Refund, asked.id).state == "rejected"
    assert "It was whole when it left" in client.get(url).text


def test_strangers_find_nothing(client: Any) -> None:
    order = make_order(seller=make_seller(), state=OrderState.DELIVERED)
    asked = ask_return(order)
    pages = (f"/seller/orders/{order.number}", f"/seller/returns/{asked.number}")
    acts = (f"{pages[0]}/ship", f"{pages[0]}/hand-over", f"{pages[0]}/cancel", f"{pages[0]}/refund",
            f"{pages[1]}/accept", f"{pages[1]}/reject")  # fmt: skip
    sent = {"carrier": "SF", "tracking": "SF1000", "reason": "mine", "why": "mine",
            "amount": "1.00", "cause": "goodwill"}  # fmt: skip
    for who in (make_seller(), make_shopper()):
        sign_in(client, who)
        assert [client.get(page).status_code for page in pages] == [404, 404]
        assert {client.post(act, data=sent).status_code for act in acts} == {404}
    assert get(Order, order.id).refunded == 0 and get(Refund, asked.id).state == "opened"


def test_a_shop_that_waits_sees_only_how_it_stands(client: Any) -> None:
    shop = make_applicant("Lake Tea")
    sign_in(client, shop)
    for path in ("/seller/orders", "/seller/returns"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (302, "/sell")
