"""People who act at the same moment: never more sold, paid or given back than there is."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from core import clock, ids
from core.db import db
from core.errors import DomainError
from mall.catalog.models import Variant
from mall.checkout import paying
from mall.checkout.queries import next_key
from mall.orders import returns
from mall.orders import services as orders
from mall.orders.models import Order
from mall.orders.rules import OrderState
from mall.payouts import services as payouts
from payments import services as payments
from payments.models import GatewayOp, Payment
from tests.chaos.checks import complaints, sweep
from tests.chaos.flows import (
    a_card,
    a_seller,
    a_shopper,
    an_order,
    make_product,
    money,
    put_in_cart,
)
from tests.chaos.malls import City, Mall
from tests.chaos.processes import ask
from tests.chaos.report import Report
from tests.chaos.wanted import Wanted
from tests.chaos.warm import warm
from tests.chaos.webhooks import post
from tests.factories.orders import ADDRESS
from tests.factories.owner import without_orders
from tests.factories.payments import plugged
from tests.factories.stripe import collect

Round = Callable[[Mall], list[str]]


@dataclass(frozen=True)
class Kind:
    """What is tried, in which mall, how often in a full and in a short run."""

    mall: str
    attempt: Round
    full: int
    quick: int


def run(city: City, wanted: Wanted, report: Report) -> None:
    for name, kind in ROUNDS.items():
        mall, count = warm(city, kind.mall), wanted.rounds(kind.full, kind.quick)
        report.count("at the same moment", name, count)
        wrong = ask(mall.app, partial(_rounds, mall, kind.attempt, count))
        again = f"--only rounds --seed {wanted.seed}"
        report.lose(again, [f"{name}: {words}" for words in dict.fromkeys(wrong)])


def _rounds(mall: Mall, attempt: Round, count: int) -> list[str]:
    found = [words for _ in range(count) for words in attempt(mall)]
    with clock.travel(clock.now() + timedelta(minutes=3)):
        sweep()
        return found + complaints(mall)


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Start all at the same moment; what each gave, or the refusal it got."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    db.session.commit()
    start = Barrier(len(actions))

    def act(action: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait(60)
            try:
                return action()
            except DomainError as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(actions)) as pool:
        answers = list(pool.map(act, actions))
    db.session.expire_all()
    return answers


def done(answers: list[Any]) -> list[Any]:
    return [answer for answer in answers if not isinstance(answer, DomainError)]


# -- the last unit, and clicks


def _buy(buyer_id: int, seller_id: int, offer: str, key: str) -> Any:
    return paying.confirm(
        buyer_id=buyer_id,
        key=key,
        address=ADDRESS,
        shipping={seller_id: "pickup"},
        offer_key=offer,
    )


def _a_buyer_with(product: Any) -> tuple[int, str]:
    buyer = a_shopper()
    put_in_cart(buyer, product)
    return buyer.id, f"card:{a_card(buyer.id).id}"


def _last_unit(mall: Mall) -> list[str]:
    """Thirty-two buyers, one unit."""
    product = make_product(a_seller(), "40.00", stock=1)
    variant, seller_id = product.variants[0].id, product.seller_id
    buyers = [_a_buyer_with(product) for _ in range(32)]
    answers = at_once(
        *(partial(_buy, who, seller_id, offer, next_key(who)) for who, offer in buyers)
    )
    left = db.session.get_one(Variant, variant)
    paid = _captured([who for who, _ in buyers])
    found = [] if len(done(answers)) == 1 else [f"{len(done(answers))} bought the last unit"]
    found += [] if paid == 1 else [f"{paid} payments for one unit"]
    return found + ([] if (left.on_hand, left.reserved) == (0, 0) else ["the shelf is wrong"])


def _captured(payers: list[int]) -> int:
    query = select(func.count()).where(Payment.payer_id.in_(payers), Payment.captured_minor > 0)
    return db.session.scalar(query) or 0


def _clicks(mall: Mall, tabs: bool) -> list[str]:
    """A double click, or two tabs of one cart: each has asked for its key by itself."""
    product = make_product(a_seller(), "40.00", stock=5)
    buyer, offer = _a_buyer_with(product)
    key = next_key(buyer)
    keys = [key, next_key(buyer) if tabs else key]
    answers = at_once(*(partial(_buy, buyer, product.seller_id, offer, key) for key in keys))
    numbers = {answer.number for answer in done(answers)}
    count = _captured([buyer])
    return [] if len(numbers) == count == 1 else [f"{len(numbers)} checkouts, {count} payments"]


# -- money back, and out


def _sixteen_refunds(mall: Mall) -> list[str]:
    """Sixteen refunds of 60 %, each with a key of its own."""
    order = an_order(OrderState.RECEIVED)
    number, by = order.number, f"seller:{order.seller_id}"
    give = partial(returns.give_refund, number, money("60.00"), by=by, cause="damaged")
    answers = at_once(*(partial(give, key=ids.code("K")) for _ in range(16)))
    refunded = db.session.scalar(select(Order.refunded).where(Order.number == number))
    found = [] if len(done(answers)) == 1 else [f"{len(done(answers))} refunds of 60 %"]
    return found + ([] if refunded == 6000 else [f"{refunded} of 10000 given back"])


def _release_and_refund(mall: Mall) -> list[str]:
    """Receipt is confirmed while the seller gives 60 % back."""
    order = an_order(OrderState.DELIVERED)
    number, buyer, by = order.number, order.buyer_id, f"seller:{order.seller_id}"
    key = ids.code("K")
    answers = at_once(
        partial(orders.confirm_receipt, number, buyer),
        partial(returns.give_refund, number, money("60.00"), by=by, cause="damaged", key=key),
    )
    return [] if len(done(answers)) == 2 else [f"one was refused: {answers}"]


def _refund_dispute_payout(mall: Mall) -> list[str]:
    """A refund, a dispute and a payout of the same order's money."""
    assert mall.gateway
    order = an_order(OrderState.RECEIVED)
    number, seller = order.number, order.seller_id
    charge = select(Payment.charge_id).where(Payment.payer_id == order.buyer_id)
    intent = db.session.scalar(charge)
    dispute = mall.gateway.do("open_dispute", intent, 3000)
    told = partial(post, mall, "charge.dispute.created", dispute, f"evt_{dispute}")
    give = partial(returns.give_refund, number, money("60.00"), by=f"seller:{seller}")
    answers = at_once(
        partial(give, cause="damaged", key=ids.code("K")),
        lambda: told().status_code,
        partial(payouts.request_payout, seller, money("70.00"), key=ids.code("K")),
    )
    _drive_all()
    closed = mall.gateway.do("close", dispute, False)
    said = post(mall, "charge.dispute.closed", closed, f"evt_closed_{dispute}").status_code
    return [] if answers[1] == said == 200 else [f"the dispute's notices got {answers[1]}, {said}"]


