"""Shops' own purchases, and what became of charges, as published rows."""

from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased

from mall.facts.published import tables as t
from mall.facts.published.shaping import row
from mall.orders.models import Order
from mall.sellers.models import Seller
from payments.models import GatewayOp, Payment


def supplies() -> Select[Any]:
    mine, theirs = aliased(Seller), aliased(Seller)
    named: dict[str, Any] = {"seller_id": mine.id, "partner_id": theirs.owner_id}
    rows = row(t.supplies, Order.paid_at, supply_id=Order.id, amount=Order.total, **named)
    bought = select(*rows).join(mine, mine.owner_id == Order.buyer_id)
    return bought.join(theirs, theirs.id == Order.seller_id).where(Order.paid_at.is_not(None))


def payment_tries() -> Select[Any]:
    op, states = GatewayOp, ("refused", "succeeded")
    named: dict[str, Any] = {"try_id": op.id, "buyer_id": Payment.payer_id, "amount": op.amount}
    named |= {"kind": case((op.state == "refused", "refused"), else_="paid")}
    named |= {"purpose": func.split_part(Payment.purpose, ":", 1)}
    tried = select(*row(t.payment_tries, op.answered_at, **named))
    answered = (op.kind == "charge", op.state.in_(states), op.answered_at.is_not(None))
    return tried.join(Payment, Payment.id == op.payment_id).where(*answered)
