"""What is known of every seller at the start of a day, as numbers that point one way.

All are sized so that more is better, except where said; the models may not turn them round.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from finance.risk.capacity.panel import Array, Panel

YEAR = 365
SLACK = 3  # days by which a quarter is longer than ninety
_SHRINK = 0.5  # orders imagined on both sides of a ratio of two terms
_PEERS = 20  # shops like all others imagined in each category


@dataclass(frozen=True, slots=True)
class Known:
    """Sellers with sales in the trailing term, and what is known of them.

    seller   their places in the panel
    base     net sales of the trailing term, above zero
    month    of the last thirty days
    age      days since the first sale
    x        sellers × NAMES
    """

    seller: Array
    base: Array
    month: Array
    age: Array
    x: Array


NAMES = (
    "orders",  # log of the term's orders
    "basket",  # log of the mean order (only for amounts)
    "growth",  # log of the term's orders over those of the term before
    "fresh",  # share of the term's sales in its last third
    "age",  # log of days since the first sale
    "steady",  # share of the year's terms with sales, of those since the first sale
    "year",  # log of the year's orders over the term's, for the terms there were
    "recency",  # minus log of days since the last period with sales
    "on_time",  # 1 − share shipped late
    "review",  # mean stars
    "silence",  # minus log of the orders that would usually have come since the last one
    "pulse",  # log of the orders of the term's last sixth over the usual sixth
    "swing",  # mean distance of a third of a term from the mean one (either way)
    "luck",  # log of the term's mean order over the year's (less is better)
    "peers",  # log odds that shops of the category went on selling, against those of all
)


def known(panel: Panel, day: int, term: int) -> Known:
    """Everything about the sellers active in the `term` days before `day`; uses no later line."""
    past = panel.known(day)
    base_all = past.total(past.sales, day - term, day)
    orders_all = past.total(past.orders, day - term, day)
    terms_ago = edges(past, day, term)
    active = np.flatnonzero((base_all > 0) & (orders_all > 0))
    base, orders = base_all[active], orders_all[active]
    age = np.maximum(day - panel.first[active], 1)
    before = past.total(past.orders, terms_ago[2], terms_ago[1])[active]
    third = past.total(past.sales, day - max(term // 3, 1), day)[active]
    year = past.total(past.orders, terms_ago[-1], day)[active]
    spent = past.total(past.sales, terms_ago[-1], day)[active]
    terms = np.clip(age / (day - terms_ago[1]), 1, len(terms_ago) - 1)
    columns = [
        np.log1p(orders),
        np.log(base / orders),
        np.where(
            past.first[active] < terms_ago[1], np.log((orders + _SHRINK) / (before + _SHRINK)), 0.0
        ),
        np.clip(third / base, 0, 1),
        np.log(age),
        _steady(past, terms_ago)[active],
        np.log((year / terms + _SHRINK) / (orders + _SHRINK)),
        -np.log1p(day - _last(past, day)[active]),
        1 - _mean(past, past.late, day, term)[active],
        _mean(past, past.review, day, term)[active],
        -np.log1p(orders / term * (day - _last(past, day)[active])),
        _pulse(past, day, term, orders_all)[active],
        _swing(past, day, term)[active],
        np.log(base / orders) - np.log(np.maximum(spent, 0.1 * base) / np.maximum(year, orders)),
        _peers(past, terms_ago)[active],
    ]
    month = past.total(past.sales, day - 30, day)[active]
    return Known(active, base, month, age, np.column_stack(columns))


def edges(past: Panel, day: int, term: int, most: int = YEAR) -> list[int]:
    """`day` and the starts of the terms of a year before it, where periods begin if near."""
    begins = np.unique(past.start) if _are_long(past) else np.zeros(0)
    found = [day]
    while len(found) < 3 or day - found[-1] + term <= most + term // 2:
        wanted = found[-1] - term
        near = begins[np.abs(begins - wanted) <= SLACK] if len(begins) else begins
        found.append(int(near[np.abs(near - wanted).argmin()]) if len(near) else wanted)
    return found


def _are_long(past: Panel) -> bool:
    """Whether cutting a period would say that somebody sold who did not; weeks may be cut."""
    return bool(len(past.start) and np.median(past.stop - past.start) > 2 * SLACK + 1)


def _steady(past: Panel, terms_ago: list[int]) -> Array:
    """Share of the year's terms with sales, of those since the first sale."""
    sold, there = np.zeros(len(past.sellers)), np.zeros(len(past.sellers))
    for end, begin in pairwise(terms_ago):
        sold += past.total(past.sales, begin, end) > 0
        there += past.first < end
    return sold / np.maximum(there, 1)


