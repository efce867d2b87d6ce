"""Giving money back: the one place where a refund is accepted, for whatever cause.

Guarded three times: the order's row is locked, the counter moves by a guarded UPDATE, and the
table has a CHECK. Everything about one refund is one journal, `refund:NUMBER`.
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import update

from core import clock, ids
from core.db import db
from core.errors import Conflict
from core.money import Money, total
from ledger import book
from mall.catalog import services as catalog
from mall.checkout import disputed_parts, parts
from mall.checkout.models import Checkout
from mall.orders import bookkeeping, news, refund_taxes, rules
from mall.orders.models import Order, OrderLine, Refund
from mall.orders.rules import Cause, OrderState, RefundState
from mall.payouts import fees
from mall.payouts import services as payouts
from mall.ports import deductions
from mall.ports.payment_methods import GiveBack, GivenBack
from payments import services as payments

REFUNDABLE = (OrderState.PAID, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RECEIVED)


class TooMuch(Conflict):
    message = "Only {left} of this order can still be given back."


class NotRefundable(Conflict):
    message = "An order that is {state} has nothing to give back."


def new_refund(
    order: Order,
    amount: Money,
    *,
    cause: Cause,
    note: str = "",
    quantities: Mapping[int, int] | None = None,
    key: str | None = None,
) -> Refund:
    """An opened refund of this order, not decided yet."""
    refund = Refund(
        number=ids.code("R"),
        order_id=order.id,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        amount=amount.minor,
        currency=amount.currency,
        cause=cause,
        fault=rules.fault_of(cause),
        note=note,
        lines=[{"line_id": line, "quantity": n} for line, n in (quantities or {}).items() if n],
        key=key,
    )
    db.session.add(refund)
    db.session.flush()
    return refund


def give_all(order: Order, left: Money, *, cause: Cause, by: str) -> Refund | None:
    """Everything that is left of a canceled order, goods and money."""
    if not left:
        return None
    lines = {line.id: line.quantity - line.returned for line in order.lines}
    refund = new_refund(order, left, cause=cause, quantities=lines)
    accept(order, refund, by=by)
    return refund


def charge_back(
    order: Order, amount: Money, *, dispute: str, frozen: Money, why: str
) -> tuple[Refund, Money]:
    """A bank has taken `amount` of this order back and its seller bears it: a refund of its own.

    frozen   what is set aside for it in the seller's reserve
    Gives the refund, and how much of `frozen` it used. Goods that never left are on the shelf again.
    """
    released = order.state == OrderState.RECEIVED
    never_left = order.state == OrderState.PAID and amount == order.left
    units = {line.id: line.quantity - line.returned for line in order.lines} if never_left else {}
    refund = new_refund(order, amount, cause=Cause.CHARGED_BACK, note=why, quantities=units)
    refund.move_to(RefundState.ACCEPTED, by="bank")
    _claim(order, refund)
    _take_back(order, refund)
    payouts.lock_seller(order.seller_id)
    deductions.tell_refunded(order.number, order.seller_id, amount, released)
    source = replace(_source(order, refund, released), reserve=frozen)
    given = GivenBack(bookkeeping.for_the_bank(refund.number, dispute, amount))
    _post(refund, source, given)
    _send_to_cards(refund)
    _close_if_empty(order, "mall")
    borne = amount - source.commission - source.tax if released else amount - amount
    return refund, min(frozen, borne)


def undo_loss(order: Order, *, by: str) -> None:
    """An order is called off whose money the mall had given in a lost dispute: it is the mall's."""
    if not order.mall_bore:
        return
    amount, order.mall_bore = Money(order.mall_bore, order.currency), 0
    db.session.flush()
    refund = new_refund(order, amount, cause=Cause.CHARGED_BACK)
    refund.move_to(RefundState.ACCEPTED, by=by)
    disputed_parts.give_back_all(order.id)
    _claim(order, refund)
    payouts.lock_seller(order.seller_id)
    deductions.tell_refunded(order.number, order.seller_id, amount, released=False)
    source = _source(order, refund, released=False)
    given = GivenBack(bookkeeping.recouped(refund.number, amount))
    _post(refund, source, given)
    _send_to_cards(refund)


def accept(order: Order, refund: Refund, *, by: str, returned: bool = False) -> None:
    """Give `refund` back now. The order must be locked by the caller.

    returned   it answers the shopper's question, and she is told so
    """
    released = order.state == OrderState.RECEIVED
    refund.move_to(RefundState.ACCEPTED, by=by)
    _claim(order, refund)
    _take_back(order, refund)
    given = _ask_method(order, refund)
    payouts.lock_seller(order.seller_id)
    # before the book locks the seller's accounts: what claimants lock comes first everywhere
    deductions.tell_refunded(order.number, order.seller_id, refund.money, released)
    source = _source(order, refund, released)
    _post(refund, source, _complete(refund, given))
    _send_to_cards(refund)
    news.refund_given(order, refund, returned=returned)
    _close_if_empty(order, by)


