"""Notices in any order, any number of times, late, early, forged or never: one final state."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import permutations
from random import Random
from typing import Any

import stripe
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import select, text

from core import clock
from core.db import db
from payments import gateways
from payments.drive import _lease
from payments.facts import Disputed
from payments.gateway import send
from payments.models import GatewayEvent, GatewayOp, Payment
from payments.purposes import _hearers
from tests.chaos import processes
from tests.chaos.checks import complaints, sweep
from tests.chaos.flows import FLOWS, Made
from tests.chaos.gateway import Gateway
from tests.chaos.malls import City, Mall
from tests.chaos.processes import ask
from tests.chaos.report import Report
from tests.chaos.wanted import Wanted
from tests.chaos.warm import warm

NAMED = (
    "payment_intent.succeeded",
    "charge.refunded",
    "refund.updated",
    "charge.dispute.created",
    "charge.dispute.closed",
)
SOON = timedelta(minutes=3)
Events = dict[str, str]  # what is told -> about which object


def run(city: City, wanted: Wanted, report: Report) -> None:
    mall = warm(city, "stripe webhooks")
    dice = Random(wanted.seed)
    orders = list(permutations(NAMED))
    chosen = dice.sample(orders, wanted.rounds(len(orders), 4))
    for first in range(0, len(chosen), 20):
        _permuted(mall, chosen[first : first + 20], dice.randrange(10**6), wanted, report)
    for name in wanted.some(ODDITIES, 4, "oddities"):
        attempt = ODDITIES[name]
        report.count(f"webhook: {name}", "stripe checkout")
        report.lose(
            f"--only webhooks --seed {wanted.seed}", [f"{name}: {w}" for w in attempt(mall)]
        )


# -- every order of the five


def _permuted(
    mall: Mall, orders: list[tuple[str, ...]], seed: int, wanted: Wanted, report: Report
) -> None:
    tell = partial(_tell_all, mall, orders, seed)
    ended: list[tuple[tuple[str, ...], list[Any]]] = ask(mall.app, tell, at=clock.now() + SOON)
    report.count("webhook: permuted, up to five times each", "payment, refund, dispute", len(ended))
    first = ended[0][1]
    wrong = [f"{order} ended as {end}, not as {first}" for order, end in ended if end != first]
    wrong += ask(mall.app, partial(_wrong, mall), at=clock.now() + 2 * SOON)
    report.lose(f"--only webhooks --seed {wanted.seed}", wrong)


def _tell_all(mall: Mall, orders: list[tuple[str, ...]], seed: int) -> list[Any]:
    dice = Random(seed)
    return [(order, _one_life(mall, order, dice)) for order in orders]


def _one_life(mall: Mall, order: tuple[str, ...], dice: Random) -> list[Any]:
    """A payment, a refund whose answer we never got, a lost dispute; then the notices, then a sweep."""
    made = FLOWS["refund"].prepare(0)
    op_id, payment_id = _asked_but_unheard(made)
    events = _events(mall, op_id, payment_id)
    told = [name for name in order for _ in range(dice.choice([1, 1, 2, 5]))]
    if dice.random() < 0.3:  # one of them is missing for ever
        missing = dice.choice(NAMED[:3])
        told = [name for name in told if name != missing]
    for name in told:
        answer = post(mall, name, events[name], f"evt_{name}_{events[name]}")
        assert answer.status_code == 200, answer.text
    with clock.travel(clock.now() + SOON):
        sweep()
    return _state_of(payment_id)


def _asked_but_unheard(made: Made) -> tuple[int, int]:
    """The refund is asked for and given; whoever asked has died before the answer was applied."""
    from tests.chaos.flows import money, returns

    returns.give_refund(
        made["order"],
        money("30.00"),
        by=f"seller:{made['seller']}",
        cause="damaged",
        key=made["key"],
    )
    (op,) = FLOWS["refund"].ops(made)
    op_id, payment_id = op.id, op.payment_id or 0
    work = _lease(op_id)
    assert not isinstance(work, str)
    send(gateways.current(), work.request)
    return op_id, payment_id


def _events(mall: Mall, op_id: int, payment_id: int) -> Events:
    gateway = _gateway(mall)
    intent = db.session.get_one(Payment, payment_id).charge_id
    db.session.commit()
    dispute = gateway.do("dispute", intent, 2000, False)
    (refund,) = [t for t in gateway.do("things", "re") if t["metadata"]["op"] == str(op_id)]
    charge = gateway.do("thing", intent)["latest_charge"]
    about = (str(intent), charge, refund["id"], dispute, dispute)
    return dict(zip(NAMED, about, strict=True))


def _state_of(payment_id: int) -> list[Any]:
    """What may not depend on the order of notices: counters, operations, and journals by kind."""
    payment = db.session.get_one(Payment, payment_id)
    db.session.refresh(payment)
    refs = [payment.purpose]
    ops = select(GatewayOp).where(GatewayOp.payment_id == payment_id).order_by(GatewayOp.id)
    states = [(op.kind, op.state) for op in db.session.scalars(ops)]
    refs += list(
        db.session.scalars(select(GatewayOp.ref).where(GatewayOp.payment_id == payment_id))
    )
    journals = db.session.execute(
        text(
            "select kind, count(*) from ledger_journal where ref = any(:refs) group by kind order by kind"
        ),
        {"refs": refs},
    )
    counters = (payment.captured_minor, payment.refunded_minor, payment.disputed_lost_minor)
    return [payment.state, counters, states, [tuple(row) for row in journals]]


def _wrong(mall: Mall) -> list[str]:
    """All is clean; money of disputes counts once somebody hears of them."""
    found = complaints(mall)
    if Disputed not in _hearers:
        found = [words for words in found if not words.startswith("the gateway holds")]
    return found


# -- one by one


def post(mall: Mall, type: str, about: str, event_id: str, age: int = 0, **more: Any) -> Any:
    """A notice through the front door, signed `age` seconds ago."""
    thing = _gateway(mall).do("thing", about)
    event = {"id": event_id, "object": "event", "type": type, "data": {"object": thing}} | more
    body = json.dumps(event)
    stamp = int(time.time()) - age  # the signature is checked against the real time
    sign = stripe.WebhookSignature.generate_signature_header
    header = sign(body, current_app.config["STRIPE_WEBHOOK_SECRET"], timestamp=stamp)
    return deliver(body, {"Stripe-Signature": header})


def deliver(body: str, headers: dict[str, str]) -> Any:
    client = FlaskClient(current_app, current_app.response_class)  # type: ignore[arg-type]
    return client.post("/webhooks/stripe", data=body, headers=headers)


def _gateway(mall: Mall) -> Gateway:
    assert mall.gateway is not None
    return mall.gateway


def _unapplied(mall: Mall) -> tuple[Made, str]:
    """A checkout that was paid at the gateway by somebody who died before writing it down."""
    made = ask(mall.app, partial(FLOWS["checkout"].prepare, 0))
    ended = processes.run(mall.app, partial(FLOWS["checkout"].act, made), point="after:send")
    assert ended.was_killed, ended
    return made, _gateway(mall).do("things", "pi")[0]["id"]


def _ends_well(mall: Mall, made: Made, at: Any) -> list[str]:
    states = ask(mall.app, lambda: [op.state for op in FLOWS["checkout"].ops(made)], at=at)
    found = [] if states == ["succeeded"] else [f"ended as {states}"]
    return found + ask(mall.app, partial(_wrong, mall), at=at)


def _five_at_once(mall: Mall) -> list[str]:
    made, intent = _unapplied(mall)
    say = partial(_answer, mall, "payment_intent.succeeded", intent, f"evt_five_{intent}")
    together = [processes.start(mall.app, say) for _ in range(5)]
    answers = sorted(str(each.wait().said) for each in together)
    found = [] if answers.count("200 repeated") == 4 else [f"five at once got {answers}"]
    return found + _ends_well(mall, made, clock.now())


def _answer(mall: Mall, type: str, about: str, event_id: str, age: int = 0, **more: Any) -> str:
    said = post(mall, type, about, event_id, age, **more)
    return f"{said.status_code} {said.text if said.status_code == 200 else ''}".strip()


def _before_our_commit(mall: Mall) -> list[str]:
    """Told while whoever asked still waits for the answer."""
    gateway = _gateway(mall)
    made = ask(mall.app, partial(FLOWS["checkout"].prepare, 0))
    gateway.do("set", "slow_seconds", 0.5)
    gateway.do("faults", ["slow"])
    before = gateway.do("made")
    asking = processes.start(mall.app, partial(FLOWS["checkout"].act, made))
    gateway.wait_until(lambda: gateway.do("made") > before)
    intent = gateway.do("things", "pi")[0]["id"]
    said = ask(
        mall.app, partial(_answer, mall, "payment_intent.succeeded", intent, f"evt_e_{intent}")
    )
    ended = asking.wait()
    found = [] if said == "200 succeeded" else [f"the early notice got {said}"]
    found += [] if ended.status == 0 and ended.said.done else [f"who asked: {ended}"]
    return found + _ends_well(mall, made, clock.now())


def _told(
    wanted: str, *, days: int = 0, applied: bool = True, **how: Any
) -> Callable[[Mall], list[str]]:
    """One notice about an unapplied payment, told in a certain way, gets the answer `wanted`."""

    def attempt(mall: Mall) -> list[str]:
        made, intent = _unapplied(mall)
        at = clock.now() + timedelta(days)
        event = f"evt_{len(how)}_{days}_{intent}"
        type = how.get("type", "payment_intent.succeeded")
        more = {k: v for k, v in how.items() if k != "type"}
        said = ask(mall.app, partial(_answer, mall, type, intent, event, **more), at=at)
        found = [] if said == wanted else [f"it got {said!r}, not {wanted!r}"]
        if not applied:
            found += ask(mall.app, partial(_stored, event, made))
            ask(mall.app, sweep, at=at + SOON)  # and still nothing is missing
        return found + _ends_well(mall, made, at + SOON)

    return attempt


def _stored(event_id: str, made: Made) -> list[str]:
    """Nothing was believed: not kept, not applied."""
    kept = db.session.get(GatewayEvent, ("stripe", event_id))
    states = [op.state for op in FLOWS["checkout"].ops(made)]
    return [] if kept is None and states == ["sending"] else [f"it was believed: {kept}, {states}"]


def _forged(mall: Mall) -> list[str]:
    made, intent = _unapplied(mall)
    body = json.dumps({"id": "evt_forged", "object": "event", "type": "payment_intent.succeeded",
                       "data": {"object": {"id": intent}}})  # fmt: skip
    header = stripe.WebhookSignature.generate_signature_header(body, "whsec_somebody_else")
    found = []
    for headers in ({"Stripe-Signature": header}, {"Stripe-Signature": "t=1,v1="}, {}):
        said = ask(mall.app, lambda h=headers: deliver(body, h).status_code)
        found += [] if said == 400 else [f"a forged notice got {said}"]
    found += ask(mall.app, partial(_stored, "evt_forged", made))
    ask(mall.app, sweep, at=clock.now() + SOON)
    return found + _ends_well(mall, made, clock.now() + SOON)


def _never(mall: Mall) -> list[str]:
    made, _ = _unapplied(mall)
    ask(mall.app, sweep, at=clock.now() + SOON)
    return _ends_well(mall, made, clock.now() + SOON)


ODDITIES: dict[str, Callable[[Mall], list[str]]] = {
    "five times at the same moment": _five_at_once,
    "before our own commit": _before_our_commit,
    "three days late": _told("200 succeeded", days=3),
    "forged, or not signed at all": _forged,
    "signed an hour ago": _told("400", age=3600, applied=False),
    "of a type nobody knows": _told("200 succeeded", type="payment_intent.invented"),
    "of another API version": _told("200 succeeded", api_version="2016-07-06"),
    "missing for ever": _never,
}
