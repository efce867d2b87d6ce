"""Who shares a door is found by the index of places, not by reading every order."""

import json
from typing import Any

from sqlalchemy import text

from mall.facts import published
from tests.factories.orders import make_order
from tests.factories.people import make_shopper


def test_neighbors_are_found_by_the_index(db: Any) -> None:
    one, other, stranger = make_shopper(), make_shopper(), make_shopper()
    for person, door in ((one, "Lane 1"), (other, "Lane 1"), (stranger, "Lane 2")):
        order = make_order(buyer=person)
        where = {**order.address, "line": door, "postcode": "200001"}
        db.session.execute(
            text("update orders set address = cast(:where as jsonb) where id = :id"),
            {"where": json.dumps(where), "id": order.id},
        )
    asked = (
        f"select other_id from ({published.sql_of('fact_shared_places')}) r where buyer_id = :id"
    )
    found = db.session.execute(text(asked.replace("%", "%%")), {"id": one.id}).scalars()
    assert found.all() == [other.id]
    db.session.execute(text("set local enable_seqscan = off"))
    plan = "\n".join(db.session.execute(text(f"explain {asked}"), {"id": one.id}).scalars())
    assert "ix_orders_place" in plan
