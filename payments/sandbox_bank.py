"""The sandbox bank: keeps its own books on its own connection, as a processor elsewhere would."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Connection, Engine, Row, create_engine, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from core import clock, ids
from core.money import Money
from payments import sandbox_disputes
from payments.sandbox_cards import REFUSALS
from payments.sandbox_tables import cards, notices, objects

FEE_PPM = 6_000  # of each charge, 0.6 %
LATER = timedelta(minutes=1)
AUTHENTICATE_WITHIN = timedelta(hours=2)
COPIES = {"duplicate": 5}

Object = Row[Any]
Outcome = dict[str, Any]  # columns of the object that say what becomes of it


class KeyReused(Exception):
    """The same idempotency key came with other parameters."""


class KeptError(Exception):
    """An error 500 that this key will get for ever, whatever became of the money."""


class Lost(Exception):
    """The answer never reaches the one who asked."""


def engine() -> Engine:
    """Connections of the bank's own: nothing here is part of our transactions."""
    extensions = current_app.extensions
    if "sandbox_bank" not in extensions:
        extensions["sandbox_bank"] = create_engine(
            current_app.config["SQLALCHEMY_DATABASE_URI"],
            pool_size=2,
            max_overflow=30,
            pool_pre_ping=True,
        )
    return extensions["sandbox_bank"]


def tokenize(brand: str, last4: str, expires: str, behavior: str) -> str:
    """Keep what a card does and looks like, not its digits; gives its token."""
    token = f"sandbox_card_{ids.new_id()}"
    with engine().begin() as bank:
        bank.execute(
            insert(cards).values(
                token=token, brand=brand, last4=last4, expires=expires, behavior=behavior
            )
        )
    return token


def once(
    op_id: int,
    kind: str,
    amount: Money,
    params: dict[str, Any],
    decide: Callable[[Connection], Outcome],
) -> Object:
    """Do what is asked under the key `op-{op_id}` once; later calls get what the first made."""
    digest = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
    key = f"op-{op_id}"
    found: Object | None
    with engine().begin() as bank:
        made = bank.execute(
            pg_insert(objects)
            .values(
                id=ids.code(f"sandbox_{kind}_{op_id}", 8),
                kind=kind,
                idempotency_key=key,
                params_hash=digest,
                op_id=op_id,
                amount=amount.minor,
                currency=amount.currency,
                behavior="",
                status="processing",
                created_at=clock.now(),
            )
            .on_conflict_do_nothing(index_elements=["idempotency_key"])
            .returning(objects.c.id)
        ).scalar()
        if made is not None:
            found = _decided(bank, made, op_id, kind, decide(bank))
        else:
            found = _by_key(bank, key)
    if found is None or found.params_hash != digest:
        raise KeyReused(key)
    if found.keeps_500:
        raise KeptError(key)
    if made is not None and found.behavior == "lost_answer":
        raise Lost(key)
    return found


def _decided(bank: Connection, id: str, op_id: int, kind: str, outcome: Outcome) -> Object:
    change = update(objects).where(objects.c.id == id).values(**outcome)
    decided = bank.execute(change.returning(objects)).one()
    sandbox_disputes.plan(bank, decided)
    status, then = outcome["status"], outcome.get("next_status")
    if status in ("succeeded", "refused"):
        copies = COPIES.get(outcome["behavior"], 1)
        tell(bank, id, op_id, f"{kind}.{status}", clock.now(), copies)
    if then and status not in ("requires_action", "requires_capture"):
        tell(bank, id, op_id, f"{kind}.{then}", outcome["ready_at"])
    return decided


def tell(
    bank: Connection, object_id: str, op_id: int, type: str, at: datetime, copies: int = 1
) -> None:
    """Have a notice about this go out `at` that moment."""
    values = {"object_id": object_id, "op_id": op_id, "type": type, "copies": copies}
    bank.execute(insert(notices).values(id=f"{object_id}:{type}", deliver_at=at, **values))


def _by_key(bank: Connection, key: str) -> Object | None:
    row = bank.execute(select(objects).where(objects.c.idempotency_key == key)).one_or_none()
    return _grown_up(bank, row)


def find(object_id: str) -> Object | None:
    """The object as it stands now."""
    with engine().begin() as bank:
        row = bank.execute(select(objects).where(objects.c.id == object_id)).one_or_none()
        return _grown_up(bank, row)


def find_by_op(op_id: int) -> Object | None:
    """What our operation made; the bank keeps the operation in the object's metadata."""
    with engine().begin() as bank:
        return _by_key(bank, f"op-{op_id}")


