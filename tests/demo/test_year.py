"""A mall lives on for some days with its lender, and every check of the book is asked each night."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from core.db import db
from demo.state import Size
from demo.world import build
from demo.year import Look
from tests.conftest import _SETTINGS

LAST = date(2026, 3, 9)
SIZE = replace(Size.of(8), shops=4, shoppers=10, orders_a_day=2_500)


def test_nothing_is_wrong_on_any_day(make_database: Any) -> None:
    from wsgi import create_app

    said: list[str] = []
    app = create_app(_SETTINGS | {"DATABASE_URL": make_database("demo_year")})
    with app.app_context():
        look = Look(LAST - timedelta(SIZE.days - 1), said.append)
        build(SIZE, 5, LAST, look)
        db.session.remove()
        db.engine.dispose()
    assert (look.days, look.bad, said) == (8, 0, [])
    assert look.checks > 100
