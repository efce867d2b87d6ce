"""The whole mall as detection looks at it: orders and money of half a year out of facts and book."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from core.db import db
from finance.capital.models import Advance, Remittance
from finance.risk.fraud.evidence import Draw, Mall
from finance.risk.models import Decision
from mall.facts import traces
from mall.facts.marks import Move

KEPT = timedelta(180)


def mall_as_of(as_of: datetime) -> Mall:
    """Everything of the last 180 days."""
    since = as_of - KEPT
    sales = traces.sales(since, as_of)
    refused = traces.refusals(since, as_of)
    buyers = {sale.buyer_id for sale in sales}
    lent = _lent(since, as_of)
    moves = [*traces.moves(since, as_of), *(_lent_move(draw) for draw in lent)]
    return Mall(
        at=int(as_of.timestamp()),
        sales=sales,
        shops=traces.shops(),
        moves=sorted(moves, key=lambda m: (m.at, m.kind != "lent")),
        opinions=traces.opinions(since, as_of),
        draws=lent,
        refusals=refused,
        devices=traces.devices_of(buyers),
        stock=traces.stock(as_of, timedelta(3)),
    )


def _lent_move(draw: Draw) -> Move:
    return Move(draw.at, "lender", f"s:{draw.seller_id}", draw.amount, "lent")


def _lent(since: datetime, until: datetime) -> Sequence[Draw]:
    """Advances that began in between, with what was owed before each."""
    query = (
        select(Advance, Decision.credit_limit)
        .join(Decision, Decision.id == Advance.decision_id)
        .where(Advance.created_at >= since, Advance.created_at < until)
        .order_by(Advance.created_at, Advance.id)
    )
    rows = db.session.execute(query).all()
    owed = _owed_before([(a.seller_id, a.created_at) for a, _ in rows])
    return [
        Draw(
            int(a.created_at.timestamp()),
            a.seller_id,
            a.number,
            a.principal,
            owed[a.seller_id, a.created_at],
            limit,
        )
        for a, limit in rows
    ]


def _owed_before(asked: list[tuple[int, datetime]]) -> dict[tuple[int, datetime], int]:
    """Principal that each seller still owed at an instant, of contracts begun before it."""
    sellers = {seller_id for seller_id, _ in asked}
    begun = select(Advance.id, Advance.seller_id, Advance.created_at, Advance.principal)
    paid = select(Remittance.advance_id, Remittance.created_at, Remittance.principal)
    back: dict[int, list[tuple[datetime, int]]] = {}
    for advance_id, at, principal in db.session.execute(
        paid.where(Remittance.seller_id.in_(sellers))
    ):
        back.setdefault(advance_id, []).append((at, principal))
    of: dict[int, list[tuple[int, datetime, int]]] = {}
    for id, seller_id, at, principal in db.session.execute(
        begun.where(Advance.seller_id.in_(sellers))
    ):
        of.setdefault(seller_id, []).append((id, at, principal))
    return {
        (seller_id, at): sum(
            principal - sum(part for when, part in back.get(id, ()) if when < at)
            for id, began, principal in of.get(seller_id, ())
            if began < at
        )
        for seller_id, at in asked
    }
