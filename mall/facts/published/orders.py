"""Orders and what becomes of them, live and imported, as published rows."""

from typing import Any

from sqlalchemy import (
    Select,
    Text,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect

from mall.accounts.models import Person
from mall.disputes.models import DisputeShare
from mall.facts.published import tables as t
from mall.facts.published.shaping import day, flag, lag, local, row
from mall.history.models import HistoryLine, HistoryOrder
from mall.orders.models import Order, OrderLine, Refund, Shipment
from mall.orders.rules import Cause, RefundState

_GRANTED = (RefundState.ACCEPTED, RefundState.SETTLED, RefundState.FAILED)
_past_settled = func.coalesce(
    HistoryOrder.delivered_at, HistoryOrder.shipped_at, HistoryOrder.paid_at
)
_past_refunded = func.coalesce(
    HistoryOrder.returned_at, HistoryOrder.canceled_at, HistoryOrder.paid_at
)


def _hour(instant: Any) -> Any:
    return func.extract("hour", local(instant))


def _weekday(instant: Any) -> Any:
    return func.extract("isodow", local(instant))


def place_of(order: type[Order]) -> Any:
    """A number made of the delivery address, word for word as `ix_orders_place` has it."""

    def said(name: str) -> Any:
        word = order.address.op("->>", return_type=Text)(literal_column(f"'{name}'"))
        return func.coalesce(word, literal_column("''"))

    both = said("line").op("||")(literal_column("'|'")).op("||")(said("postcode"))
    return func.hashtextextended(both, literal_column("0"))


def orders() -> CompoundSelect[Any]:
    age = func.greatest(day(Order.paid_at) - day(Person.created_at), 0)
    live = select(
        *row(
            t.orders,
            Order.paid_at,
            order_id=Order.id,
            seller_id=Order.seller_id,
            buyer_id=Order.buyer_id,
            buyer_age_days=age,
            total=Order.total,
            goods=Order.goods,
            shipping=Order.shipping,
            on_credit=flag(Order.paid_with.startswith("pay_later")),
            on_card=flag(Order.paid_with.startswith("card")),
            ship_by_s=func.floor(func.extract("epoch", Order.ship_by)),
            hour=_hour(Order.paid_at),
            weekday=_weekday(Order.paid_at),
            place=place_of(Order),
            buyer_received=Order.buyer_received,
            near=case((Order.near.is_not(None), flag(Order.near))),
            region=Order.address["region"].as_string(),
            imported=0,
        )
    )
    live = live.join(Person, Person.id == Order.buyer_id).where(Order.paid_at.is_not(None))
    past = select(
        *row(
            t.orders,
            HistoryOrder.paid_at,
            order_id=HistoryOrder.id,
            seller_id=HistoryOrder.seller_id,
            buyer_id=HistoryOrder.buyer_id,
            total=HistoryOrder.total,
            goods=HistoryOrder.total,
            shipping=0,
            on_credit=0,
            on_card=0,
            hour=_hour(HistoryOrder.paid_at),
            weekday=_weekday(HistoryOrder.paid_at),
            region=HistoryOrder.region,
            imported=1,
        )
    )
    return union_all(live, past)


def order_events() -> CompoundSelect[Any]:
    scanned = Shipment.first_scan_at
    no_stock = exists().where(Refund.order_id == Order.id, Refund.cause == Cause.NO_STOCK)
    why = case((and_(Order.canceled_by == "seller", no_stock), "no_stock"), else_=Order.canceled_by)
    late = case((Order.ship_by.is_not(None), flag(Order.shipped_at > Order.ship_by)))
    promise = Order.ship_by + Order.promised_days * literal_column("interval '1 day'")
    missed = case((promise.is_not(None), flag(Order.delivered_at > promise)))
    by = case((Order.received_by_timer, "timer"), else_="shopper")
    came = func.coalesce(Order.delivered_at, Order.shipped_at, Order.paid_at)
    h = HistoryOrder
    return union_all(
        _live("shipped", Order.shipped_at, Order.paid_at, late=late),
        _live("scanned", scanned, Order.shipped_at).join(Shipment, Shipment.order_id == Order.id),
        _live("delivered", Order.delivered_at, Order.shipped_at, late=missed),
        _live("settled", Order.received_at, came, cause=by),
        _live("canceled", Order.canceled_at, Order.paid_at, cause=why),
        _past("shipped", h.shipped_at, h.paid_at),
        _past("delivered", h.delivered_at, func.coalesce(h.shipped_at, h.paid_at)),
        _past("settled", _past_settled, _past_settled),
        _past("canceled", h.canceled_at, h.paid_at),
    )


def _live(kind: str, at: Any, before: Any, **more: Any) -> Select[Any]:
    return select(*_event(Order, kind, at, before, imported=0, **more)).where(
        Order.paid_at.is_not(None), at.is_not(None)
    )


def _past(kind: str, at: Any, before: Any) -> Select[Any]:
    return select(*_event(HistoryOrder, kind, at, before, imported=1)).where(at.is_not(None))


def _event(order: Any, kind: str, at: Any, before: Any, **more: Any) -> list[Any]:
    return row(
        t.order_events,
        at,
        order_id=order.id,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        total=order.total,
        paid_day=day(order.paid_at),
        begun_day=day(before),
        lag_s=lag(order.paid_at, at),
        since_s=lag(before, at),
        kind=literal(kind),
        **({"cause": literal("")} | more),
    )


def order_lines() -> CompoundSelect[Any]:
    sold = {"category_id": OrderLine.category_id, "variant_id": OrderLine.variant_id}
    live = _line(OrderLine, Order.paid_at, **sold, imported=0)
    live = live.join(Order, Order.id == OrderLine.order_id).where(Order.paid_at.is_not(None))
    past = _line(HistoryLine, HistoryOrder.paid_at, product=HistoryLine.product, imported=1)
    return union_all(live, past.join(HistoryOrder, HistoryOrder.id == HistoryLine.order_id))


def _line(line: Any, at: Any, **more: Any) -> Select[Any]:
    named: dict[str, Any] = {"product": getattr(line, "product_id", None)} | more
    return select(
        *row(
            t.order_lines,
            at,
            line_id=line.id,
            order_id=line.order_id,
            seller_id=line.seller_id,
            buyer_id=line.buyer_id,
            quantity=line.quantity,
            price=line.price,
            amount=line.amount,
            **named,
        )
    )


def settlements() -> CompoundSelect[Any]:
    both = func.greatest(Refund.decided_at, Order.received_at)
    back = func.greatest(_past_refunded, _past_settled)
    granted = Refund.state.in_(_GRANTED)
    return union_all(
        _settled(Order, Order.received_at, Order.total, "settled", 0).where(
            Order.paid_at.is_not(None), Order.received_at.is_not(None)
        ),
        _settled(Order, both, -Refund.amount, "refunded", 0)
        .join(Refund, Refund.order_id == Order.id)
        .where(Order.received_at.is_not(None), granted),
        _settled(HistoryOrder, _past_settled, HistoryOrder.total, "settled", 1),
        _settled(HistoryOrder, back, -HistoryOrder.refunded, "refunded", 1).where(
            HistoryOrder.refunded > 0
        ),
    )


def _settled(order: Any, at: Any, amount: Any, kind: str, imported: int) -> Select[Any]:
    return select(
        *row(
            t.settlements,
            at,
            order_id=order.id,
            seller_id=order.seller_id,
            buyer_id=order.buyer_id,
            amount=amount,
            kind=literal(kind),
            imported=imported,
        )
    )


def refund_events() -> CompoundSelect[Any]:
    asked = _refund("asked", Refund.created_at)
    granted = _refund("granted", Refund.decided_at, amount=Refund.amount)
    rejected = _refund("rejected", Refund.decided_at)
    past = select(
        *row(
            t.refund_events,
            _past_refunded,
            refund_id=HistoryOrder.id,
            order_id=HistoryOrder.id,
            seller_id=HistoryOrder.seller_id,
            buyer_id=HistoryOrder.buyer_id,
            amount=HistoryOrder.refunded,
            paid_day=day(HistoryOrder.paid_at),
            imported=1,
            kind=literal("granted"),
            cause=literal("returned"),
            fault=literal("buyer"),
        )
    ).where(HistoryOrder.refunded > 0)
    return union_all(
        asked,
        granted.where(Refund.state.in_(_GRANTED)),
        rejected.where(Refund.state == RefundState.REJECTED),
        past,
    )


def _refund(kind: str, at: Any, **more: Any) -> Select[Any]:
    return (
        select(
            *row(
                t.refund_events,
                at,
                refund_id=Refund.id,
                order_id=Refund.order_id,
                seller_id=Refund.seller_id,
                buyer_id=Refund.buyer_id,
                paid_day=day(Order.paid_at),
                begun_day=day(Refund.created_at),
                lag_s=lag(Refund.created_at, at),
                imported=0,
                kind=literal(kind),
                cause=Refund.cause,
                fault=Refund.fault,
                **more,
            )
        )
        .join(Order, Order.id == Refund.order_id)
        .where(Order.paid_at.is_not(None), at.is_not(None))
    )


def dispute_events() -> CompoundSelect[Any]:
    share, opened, closed = DisputeShare, DisputeShare.opened_at, DisputeShare.closed_at
    return union_all(
        _dispute("opened", opened).where(opened.is_not(None)),
        *(
            _dispute(state, closed).where(share.state == state, closed.is_not(None))
            for state in ("won", "lost")
        ),
    )


def _dispute(kind: str, at: Any) -> Select[Any]:
    return select(
        *row(
            t.dispute_events,
            at,
            dispute_id=DisputeShare.id,
            order_id=DisputeShare.order_id,
            seller_id=DisputeShare.seller_id,
            buyer_id=Order.buyer_id,
            amount=DisputeShare.amount,
            lag_s=lag(DisputeShare.opened_at, at),
            kind=literal(kind),
        )
    ).join(Order, Order.id == DisputeShare.order_id)
