"""What a checkout's dispute does to its orders; called by payments inside its one transaction."""

from sqlalchemy import select

from core import clock
from core.db import db
from core.money import Money, total
from ledger import book
from ledger.accounts import Account
from ledger.entries import Transfer
from mall.checkout import disputed_parts
from mall.disputes import bookkeeping, casework, covering, freezing, news, rules
from mall.disputes.models import DisputeCase, DisputeShare
from mall.orders import refunding
from mall.orders.models import Order, Refund
from mall.orders.rules import RefundState
from mall.payouts import services as payouts
from payments.disputes_values import DisputeView


class CheckoutDisputes:
    """Disputes of payments for `checkout:…`."""

    def lock(self, purpose: str) -> None:
        covering.lock(purpose)

    def told(self, dispute: DisputeView) -> None:
        """Keep a case, with a share for each order, from the first word on."""
        case = case_of(dispute)
        case.due_by = dispute.due_by
        if not dispute.withdrawn:
            _share_out(case, dispute, dispute.amount)
        if not dispute.takes_evidence and case.state == "open":
            _close_answer(case, "bank")
        if dispute.state == "warning":
            news.opened(case, dispute)

    def opened(self, dispute: DisputeView) -> None:
        """The money is gone for now: nothing of these orders is released, what was is frozen."""
        case = case_of(dispute)
        by_id = _share_out(case, dispute, dispute.counted)
        for share in case.shares:
            if not share.amount:
                continue
            order = by_id[share.order_id]
            order.disputed += share.amount
            disputed_parts.set_apart(order.id, dispute.payment_id, share.money)
            share.state, share.opened_at = "open", clock.now()
            db.session.flush()
            freezing.want(share, order)
        for share in sorted(case.shares, key=lambda share: share.seller_id):
            if share.state == "open":
                freezing.freeze(case, share)
        news.opened(case, dispute)

    def won(self, dispute: DisputeView) -> None:
        """All goes on as if nothing had been."""
        case = case_of(dispute)
        for share, order in _open_of(case, dispute):
            _lock_share(share)
            order.disputed -= share.amount
            disputed_parts.set_free(order.id, dispute.payment_id, share.money)
            freezing.close(share, "won", Money.zero(share.currency))
        for share in case.shares:
            if share.state == "told":
                share.state, share.closed_at = "won", clock.now()
        _close(case)
        news.won(case)

    def lost(self, dispute: DisputeView) -> Money:
        """Each order's share is borne by its seller or by the mall; gives what sellers bore."""
        case = case_of(dispute)
        borne = Money.zero(dispute.amount.currency)
        counted = borne
        for share, order in _open_of(case, dispute):
            counted = counted + share.money
            borne = borne + _lose(case, share, order, dispute)
        _close(case)
        news.lost(case)
        return borne + _from_failed_refunds(dispute, dispute.counted - counted)

    def not_taken(self, dispute: DisputeView, op_id: int, why: str) -> None:
        """The answer was refused: it can be given again while the bank takes one."""
        if dispute.takes_evidence:
            casework.not_taken(dispute.number, op_id, why)

    def recovered(self, dispute: DisputeView, clearing: Account) -> tuple[Transfer, ...]:
        """Who bore it has it again, less the commission, as far as the bank gives back."""
        case, rest = case_of(dispute), dispute.reinstated
        found: tuple[Transfer, ...] = ()
        by_id = _orders(dispute)
        for share in case.shares:
            if share.borne_by != "seller":
                continue
            order = by_id[share.order_id]
            commission = share.money.ppm(order.commission_ppm)
            net = share.money - commission - commission.ppm(order.tax_ppm)
            found += bookkeeping.recovered(clearing, share.seller_id, min(rest, net))
            rest = rest - min(rest, net)
        return found


def case_of(dispute: DisputeView) -> DisputeCase:
    """The case of this dispute, made when it is first heard of; within a use case."""
    query = select(DisputeCase).where(DisputeCase.number == dispute.number)
    locked = query.with_for_update().execution_options(populate_existing=True)
    case = db.session.scalars(locked).one_or_none()
    if case is None:
        case = DisputeCase(
            number=dispute.number, checkout_number=covering.number_of(dispute.purpose)
        )
        db.session.add(case)
        db.session.flush()
    return case


