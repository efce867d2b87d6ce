"""T, P and I: how a shop differs from what is usual in its category."""

from typing import Any

from sqlalchemy import Select, select, union_all

from finance.risk.features import norms
from finance.risk.features.building import Measures, block, feature
from finance.risk.features.known import Base
from finance.risk.features.norms import USUAL
from finance.risk.features.portable import (
    PPM,
    div,
    grouped,
    least_of,
    most_if,
    rate,
    total_if,
)


@block("seller")
def around(base: Base) -> Select[Any]:
    """The category's numbers: how many orders, to the shops' own cities, and reviews."""
    rows = norms.usual(base)
    r = rows.c
    return grouped(
        rows,
        usual_hours=most_if(r.kind == "hours", r.whole),
        usual_near=most_if(r.kind == "near", r.part),
        usual_near_known=most_if(r.kind == "near", r.whole),
        usual_reviews=most_if(r.kind == "reviews", r.part),
        usual_settled=most_if(r.kind == "reviews", r.whole),
    )


@block("seller")
def alike(base: Base) -> Select[Any]:
    """What part of a shop's orders lies at hours, and on weekdays, as the category's do."""
    rows = norms.usual(base)
    own = union_all(
        norms.orders_by(base, "hours", "hour"), norms.orders_by(base, "weekdays", "weekday")
    ).cte("own_profile")
    here = (own.c.subject == rows.c.subject) & (own.c.kind == rows.c.kind)
    both = own.join(rows, here & (own.c.bucket == rows.c.bucket))
    mine, theirs = rate(own.c.part, own.c.whole), rate(rows.c.part, rows.c.whole)
    named = (mine.label("mine"), theirs.label("theirs"))
    each = select(own.c.subject, own.c.kind, *named).select_from(both).subquery("profiles")
    same = least_of(each.c.mine, each.c.theirs)
    return grouped(
        each,
        hours_alike=total_if(each.c.kind == "hours", same),
        weekdays_alike=total_if(each.c.kind == "weekdays", same),
    )


def _away(m: Measures, alike: Any) -> Any:
    """The part that would have to move, as if USUAL orders of the usual kind stood beside."""
    known = m.usual_hours * 0  # null where nothing is known to compare with
    return div((PPM - alike + known) * m.orders_90, m.orders_90 + USUAL)


@feature("seller", "T5", "ppm", "-", 90)
def hour_distance_ppm(m: Measures) -> Any:
    """How far the hours of orders lie from the category's usual ones: what part would have to
    move, as if twenty usual orders stood beside them."""
    return _away(m, m.hours_alike)


@feature("seller", "T6", "ppm", "-", 90)
def weekday_distance_ppm(m: Measures) -> Any:
    """The same of weekdays."""
    return _away(m, m.weekdays_alike)


@feature("seller", "P4", "ppm", "-", 90)
def own_city_excess_ppm(m: Measures) -> Any:
    """Share of orders that go to the shop's own city, above what is usual in the category, as if
    twenty usual orders stood beside them."""
    usual = rate(m.usual_near, m.usual_near_known)
    more = rate(m.near_90, m.near_known_90) - usual
    return div(more * m.near_known_90, m.near_known_90 + USUAL)


@feature("seller", "I7b", "ppm", "~", 365)
def review_rate_usual_ppm(m: Measures) -> Any:
    """Reviews for each settled order against the category's rate, as if twenty usual orders stood
    beside them."""
    usual = rate(m.usual_reviews, m.usual_settled)
    own = div(m.reviews_365 * PPM + usual * USUAL, m.settled_365 + USUAL)
    return rate(own, usual)