def _grown_up(bank: Connection, row: Object | None) -> Object | None:
    """`next_status` has become the status once its time has come."""
    if row is None or not row.next_status or row.ready_at > clock.now():
        return row
    change = (
        update(objects)
        .where(objects.c.id == row.id, objects.c.next_status == row.next_status)
        .values(status=row.next_status, next_status="", ready_at=None)
        .returning(objects)
    )
    grown = bank.execute(change).one_or_none()
    if grown is None:  # another call was first
        return bank.execute(select(objects).where(objects.c.id == row.id)).one()
    if grown.kind == "refund" and grown.status == "failed":
        give_room(bank, grown.parent_id, -grown.amount)
    return grown


def decide_charge(
    bank: Connection, token: str, off_session: bool, by_telephone: bool = False
) -> Outcome:
    """What the card's behavior makes of a charge."""
    behavior = bank.scalar(select(cards.c.behavior).where(cards.c.token == token))
    # without a card our own page asks for the payment, as a processor's page would
    behavior = behavior or ("no_such_card" if token else "authenticate")
    if behavior in REFUSALS:
        return {"behavior": behavior, "status": "refused", "code": behavior}
    if behavior == "authenticate" and by_telephone:
        behavior = "success"
    if behavior == "authenticate" and off_session:
        return {"behavior": behavior, "status": "refused", "code": "authentication_required"}
    if behavior == "authenticate":
        return {
            "behavior": behavior,
            "status": "requires_action",
            "next_status": "refused",
            "ready_at": clock.now() + AUTHENTICATE_WITHIN,
            "code": "authentication_expired",
        }
    if behavior in ("late", "declined_late"):
        late = "succeeded" if behavior == "late" else "refused"
        return later(behavior, late, "" if behavior == "late" else "card_declined")
    return {"behavior": behavior, "status": "succeeded", "keeps_500": behavior == "kept_500"}


def later(behavior: str, status: str, code: str = "") -> Outcome:
    """Under way now, `status` in a minute."""
    return {
        "behavior": behavior,
        "status": "processing",
        "next_status": status,
        "ready_at": clock.now() + LATER,
        "code": code,
    }


def decide_refund(bank: Connection, charge_id: str, amount: int) -> Outcome:
    """Room on the charge is taken first; a refund that is refused or fails gives it back."""
    charge = bank.execute(select(objects).where(objects.c.id == charge_id)).one_or_none()
    if charge is None or charge.kind != "charge" or charge.status != "succeeded":
        return {"behavior": "", "status": "refused", "code": "no_such_charge"}
    said = {"parent_id": charge_id, "behavior": charge.behavior}
    if charge.behavior == "refund_refused":
        return said | {"status": "refused", "code": "card_declined"}
    if not give_room(bank, charge_id, amount):
        return said | {"status": "refused", "code": "amount_too_large"}
    if charge.behavior == "refund_waits":
        return said | later("refund_waits", "succeeded")
    if charge.behavior == "refund_fails":
        return said | later("refund_fails", "failed", "account_closed") | {"status": "succeeded"}
    return said | {"behavior": "", "status": "succeeded"}


def give_room(bank: Connection, charge_id: str, amount: int) -> bool:
    """Whether `amount` more of this object could be given back; negative frees it again."""
    room = objects.c.refunded + amount
    change = update(objects).where(objects.c.id == charge_id, room <= objects.c.amount)
    return bank.execute(change.values(refunded=room)).rowcount == 1


def decide_payout(destination: str) -> Outcome:
    """Accounts ending in 0002 do not exist; those ending in 1116 turn out to be closed."""
    if destination.endswith("0002"):
        return {"behavior": "", "status": "refused", "code": "no_account"}
    if destination.endswith("1116"):
        return later("", "failed", "account_closed") | {"ready_at": clock.now()}
    return later("", "succeeded") | {"ready_at": clock.now()}


def answer_authentication(object_id: str, approved: bool) -> Object | None:
    """The shopper pressed a button on the bank's page; only the first answer counts."""
    status, code = ("succeeded", "") if approved else ("refused", "authentication_refused")
    with engine().begin() as bank:
        change = (
            update(objects)
            .where(objects.c.id == object_id, objects.c.status == "requires_action")
            .values(status=status, code=code, next_status="", ready_at=None)
            .returning(objects)
        )
        changed = bank.execute(change).one_or_none()
        if changed is not None:
            tell(bank, object_id, changed.op_id, f"charge.{status}", clock.now())
    return changed
