"""Forms about suspected orders: sent twice they count once, like those of `tests/clicks.py`."""

from finance.risk.fraud import deciding
from finance.risk.fraud.models import FraudCase
from mall.orders.models import Order
from tests.clicks import Sent, Stage, click
from tests.factories.capital import ship_orders
from tests.factories.fraud_cases import make_case

WORDS = "A neighbor who pays by card and fetched it herself."


def _case(s: Stage) -> tuple[FraudCase, Order]:
    (order,) = ship_orders(s.steady, 1)
    return make_case(order), order


@click("own_fraud.prove")
def _prove(s: Stage) -> Sent:
    _, order = _case(s)
    return s.steady, f"/seller/capital/orders-to-prove/{order.number}", {"words": WORDS}


@click("fraud.answer")
def _answer(s: Stage) -> Sent:
    _, order = _case(s)
    proof = deciding.prove(s.steady.id, order.number, key="p", words=WORDS)
    return s.admin, f"/admin/fraud/proofs/{proof.id}/grant", {"answer": "Seen"}


@click("fraud.hold")
def _hold(s: Stage) -> Sent:
    return s.admin, f"/admin/fraud/{_case(s)[0].number}/hold", {"why": "A ring"}


@click("fraud.decide")
def _decide(s: Stage) -> Sent:
    hold = deciding.propose_hold(_case(s)[0].number, why="A ring", by=1)
    return s.admin, f"/admin/fraud/holds/{hold.id}/grant", {}


@click("fraud.lift")
def _lift(s: Stage) -> Sent:
    case, _ = _case(s)
    deciding.decide_hold(deciding.propose_hold(case.number, why="A ring", by=1).id, yes=True, by=2)
    return s.admin, f"/admin/fraud/{case.number}/lift", {"why": "Explained"}


@click("fraud.close")
def _close(s: Stage) -> Sent:
    return s.admin, f"/admin/fraud/{_case(s)[0].number}/close", {"why": "A family"}
