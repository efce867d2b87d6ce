"""The night's look at the whole mall, and what people decide about a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db
from core.use_case import use_case
from finance.risk.fraud import news, reading, viewing
from finance.risk.fraud.evidence import Mall
from finance.risk.fraud.models import CLOSED, OPEN, FraudCase, FraudEvent, SuspectOrder
from finance.risk.fraud.signals import (
    ACTIONS,
    BUYER,
    CLEAR,
    HAIRCUT,
    SELLER,
    Judgment,
    judge,
)
from mall.facts.marks import Sale


@dataclass
class Found:
    """What a night did."""

    looked_at: int = 0
    opened: int = 0
    orders: int = 0
    closed: int = 0


def look(on: date) -> Found:
    """Judge every seller and buyer as of the start of `on`; the same day twice changes nothing.

    One reading of the mall, then one transaction a subject that has something.
    """
    mall = reading.mall_as_of(clock.start_of(on))
    by_id = {sale.order_id: sale for sale in mall.sales}
    found, open_now = Found(), _open_cases()
    subjects = [(SELLER, shop.seller_id) for shop in mall.shops]
    subjects += [(BUYER, id) for id in sorted({*mall.by_buyer, *(id for id, _ in mall.refusals)})]
    for subject, id in subjects:
        judgment = judge(mall, subject, id)
        found.looked_at += 1
        if judgment.action != CLEAR or (subject, id) in open_now:
            _keep(subject, id, judgment, mall, by_id, on, found)
    return found


def _open_cases() -> set[tuple[str, int]]:
    query = select(FraudCase.subject, FraudCase.subject_id).where(FraudCase.state == OPEN)
    return {(subject, id) for subject, id in db.session.execute(query)}


@use_case
def _keep(
    subject: str,
    id: int,
    judgment: Judgment,
    mall: Mall,
    by_id: dict[int, Sale],
    on: date,
    found: Found,
) -> None:
    """Write down what was found; people's words on an order or a case stand."""
    cleared = _cleared(judgment.orders) if subject == SELLER else frozenset()
    judgment = without(judgment, cleared)
    case = _open_case(subject, id)
    if judgment.action == CLEAR:
        if case is not None and not _held(case.id):
            _calm(case, on, found)
        return
    if case is None:
        if _closed_by_people_with(subject, id, judgment):
            return
        case = _open(subject, id, judgment.action, on)
        found.opened += 1
    data = _data(subject, id, judgment, mall)
    if not event(case, f"found:{on}", "found", "night", **data):
        return
    case.action = judgment.action
    if subject == SELLER:
        added = _suspect(case, (by_id[order] for order in sorted(judgment.orders)), judgment)
        found.orders += added
        if added:
            news.found(case, added, f"{case.number}:{on}")


def without(judgment: Judgment, cleared: frozenset[int]) -> Judgment:
    """What is left of it when these orders were proved: signals about nothing else fall away."""
    findings = tuple(
        f for f in judgment.findings if not f.measure.orders or f.measure.orders - cleared
    )
    action = max((f.signal.action for f in findings), key=ACTIONS.index, default=CLEAR)
    return Judgment(action, findings, judgment.orders - cleared, judgment.suspicion)


def _calm(case: FraudCase, on: date, found: Found) -> None:
    """Nothing fires any more: orders that nobody proved stay out, and the case with them."""
    if any(order.cleared_at is None for order in _suspected(case.id)):
        event(case, f"found:{on}", "found", "night", action=HAIRCUT, signals=[])
        case.action = HAIRCUT
        return
    close(case, by="night", why="Nothing is found any more.", key=f"closed:{on}")
    found.closed += 1


def _open_case(subject: str, id: int) -> FraudCase | None:
    query = select(FraudCase).where(
        FraudCase.subject == subject, FraudCase.subject_id == id, FraudCase.state == OPEN
    )
    return db.session.scalars(query.with_for_update()).one_or_none()


