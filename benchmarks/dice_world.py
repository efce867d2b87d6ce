"""A growing marketplace made by dice: shops that open, trade unevenly, lose ground, fade and close.

Two years of 2,721 shops, most of them tiny, ever more joining, one loud November. The numbers of the
four worlds began as draws by dice that came near what was published of a real marketplace
(docs/evidence.md); none was chosen by what our rule loses there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
BEGIN, DAYS, WEEKS = date(2016, 9, 1), 730, 105
QUARTERS = tuple((date(2016 + m // 12, m % 12 + 1, 1) - BEGIN).days for m in range(8, 33, 3))
_CATEGORIES = 24


@dataclass(frozen=True, slots=True)
class Habits:
    """Rates are logs of orders a day; chances are of a quarter.

    middle, spread   of a shop's first rate
    walk, calm       weekly unrest of the rate; by how much the larger have less of it
    crash, deep, safe    chance to lose ground at once, how much at most, and less for the larger
    close, small, fade   chance to close, less for the larger, weeks it takes
    drift, ramp, grow    lasting trends, a slow beginning, the market's growth
    week, price, basket, top   unrest of single weeks, of prices between shops and orders, largest rate
    """

    middle: Any
    spread: Any
    walk: Any
    calm: Any
    crash: Any
    deep: Any
    safe: Any
    close: Any
    small: Any
    fade: Any
    drift: Any
    ramp: Any
    grow: Any
    week: Any
    price: Any
    basket: Any
    top: Any


WORLDS = {
    "marketplace": Habits(
        middle=-2.64, spread=1.18, walk=0.042, calm=0.185, crash=0.144, deep=2.41, safe=0.333,
        close=0.055, small=0.77, fade=14.25, drift=0.179, ramp=0.827, grow=-0.214,
        week=1.162, price=0.952, basket=0.564, top=1.676,
    ),
    "unrest": Habits(
        middle=-2.75, spread=0.85, walk=0.11, calm=0.167, crash=0.13, deep=2.2, safe=0.41,
        close=0.052, small=0.874, fade=1.0, drift=0.0, ramp=0.943, grow=0.25,
        week=0.678, price=0.92, basket=0.972, top=1.59,
    ),
    "fading": Habits(
        middle=-2.70, spread=0.888, walk=0.08, calm=0.148, crash=0.041, deep=2.2, safe=0.449,
        close=0.10, small=0.457, fade=13.76, drift=0.206, ramp=0.921, grow=-0.182,
        week=1.544, price=0.97, basket=0.544, top=1.478,
    ),
    "closing": Habits(
        middle=-2.8, spread=1.1, walk=0.042, calm=0.1, crash=0.06, deep=3.0, safe=0.333,
        close=0.06, small=0.6, fade=8.0, drift=0.1, ramp=1.5, grow=0.6,
        week=1.8, price=0.952, basket=0.564, top=1.2,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shops:
    """Orders and amounts by shop and day; `good` is what its service is like, seen through reviews."""

    orders: Array
    amounts: Array
    category: Array
    good: Array


def made(habits: Habits, seed: int, shops: int = 2721) -> Shops:
    """The same shops for the same seed."""
    dice = np.random.default_rng(seed)
    joined = np.floor((DAYS - 8) * dice.beta(1.35, 1.0, shops)).astype(np.int64)
    good = dice.normal(0, 1, shops)
    category = dice.integers(0, _CATEGORIES, shops)
    rate = _rates(habits, dice, joined, good, category)
    daily = np.repeat(rate, 7, axis=1)[:, :DAYS] * (np.arange(DAYS) >= joined[:, None])
    daily[:, 449:453] *= 3.5  # the loud days of November
    orders = dice.poisson(daily * dice.gamma(1 / 0.6, 0.6, daily.shape))
    here = np.arange(shops)
    orders[here, joined] = np.maximum(orders[here, joined], 1)
    price = np.exp(4.4 + habits.price * dice.normal(0, 1, shops))[:, None]
    basket = habits.basket * dice.normal(0, 1, orders.shape) / np.sqrt(np.maximum(orders, 1))
    return Shops(orders, orders * price * np.exp(basket), category, good)


def _rates(habits: Habits, dice: Any, joined: Array, good: Array, category: Array) -> Array:
    """Orders a day expected of each shop in each week, nothing once it has closed."""
    shops, days = len(joined), np.arange(WEEKS) * 7
    first = habits.middle + habits.spread * dice.normal(0, 1, shops) + 0.2 * good
    size = first[:, None] + 1.5
    steps = _steps(habits, dice, size, good)
    age = days - joined[:, None]
    steps[age < 0] = 0
    markets = np.cumsum(dice.normal(0, 0.04, (_CATEGORIES, WEEKS)), axis=1)
    log = first[:, None] + np.cumsum(steps, axis=1) + markets[category]
    log -= habits.ramp * np.exp(-np.maximum(age, 0) / 45)
    closing = habits.close / 13 * np.exp(-habits.small * (log + 1.5) - 0.2 * good[:, None])
    closed = (dice.random(log.shape) < closing) & (age >= 0)
    last = np.where(closed.any(axis=1), closed.argmax(axis=1), 10_000)
    left = np.clip((last[:, None] - np.arange(WEEKS)) / habits.fade, 0, 1)
    log += habits.grow * days / DAYS + 0.15 * np.sin(2 * np.pi * (days - 200) / 365)
    top = habits.top
    log = np.where(log > top - 1, top - np.exp(-(log - top + 1)), log)
    return np.exp(log) * left * dice.gamma(1 / habits.week, habits.week, log.shape)


def _steps(habits: Habits, dice: Any, size: Array, good: Array) -> Array:
    """What each week adds to a shop's rate: unrest, a lasting trend, sudden losses."""
    shape = (len(size), WEEKS)
    steps = dice.standard_t(4, shape) * habits.walk / np.sqrt(2) * np.exp(-habits.calm * size)
    steps += 0.003 * good[:, None]
    prone = dice.gamma(1.0, 1.0, len(size)) * np.exp(-0.2 * good)
    chance = habits.crash / 13 * prone[:, None] * np.exp(-habits.safe * size)
    steps -= (dice.random(shape) < chance) * habits.deep * dice.random(shape)
    keep, trend = 0.93, dice.normal(0, habits.drift / 13, len(size))
    for week in range(WEEKS):
        fresh = dice.normal(0, habits.drift / 13 * np.sqrt(1 - keep**2), len(size))
        trend = keep * trend + fresh
        steps[:, week] += trend
    return steps


