"""Shops with a year of imported orders, made by dice in the mall's own tables."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from mall.accounts.models import Person
from mall.history.models import HistoryImport, HistoryLine, HistoryOrder
from mall.sellers.models import Seller

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_PRODUCTS = ("tea", 'a "quoted" name', "comma, and\nnew line", "")


def make(db: Any, shops: int = 12, orders: int = 25) -> list[int]:
    """The shops' ids; one of them, the last, never sold anything."""
    roll = Random(11)
    owners = [Person(name=f"o{i}", role="seller", created_at=_ago(600)) for i in range(shops)]
    buyers = [Person(name=f"b{i}", created_at=_ago(500)) for i in range(30)]
    taken = HistoryImport(digest="dice", name="orders.csv")
    db.session.add_all([*owners, *buyers, taken])
    db.session.flush()
    sellers = [
        Seller(
            owner_id=owner.id,
            name=f"Shop {i}",
            slug=f"shop-{i}",
            state="approved",
            created_at=_ago(400),
            license_verified_at=_ago(300) if i % 2 else None,
        )
        for i, owner in enumerate(owners)
    ]
    db.session.add_all(sellers)
    db.session.flush()
    for seller in sellers[:-1]:
        for number in range(roll.randrange(1, orders)):
            buyer = buyers[roll.randrange(len(buyers))].id
            order(db, roll, taken.id, seller.id, buyer, f"{seller.id}-{number}")
    db.session.flush()
    return [seller.id for seller in sellers]


def order(
    db: Any, roll: Random, taken: int, seller: int, buyer: int, key: str, days: int = 0
) -> None:
    """An order with a line, `days` ago or at any time of the last year."""
    at, total = _ago(days or roll.randrange(5, 380)), roll.randrange(1_000, 90_000)
    back = roll.random() < 0.2
    made = HistoryOrder(
        import_id=taken,
        seller_id=seller,
        buyer_id=buyer,
        key=key,
        currency="CNY",
        total=total,
        refunded=total // 2 if back else 0,
        paid_at=at,
        shipped_at=at + timedelta(1),
        delivered_at=at + timedelta(roll.randrange(2, 5)) if roll.random() < 0.9 else None,
        returned_at=at + timedelta(6) if back else None,
        region=roll.choice(["north", "south", ""]),
    )
    db.session.add(made)
    db.session.flush()
    line = HistoryLine(
        order_id=made.id,
        seller_id=seller,
        buyer_id=buyer,
        line=1,
        product=roll.choice(_PRODUCTS),
        quantity=1,
        price=total,
        amount=total,
        stars=roll.choice([None, 1, 4, 5]),
    )
    db.session.add(line)


def _ago(days: int) -> datetime:
    return NOW - timedelta(days)
