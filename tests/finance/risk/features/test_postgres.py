"""The features of a shop in the mall's own tables, counted by hand."""

from typing import Any

from core import clock
from finance.risk.features import postgres
from tests.factories.history import NOW, imported_shop


def test_a_shop_of_three_imported_orders(db: Any) -> None:
    seller_id, _ = imported_shop(db)
    today = clock.day_number(NOW)
    found = postgres.compute("seller", seller_id, today)
    assert found is not None
    assert found["net_90"] == 45_000  # 300 + 200 - 50
    assert found["net_365"] == 95_000
    assert found["shop_age_days"] == 98
    assert found["buyers_90"] == 1
    assert found["refund_rate_90_ppm"] == 100_000  # 50 of 500
    assert found["top5_share_ppm"] == 1_000_000
    assert found["active_months_12"] == 2
    assert found["on_time_ship_90_ppm"] is None  # nothing was promised
    assert postgres.compute_all("seller", today)[seller_id] == found


def test_the_day_itself_is_not_in_it(db: Any) -> None:
    seller_id, _ = imported_shop(db)
    then = clock.day_number(NOW) - 98  # the first order settled on this day
    assert postgres.compute("seller", seller_id, then) is not None
    assert postgres.compute("seller", seller_id, then)["shop_age_days"] is None
    assert postgres.compute("seller", seller_id, then + 1)["shop_age_days"] == 1


def test_nobody_has_no_features(db: Any) -> None:
    assert postgres.compute("seller", 1, clock.day_number(NOW)) is None


def test_its_plan_is_kept_from_the_first_time(db: Any) -> None:
    seller_id, _ = imported_shop(db)
    kept = "select count(*), sum(generic_plans) from pg_prepared_statements where statement like %s"
    for times in (1, 2, 3):
        postgres.compute("seller", seller_id, clock.day_number(NOW))
        said = db.session.connection().exec_driver_sql(kept, ("%recourse_rate_ppm%",)).one()
        assert said[0] == 1 and said[1] >= times
    assert db.session.connection().exec_driver_sql("show plan_cache_mode").scalar() == "auto"
