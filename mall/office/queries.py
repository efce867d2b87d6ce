"""The admins' first page: the mall's day, what waits, and the last thirty days."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, func, literal, select

from core import clock
from core.db import db
from core.money import Money
from ledger import book
from mall.disputes.models import DisputeCase
from mall.orders.models import Order, Refund
from mall.orders.rules import OrderState, RefundState
from mall.payouts.models import Payout
from mall.sellers.models import Seller, SellerState
from payments import cases

DAYS = 30


@dataclass(frozen=True, slots=True)
class Command:
    """Volume is what was paid, before refunds; both `month`s hold 30 business days."""

    today: Money
    today_orders: int
    month: Money
    month_before: Money
    month_orders: int
    month_refunded: Money
    late: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for an admin, or for the world."""

    applications: int
    returns: int
    refunds_under_way: int
    refunds_failed: int
    payouts_failed: int


@dataclass(frozen=True, slots=True)
class DayOfMall:
    """Paid orders of one business day; `paid` and `back` in minor units."""

    on: date
    orders: int
    paid: int


def command(currency: str) -> Command:
    """The mall's volume: two questions."""
    start = clock.start_of(clock.today())
    month = clock.start_of(clock.today() - timedelta(DAYS - 1))
    before = clock.start_of(clock.today() - timedelta(2 * DAYS - 1))
    total = func.sum(Order.total)
    query = select(
        total.filter(Order.paid_at >= start),
        func.count().filter(Order.paid_at >= start),
        total.filter(Order.paid_at >= month),
        total.filter(Order.paid_at < month),
        func.count().filter(Order.paid_at >= month),
    ).where(Order.paid_at >= before)
    today, orders, now, then, month_orders = db.session.execute(query).one()
    back = select(func.sum(Refund.amount)).where(
        Refund.decided_at >= month,
        Refund.state.in_((RefundState.ACCEPTED, RefundState.SETTLED, RefundState.FAILED)),
    )
    late = select(func.count()).where(
        and_(Order.state == OrderState.PAID, Order.ship_by < clock.now())
    )
    refunded, late_now = db.session.execute(
        select(back.scalar_subquery(), late.scalar_subquery())
    ).one()
    money = [Money(int(value or 0), currency) for value in (today, now, then, refunded)]
    return Command(money[0], orders, money[1], money[2], month_orders, money[3], late_now)


def waiting() -> Waiting:
    """One question for five counts."""
    refunds = {
        state: select(func.count()).where(Refund.state == state).scalar_subquery()
        for state in (RefundState.OPENED, RefundState.ACCEPTED, RefundState.FAILED)
    }
    applied = select(func.count()).where(Seller.state == SellerState.APPLIED).scalar_subquery()
    payouts = select(func.count()).where(Payout.state == "failed").scalar_subquery()
    counts = db.session.execute(select(applied, *refunds.values(), payouts)).one()
    return Waiting(*(int(count) for count in counts))


def menu_counts(person_id: int) -> dict[str, int]:
    """What waits behind the entries of an admin's menu."""
    applied = select(func.count()).where(Seller.state == SellerState.APPLIED)
    disputed = select(func.count()).where(DisputeCase.state == "open")
    counts = select(applied.scalar_subquery(), disputed.scalar_subquery())
    sellers, disputes = db.session.execute(counts).one()
    waiting = {"/admin/sellers": sellers, "/admin/disputes": disputes}
    return waiting | {"/admin/cases": cases.counts()["open"]}


def orders_by_state() -> dict[str, int]:
    """All orders, counted by state in the order of their life."""
    query = select(Order.state, func.count()).group_by(Order.state)
    found = {state: count for state, count in db.session.execute(query)}
    return {state.value: found.get(state.value, 0) for state in OrderState}


def days() -> list[DayOfMall]:
    """The last thirty business days, today last."""
    first = clock.today() - timedelta(DAYS - 1)
    day = func.date(func.timezone(literal(clock.zone().key), Order.paid_at)).label("day")
    query = (
        select(day, func.count(), func.sum(Order.total))
        .where(Order.paid_at >= clock.start_of(first))
        .group_by(day)
    )
    found = {on: (n, int(total)) for on, n, total in db.session.execute(query)}
    return [
        DayOfMall(on, *found.get(on, (0, 0))) for on in (first + timedelta(n) for n in range(DAYS))
    ]


def book_is_even() -> bool:
    """Whether debits and credits are equal in every currency; the cheapest question of the audit."""
    return all(_is_even(currency) for currency in book.currencies())


def _is_even(currency: str) -> bool:
    lines = book.trial_balance(currency)
    return sum(x.debits.minor for x in lines) == sum(x.credits.minor for x in lines)
