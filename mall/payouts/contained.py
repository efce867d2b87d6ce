"""The tax contained in a seller's sales and refunds, for the rows of a statement."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import func, select

from core import clock
from core.db import db
from core.money import Money
from mall.orders.models import Order, OrderLine, Refund
from mall.taxes.rules import Contained, Rate, by_rate, less, of_data


def of_sales(numbers: Iterable[str]) -> dict[str, list[Contained]]:
    """By order: the tax in what was released, what had been given back out of escrow taken off."""
    wanted = set(numbers)
    if not wanted:
        return {}
    line = OrderLine
    gone = (
        select(func.jsonb_agg(Refund.taxes))
        .where(
            Refund.order_id == Order.id,
            Refund.taxes.is_not(None),
            Refund.sources.has_key("escrow"),
        )
        .scalar_subquery()
    )
    query = (
        select(Order.number, Order.currency, line.tax_name, line.tax_ppm, line.tax, gone)
        .join(line, line.order_id == Order.id)
        .where(Order.number.in_(wanted), line.tax_ppm > 0)
    )
    parts: dict[str, list[tuple[Rate, Money]]] = {}
    back: dict[str, list[Contained]] = {}
    for number, currency, name, ppm, tax, kept in db.session.execute(query.order_by(line.id)):
        parts.setdefault(number, []).append((Rate(name, ppm), Money(tax, currency)))
        back[number] = [t for taxes in kept or () for t in of_data(taxes, currency)]
    return {number: less(by_rate(each), back[number]) for number, each in parts.items()}


def of_refunds(numbers: Iterable[str]) -> dict[str, list[Contained]]:
    """By refund: the tax that went back with it, of those given back after the release."""
    wanted = set(numbers)
    if not wanted:
        return {}
    query = select(Refund).where(
        Refund.number.in_(wanted), Refund.taxes.is_not(None), ~Refund.sources.has_key("escrow")
    )
    return {refund.number: minus(refund) for refund in db.session.scalars(query)}


def of_days(seller_id: int, since: date, until: date) -> list[Contained]:
    """What refunds of these days took off, of those given back after the release."""
    query = select(Refund).where(
        Refund.seller_id == seller_id,
        Refund.taxes.is_not(None),
        ~Refund.sources.has_key("escrow"),
        Refund.decided_at >= clock.start_of(since),
        Refund.decided_at < clock.start_of(until + timedelta(1)),
    )
    return [tax for refund in db.session.scalars(query) for tax in minus(refund)]


def minus(refund: Refund) -> list[Contained]:
    """What a refund takes off the tax of sales, below zero."""
    taxes = of_data(refund.taxes or (), refund.currency)
    return [Contained(one.rate, -one.amount) for one in taxes]
