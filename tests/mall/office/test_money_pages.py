"""Admins set rates, terms, reserves and write-offs on pages; each with its words."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from mall.orders import returns
from mall.orders.rules import OrderState
from mall.payouts import reserves, services, terms
from tests.factories.goods import make_product
from tests.factories.orders import balance, make_order, yuan
from tests.factories.people import make_admin, make_seller, sign_in


@pytest.fixture
def shop(client: Any) -> Any:
    seller = make_seller("Lake Tea")
    sign_in(client, make_admin())
    return seller


def test_a_rate_of_a_category_and_a_shop_is_set_and_shown(client: Any, shop: Any) -> None:
    product = make_product(shop, "100.00", stock=5)
    ask = {"percent": "12.5", "category": str(product.category_id), "shop": "lake tea"}
    assert client.post("/admin/rates", data=ask | {"note": "Agreed in May"}).status_code == 303
    page = client.get("/admin/rates").text
    assert "Kitchen of Lake Tea" in page and "12.5" in page and "Agreed in May" in page
    assert make_order(product=product).commission_ppm == 125_000
    for wrong in ({"shop": "Nobody"}, {"percent": "51"}, {"from_on": "2020-01-01"}):
        assert client.post("/admin/rates", data=ask | wrong).status_code == 422
    later = {"percent": "3", "category": "", "from_on": str(clock.today() + timedelta(9))}
    assert client.post("/admin/rates", data=later).status_code == 303
    assert "to come" in client.get("/admin/rates").text.lower()


def test_ceiling_and_jurisdiction_of_a_shop(client: Any, shop: Any) -> None:
    path = f"/admin/sellers/{shop.id}"
    assert client.post(f"{path}/terms", data={"ceiling": "20", "jurisdiction": "cn"}).location
    assert (terms.holdback_ppm(shop.id), terms.terms_of(shop.id).jurisdiction) == (200_000, "CN")
    for wrong in ({"ceiling": "51"}, {"jurisdiction": "C1"}):
        assert client.post(f"{path}/terms", data=wrong).status_code == 422
    assert client.post("/admin/sellers/1/terms", data={"ceiling": "1"}).status_code == 404


def test_a_reserve_is_set_shown_and_given_back(client: Any, shop: Any) -> None:
    path = f"/admin/sellers/{shop.id}"
    ask = {"share": "10", "days": "30", "why": "Parcels came back", "cap": "50.00"}
    assert client.post(f"{path}/reserve", data=ask | {"why": ""}).status_code == 422
    assert client.post(f"{path}/reserve", data=ask).status_code == 303
    make_order(seller=shop, state=OrderState.RECEIVED)
    reserves.explain(shop.id, "The carrier was late")
    page = client.get(path).text
    assert "Parcels came back" in page and "¥9.50" in page and "The carrier was late" in page
    assert client.post(f"{path}/reserve/release").status_code == 303
    assert not balance("seller_reserve", shop.id)
    assert client.post(f"{path}/reserve/release").status_code == 409


def test_a_debt_is_written_off_once_its_days_are_over(client: Any, shop: Any) -> None:
    path = f"/admin/sellers/{shop.id}"
    order = make_order(seller=shop, state=OrderState.RECEIVED)
    services.request_payout(shop.id, yuan("95.00"), key="all")
    returns.give_refund(order.number, yuan("100.00"), by="mall", cause="late")
    ask = {"why": "The shop is gone", "key": "K-1"}
    assert "It can be written off from" in client.post(f"{path}/write-off", data=ask).text
    with clock.travel(clock.now() + timedelta(90)):
        for _ in range(2):
            ask = {"why": "The shop is gone", "key": "K-2"}
            assert client.post(f"{path}/write-off", data=ask).status_code == 303
        assert "The shop is gone" in client.get(path).text
    assert balance("credit_loss") == yuan("95.00")
