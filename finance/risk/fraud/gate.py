"""The gate before money is lent: stop, review, haircut or clear, with the signals that say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from core.db import db
from finance.risk.fraud import suspects
from finance.risk.fraud.models import FraudCase, FraudEvent
from finance.risk.fraud.signals import ACTIONS, CLEAR, HAIRCUT, SELLER, STOP, signal
from mall import facts

NEW_PAYEE = timedelta(7)


@dataclass(frozen=True, slots=True)
class Fired:
    """A signal that fired, as it was found: `value` against `at_least`, in `unit`."""

    id: str
    sentence: str
    value: int
    at_least: int
    unit: str


@dataclass(frozen=True, slots=True)
class Gate:
    """What may happen to this subject now.

    action    clear; haircut: suspected orders do not count; review: a person looks first; stop
    signals   what fired, the weightiest first
    orders    ids of suspected orders: they leave every base
    held      financing is held by two admins
    """

    action: str
    signals: tuple[Fired, ...] = ()
    orders: frozenset[int] = frozenset()
    held: bool = False

    @property
    def stops(self) -> bool:
        """Whether nothing new may be lent now."""
        return self.action == STOP


def gate(subject: str, id: int, as_of: datetime) -> Gate:
    """The state of a `seller` or `buyer` as of an instant: what the night found, and new payees.

    Reads two small tables by index; nothing of it costs more for a shop of a million orders.
    """
    found = _found(subject, id, as_of)
    fired = [Fired(**row) for row in found.get("signals", ())]
    action = str(found.get("action", CLEAR))
    orders: frozenset[int] = frozenset()
    if subject == SELLER:
        orders = suspects.order_ids(id, as_of)
        if (fresh := _new_payee(id, as_of)) and "X20" not in {f.id for f in fired}:
            fired.insert(0, fresh)
            action = STOP
    if orders and action == CLEAR:
        action = HAIRCUT
    weight = {f.id: ACTIONS.index(signal(f.id).action) for f in fired}
    ordered = tuple(sorted(fired, key=lambda f: -weight[f.id]))
    return Gate(action, ordered, orders, bool(found.get("held")))


def _found(subject: str, id: int, as_of: datetime) -> Mapping[str, Any]:
    """What the last look before `as_of` said in the case that was open then."""
    case = db.session.scalar(
        select(FraudCase.id)
        .where(
            FraudCase.subject == subject,
            FraudCase.subject_id == id,
            FraudCase.created_at <= as_of,
            or_(FraudCase.closed_at.is_(None), FraudCase.closed_at > as_of),
        )
        .order_by(FraudCase.id.desc())
        .limit(1)
    )
    if case is None:
        return {}
    said = select(FraudEvent.kind, FraudEvent.data).where(
        FraudEvent.case_id == case, FraudEvent.created_at <= as_of
    )
    found: dict[str, Any] = {}
    for kind, data in db.session.execute(said.order_by(FraudEvent.id)):
        if kind == "found":
            found |= data
        elif kind in ("held", "lifted"):
            found["held"] = kind == "held"
    return found


def _new_payee(seller_id: int, as_of: datetime) -> Fired | None:
    changed = facts.payout_account_changed(seller_id)
    if changed is None or not changed <= as_of < changed + NEW_PAYEE:
        return None
    x20 = signal("X20")
    return Fired(x20.id, x20.sentence, 1, x20.at_least, x20.unit)
