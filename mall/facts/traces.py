"""What links orders, accounts and money: for finding fake orders, in tokens instead of names.

A token says that two things are the same and nothing else: device, network, card, address and bank
account leave the mall as keyed hashes only (mall/traces).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, select

from core.db import db
from mall.accounts.models import Address, Person
from mall.catalog.models import StockMovement, Variant
from mall.checkout.models import CheckoutPart, CheckoutShare, PartState
from mall.facts.marks import Move, Opinion, Sale, Shop
from mall.feedback.models import Review
from mall.orders.models import Order, OrderLine, Shipment
from mall.payouts.models import Payout
from mall.sellers.models import Seller
from mall.traces.models import Trace
from mall.traces.tokens import place, token
from mall.wallet.models import TopUp, Withdrawal
from payments import cards
from payments.models import GatewayOp, Payment

CREDIT, BALANCE = "pay_later", "wallet"


def sales(since: datetime, until: datetime) -> list[Sale]:
    """Paid orders in between, in the order of payment."""
    goods, paid_by = _goods(since, until), _instruments(since, until)
    query = (
        select(Order, Shipment, Trace.device, Trace.network)
        .outerjoin(Shipment, Shipment.order_id == Order.id)
        .outerjoin(Trace, Trace.checkout_id == Order.checkout_id)
        .where(Order.paid_at >= since, Order.paid_at < until)
        .order_by(Order.paid_at, Order.id)
    )
    return [
        _sale(order, parcel, device or "", network or "", goods[order.id], paid_by)
        for order, parcel, device, network in db.session.execute(query)
    ]


def _sale(
    order: Order,
    parcel: Shipment | None,
    device: str,
    network: str,
    goods: tuple[int, int, int],
    paid_by: dict[int, str],
) -> Sale:
    category, unit, listed = goods
    where = order.address
    assert order.paid_at is not None
    return Sale(
        order_id=order.id,
        number=order.number,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        at=int(order.paid_at.timestamp()),
        amount=order.total,
        category=category,
        unit=unit,
        device=device,
        network=network,
        instrument=paid_by.get(order.id, ""),
        place=place(str(where.get("line", "")), str(where.get("postcode", ""))),
        region=str(where.get("region", "")),
        shipped_at=_seconds(order.shipped_at),
        scanned_at=_seconds(parcel.first_scan_at if parcel else None),
        delivered_at=_seconds(order.delivered_at),
        received_at=_seconds(order.received_at),
        by_timer=order.received_by_timer,
        canceled=order.canceled_at is not None,
        refunded=order.refunded,
        on_credit=order.paid_with.startswith(CREDIT),
        weight=parcel.weight_grams if parcel else None,
        listed=listed or None,
    )


def _seconds(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None


def _goods(since: datetime, until: datetime) -> dict[int, tuple[int, int, int]]:
    """(category, price of the dearest line, grams as listed) by order."""
    grams = func.sum(OrderLine.quantity * Variant.weight_grams)
    query = (
        select(
            OrderLine.order_id, func.min(OrderLine.category_id), func.max(OrderLine.price), grams
        )
        .join(Order, Order.id == OrderLine.order_id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .where(Order.paid_at >= since, Order.paid_at < until)
        .group_by(OrderLine.order_id)
    )
    return {id: (category, unit, int(all)) for id, category, unit, all in db.session.execute(query)}


def _instruments(since: datetime, until: datetime) -> dict[int, str]:
    """What paid the largest part of each order."""
    query = (
        select(
            CheckoutShare.order_id, CheckoutPart.method, CheckoutPart.payment_ref, Order.buyer_id
        )
        .join(CheckoutPart, CheckoutPart.id == CheckoutShare.part_id)
        .join(Order, Order.id == CheckoutShare.order_id)
        .where(Order.paid_at >= since, Order.paid_at < until, CheckoutPart.state == PartState.PAID)
        .order_by(CheckoutShare.amount)
    )
    rows = db.session.execute(query).all()
    marks = cards.fingerprints([id for *_, ref, _ in rows if (id := _payment(ref))])
    found: dict[int, str] = {}
    for order_id, method, ref, buyer_id in rows:
        if method == BALANCE:
            found[order_id] = f"w:{buyer_id}"
        elif mark := marks.get(_payment(ref), ""):
            found[order_id] = token("card", mark)
    return found


def _payment(ref: str) -> int:
    kind, _, id = ref.partition(":")
    return int(id) if kind == "payment" and id.isdecimal() else 0


def shops() -> list[Shop]:
    """Every shop with what is known of its owner."""
    owned = db.session.execute(
        select(Seller, Person.device).join(Person, Person.id == Seller.owner_id)
    ).all()
    owners = {seller.owner_id for seller, _ in owned}
    seen = select(Trace.person_id, Trace.device, Trace.network).where(Trace.person_id.in_(owners))
    devices, networks = _by_person(), _by_person()
    for person_id, device, network in db.session.execute(seen.distinct()):
        devices.add(person_id, device)
        networks.add(person_id, network)
    kept, doors = _by_person(), _by_person()
    for person_id, mark in cards.fingerprints_of_people():
        if person_id in owners:
            kept.add(person_id, token("card", mark))
    for id, line, code in db.session.execute(
        select(Address.person_id, Address.line, Address.postcode).where(
            Address.person_id.in_(owners)
        )
    ):
        doors.add(id, place(line, code))
    return [
        Shop(
            seller_id=seller.id,
            owner_id=seller.owner_id,
            region=seller.region,
            payout=token("account", seller.payout_account),
            payout_changed_at=_seconds(seller.payout_account_changed_at),
            devices=devices.of(seller.owner_id, device or ""),
            networks=networks.of(seller.owner_id),
            instruments=kept.of(seller.owner_id),
            places=doors.of(seller.owner_id),
        )
        for seller, device in owned
    ]


def refusals(since: datetime, until: datetime) -> list[tuple[int, int]]:
    """(person, second) of each charge that was refused in between, oldest first."""
    op = GatewayOp
    query = (
        select(Payment.payer_id, op.answered_at)
        .join(Payment, Payment.id == op.payment_id)
        .where(op.kind == "charge", op.state == "refused", _between(op.answered_at, since, until))
        .order_by(op.answered_at, op.id)
    )
    return [(int(id), int(at.timestamp())) for id, at in db.session.execute(query) if at]


class _by_person:
    """Tokens of people; "" is none."""

    def __init__(self) -> None:
        self.kept: dict[int, set[str]] = {}

    def add(self, person_id: int, mark: str) -> None:
        if mark:
            self.kept.setdefault(person_id, set()).add(mark)

    def of(self, person_id: int, *more: str) -> frozenset[str]:
        return frozenset(self.kept.get(person_id, set()) | {mark for mark in more if mark})


def moves(since: datetime, until: datetime) -> list[Move]:
    """Payouts of sellers, and what people paid into their balances and took out, oldest first."""
    found = [*_payouts(since, until), *_top_ups(since, until), *_withdrawals(since, until)]
    return sorted(found, key=lambda move: (move.at, move.source, move.target))


def _between(column: Any, since: datetime, until: datetime) -> Any:
    return and_(column >= since, column < until)


def _payouts(since: datetime, until: datetime) -> Iterator[Move]:
    query = select(Payout.created_at, Payout.seller_id, Payout.destination, Payout.amount)
    query = query.where(Payout.state != "failed", _between(Payout.created_at, since, until))
    for at, seller_id, account, amount in db.session.execute(query):
        target = f"t:{token('account', account)}"
        yield Move(int(at.timestamp()), f"s:{seller_id}", target, amount, "payout")


def _top_ups(since: datetime, until: datetime) -> Iterator[Move]:
    query = select(TopUp.paid_at, TopUp.payment_id, TopUp.person_id, TopUp.amount)
    rows = db.session.execute(query.where(_between(TopUp.paid_at, since, until))).all()
    marks = cards.fingerprints([id for _, id, *_ in rows])
    for at, payment_id, person_id, amount in rows:
        if at and (mark := marks.get(payment_id, "")):
            source = f"t:{token('card', mark)}"
            yield Move(int(at.timestamp()), source, f"w:{person_id}", amount, "top_up")


def _withdrawals(since: datetime, until: datetime) -> Iterator[Move]:
    query = select(
        Withdrawal.created_at, Withdrawal.person_id, Withdrawal.destination, Withdrawal.amount
    ).where(Withdrawal.state != "failed", _between(Withdrawal.created_at, since, until))
    for at, person_id, account, amount in db.session.execute(query):
        target = f"t:{token('account', account)}"
        yield Move(int(at.timestamp()), f"w:{person_id}", target, amount, "withdrawal")


def opinions(since: datetime, until: datetime) -> list[Opinion]:
    """Reviews in between; words as a token, so that copies show and nothing is read."""
    query = (
        select(OrderLine.order_id, Review.seller_id, Review.created_at, Review.stars, Review.text)
        .join(OrderLine, OrderLine.id == Review.order_line_id)
        .where(_between(Review.created_at, since, until))
    )
    return [
        Opinion(order_id, seller_id, int(at.timestamp()), stars, len(text), token("review", text))
        for order_id, seller_id, at, stars, text in db.session.execute(query)
    ]


def stock(as_of: datetime, ago: timedelta) -> dict[int, tuple[int, int]]:
    """By seller: units on hand at an instant, and so long before it."""
    later = func.sum(case((StockMovement.created_at >= as_of, StockMovement.change), else_=0))
    since = func.sum(case((StockMovement.created_at >= as_of - ago, StockMovement.change), else_=0))
    moved = (
        select(StockMovement.seller_id, later, since)
        .where(StockMovement.created_at >= as_of - ago)
        .group_by(StockMovement.seller_id)
    )
    changes = {id: (int(after), int(whole)) for id, after, whole in db.session.execute(moved)}
    held = select(Variant.seller_id, func.sum(Variant.on_hand)).group_by(Variant.seller_id)
    found = {}
    for seller_id, units in db.session.execute(held):
        after, whole = changes.get(seller_id, (0, 0))
        found[seller_id] = (int(units) - after, int(units) - whole)
    return found


def devices_of(people: Iterable[int]) -> list[tuple[int, str]]:
    """(person, device) of sign-ins and checkouts, and the last one seen."""
    wanted = set(people)
    seen = select(Trace.person_id, Trace.device).where(Trace.person_id.in_(wanted)).distinct()
    last = select(Person.id, Person.device).where(Person.id.in_(wanted), Person.device.is_not(None))
    rows = [*db.session.execute(seen), *db.session.execute(last)]
    return sorted({(int(id), str(device)) for id, device in rows if device})
