"""The sandbox bank's own list of what moved our balance there."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.money import Money
from payments import sandbox_disputes
from payments.facts import BalanceLine
from payments.sandbox_bank import FEE_PPM, engine
from payments.sandbox_tables import objects

# kind of object: what the line is called, and which way it moves our balance
_LINES = {
    "charge": ("charge", 1),
    "refund": ("refund", -1),
    "payout": ("transfer", -1),
    "reversal": ("transfer_reversal", 1),
    "platform": ("payout", -1),
}
_MOVED = ("succeeded", "failed")


def lines(since: datetime, until: datetime) -> Iterator[BalanceLine]:
    """Newest first; what failed late has a second line that takes it back."""
    query = select(objects).where(
        objects.c.created_at >= since,
        objects.c.created_at < until,
        objects.c.status.in_(_MOVED),
        objects.c.kind.in_(_LINES),
    )
    with engine().begin() as bank:
        found = bank.execute(query.order_by(objects.c.created_at.desc())).all()
        disputed = list(sandbox_disputes.lines(bank, since, until))
    yield from disputed
    for row in found:
        if row.status == "failed":
            yield _line(row, "_failure", -1)
        yield _line(row, "", 1)


def _line(row: Any, suffix: str, back: int) -> BalanceLine:
    name, way = _LINES[row.kind]
    amount = Money(row.amount * way * back, row.currency)
    fee = amount.ppm(FEE_PPM) if row.kind == "charge" else Money.zero(row.currency)
    return BalanceLine(
        id=f"sandbox_line_{row.id}{suffix}",
        type=name + suffix,
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=row.currency,
        source_id=row.id,
        op_id=row.op_id,
        at=row.created_at,
    )
