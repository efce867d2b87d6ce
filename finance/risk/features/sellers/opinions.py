"""I: favorites, reviews and questions."""

from typing import Any

from sqlalchemy import CTE, Select, select

from finance.risk.features.building import Measures, Sums, block, cannot, feature, named, sums
from finance.risk.features.known import Base
from finance.risk.features.portable import (
    AS_OF,
    between,
    count,
    count_if,
    div,
    grouped,
    largest,
    percentiles,
    rate,
    total,
    total_if,
    within,
)

DAY = 86_400
MADE_UP, MADE_UP_STARS = 5, 15  # verdicts of three stars that keep one lucky review from the top


@sums("fact_review_events", "seller")
def reviews(rows: CTE) -> Sums:
    """Reviews of a year, those of 90 days apart, and what became of bad ones."""
    r = rows.c
    written, late, year = r.kind == "written", within(rows, 90), within(rows, 365)
    bad = (r.stars <= 2) & (r.begun_day >= AS_OF - 90) & (r.begun_day < AS_OF - 1)
    return named(
        reviews_365=count_if(written, year),
        stars_365=total_if(written & year, r.stars),
        reviews_90=count_if(written, late),
        stars_90=total_if(written & late, r.stars),
        negative_90=count_if(written, late, r.stars <= 2),
        negative_due=count_if(written, bad),
        negative_answered=count_if(r.kind == "answered", bad, r.lag_s <= DAY),
    )


@block("seller")
def repeated_words(base: Base) -> Select[Any]:
    """Reviews with words, and those whose very words another one has."""
    rows = base["fact_review_events"]
    said = (rows.c.kind == "written") & (rows.c.chars > 0) & within(rows, 365)
    by_words = (
        select(rows.c.subject, rows.c.words, count().label("times"))
        .where(said)
        .group_by(rows.c.subject, rows.c.words)
        .subquery("by_words")
    )
    return grouped(
        by_words,
        worded=total(by_words.c.times),
        worded_alike=total_if(by_words.c.times > 1, by_words.c.times),
    )


@sums("fact_order_events", "seller")
def settled_lately(rows: CTE) -> Sums:
    return named(settled_365=count_if(rows.c.kind == "settled", within(rows, 365)))


@block("seller")
def favorites_kept(base: Base) -> Select[Any]:
    """Favorites old enough to have become an order within 28 days, and those that did."""
    marks, lines = base["fact_favorites"], base["fact_order_lines"]
    old = (
        select(marks.c.subject, marks.c.buyer_id, marks.c.product, marks.c.known_day)
        .where(between(marks, 28, 118))
        .group_by(marks.c.subject, marks.c.buyer_id, marks.c.product, marks.c.known_day)
        .subquery("marks_old")
    )
    bought = old.outerjoin(
        lines,
        (lines.c.subject == old.c.subject)
        & (lines.c.buyer_id == old.c.buyer_id)
        & (lines.c.product == old.c.product)
        & (lines.c.known_day >= old.c.known_day)
        & (lines.c.known_day < old.c.known_day + 28),
    )
    each = (
        select(old.c.subject, count_if(lines.c.line_id.is_not(None)).label("lines"))
        .select_from(bought)
        .group_by(*old.c)
        .subquery("marks_bought")
    )
    return grouped(each, marks_old=count(), marks_bought=count_if(each.c.lines > 0))


@block("seller")
def favorites_daily(base: Base) -> Select[Any]:
    marks = base["fact_favorites"]
    daily = (
        select(marks.c.subject, marks.c.known_day, count().label("marks"))
        .where(within(marks, 90))
        .group_by(marks.c.subject, marks.c.known_day)
        .cte("marks_daily")
    )
    usual = percentiles(daily, daily.c.marks, usual=50).subquery("marks_usual")
    both = daily.join(usual, usual.c.subject == daily.c.subject)
    rows = select(daily.c.subject, daily.c.marks, usual.c.usual).select_from(both).subquery()
    return grouped(
        rows,
        favorites_90=total(rows.c.marks),
        marks_most=largest(rows.c.marks),
        marks_usual=largest(rows.c.usual),
    )


def _mean(stars: Any, reviews: Any) -> Any:
    return div(stars * 1_000, reviews)


@feature("seller", "I2", "ppm", "+", 118)
def favorite_to_buy_ppm(m: Measures) -> Any:
    """Of favorites at least 28 days old, those bought within 28 days."""
    return rate(m.marks_bought, m.marks_old)


@feature("seller", "I3", "ppm", "-", 90)
def favorite_burst_ppm(m: Measures) -> Any:
    """Favorites of the day with most against the middle day that had any."""
    return rate(m.marks_most, m.marks_usual)


@feature("seller", "I5", "thousandths", "+", 365)
def review_mean_b(m: Measures) -> Any:
    """Mean stars, as if five made-up reviews of three stars stood beside them."""
    return _mean(m.stars_365 + MADE_UP_STARS, m.reviews_365 + MADE_UP)


@feature("seller", "I5b", "thousandths", "+", 365)
def review_mean_365(m: Measures) -> Any:
    """Mean stars."""
    return _mean(m.stars_365, m.reviews_365)


@feature("seller", "I6", "thousandths", "+", 90, 365)
def review_trend(m: Measures) -> Any:
    """Mean stars of 90 days less those of 365."""
    return _mean(m.stars_90, m.reviews_90) - _mean(m.stars_365, m.reviews_365)


@feature("seller", "I7", "ppm", "~", 365)
def review_rate_ppm(m: Measures) -> Any:
    """Reviews for each settled order."""
    return rate(m.reviews_365, m.settled_365)


@feature("seller", "I8", "ppm", "-", 365)
def words_alike_ppm(m: Measures) -> Any:
    """Of reviews with words, those whose very words another one has."""
    return rate(m.worded_alike, m.worded)


@feature("seller", "I9", "ppm", "-", 90)
def negative_share_90_ppm(m: Measures) -> Any:
    """Of reviews, those of one or two stars."""
    return rate(m.negative_90, m.reviews_90)


@feature("seller", "I10", "ppm", "+", 90)
def negative_reply_24h_ppm(m: Measures) -> Any:
    """Of reviews of one or two stars at least a day old, those answered within 24 hours."""
    return rate(m.negative_answered, m.negative_due)


@feature("seller", "I12", "ppm", "+", 90)
def answer_rate_ppm(m: Measures) -> Any:
    """Of questions at least a day old, those answered."""
    return rate(m.answered, m.asked)


cannot("seller", "The mall does not record who looks at what.", "I1 fav_rate_90")
cannot("seller", "Shops have no followers here.", "I4 follower_growth")
cannot("seller", "Reviews have no pictures here.", "I11 photo_share")
