"""Who lends a loan, by name: before it begins, for its contract, and while it runs."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.db import db
from core.money import Money
from finance.contracts.contract import Lender
from finance.funding import reserving
from finance.funding.models import Funder, Participation
from finance.funding.sharing import Wanted, blended_ppm


@dataclass(frozen=True, slots=True)
class Part:
    """A lender's part of a loan today; `open` is what of it is owed."""

    name: str
    share_ppm: int
    price_ppm: int
    open: Money


@dataclass(frozen=True, slots=True)
class Price:
    """What a borrower pays a year: what the lenders ask together, and the mall's service."""

    blended_ppm: int
    apr_ppm: int

    @property
    def service_ppm(self) -> int:
        return self.apr_ppm - self.blended_ppm


def price_of(lenders: tuple[tuple[int, int], ...], apr_ppm: int) -> Price:
    """(share, price) of each lender; 70/20/10 at 6/7/12 % and 8.3 %: 6.8 and 1.5 of service."""
    return Price(blended_ppm(lenders), apr_ppm)


def would_lend(
    product: str, amount: int, currency: str, apr_ppm: int, grade: str
) -> tuple[Lender, ...]:
    """The lenders a loan would have now, for its contract; () when the mall lends alone."""
    chosen = reserving.would(product, currency, Wanted(amount, grade, apr_ppm))
    if not chosen:
        return ()
    named = [Lender(step.funder.name, share, step.price_ppm) for step, share in chosen]
    share, price = reserving.own_of(chosen)
    return (*named, Lender(own_name(), share, price)) if share else tuple(named)


def do_lend(number: str) -> tuple[Lender, ...]:
    """The lenders a loan has, in the order of its contract; () when the mall lends alone."""
    return tuple(Lender(p.name, p.share_ppm, p.price_ppm) for p in parts_of(number))


def parts_of(number: str) -> list[Part]:
    """Each lender's part of a loan today, banks first in the order of the waterfall."""
    query = (
        select(Participation)
        .where(Participation.ref == number)
        .options(joinedload(Participation.funder))
        .order_by(Participation.funder_id.is_(None), Participation.id)
    )
    return [
        Part(p.funder.name if p.funder else own_name(), p.share_ppm, p.coupon_ppm, p.money(p.open))
        for p in db.session.scalars(query)
    ]


def price_today(number: str, apr_ppm: int) -> Price:
    """The blended price of a loan's lenders."""
    return price_of(tuple((p.share_ppm, p.price_ppm) for p in parts_of(number)), apr_ppm)


def names() -> tuple[str, ...]:
    """All banks that may lend, for consents to share with each."""
    return tuple(db.session.scalars(select(Funder.name).order_by(Funder.code)))


def own_name() -> str:
    """The mall as a lender of record."""
    return str(current_app.config["MALL_NAME"])
