"""Grading many at once: who would get what today, counted; nothing is kept."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app

from core import clock
from core.db import db
from core.money import Money
from finance.capital import services as capital
from finance.capital.terms import SALES_SHARE
from finance.contracts import consents
from finance.risk.buyer import Questions as BuyerQuestions
from finance.risk.features import postgres
from finance.risk.seller import Questions

_CHUNK = 200
_BASKET = 30_000  # what shoppers are asked about: 300.00 in the shortest term


@dataclass
class Grades:
    """How many of each grade, how many have an offer, and how much that is together."""

    grades: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    offers: int = 0
    offered: int = 0

    @property
    def graded(self) -> int:
        return self.grades.total()


@dataclass(frozen=True, slots=True)
class SellerGrade:
    """One seller's answer; `most` is the largest sales share, minor units."""

    seller_id: int
    score: int
    grade: str
    pd_ppm: int
    most: int
    fee: int
    apr_ppm: int
    days: int
    reasons: tuple[str, ...]


def grade_seller(seller_id: int, as_of: datetime) -> SellerGrade:
    """Score one seller as of an instant and price the largest sales share."""
    asked = Questions(seller_id, as_of)
    shares = asked.terms.sales_share.shares
    share = shares[len(shares) // 2]
    most = capital.most_of(asked, share)
    amount = max(most, Money(asked.terms.sales_share.amount_min, asked.currency))
    outcome = asked.preview(SALES_SHARE, amount, capital.borne(asked, share))
    offer = capital.offer_of(asked, amount, share) if outcome.approved else None
    return SellerGrade(
        seller_id=seller_id,
        score=outcome.score,
        grade=outcome.grade,
        pd_ppm=outcome.pd_ppm,
        most=offer.amount.minor if offer else 0,
        fee=offer.fee.minor if offer else 0,
        apr_ppm=offer.apr_ppm if offer else 0,
        days=offer.days if offer else 0,
        reasons=tuple(f"{why.code} {why.text}" for why in outcome.reasons),
    )


def _willing(subject: str, ids: Iterable[int]) -> list[int]:
    """Those who have not refused to be scored."""
    everyone = list(ids)
    no = consents.refused(subject, everyone)
    return [id for id in everyone if id not in no]


def grade_sellers(
    ids: Iterable[int], as_of: datetime, each: Callable[[SellerGrade], None]
) -> Grades:
    """Grade these sellers; `each` hears of every one."""
    found = Grades()
    for number, id in enumerate(_willing("seller", ids), 1):
        one = grade_seller(id, as_of)
        found.grades[one.grade] += 1
        found.offers += one.most > 0
        found.offered += one.most
        found.reasons.update(reason.partition(" ")[0] for reason in one.reasons)
        each(one)
        if number % _CHUNK == 0:
            db.session.expunge_all()
    return found


def grade_buyers(ids: Iterable[int], as_of: datetime, tick: Callable[[], None]) -> Grades:
    """Grade these shoppers on a basket of 300.00 in three parts."""
    found = Grades()
    amount = Money(_BASKET, current_app.config["MALL_CURRENCY"])
    known = postgres.compute_all("buyer", clock.day_number(as_of))
    for number, id in enumerate(_willing("buyer", ids), 1):
        asked = BuyerQuestions(id, amount, as_of, known.get(id, {}))
        if (
            asked.person["of_age"] is None
        ):  # asked before the first plan; imported buyers never were
            asked.person["of_age"] = True
        outcome = asked.preview(min(asked.terms.terms))
        found.grades[outcome.grade] += 1
        found.offers += outcome.approved
        found.offered += outcome.limit if outcome.approved else 0
        found.reasons.update(why.code for why in outcome.reasons)
        tick()
        if number % _CHUNK == 0:
            db.session.expunge_all()
    return found
