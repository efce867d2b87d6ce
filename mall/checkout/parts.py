"""The parts a checkout is paid in: written down, paid or freed together, and given back from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import select, update

from core import clock
from core.db import db
from core.errors import Conflict
from core.money import Money, total
from mall.checkout import shares
from mall.checkout.models import Checkout, CheckoutPart, CheckoutShare, PartState
from mall.checkout.shares import WALLET
from mall.orders.models import Order
from mall.ports import payment_methods
from mall.ports.payment_methods import (
    Awaiting,
    CheckoutToPay,
    Declined,
    Held,
    HoldingMethod,
    OrderToPay,
    Outcome,
    Paid,
    PaymentMethod,
)


class MoreThanPaid(Conflict):
    message = "More would be given back than the ways to pay still hold."


@dataclass(frozen=True, slots=True)
class Piece:
    """What one part has to do with an amount of an order."""

    method: PaymentMethod
    payment_ref: str
    amount: Money


def write(
    checkout: Checkout, placed: Sequence[Order], planned: Sequence[tuple[str, Money]]
) -> list[CheckoutPart]:
    """The parts of a new checkout: each `(offer key, amount)`, the first to pay first.

    Each order is paid in the same proportions, exact to the minor unit.
    """
    firsts = [amount for _, amount in planned[:-1]]
    every = shares.cut([order.money for order in placed], firsts)
    parts = [
        _part(checkout, n, key, placed, of_orders)
        for n, ((key, _), of_orders) in enumerate(zip(planned, every, strict=True))
    ]
    db.session.flush()
    return parts


def _part(
    checkout: Checkout,
    position: int,
    offer_key: str,
    placed: Sequence[Order],
    of_orders: list[Money],
) -> CheckoutPart:
    part = CheckoutPart(
        checkout_id=checkout.id,
        position=position,
        offer_key=offer_key,
        method=offer_key.partition(":")[0],
        amount=total(of_orders, checkout.currency).minor,
        currency=checkout.currency,
    )
    part.shares = [
        CheckoutShare(order_id=order.id, amount=share.minor)
        for order, share in zip(placed, of_orders, strict=True)
        if share
    ]
    db.session.add(part)
    return part


def of(checkout: Checkout) -> list[CheckoutPart]:
    """The parts of a checkout the caller has locked, in the order of paying."""
    query = select(CheckoutPart).where(CheckoutPart.checkout_id == checkout.id)
    found = query.order_by(CheckoutPart.position).with_for_update()
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def to_pay(
    checkout: Checkout, part: CheckoutPart, placed: Sequence[Order], *, waits: bool = False
) -> CheckoutToPay:
    """The checkout as the part's method sees it: its own share of each order."""
    own = {share.order_id: Money(share.amount, part.currency) for share in part.shares}
    orders = tuple(
        OrderToPay(o.number, o.seller_id, own[o.id], tuple(ln.product_id for ln in o.lines))
        for o in placed
        if o.id in own
    )
    today = clock.today()
    return CheckoutToPay(checkout.number, checkout.buyer_id, part.money, today, orders, waits)


def ask(
    checkout: Checkout,
    parts: Sequence[CheckoutPart],
    placed: Sequence[Order],
    details: Mapping[str, Any],
) -> Outcome:
    """Ask every method for its part, the last first: a balance is held when the rest is not refused.

    Paid only when all are; then what was held is collected by `collect`. What pays the rest of
    what a card pays waits for the card.
    """
    outcome: Outcome = Paid("")
    beside = any(part.method != WALLET for part in parts[:-1])
    for part in reversed(parts):
        waits = beside and part is parts[-1]
        said = _ask_one(part, to_pay(checkout, part, placed, waits=waits), details)
        if isinstance(said, Declined):
            return said
        if isinstance(said, Awaiting):
            outcome = said
    return outcome


