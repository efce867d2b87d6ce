"""A case of suspected fraud as a night would have left it."""

from typing import Any

from core import clock, ids
from core.db import db
from finance.risk.fraud import deciding
from finance.risk.fraud.models import FraudCase, SuspectOrder
from finance.risk.fraud.services import event
from mall.orders.models import Order
from tests.factories.stripe import PDF


def make_case(*orders: Order) -> FraudCase:
    """An open case about the orders' shop: buyers on the owner's phone."""
    case = FraudCase(
        number=ids.code("F"), subject="seller", subject_id=orders[0].seller_id,
        opened_on=clock.today(), action="haircut", state="open",
    )  # fmt: skip
    db.session.add(case)
    db.session.flush()
    x4 = {"id": "X4", "sentence": "", "value": 1_000_000, "at_least": 50_001, "unit": "ppm"}
    links = [["3f2a91bc", order.buyer_id] for order in orders]
    way = [["account or card 5be1", 1_795_000_000], ["owner 7", 1_795_003_600]]
    path = {"order": orders[0].number, "amount": 60_000, "lent": True, "hops": 3, "stations": way}
    found = {"signals": [x4], "links": links, "paths": [path | {"at": 1_795_010_000}]}
    event(case, "opened", "opened", "night")
    event(case, f"found:{clock.today()}", "found", "night", action="haircut", **found)
    db.session.add_all(
        SuspectOrder(
            case_id=case.id, order_id=o.id, order_number=o.number, seller_id=o.seller_id,
            amount=o.total, signals=["X4"],
        )
        for o in orders
    )  # fmt: skip
    db.session.commit()
    return case


def suspected(order: Order) -> dict[tuple[str, str], Any]:
    """Rows of the route walk: a case with a proof that shows a file, and a hold to decide on."""
    case, words = make_case(order), "A neighbor fetched it."
    told = {"key": "p", "words": words, "name": "r.pdf", "body": PDF}
    proof = deciding.prove(order.seller_id, order.number, **told)  # type: ignore[arg-type]
    return {
        ("/seller/capital/orders-to-prove", "number"): order.number,
        ("/seller/capital/orders-to-prove", "proof_id"): proof.id,
        ("/admin/fraud", "number"): case.number,
        ("/admin/fraud", "proof_id"): proof.id,
        ("/admin/fraud", "hold_id"): deciding.propose_hold(case.number, why="A ring", by=1).id,
        ("/admin/fraud", "word"): "decline",
    }
