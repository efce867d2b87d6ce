"""A shop with two paid orders, one on its way, one received; and a program with its key."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from mall.api import services
from mall.orders import services as orders
from tests.factories.goods import make_product
from tests.factories.orders import orders_of_answer, place_and_pay, put_in_cart
from tests.factories.people import make_seller, make_shopper


@dataclass
class Shop:
    """The seller, its orders by what became of them, and a key that may write."""

    seller: Any
    paid: str
    also_paid: str
    shipped: str
    received: str
    secret: str


def open_shop() -> Shop:
    """400.00 an order; 380.00 of the received one lies in the balance."""
    seller, shopper = make_seller(), make_shopper()
    product = make_product(seller, "400.00", stock=50)
    numbers = []
    for _ in range(4):
        put_in_cart(shopper, product)
        (order,) = orders_of_answer(place_and_pay(shopper))
        numbers.append(order.number)
    for number in numbers[2:]:
        orders.ship(number, seller.id, carrier="SF", tracking=number)
    orders.deliver(numbers[3])
    orders.confirm_receipt(numbers[3], shopper.id)
    secret = services.make_key(seller.owner_id, "warehouse", "write").secret
    return Shop(seller, *numbers, secret)


@pytest.fixture
def shop(db: Any) -> Shop:
    return open_shop()


class Program:
    """What speaks to the API with one key."""

    def __init__(self, app: Flask, secret: str) -> None:
        self.client, self.secret = app.test_client(), secret

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self._headers() | headers)

    def post(self, path: str, body: Any, key: str | None = "K-1") -> Any:
        headers = self._headers() | ({"Idempotency-Key": key} if key is not None else {})
        return self.client.post(
            f"/api/v1{path}",
            data=json.dumps(body),
            content_type="application/json",
            headers=headers,
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} if self.secret else {}


@pytest.fixture
def program(app: Flask) -> Callable[[str], Program]:
    return lambda secret: Program(app, secret)