def _ask_one(part: CheckoutPart, asked: CheckoutToPay, details: Mapping[str, Any]) -> Outcome:
    method = payment_methods.method_of(part.offer_key)
    said = method.pay(asked, part.offer_key, dict(details))
    if not isinstance(said, Declined):
        part.payment_ref = said.reference
    if isinstance(said, Held | Paid):
        part.state = PartState.HELD if isinstance(said, Held) else PartState.PAID
    return said


def collect(checkout: Checkout, placed: Sequence[Order]) -> None:
    """Everything is paid: what was set aside moves. Raises Conflict when it is gone.

    The last part first: a plan locks its borrower's rows before a balance locks the book's.
    """
    for part in reversed(of(checkout)):
        method = payment_methods.method_of(part.offer_key)
        if hasattr(method, "collect") and part.state != PartState.PAID:
            to_collect = to_pay(checkout, part, placed)
            cast(HoldingMethod, method).collect(part.payment_ref, to_collect)
        part.state = PartState.PAID


def release(checkout: Checkout) -> None:
    """The checkout is not paid: free what was set aside."""
    for part in of(checkout):
        if part.state == PartState.HELD:
            method = cast(HoldingMethod, payment_methods.method_of(part.offer_key))
            method.release(part.payment_ref)
        if part.state != PartState.PAID:
            part.state = PartState.VOID


def payers(order_id: int) -> list[Piece]:
    """Every part of an order with what it paid of it, the last one first."""
    return [
        Piece(
            payment_methods.method_of(part.offer_key),
            part.payment_ref,
            Money(share.amount, part.currency),
        )
        for part, share in _paid_parts(order_id)
    ]


def pieces(order_id: int, amount: Money) -> list[Piece]:
    """`amount` of what is left of an order over its parts, the last one paid first."""
    return [_piece(part, share) for part, _, share in _cut(order_id, amount)]


def between(order_id: int, before: Money, after: Money) -> list[Piece]:
    """What each part has to do with the step from `before` to `after` of what is asked back."""
    earlier = {part.id: share for part, _, share in _cut(order_id, before)}
    zero = Money.zero(after.currency)
    steps = [(part, share - earlier.get(part.id, zero)) for part, _, share in _cut(order_id, after)]
    return [_piece(part, step) for part, step in steps if step]


def take_back(order_id: int, amount: Money) -> list[Piece]:
    """Count `amount` as given back, in reverse order of paying; the order is locked by the caller.

    Guarded twice for each part, share and sum, by the database; raises MoreThanPaid.
    """
    found = list(_cut(order_id, amount))
    if total([cut for _, _, cut in found], amount.currency) != amount:
        raise MoreThanPaid()
    for part, share, cut in found:
        _count(CheckoutShare, share.id, cut)
        _count(CheckoutPart, part.id, cut)
    return [_piece(part, cut) for part, _, cut in found]


def _count(table: type[CheckoutPart] | type[CheckoutShare], row_id: int, amount: Money) -> None:
    moved = db.session.execute(
        update(table)
        .where(table.id == row_id, table.refunded + amount.minor <= table.amount)
        .values(refunded=table.refunded + amount.minor)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise MoreThanPaid()


def _piece(part: CheckoutPart, amount: Money) -> Piece:
    return Piece(payment_methods.method_of(part.offer_key), part.payment_ref, amount)


def _cut(order_id: int, amount: Money) -> Iterator[tuple[CheckoutPart, CheckoutShare, Money]]:
    left = amount
    for part, share in _paid_parts(order_id):
        there = share.amount - share.refunded - share.disputed
        cut = min(left, Money(there, part.currency))
        left = left - cut
        if cut:
            yield part, share, cut


def _paid_parts(order_id: int) -> list[tuple[CheckoutPart, CheckoutShare]]:
    """The parts that paid an order, the last one first, as the database has them now."""
    rows = db.session.execute(
        select(CheckoutPart, CheckoutShare)
        .join(CheckoutShare, CheckoutShare.part_id == CheckoutPart.id)
        .where(CheckoutShare.order_id == order_id, CheckoutPart.state == PartState.PAID)
        .order_by(CheckoutPart.position.desc())
        .execution_options(populate_existing=True)
    )
    return [(part, share) for part, share in rows]