def _peers(past: Panel, terms_ago: list[int]) -> Array:
    """Of those who sold in the term before the last: log odds to sell in the last, by category.

    Drawn toward the odds of all the more, the fewer they are; 0 where there is one category only.
    """
    now, last, before = terms_ago[:3]
    there = past.total(past.sales, before, last) > 0
    stayed = there & (past.total(past.sales, last, now) > 0)
    among = np.bincount(past.category, there)
    share = (stayed.sum() + 1) / (there.sum() + 2)
    part = (np.bincount(past.category, stayed) + _PEERS * share) / (among + _PEERS)
    found: Array = (np.log(part / (1 - part)) - np.log(share / (1 - share)))[past.category]
    return found


def _last(past: Panel, day: int) -> Array:
    """The day the last period with sales ended, by seller."""
    found = np.full(len(past.sellers), day - 10 * YEAR)
    sold = past.sales > 0
    np.maximum.at(found, past.seller[sold], past.stop[sold])
    return found


def _pulse(past: Panel, day: int, term: int, orders: Array) -> Array:
    """How the term's last sixth went beside the whole term, which a shop that fades shows first."""
    days = max(term // 6, 1)
    lately = past.total(past.orders, day - days, day)
    return np.log((lately + _SHRINK) / (orders * days / term + _SHRINK))


def _swing(past: Panel, day: int, term: int) -> Array:
    """Of the thirds of terms of a year, since the first sale: mean distance over the mean."""
    days = max(term // 3, 1)
    backs = range(YEAR // days)
    parts = [past.total(past.sales, day - (b + 1) * days, day - b * days) for b in backs]
    sales = np.array(parts)
    age = day - past.first
    there = np.array([np.clip((age - b * days) / days, 0, 1) for b in backs])
    whole = np.maximum(there.sum(axis=0), 1)
    middle = sales.sum(axis=0) / whole
    apart = (np.abs(sales - middle) * there).sum(axis=0) / whole
    return apart / np.maximum(middle, 1e-9)


def _mean(past: Panel, values: Array, day: int, term: int) -> Array:
    """Mean over the term by orders; the mean of all where a seller has none."""
    told = ~np.isnan(values) & (past.orders > 0)
    filled = np.where(told, values, 0.0)
    weight = np.where(told, past.orders, 0.0)
    top = past.total(filled * weight, day - term, day)
    low = past.total(weight, day - term, day)
    middle = top.sum() / low.sum() if low.sum() else 0.5
    # ten orders at the mean of all keep one late parcel from deciding
    return (top + 10 * middle) / (low + 10)


def season(panel: Panel, day: int, term: int) -> Any:
    """How much the coming term sold a year ago over the term before it, of the same sellers.

    1.0 where no year is known; halved toward 1 in logs, because one year is one year.
    """
    past = panel.known(day)
    a, b = day - YEAR - term, day - YEAR
    if not len(past.start) or past.start.min() > a:
        return 1.0
    before, after = past.total(past.sales, a, b), past.total(past.sales, b, b + term)
    both = (before > 0) & (after > 0)
    if both.sum() < 30:
        return 1.0
    return np.sqrt(after[both].sum() / before[both].sum())
