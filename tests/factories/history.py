"""A shop whose orders came from elsewhere, counted by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mall.accounts.models import Person
from mall.history.models import HistoryImport, HistoryLine, HistoryOrder
from mall.sellers.models import Seller

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def imported_shop(db: Any) -> tuple[int, int]:
    """A shop and its buyer: three imported orders, 10, 20 and 100 days before NOW."""
    owner = Person(name="owner", role="seller", created_at=NOW - timedelta(500))
    buyer = Person(name="buyer", created_at=NOW - timedelta(40))
    db.session.add_all([owner, buyer])
    db.session.flush()
    seller = Seller(owner_id=owner.id, name="Shop", slug="shop", state="approved")
    taken = HistoryImport(digest="d", name="orders.csv")
    db.session.add_all([seller, taken])
    db.session.flush()
    for number, (days, total, refunded) in enumerate(
        [(10, 30_000, 0), (20, 20_000, 5_000), (100, 50_000, 0)]
    ):
        at = NOW - timedelta(days)
        order = HistoryOrder(
            import_id=taken.id,
            seller_id=seller.id,
            buyer_id=buyer.id,
            key=f"{number}",
            currency="CNY",
            total=total,
            refunded=refunded,
            paid_at=at,
            delivered_at=at + timedelta(2),
            returned_at=at + timedelta(3) if refunded else None,
        )
        db.session.add(order)
        db.session.flush()
        db.session.add(
            HistoryLine(
                order_id=order.id,
                seller_id=seller.id,
                buyer_id=buyer.id,
                line=1,
                product=f"p{number % 2}",
                quantity=1,
                price=total,
                amount=total,
                stars=4 + number % 2,
            )
        )
    db.session.flush()
    return seller.id, buyer.id
