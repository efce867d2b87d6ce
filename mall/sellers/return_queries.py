"""A seller's returns: the list, and one with what accepting it would cost."""

from dataclasses import dataclass

from sqlalchemy import func, select

from core.db import db, one
from core.money import Money
from mall.orders import refunding
from mall.orders.models import Order, OrderLine, Refund
from mall.orders.rules import OrderState, RefundState
from mall.payouts import fees

PER_PAGE = 25
OPEN = (RefundState.OPENED,)
DECIDED = tuple(state for state in RefundState if state != RefundState.OPENED)


@dataclass(frozen=True, slots=True)
class ReturnsPage:
    """One page of refunds with their orders' numbers."""

    rows: list[tuple[Refund, str]]
    open: int
    decided: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What accepting a return takes from the seller.

    commission   given back by the mall, with the tax on it; zero while none has been taken
    released     whether the order's money has reached the seller
    """

    amount: Money
    commission: Money
    fee: Money
    released: bool

    @property
    def total(self) -> Money:
        return self.amount - self.commission + self.fee


@dataclass(frozen=True, slots=True)
class ReturnView:
    """One return with its order and the lines that come back."""

    refund: Refund
    order: Order
    lines: list[tuple[OrderLine, int]]
    cost: Cost


def page_of_seller(seller_id: int, view: str, page: int) -> ReturnsPage:
    """The seller's returns and refunds: open ones by age, decided ones newest first."""
    mine = Refund.seller_id == seller_id
    opened = Refund.state.in_(OPEN)
    counting = select(func.count().filter(opened), func.count().filter(~opened)).where(mine)
    waiting, decided = db.session.execute(counting).one()
    pages = max(1, -(-(waiting if view == "open" else decided) // PER_PAGE))
    page = min(max(1, page), pages)
    query = (
        select(Refund, Order.number)
        .join(Order, Order.id == Refund.order_id)
        .where(mine, opened if view == "open" else ~opened)
        .order_by(Refund.id if view == "open" else Refund.id.desc())
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    rows = [(refund, number) for refund, number in db.session.execute(query)]
    return ReturnsPage(rows, waiting, decided, page, pages)


def of_seller(number: str, seller_id: int) -> ReturnView:
    """The seller's return; raises NotFound for a stranger's."""
    refund: Refund = one(
        select(Refund).where(Refund.number == number, Refund.seller_id == seller_id)
    )
    order = db.session.get_one(Order, refund.order_id)
    by_id = {line.id: line for line in order.lines}
    lines = [(by_id[part["line_id"]], part["quantity"]) for part in refund.lines]
    return ReturnView(refund, order, lines, _cost(order, refund))


def _cost(order: Order, refund: Refund) -> Cost:
    released = order.state == OrderState.RECEIVED
    back = Money.zero(order.currency)
    if released and refund.state == RefundState.OPENED:
        units = {part["line_id"]: part["quantity"] for part in refund.lines}
        back = fees.given_back(order, more=refund.amount, units=units).both
    return Cost(
        amount=refund.money,
        commission=back,
        fee=refunding.fee_borne(order, refund),
        released=released,
    )
