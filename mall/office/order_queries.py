"""All orders for admins: the list, and everything about one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select

from core.db import db, one
from core.money import Money
from ledger import book
from ledger.book import JournalView
from mall.accounts.models import Person
from mall.checkout.models import Checkout
from mall.orders.models import Order, Refund
from mall.orders.queries import paid_in_words
from mall.orders.rules import OrderState
from mall.payouts.models import SettlementLine
from mall.sellers.models import Seller
from payments import services as payments
from payments.values import OpView, PaymentView

PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """One page: (order, shop's name, buyer's name); `counts` by state, `all` first."""

    rows: list[tuple[Order, str, str]]
    counts: dict[str, int]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class OrderFile:
    """Everything about one order."""

    order: Order
    seller: Seller
    buyer: Person
    checkout: Checkout
    paid_with: str
    payment: PaymentView | None
    ops: list[OpView]
    settlement: list[SettlementLine]
    journals: list[JournalView]

    @property
    def left(self) -> Money:
        return self.order.left


def page_of_orders(state: str, words: str, page: int, refund: str = "") -> OrdersPage:
    """Orders in `state` ("" for all) that say `words`, the newest first.

    refund    only orders with a refund in this state
    """
    counts = _counts()
    tests: list[ColumnElement[bool]] = [Order.state == state] if state else []
    if refund:
        tests.append(exists().where(Refund.order_id == Order.id, Refund.state == refund))
    if words:
        tests.append(_matching(words))
    total = _count(tests) if words or refund else counts[state or "all"]
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    query = (
        _joined(Order, Seller.name, Person.name)
        .where(*tests)
        .order_by(Order.id.desc())
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    rows = [(order, shop, buyer) for order, shop, buyer in db.session.execute(query)]
    return OrdersPage(rows, counts, page, pages, total)


def file_of(number: str) -> OrderFile:
    """The order with its payment, settlement and journals; raises NotFound."""
    order: Order = one(select(Order).where(Order.number == number))
    checkout = db.session.get_one(Checkout, order.checkout_id)
    purpose = f"checkout:{checkout.number}"
    payment = payments.payment_for(purpose)
    settlement = select(SettlementLine).where(SettlementLine.order_id == order.id)
    refs = [number, purpose, checkout.number, *(refund.number for refund in order.refunds)]
    return OrderFile(
        order=order,
        seller=db.session.get_one(Seller, order.seller_id),
        buyer=db.session.get_one(Person, order.buyer_id),
        checkout=checkout,
        paid_with=paid_in_words(order.id),
        payment=payment,
        ops=payments.ops_of(payment.id) if payment else [],
        settlement=list(
            db.session.scalars(settlement.order_by(SettlementLine.step, SettlementLine.id))
        ),
        journals=book.journals_of(*refs),
    )


def check_belongs(refund_number: str, number: str) -> None:
    """Raise NotFound unless the refund is one of this order."""
    one(
        select(Refund.id)
        .join(Order, Order.id == Refund.order_id)
        .where(Refund.number == refund_number, Order.number == number)
    )


def _counts() -> dict[str, int]:
    query = select(Order.state, func.count()).group_by(Order.state)
    found = {state: count for state, count in db.session.execute(query)}
    by_state = {state.value: found.get(state.value, 0) for state in OrderState}
    return {"all": sum(by_state.values())} | by_state


def _count(tests: list[ColumnElement[bool]]) -> int:
    return db.session.scalar(_joined(func.count()).where(*tests)) or 0


def _joined(*what: Any) -> Any:
    return (
        select(*what)
        .select_from(Order)
        .join(Seller, Seller.id == Order.seller_id)
        .join(Person, Person.id == Order.buyer_id)
        .join(Checkout, Checkout.id == Order.checkout_id)
    )


def _matching(words: str) -> ColumnElement[bool]:
    """In the order's or checkout's number, the shop's name, or the buyer's name or address."""
    fields = (Order.number, Checkout.number, Seller.name, Person.name, Person.email)
    return or_(*(field.icontains(words, autoescape=True) for field in fields))