def _drive_all() -> None:
    for op_id in list(
        db.session.scalars(select(GatewayOp.id).where(GatewayOp.state == "intended"))
    ):
        payments.drive(op_id)


def _workers(mall: Mall) -> list[str]:
    """Four workers on one operation."""
    order = an_order(OrderState.PAID)
    refund = returns.give_refund(
        order.number, money("60.00"), by="mall", cause="damaged", key=ids.code("K")
    )
    (op_id,) = db.session.scalars(select(GatewayOp.id).where(GatewayOp.ref == refund.number))
    at_once(*(partial(payments.drive, op_id) for _ in range(4)))
    payments.drive(op_id)
    state = db.session.scalar(select(GatewayOp.state).where(GatewayOp.id == op_id))
    return [] if state == "succeeded" else [f"it ended as {state}"]


def _capture_and_cancel(mall: Mall) -> list[str]:
    """Money set aside is captured and let go at the same moment; it is of no order."""
    with plugged(), without_orders():
        held = collect(ids.code("O"), capture="manual")
        answers = at_once(
            partial(payments.intend_capture, payment_id=held.id, amount=money("60.00")),
            partial(payments.intend_cancel, payment_id=held.id),
        )
        _drive_all()
        ended = payments.view(held.id)
    rightly = {("succeeded", 6000), ("refused", 0)}
    found = [] if len(done(answers)) == 1 else [f"both were accepted: {answers}"]
    end = (ended.state, ended.captured.minor)
    return found + ([] if end in rightly else [f"it ended as {end}"])


ROUNDS: dict[str, Kind] = {
    "32 buyers, one unit": Kind("sandbox", _last_unit, 5, 1),
    "double click": Kind("sandbox", partial(_clicks, tabs=False), 40, 1),
    "two tabs": Kind("sandbox", partial(_clicks, tabs=True), 40, 1),
    "16 refunds of 60 %": Kind("sandbox", _sixteen_refunds, 20, 1),
    "release and refund": Kind("sandbox", _release_and_refund, 35, 1),
    "refund, dispute and payout": Kind("stripe", _refund_dispute_payout, 30, 1),
    "capture and cancel": Kind("stripe", _capture_and_cancel, 30, 1),
    "four workers, one operation": Kind("stripe", _workers, 40, 1),
}
