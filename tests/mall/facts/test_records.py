"""Records of shoppers and shops, counted by hand from imported and live rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

from core.money import Money
from mall import facts
from mall.accounts.models import Person
from mall.history.models import HistoryImport, HistoryLine, HistoryOrder
from mall.sellers.models import Seller

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def _shop(db: Any) -> tuple[int, int]:
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


def test_a_shop_of_three_imported_orders(db: Any) -> None:
    seller_id, _ = _shop(db)
    record = facts.sales_record(seller_id, NOW)
    assert record.orders_90 == 2
    assert record.net_90 == Money(45_000, "CNY")  # 300 + 200 - 50
    assert record.net_365 == Money(95_000, "CNY")
    assert record.months[0] == Money(45_000, "CNY")
    assert record.months[3] == Money(50_000, "CNY")
    assert record.active_months_6 == 2
    assert record.shop_age_days == 98
    assert record.refund_rate_90_ppm == 100_000  # 50 of 500
    assert record.top5_share_ppm == 1_000_000
    assert record.repeat_rate_ppm == 1_000_000
    assert record.review_mean_365 == 4333
    assert record.top_product_share_ppm == 600_000  # 300 of 500
    assert record.imported


def test_facts_after_the_instant_are_not_known(db: Any) -> None:
    seller_id, buyer_id = _shop(db)
    then = NOW - timedelta(50)
    assert facts.sales_record(seller_id, then).net_365 == Money(50_000, "CNY")
    assert facts.buyer_record(buyer_id, then).spend_365 == Money(50_000, "CNY")


def test_a_shopper_of_three_imported_orders(db: Any) -> None:
    _, buyer_id = _shop(db)
    record = facts.buyer_record(buyer_id, NOW)
    assert record.confirmed_orders_365 == 3
    assert record.spend_90 == Money(50_000, "CNY")
    assert record.basket_median == Money(30_000, "CNY")
    assert record.refund_rate_ppm == 50_000
    assert record.account_age_days == 100  # older than the account: the history counts
    assert record.active_months_12 == 2
    assert record.median_month_spend == Money(0, "CNY")


def test_relations_carry_no_name_and_two_clocks() -> None:
    for name, relation in facts.relations.ALL.items():
        columns = set(relation.c.keys())
        assert {"happened_at", "known_at"} <= columns, name
        assert not columns & {"name", "email", "text", "address", "title", "note"}, name