def _open(subject: str, id: int, action: str, on: date) -> FraudCase:
    case = FraudCase(
        number=ids.code("F"),
        subject=subject,
        subject_id=id,
        opened_on=on,
        action=action,
        state=OPEN,
    )
    db.session.add(case)
    db.session.flush()
    event(case, "opened", "opened", "night")
    return case


def close(case: FraudCase, *, by: str, why: str, key: str) -> None:
    """End a case; its suspected orders count again from now on. The row is locked."""
    case.state, case.closed_at = CLOSED, clock.now()
    for order in _suspected(case.id):
        order.cleared_at = order.cleared_at or clock.now()
    event(case, key, "closed", by, why=why)


def _suspected(case_id: int) -> list[SuspectOrder]:
    query = select(SuspectOrder).where(SuspectOrder.case_id == case_id)
    return list(db.session.scalars(query.order_by(SuspectOrder.order_id).with_for_update()))


def _cleared(orders: frozenset[int]) -> frozenset[int]:
    """Of these, the ones somebody proved."""
    if not orders:
        return frozenset()
    query = select(SuspectOrder.order_id).where(
        SuspectOrder.order_id.in_(orders), SuspectOrder.cleared_at.is_not(None)
    )
    return frozenset(db.session.scalars(query))


def _held(case_id: int) -> bool:
    query = (
        select(FraudEvent.kind)
        .where(FraudEvent.case_id == case_id, FraudEvent.kind.in_(("held", "lifted")))
        .order_by(FraudEvent.id.desc())
    )
    return db.session.scalars(query.limit(1)).first() == "held"


def _closed_by_people_with(subject: str, id: int, judgment: Judgment) -> bool:
    """Whether people closed a case about these very signals, and no order is new."""
    query = (
        select(FraudEvent.data)
        .join(FraudCase, FraudCase.id == FraudEvent.case_id)
        .where(
            FraudCase.subject == subject,
            FraudCase.subject_id == id,
            FraudEvent.kind == "known",
        )
        .order_by(FraudEvent.id.desc())
    )
    last = db.session.scalars(query.limit(1)).first()
    if last is None:
        return False
    known = set(last.get("signals", ()))
    fresh = judgment.orders - _cleared(judgment.orders)
    return not fresh and {f.signal.id for f in judgment.findings} <= known


def _data(subject: str, id: int, judgment: Judgment, mall: Mall) -> dict[str, Any]:
    signals = [
        {
            "id": f.signal.id,
            "sentence": f.signal.sentence,
            "value": f.measure.value,
            "at_least": f.signal.at_least,
            "unit": f.signal.unit,
        }
        for f in judgment.findings
    ]
    more = viewing.picture(mall, id) if subject == SELLER else {}
    return {"action": judgment.action, "signals": signals, **more}


def _suspect(case: FraudCase, sales: Iterable[Sale], judgment: Judgment) -> int:
    """Orders leave every base, once each; how many did now."""
    added = 0
    for sale in sales:
        why = [f.signal.id for f in judgment.findings if sale.order_id in f.measure.orders]
        fresh = insert(SuspectOrder).values(
            id=ids.new_id(),
            created_at=clock.now(),
            case_id=case.id,
            order_id=sale.order_id,
            order_number=sale.number,
            seller_id=sale.seller_id,
            amount=sale.amount,
            signals=why,
        )
        done = db.session.scalar(
            fresh.on_conflict_do_nothing(index_elements=["order_id"]).returning(SuspectOrder.id)
        )
        added += done is not None
    return added


def event(case: FraudCase, key: str, kind: str, by: str, **data: Any) -> bool:
    """Add a step to a case; False when this key has been there before."""
    fresh = insert(FraudEvent).values(
        id=ids.new_id(),
        created_at=clock.now(),
        case_id=case.id,
        key=key[:80],
        kind=kind,
        by=by[:40],
        data=data,
    )
    done = fresh.on_conflict_do_nothing(index_elements=["case_id", "key"])
    return db.session.scalar(done.returning(FraudEvent.id)) is not None
