"""What the sandbox bank makes of cards that are disputed: it asks, takes evidence, and decides."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from core import clock, ids
from core.money import Money
from payments.asking import Evidence
from payments.facts import BalanceLine, Disputed
from payments.sandbox_tables import disputes, notices, objects

PREFIX = "sandbox_dispute_"
FEE = 1_500  # minor units, for every dispute that takes money
OPENS_AFTER = timedelta(days=2)
ANSWER_WITHIN = timedelta(days=7)
DECIDES_AFTER = timedelta(days=3)
INQUIRY_LASTS = timedelta(days=5)
PROOFS = ("shipping_tracking_number", "shipping_documentation")
DISPUTED = {  # a card's behavior: the reason, and whether money is taken
    "disputed_fraud": ("fraudulent", True),
    "disputed_not_received": ("product_not_received", True),
    "inquiry": ("general", False),
}

Told = Row[Any]


def plan(bank: Connection, charge: Any) -> None:
    """The cardholder of such a card goes to the bank two days after paying."""
    if charge.behavior not in DISPUTED or charge.status != "succeeded":
        return
    reason, takes = DISPUTED[charge.behavior]
    opens_at = clock.now() + OPENS_AFTER
    until = opens_at + (ANSWER_WITHIN if takes else INQUIRY_LASTS)
    id = ids.code(f"{PREFIX}{charge.op_id}", 8)
    bank.execute(
        insert(disputes).values(
            id=id,
            charge_id=charge.id,
            op_id=charge.op_id,
            amount=0,
            currency=charge.currency,
            reason=reason,
            takes_money=takes,
            opens_at=opens_at,
            until=until,
        )
    )
    _tell(bank, id, charge.op_id, "created", opens_at)
    _tell(bank, id, charge.op_id, "closed", until)


def fetch(bank: Connection, id: str) -> Disputed | None:
    """The dispute as it stands now; None before the cardholder came, or when nothing was left."""
    row = _opened(bank, id)
    if row is None or not row.amount:
        return None
    state = _state(row)
    amount, zero = Money(row.amount, row.currency), Money.zero(row.currency)
    taken = row.takes_money
    if taken and state == "won":
        _give_back(bank, row)
    return Disputed(
        dispute_id=id,
        charge_id=row.charge_id,
        amount=amount,
        fee=Money(FEE, row.currency) if taken else zero,
        reason=row.reason,
        state=state,
        due_by=row.until,
        withdrawn=amount if taken else zero,
        reinstated=amount if taken and state == "won" else zero,
    )


def take_evidence(bank: Connection, asked: Evidence, shown: dict[str, str]) -> dict[str, Any]:
    """What becomes of evidence: handed in once and in time, the bank decides three days later.

    Closed, it is lost at once.
    """
    id, row = asked.dispute_id, _opened(bank, asked.dispute_id)
    refused = {"behavior": "", "status": "refused", "code": "no_answer_taken"}
    if row is None or row.answered_at is not None or row.until <= clock.now():
        return refused
    if asked.submit or asked.close:
        decides_at = clock.now() + (DECIDES_AFTER if asked.submit else timedelta(0))
        proved = any(name in shown for name in PROOFS)
        change = update(disputes).where(disputes.c.id == id, disputes.c.answered_at.is_(None))
        values = {"answered_at": clock.now(), "decides_at": decides_at, "proved": proved}
        if bank.execute(change.values(**values)).rowcount != 1:
            return refused
        _tell(bank, id, asked.op_id, "updated", clock.now())
        _tell(bank, id, asked.op_id, "decided", decides_at)
    return {"behavior": "", "status": "succeeded", "parent_id": id}


def _tell(bank: Connection, id: str, op_id: int, what: str, at: datetime) -> None:
    values = {"object_id": id, "op_id": op_id, "type": f"dispute.{what}", "copies": 1}
    bank.execute(insert(notices).values(id=f"{id}:{what}", deliver_at=at, **values))


def _opened(bank: Connection, id: str) -> Told | None:
    """Once its time has come, it is for what the charge still holds, and takes the room for it."""
    row = bank.execute(select(disputes).where(disputes.c.id == id).with_for_update()).one_or_none()
    if row is None or row.opens_at > clock.now():
        return None
    if row.opened_at is not None:
        return row
    charge = bank.execute(
        select(objects).where(objects.c.id == row.charge_id).with_for_update()
    ).one()
    left = charge.amount - charge.refunded
    if row.takes_money:
        room = update(objects).where(objects.c.id == charge.id)
        bank.execute(room.values(refunded=charge.amount))
    change = update(disputes).where(disputes.c.id == id).values(amount=left, opened_at=clock.now())
    return bank.execute(change.returning(disputes)).one()


def _state(row: Told) -> str:
    now = clock.now()
    if not row.takes_money:
        over = row.until <= now or (row.decides_at is not None and row.decides_at <= now)
        return "closed_warning" if over else "warning"
    if row.answered_at is None:
        return "lost" if row.until <= now else "needs_response"
    if row.decides_at > now:
        return "under_review"
    return "won" if row.proved else "lost"


def _give_back(bank: Connection, row: Told) -> None:
    """Won: the charge holds again what the dispute had taken of it, once."""
    won = update(disputes).where(disputes.c.id == row.id, disputes.c.reinstated_at.is_(None))
    if bank.execute(won.values(reinstated_at=row.decides_at)).rowcount == 1:
        room = update(objects).where(objects.c.id == row.charge_id)
        bank.execute(room.values(refunded=objects.c.refunded - row.amount))


def lines(bank: Connection, since: datetime, until: datetime) -> Iterator[BalanceLine]:
    """What disputes took of our balance there, with the fee, and what came back."""
    moved = select(disputes).where(
        disputes.c.takes_money,
        disputes.c.amount > 0,
        or_(
            disputes.c.opened_at.between(since, until),
            disputes.c.reinstated_at.between(since, until),
        ),
    )
    for row in bank.execute(moved.order_by(disputes.c.id)).all():
        amount, fee = Money(row.amount, row.currency), Money(FEE, row.currency)
        if since <= row.opened_at < until:
            yield _line(row, "", -amount, fee, row.opened_at)
        if row.reinstated_at is not None and since <= row.reinstated_at < until:
            yield _line(row, "_won", amount, Money.zero(row.currency), row.reinstated_at)


def _line(row: Told, suffix: str, amount: Money, fee: Money, at: datetime) -> BalanceLine:
    return BalanceLine(
        id=f"sandbox_line_{row.id}{suffix}",
        type="adjustment",
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=row.currency,
        source_id=row.id,
        op_id=None,
        at=at,
    )
