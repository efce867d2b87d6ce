"""What raw SQL as the application cannot do to stock: units come and go by movements only."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import clock
from mall.catalog import stock
from mall.orders.rules import OrderState
from tests.factories.goods import make_product
from tests.factories.orders import assert_clean, make_order
from tests.factories.people import make_seller
from tests.stories.test_sums_at_commit import at_commit, refused

MOVED = """
    insert into stock_movement (id, created_at, seller_id, variant_id, change, cause, ref)
    select 1, now(), {seller}, id, {change}, 'received', '' from variant
"""


@pytest.fixture
def shelf(db: Any) -> Any:
    """Seven units of one thing."""
    return make_product(make_seller(), "10.00", stock=7).variants[0]


def at_once_refused(db: Any, statement: str, why: str) -> None:
    with pytest.raises(DBAPIError, match=why), db.session.begin_nested():
        db.session.execute(text(statement))


def test_a_movement_moves_the_number(db: Any, shelf: Any) -> None:
    db.session.execute(text(MOVED.format(seller="seller_id", change=-2)))
    db.session.refresh(shelf)
    assert shelf.on_hand == 5
    assert_clean()


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("update variant set on_hand = on_hand + 1", "permission denied"),
        ("update variant set on_hand = 0, reserved = 0", "permission denied"),
        (MOVED.format(seller="seller_id", change=-8), "never_oversold|on_hand_is_not_negative"),
        (MOVED.format(seller="0", change=1), "seller 0 has no variant"),
        ("update stock_movement set change = 1", "permission denied"),
        ("delete from stock_movement", "permission denied"),
        ("select stock_movement_moves()", "permission denied"),
    ],
)
def test_nothing_else_does(db: Any, shelf: Any, statement: str, why: str) -> None:
    at_once_refused(db, statement, why)


@pytest.mark.parametrize("units", ["1, 0", "1, 1", "0, 1"])
def test_a_variant_begins_empty(db: Any, shelf: Any, units: str) -> None:
    new = f"""
        insert into variant (id, created_at, product_id, seller_id, sku, label, options, price,
          currency, weight_grams, on_hand, reserved, position)
        select 1, now(), product_id, seller_id, 'RAW', '', '{{}}', 100, 'CNY', 1, {units}, 9
          from variant
    """
    at_once_refused(db, new, "variant RAW must begin with no units|never_oversold")


def test_what_is_reserved_is_what_is_held(db: Any, shelf: Any) -> None:
    make_order(product=shelf.product, amount="10.00", state=OrderState.PAID)
    at_commit(db)
    held = "update reservation set state = 'held'"
    why = "what is reserved of variant .* is not what is held of it"
    refused(db, held, why=why)
    refused(db, "update variant set reserved = 1", why=why)
    stock.reserve(_checkout(db), {shelf.id: 2}, clock.now() + timedelta(minutes=5))
    at_commit(db)
    refused(db, "update variant set reserved = 0", why=why)
    refused(db, "update reservation set state = 'released' where state = 'held'", why=why)
    assert_clean()


def _checkout(db: Any) -> int:
    return int(db.session.scalar(text("select max(id) from checkout")))
