"""A seller's money: where it stands, where it went, when the rest comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import case, func, literal, select

from core import clock
from core.db import db
from core.money import Money
from ledger import book
from ledger.accounts import account
from mall.orders.models import Order
from mall.orders.rules import OrderState
from mall.payouts.models import Payout, SettlementLine
from mall.payouts.rules import LEFT, SALE
from mall.payouts.words import in_words

PAYOUTS_PER_PAGE = 25
UNDER_WAY = ("requested", "sent")
_ESCROWED = (OrderState.PAID, OrderState.SHIPPED, OrderState.DELIVERED)


@dataclass(frozen=True, slots=True)
class Balances:
    """Where a seller's money stands now.

    escrow      paid by buyers, receipt not confirmed
    payable     may be paid out now
    reserve     withheld against disputes
    in_flight   on its way to the bank
    owed        refunds the seller still owes, taken first from the next releases
    """

    escrow: Money
    payable: Money
    reserve: Money
    in_flight: Money
    owed: Money


@dataclass(frozen=True, slots=True)
class Flow:
    """One arm of where sales went over some days; in minor units."""

    words: str
    amount: int


@dataclass(frozen=True, slots=True)
class Due:
    """What is released by itself on a day if no buyer confirms earlier."""

    on: date
    orders: int
    amount: Money


@dataclass(frozen=True, slots=True)
class PayoutsPage:
    """One page of payouts, the newest first."""

    rows: Sequence[Payout]
    page: int
    pages: int


def balances(seller_id: int, currency: str) -> Balances:
    """Two questions: the book's and the orders'."""
    wanted = [account(name, seller_id) for name in (
        "seller_payable", "seller_reserve", "seller_receivable")]  # fmt: skip
    payable, reserve, owed = book.all_available(wanted, currency)
    escrow = select(func.coalesce(func.sum(Order.total - Order.refunded), 0)).where(
        Order.seller_id == seller_id, Order.state.in_(_ESCROWED)
    )
    flying = select(func.coalesce(func.sum(Payout.amount), 0)).where(
        Payout.seller_id == seller_id, Payout.state.in_(UNDER_WAY)
    )
    held, gone = db.session.execute(
        select(escrow.scalar_subquery(), flying.scalar_subquery())
    ).one()
    return Balances(Money(int(held), currency), payable, reserve, Money(int(gone), currency), owed)


def flows(seller_id: int, days: int) -> list[Flow]:
    """What was released in the last `days` days, by where it went; the sales themselves first."""
    query = (
        select(SettlementLine.step, SettlementLine.reason, func.sum(SettlementLine.amount))
        .where(
            SettlementLine.seller_id == seller_id,
            SettlementLine.on > clock.today() - timedelta(days),
        )
        .group_by(SettlementLine.step, SettlementLine.reason)
        .order_by(SettlementLine.step, SettlementLine.reason)
    )
    return [Flow(in_words(reason), int(amount)) for _, reason, amount in db.session.execute(query)]


def deductions_ppm(seller_id: int, days: int) -> int | None:
    """The share of released sales that did not reach the balance, in millionths; None without."""
    sale = func.sum(SettlementLine.amount).filter(SettlementLine.step == SALE)
    left = func.sum(SettlementLine.amount).filter(SettlementLine.step == LEFT)
    query = select(sale, left).where(
        SettlementLine.seller_id == seller_id, SettlementLine.on > clock.today() - timedelta(days)
    )
    gross, kept = db.session.execute(query).one()
    return int((gross - (kept or 0)) * 1_000_000 // gross) if gross else None


def coming(seller_id: int, currency: str, limit: int = 7) -> list[Due]:
    """The next days on which escrow is released by itself, soonest first."""
    settings = current_app.config
    at = case(
        (
            Order.delivered_at.is_not(None),
            Order.delivered_at + literal(timedelta(settings["AUTO_CONFIRM_DAYS"])),
        ),
        else_=Order.shipped_at + literal(timedelta(settings["AUTO_CONFIRM_SHIPPED_DAYS"])),
    )
    day = func.date(func.timezone(literal(clock.zone().key), at)).label("day")
    query = (
        select(day, func.count(), func.sum(Order.total - Order.refunded))
        .where(
            Order.seller_id == seller_id,
            Order.state.in_((OrderState.SHIPPED, OrderState.DELIVERED)),
        )
        .group_by(day)
        .order_by(day)
        .limit(limit)
    )
    return [Due(on, n, Money(int(amount), currency)) for on, n, amount in db.session.execute(query)]


def payouts(seller_id: int, page: int, per_page: int = PAYOUTS_PER_PAGE) -> PayoutsPage:
    """The seller's payouts, page by page."""
    mine = Payout.seller_id == seller_id
    count = db.session.scalar(select(func.count()).select_from(Payout).where(mine)) or 0
    pages = max(1, -(-count // per_page))
    page = min(max(1, page), pages)
    query = select(Payout).where(mine).order_by(Payout.id.desc())
    rows = db.session.scalars(query.limit(per_page).offset((page - 1) * per_page)).all()
    return PayoutsPage(rows, page, pages)
