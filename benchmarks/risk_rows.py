"""Shops with their year of orders in the mall's own tables, written by sets as the owner."""

from typing import Any

import psycopg

from benchmarks.lending_writing import insert
from mall.accounts.models import Person
from mall.orders.models import Order, OrderLine, Refund, Shipment
from mall.sellers.models import Seller

SMALL, FIRST_SMALL, BUYERS = 2_000, 1_000, 20_000
DAYS = 365


def fill(owner: "psycopg.Connection[Any]", shops: dict[int, int], lines: int) -> None:
    """`shops`: lines by the id of each named shop; `lines` together of SMALL small ones.

    Two lines an order, spread over a year that ends today; three of a hundred orders refunded.
    """
    owner.execute("set session_replication_role = replica")  # no keys to others are checked
    _people(owner, list(shops))
    begun = 1
    for seller, count in shops.items():
        begun = _orders(owner, str(seller), begun, count // 2)
    _orders(owner, f"{FIRST_SMALL} + o % {SMALL}", begun, lines // 2)
    owner.commit()
    owner.autocommit = True
    owner.execute("vacuum analyze")


def _people(owner: "psycopg.Connection[Any]", named: list[int]) -> None:
    ids = f"(select generate_series({FIRST_SMALL}, {FIRST_SMALL + SMALL - 1}) as n"
    ids += "".join(f" union all select {id}" for id in named) + ") s"
    insert(
        owner, Seller, f"from {ids}",
        id="n", owner_id="n + 1000000", name="'Shop ' || n", slug="'shop-' || n",
        state="'approved'", created_at="now() - interval '500 days'",
    )  # fmt: skip
    for first, count in ((10_000, BUYERS), (1_000_000, 100_000)):
        insert(
            owner, Person, f"from generate_series({first}, {first + count - 1}) n",
            id="n", name="'n' || n", created_at="now() - (n % 700) * interval '1 day'",
        )  # fmt: skip


def _orders(owner: "psycopg.Connection[Any]", seller: str, first: int, count: int) -> int:
    """Orders `first` and on; the number behind the last one."""
    source = (
        f"from generate_series({first}::bigint, {first + count - 1}) o, lateral (select "
        f"date_trunc('day', now()) - ((o * 7919) % {DAYS * 86_400}) * interval '1 second' as at,"
        f" {seller} as seller, 10000 + (o * 31 + o / 7) % {BUYERS} as buyer,"
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
