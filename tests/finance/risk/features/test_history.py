"""Features of an imported shop and its shopper, counted by hand."""

from datetime import datetime, timedelta
from typing import Any

from core import clock
from finance.risk.features import postgres
from tests.factories.history import NOW, imported_shop


def seen(subject: str, id: int, at: datetime = NOW) -> dict[str, Any]:
    return postgres.compute(subject, id, clock.day_number(at)) or {}


def test_a_shop_of_three_imported_orders(db: Any) -> None:
    seller_id, _ = imported_shop(db)
    found = seen("seller", seller_id)
    assert found["net_90"] == 45_000  # 300 + 200 - 50
    assert found["net_365"] == 95_000
    assert found["net_month_0"] == 45_000
    assert found["net_month_3"] == 50_000
    assert sum(found[f"net_week_{i}"] for i in range(26)) == 95_000
    assert found["active_months_12"] == 2
    assert found["shop_age_days"] == 98
    assert found["refund_rate_90_ppm"] == 100_000  # 50 of 500
    assert found["top5_share_ppm"] == 1_000_000
    assert found["repeat_rate_ppm"] == 1_000_000
    assert found["review_mean_365"] == 4333
    assert found["top_product_share_ppm"] == 600_000  # 300 of 500


def test_facts_after_the_day_are_not_known(db: Any) -> None:
    seller_id, buyer_id = imported_shop(db)
    then = NOW - timedelta(50)
    assert seen("seller", seller_id, then)["net_365"] == 50_000
    assert seen("buyer", buyer_id, then)["spend_365"] == 50_000


def test_a_shopper_of_three_imported_orders(db: Any) -> None:
    _, buyer_id = imported_shop(db)
    found = seen("buyer", buyer_id)
    assert found["confirmed_orders_365"] == 3
    assert found["orders_90"] == 2
    assert found["recency_days"] == 10
    assert found["basket_median"] == 30_000
    assert found["refund_rate_ppm"] == 50_000
    assert found["account_age_days"] == 100  # older than the account: the history counts
    assert found["active_months_12"] == 2
    assert found["usual_month"] == 50_000  # 1,000.00 in two months