def _share_out(case: DisputeCase, dispute: DisputeView, amount: Money) -> dict[int, Order]:
    """Divide `amount` over the orders; gives them by id."""
    orders = covering.orders_of(dispute.purpose, dispute.payment_id)
    known = {share.order_id: share for share in case.shares}
    parts = rules.shares(amount, covering.left_of(dispute.payment_id, orders))
    for order, part in zip(orders, parts, strict=True):
        share = known.get(order.id)
        if share is None:
            share = DisputeShare(
                case_id=case.id,
                order_id=order.id,
                order_number=order.number,
                seller_id=order.seller_id,
                amount=part.minor,
                currency=part.currency,
            )
            db.session.add(share)
        share.amount = part.minor
    db.session.flush()
    db.session.refresh(case, ["shares"])
    return {order.id: order for order in orders}


def _orders(dispute: DisputeView) -> dict[int, Order]:
    orders = covering.orders_of(dispute.purpose, dispute.payment_id)
    return {order.id: order for order in orders}


def _open_of(case: DisputeCase, dispute: DisputeView) -> list[tuple[DisputeShare, Order]]:
    by_id = _orders(dispute)
    mine = [(share, by_id[share.order_id]) for share in case.shares if share.state == "open"]
    return sorted(mine, key=lambda pair: (pair[0].seller_id, pair[0].id))


def _lock_share(share: DisputeShare) -> None:
    """The seller first, then the share as it is now: a release may just have frozen more."""
    payouts.lock_seller(share.seller_id)
    db.session.refresh(share, with_for_update=True)


def proof_of(order: Order) -> rules.Proof:
    """What the records say about an order's parcel and refunds."""
    parcel = order.shipment
    waiting = (RefundState.ACCEPTED, RefundState.FAILED)
    return rules.Proof(
        tracking=parcel.tracking if parcel else "",
        first_scan_at=parcel.first_scan_at if parcel else None,
        delivered_at=parcel.delivered_at if parcel else None,
        received_at=None if order.received_by_timer else order.received_at,
        promised=any(refund.state in waiting for refund in order.refunds),
    )


def _lose(case: DisputeCase, share: DisputeShare, order: Order, dispute: DisputeView) -> Money:
    """Take one order's share from who bears it; gives what its seller bore."""
    bearer = rules.bearer_of(dispute.reason, proof_of(order))
    _lock_share(share)
    share.borne_by, share.why = bearer.who, bearer.why
    order.disputed -= share.amount
    frozen = Money(share.frozen, share.currency)
    if bearer.who == "mall":
        order.mall_bore += share.amount
        db.session.flush()
        freezing.close(share, "lost", Money.zero(share.currency))
        return Money.zero(share.currency)
    disputed_parts.give_back(order.id, dispute.payment_id, share.money)
    db.session.flush()
    _, used = refunding.charge_back(
        order, share.money, dispute=case.number, frozen=frozen, why=bearer.why
    )
    freezing.close(share, "lost", used)
    return share.money


def _from_failed_refunds(dispute: DisputeView, extra: Money) -> Money:
    """What was counted beyond the orders' shares are refunds that came back: the bank paid them."""
    taken = Money.zero(extra.currency)
    for order in _orders(dispute).values():
        for refund in order.refunds:
            owed = _owed(refund)
            if refund.state == RefundState.FAILED and owed <= extra - taken:
                _settle_by_bank(dispute, refund, owed)
                taken = taken + owed
    return taken


def _owed(refund: Refund) -> Money:
    parts = [Money(card["amount"], refund.currency) for card in refund.cards]
    return total(parts, refund.currency)


def _settle_by_bank(dispute: DisputeView, refund: Refund, owed: Money) -> None:
    book.post(bookkeeping.from_failed_refund(dispute.number, refund.number, owed, clock.today()))
    refund.move_to(RefundState.ACCEPTED, by="bank")
    db.session.flush()  # the table, too, takes one step at a time
    refund.move_to(RefundState.SETTLED, by="bank")
    refund.settled_at, refund.why = clock.now(), "The shopper's bank gave it back."


def _close_answer(case: DisputeCase, by: str) -> None:
    case.state, case.answered_at, case.answered_by = "sent", clock.now(), by


def _close(case: DisputeCase) -> None:
    case.state = "closed"
    case.answered_at = case.answered_at or clock.now()