def _claim(order: Order, refund: Refund) -> None:
    """Count the amount as refunded if that much is left."""
    claimed = db.session.execute(
        update(Order)
        .where(
            Order.id == order.id,
            Order.paid_at.is_not(None),
            Order.refunded + Order.disputed + Order.mall_bore + refund.amount <= Order.total,
        )
        .values(refunded=Order.refunded + refund.amount)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        raise TooMuch(left=order.left)
    db.session.refresh(order, ["refunded"])
    refund_taxes.write(order, refund)


def _take_back(order: Order, refund: Refund) -> None:
    """Count the units as returned, and put them back on the shelf if they can be sold again."""
    for part in refund.lines:
        line_id, quantity = part["line_id"], part["quantity"]
        moved = db.session.execute(
            update(OrderLine)
            .where(
                OrderLine.id == line_id,
                OrderLine.order_id == order.id,
                OrderLine.returned + quantity <= OrderLine.quantity,
            )
            .values(returned=OrderLine.returned + quantity)
            .returning(OrderLine.variant_id)
            .execution_options(synchronize_session=False)
        ).scalar_one_or_none()
        if moved is None:
            raise Conflict("More units would come back than were bought.")
        if Cause(refund.cause) not in rules.LOST_GOODS:
            catalog.put_back(moved, quantity, refund.number)
    for line in order.lines:
        db.session.refresh(line, ["returned"])


def _ask_method(order: Order, refund: Refund) -> GivenBack:
    """Ask the ways to pay in reverse order of paying, each for its piece."""
    checkout = db.session.get_one(Checkout, order.checkout_id)
    given = [
        piece.method.give_back(
            GiveBack(
                checkout_number=checkout.number,
                payment_ref=piece.payment_ref,
                order_number=order.number,
                refund_number=refund.number,
                amount=piece.amount,
                fault=refund.fault,
                on=clock.today(),
            )
        )
        for piece in parts.take_back(order.id, refund.money)
    ]
    return bookkeeping.merged(given, order.currency)


def fee_borne(order: Order, refund: Refund) -> Money:
    """What its seller bears beside the amount: known once decided, else what it would be now."""
    if refund.state != rules.RefundState.OPENED or refund.fault != "seller":
        return Money(refund.extra, refund.currency)
    left = min(refund.money, Money(order.total - order.refunded, order.currency))
    found = parts.pieces(order.id, left)
    return total([p.method.fee_earned(p.payment_ref, p.amount) for p in found], order.currency)


def _complete(refund: Refund, given: GivenBack) -> GivenBack:
    """The method's answer with its wallet part written out as a transfer."""
    if not given.to_wallet:
        return given
    more = bookkeeping.into_wallet(refund.number, refund.buyer_id, given.to_wallet)
    return GivenBack(
        transfers=given.transfers + more,
        to_cards=given.to_cards,
        seller_pays=given.seller_pays,
        mall_pays=given.mall_pays,
    )


def _source(order: Order, refund: Refund, released: bool) -> bookkeeping.Source:
    zero = Money.zero(order.currency)
    back = fees.given_back(order) if released else fees.Fees(zero, zero)
    return bookkeeping.Source(
        order_number=order.number,
        seller_id=order.seller_id,
        amount=refund.money,
        released=released,
        commission=back.commission,
        balance=payouts.balance_of(order.seller_id, order.currency),
        tax=back.tax,
        jurisdiction=order.tax_jurisdiction,
        reserve=Money.zero(order.currency),
    )


def _post(refund: Refund, source: bookkeeping.Source, given: GivenBack) -> None:
    """All of it in one journal, of which the refund keeps who gave and got how much."""
    journal = bookkeeping.refunded(refund.number, source, given, clock.today())
    refund.sources = bookkeeping.sources_of(journal)
    refund.extra = given.seller_pays.minor if given.seller_pays else 0
    refund.cards = [
        {"payment_id": card.payment_id, "amount": card.amount.minor} for card in given.to_cards
    ]
    book.post(journal)


def _send_to_cards(refund: Refund) -> None:
    if not refund.cards:
        refund.move_to(RefundState.SETTLED, by=refund.decided_by)
        refund.settled_at = clock.now()
    send_to_cards(refund)


def send_to_cards(refund: Refund) -> None:
    """Ask for every card part; what is under way or done already is not asked twice."""
    for card in refund.cards:
        payments.intend_refund(
            payment_id=card["payment_id"],
            refund_number=refund.number,
            amount=Money(card["amount"], refund.currency),
        )


def _close_if_empty(order: Order, by: str) -> None:
    """An order with nothing left in escrow is over."""
    open_states = (OrderState.PAID, OrderState.SHIPPED, OrderState.DELIVERED)
    if order.refunded == order.total and order.state in open_states:
        order.move_to(OrderState.CANCELED, by=by, why="everything was given back")
        order.canceled_at = clock.now()
        order.canceled_by = by if by in ("shopper", "seller", "mall") else "mall"
        order.cancel_reason = "everything was given back"


def check_refundable(order: Order) -> None:
    """Raise NotRefundable unless the order has been paid and is not closed."""
    if order.state not in REFUNDABLE:
        raise NotRefundable(state=order.state)
