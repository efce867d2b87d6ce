"""The mall's commission by category and seller: which rate a sale carries, and setting one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from flask import current_app
from sqlalchemy import or_, select

from core import clock
from core.db import db
from core.errors import InvalidInput
from core.money import Money, round_fraction
from core.use_case import use_case
from mall.payouts.models import CommissionRate
from mall.payouts.rules import COMMISSION_PPM_MAX, TAX_PPM_MAX
from mall.payouts.terms import terms_of


@dataclass(frozen=True, slots=True)
class SaleFees:
    """What one order carries from its sale on; rates in millionths.

    by_category    the rate of each category in it
    ppm            all of them weighed by what was sold
    tax_ppm        tax on the commission, of `jurisdiction` ("" and 0 where none is known)
    """

    by_category: Mapping[int, int]
    ppm: int
    jurisdiction: str
    tax_ppm: int


def fees_of_sale(
    seller_id: int, own_ppm: int | None, sold: Iterable[tuple[int, Money]]
) -> SaleFees:
    """The fees that an order of these (category, amount) carries, as of today.

    own_ppm    the rate that stands at the seller, used where the table has none of the seller's
    """
    lines = list(sold)
    known = _known(seller_id, {category for category, _ in lines}, clock.today())
    mall = int(current_app.config["COMMISSION_PPM"])
    rates = {category: _most_specific(known, category, own_ppm, mall) for category, _ in lines}
    goods = sum(amount.minor for _, amount in lines)
    weighed = sum(amount.minor * rates[category] for category, amount in lines)
    jurisdiction = terms_of(seller_id).jurisdiction
    ppm = round_fraction(Fraction(weighed, goods)) if goods else mall
    return SaleFees(rates, ppm, jurisdiction, tax_ppm(jurisdiction))


def tax_ppm(jurisdiction: str) -> int:
    """The tax on the mall's commission there; 0 where we know of none."""
    return min(tax_table().get(jurisdiction, 0), TAX_PPM_MAX)


def tax_table() -> dict[str, int]:
    """Jurisdictions whose tax on commission we know, from a setting such as `CN=60000 SG=90000`."""
    pairs = (part.partition("=") for part in current_app.config["TAX_ON_COMMISSION_PPM"].split())
    return {name: int(ppm) for name, _, ppm in pairs}


Known = dict[tuple[bool, int | None], int]  # (of the seller, category) → rate


def _known(seller_id: int | None, categories: set[int], on: date) -> Known:
    """The newest rate at each level; a level that was cleared is not there."""
    row = CommissionRate
    query = (
        select(row.seller_id, row.category_id, row.ppm)
        .where(or_(row.seller_id == seller_id, row.seller_id.is_(None)))
        .where(or_(row.category_id.in_(categories), row.category_id.is_(None)))
        .where(row.from_on <= on)
        .order_by(row.from_on, row.id)
    )
    newest = {(s is not None, c): ppm for s, c, ppm in db.session.execute(query)}
    return {level: ppm for level, ppm in newest.items() if ppm is not None}


def _most_specific(known: Known, category: int, own_ppm: int | None, mall: int) -> int:
    """The seller's for the category, the seller's, the category's, the mall's."""
    own = known.get((True, None), own_ppm)
    levels = (known.get((True, category)), own, known.get((False, category)))
    return next((ppm for ppm in levels if ppm is not None), known.get((False, None), mall))


@use_case
def set_rate(
    ppm: int | None,
    *,
    by: int | None,
    category_id: int | None = None,
    seller_id: int | None = None,
    from_on: date | None = None,
    note: str = "",
) -> CommissionRate:
    """A commission for orders from `from_on` (today) on; None takes this level's rate away.

    Orders already placed keep the rate they were sold at. Raises InvalidInput.
    """
    start = from_on or clock.today()
    if ppm is not None and not 0 <= ppm <= COMMISSION_PPM_MAX:
        raise InvalidInput("A commission is between 0 and 50 percent.")
    if start < clock.today():
        raise InvalidInput("A commission holds from today or a later day on, never from before.")
    rate = CommissionRate(
        category_id=category_id,
        seller_id=seller_id,
        ppm=ppm,
        from_on=start,
        set_by=by,
        note=note.strip()[:240],
    )
    db.session.add(rate)
    return rate
