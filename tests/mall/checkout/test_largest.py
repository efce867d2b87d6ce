"""More than the book could add up is refused with a sentence, and nothing is written down."""

from typing import Any

import pytest
from sqlalchemy import func, select

from mall.catalog.rules import NewVariant
from mall.checkout.models import Checkout
from mall.checkout.rules import TooLarge
from tests.factories.goods import make_product, yuan
from tests.factories.orders import place_and_pay, put_in_cart
from tests.factories.people import make_seller, make_shopper


def test_ninety_nine_of_the_dearest_are_refused(db: Any) -> None:
    buyer = make_shopper()
    dear = make_product(make_seller(), variants=[NewVariant(yuan("999999999999999.99"), 99)])
    put_in_cart(buyer, dear, 99)
    with pytest.raises(TooLarge, match=r"at most 10000000000000\.00 CNY"):
        place_and_pay(buyer)
    assert db.session.scalar(select(func.count()).select_from(Checkout)) == 0
