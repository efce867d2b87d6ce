"""Nobody sells to oneself: with credit it would be a loan in cash."""

import pytest
from sqlalchemy import select

from core.db import get
from mall.accounts.models import Person
from mall.checkout.models import Checkout
from mall.checkout.services import OwnGoods
from tests.factories.goods import make_product
from tests.factories.orders import place_and_pay, put_in_cart
from tests.factories.people import make_seller


def test_a_shop_owner_cannot_buy_from_the_own_shop(db):
    shop = make_seller()
    owner = get(Person, shop.owner_id)
    put_in_cart(owner, make_product(shop, "400.00", title="Kettle"))
    with pytest.raises(OwnGoods, match="Kettle is from your own shop"):
        place_and_pay(owner)
    assert db.session.scalars(select(Checkout)).all() == []