def periods(shops: Shops, ends: Sequence[int], seed: int, more: bool) -> list[list[Any]]:
    """Lines of a file for `flask capital backtest`; with `more`, its optional columns too."""
    dice, rows = np.random.default_rng(seed), []
    first = (shops.orders > 0).argmax(axis=1)
    for begin, end in pairwise(ends):
        orders = shops.orders[:, begin:end].sum(axis=1)
        amounts = shops.amounts[:, begin:end].sum(axis=1)
        span = [BEGIN + timedelta(begin), BEGIN + timedelta(end - 1)]
        for shop in np.flatnonzero(orders).tolist():
            row = [f"s{shop}", *span, int(orders[shop]), round(amounts[shop], 2)]
            rows.append(row + (_told(shops, shop, orders[shop], first, dice) if more else []))
    return rows


def _told(shops: Shops, shop: int, orders: Any, first: Array, dice: Any) -> list[Any]:
    """Share late, mean stars, first sale, category."""
    good = shops.good[shop]
    late = dice.binomial(orders, 1 / (1 + np.exp(2.5 + 0.5 * good))) / orders
    stars = np.clip(4.1 + 0.35 * good + dice.normal(0, 1.2) / np.sqrt(orders), 1, 5)
    begun = BEGIN + timedelta(first[shop].item())
    return [round(late, 4), round(stars, 2), begun, f"c{shops.category[shop]}"]
