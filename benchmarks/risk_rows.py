"""Shops with their year of orders in the mall's own tables, written by sets as the owner."""

from typing import Any

import psycopg

from benchmarks.lending_writing import insert
from mall.accounts.models import Person
from mall.orders.models import Order, OrderLine, Refund, Shipment
from mall.sellers.models import Seller

SMALL, FIRST_SMALL, FIRST_BUYER, FIRST_OWNER = 2_000, 1_000, 10_000_000, 1_000_000
_AT_ONCE = 1_000_000  # orders
LINES_OF_A_SHOP = 500  # in the mean, when everyone is scored
DAYS = 365
Owner = psycopg.Connection[Any]


def fill(owner: Owner, shops: dict[int, int], lines: int) -> None:
    """`shops`: lines by the id of each named shop; `lines` together of SMALL small ones.

    Two lines an order, spread over a year that ends today; three of a hundred orders refunded.
    """
    owner.execute("set session_replication_role = replica")  # no keys to others are checked
    buyers = 20_000
    _people(owner, SMALL, list(shops), buyers)
    begun = 1
    for seller, count in shops.items():
        begun = _orders(owner, str(seller), begun, count // 2, buyers)
    _orders(owner, f"{FIRST_SMALL} + o % {SMALL}", begun, lines // 2, buyers)
    owner.commit()
    owner.autocommit = True
    owner.execute("vacuum analyze")


def fill_many(owner: Owner, lines: int) -> int:
    """A whole mall of so many lines, its shops as different in size as those of the Parquet facts.

    Without the indexes that are no key: everyone's features read whole tables. How many shops.
    """
    owner.execute("set session_replication_role = replica")
    sellers, orders = max(20, lines // LINES_OF_A_SHOP), lines // 2
    buyers = max(50, orders // 10)
    _drop_indexes(owner)
    _people(owner, sellers, [], buyers)
    dice = "abs(hashint8(o)::bigint) % 1000000 / 1e6"  # few shops sell much, most little
    shop = f"{FIRST_SMALL} + floor({sellers} * pow({dice}, 2))::bigint"
    for first in range(1, orders + 1, _AT_ONCE):
        _orders(owner, shop, first, min(_AT_ONCE, orders + 1 - first), buyers)
        owner.commit()
    owner.autocommit = True
    owner.execute("vacuum analyze")
    return sellers


def _drop_indexes(owner: Owner) -> None:
    rows = owner.execute(
        "select indexrelid::regclass::text from pg_index where indrelid::regclass::text = any(%s) "
        "and not exists (select from pg_constraint where conindid = indexrelid)",
        [["orders", "order_line", "shipment", "refund", "person", "seller"]],
    ).fetchall()
    for (name,) in rows:
        owner.execute(f"drop index {name}".encode())


def _people(owner: Owner, small: int, named: list[int], buyers: int) -> None:
    ids = f"(select generate_series({FIRST_SMALL}, {FIRST_SMALL + small - 1}) as n"
    ids += "".join(f" union all select {id}" for id in named) + ") s"
    insert(
        owner, Seller, f"from {ids}",
        id="n", owner_id=f"n + {FIRST_OWNER}", name="'Shop ' || n", slug="'shop-' || n",
        state="'approved'", created_at="now() - interval '500 days'",
    )  # fmt: skip
    for first, count in ((FIRST_BUYER, buyers), (FIRST_OWNER, FIRST_SMALL + small)):
        insert(
            owner, Person, f"from generate_series({first}, {first + count - 1}) n",
            id="n", name="'n' || n", created_at="now() - (n % 700) * interval '1 day'",
        )  # fmt: skip


def _orders(owner: Owner, seller: str, first: int, count: int, buyers: int) -> int:
    """Orders `first` and on; the number behind the last one."""
    source = (
        f"from generate_series({first}::bigint, {first + count - 1}) o, lateral (select "
        f"date_trunc('day', now()) - ((o * 7919) % {DAYS * 86_400}) * interval '1 second' as at,"
        f" {seller} as seller, {FIRST_BUYER} + (o * 31 + o / 7) % {buyers} as buyer,"
        " 1000 + (o * 37) % 9000 as price) x"
    )
    insert(
        owner, Order, source,
        id="o", number="'O-' || o", checkout_id="o", buyer_id="buyer", seller_id="seller",
        state="'received'", goods="3 * price", shipping="0", total="3 * price", currency="'CNY'",
        commission_ppm="50000", shipping_choice="'standard'",
        address="jsonb_build_object('line', buyer::text, 'postcode', '2000', 'region', 'r' || buyer % 9)",
        paid_with="case when o % 4 = 0 then 'pay_later:4x' else 'card' end",
        paid_at="at", created_at="at", ship_by="at + interval '2 days'",
        shipped_at="at + (o % 60) * interval '1 hour'", delivered_at="at + interval '4 days'",
        received_at="at + interval '6 days'", received_by_timer="o % 3 = 0",
    )  # fmt: skip
    for line in (1, 2):
        insert(
            owner, OrderLine, source,
            id=f"2 * o + {line}", order_id="o", seller_id="seller", buyer_id="buyer",
            product_id="seller * 100 + o % 40", variant_id="1", category_id="1 + o % 12",
            position=str(line), title="'goods'", quantity=str(line), price="price",
            amount=f"{line} * price", created_at="at",
        )  # fmt: skip
    insert(
        owner, Shipment, source,
        id="o", order_id="o", seller_id="seller", carrier="'c'", tracking="'t' || o",
        first_scan_at="at + (o % 70) * interval '1 hour'", created_at="at",
    )  # fmt: skip
    insert(
        owner, Refund, f"{source} where o % 33 = 0",
        id="o", number="'R-' || o", order_id="o", seller_id="seller", buyer_id="buyer",
        state="'settled'", amount="price", currency="'CNY'", cause="'damaged'", fault="'seller'",
        decided_at="at + interval '9 days'", created_at="at + interval '8 days'",
    )  # fmt: skip
    return first + count
