"""Signals about single orders and their course: weights, times, bursts, prices, reviews; pure."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal, localcontext
from itertools import pairwise

from finance.risk.fraud.evidence import DAY, WINDOW, Mall
from finance.risk.fraud.looks_accounts import ids
from finance.risk.fraud.measure import Measure, share
from mall.facts.marks import Sale

_MINUTE, _HOUR = 60, 3600
_RARE = Decimal("1e-6")
_MILLI = 1000
_PACKING = 250  # grams of box and paper


def weight_gap(mall: Mall, seller_id: int) -> Measure | None:
    """X9: the median distance of a parcel's weight from the catalog's, of the latter."""
    weighed = [s for s in mall.by_shop.get(seller_id, ()) if s.weight and s.listed]
    gaps = sorted(_apart(s) * 1_000_000 // s.listed for s in weighed)  # type: ignore[operator]
    mall.steps.count += len(weighed)
    if not gaps:
        return None
    far = [s for s in weighed if _apart(s) * 10 > s.listed * 6]  # type: ignore[operator]
    return Measure(gaps[len(gaps) // 2], ids(far))


def _apart(sale: Sale) -> int:
    """Grams between parcel and goods; a box around a cable of 43 g says nothing."""
    more: int = sale.weight - sale.listed  # type: ignore[operator]
    return max(0, more - _PACKING) if more > 0 else -more


def impossible_path(mall: Mall, seller_id: int) -> Measure | None:
    """X10: delivered before or within an hour of the first scan, in another region than the shop's."""
    shop = mall.shop_of.get(seller_id)
    moved = [s for s in mall.by_shop.get(seller_id, ()) if s.scanned_at and s.delivered_at]
    mall.steps.count += len(moved)
    if not moved or shop is None:
        return None
    odd = [
        s
        for s in moved
        if s.delivered_at < s.scanned_at  # type: ignore[operator]
        or (s.delivered_at - s.scanned_at < _HOUR and s.region != shop.region)  # type: ignore[operator]
    ]
    return Measure(share(len(odd), len(moved)), ids(odd))


def order_burst(mall: Mall, seller_id: int) -> Measure | None:
    """X11: minutes with more orders than this hour of the day ever explains."""
    sales = mall.by_shop.get(seller_id, ())
    by_hour: dict[int, int] = defaultdict(int)
    by_minute: dict[int, list[Sale]] = defaultdict(list)
    for sale in sales:
        mall.steps.count += 1
        by_hour[sale.at % DAY // _HOUR] += 1
        by_minute[sale.at // _MINUTE].append(sale)
    minutes = WINDOW // DAY * 60
    wild = [
        together
        for minute, together in by_minute.items()
        if len(together) > 2
        and _tail(len(together), Decimal(by_hour[minute % 1440 // 60]) / minutes) < _RARE
    ]
    return Measure(len(wild), ids(s for together in wild for s in together)) if sales else None


def _tail(count: int, rate: Decimal) -> Decimal:
    """The chance of `count` or more where `rate` are usual (Poisson)."""
    with localcontext() as context:
        context.prec = 30
        term = below = (-rate).exp()
        for n in range(1, count):
            term = term * rate / n
            below += term
        return 1 - below


def price_dust(mall: Mall, seller_id: int) -> Measure | None:
    """X12: orders under a tenth of the category's middle price."""
    middle = mall.once("prices", lambda: _prices(mall))
    sales = mall.by_shop.get(seller_id, ())
    mall.steps.count += len(sales)
    dust = [s for s in sales if s.unit * 10 < middle[s.category]]
    return Measure(share(len(dust), len(sales)), ids(dust)) if sales else None


def _prices(mall: Mall) -> dict[int, int]:
    by_category: dict[int, list[int]] = defaultdict(list)
    for sale in mall.recent:
        mall.steps.count += 1
        by_category[sale.category].append(sale.unit)
    return {c: sorted(units)[len(units) // 2] for c, units in by_category.items()}


def pre_ask_spike(mall: Mall, seller_id: int) -> Measure | None:
    """X13: sales of the last 14 days against two weeks of the twelve before, in ppm."""
    since = mall.at - 14 * DAY
    sales = mall.by_shop.get(seller_id, ())
    mall.steps.count += len(sales)
    now = sum(s.amount for s in sales if s.at >= since)
    before = sum(s.amount for s in sales if s.at < since)
    usual = before * 14 // (WINDOW // DAY - 14)
    return Measure(share(now, usual)) if usual else None


def confirm_fast(mall: Mall, seller_id: int) -> Measure | None:
    """X14: received within ten minutes of delivery, or before it."""
    done = [
        s
        for s in mall.by_shop.get(seller_id, ())
        if s.received_at and s.delivered_at and not s.by_timer
    ]
    mall.steps.count += len(done)
    fast = [s for s in done if s.received_at - s.delivered_at < 10 * _MINUTE]  # type: ignore[operator]
    return Measure(share(len(fast), len(done)), ids(fast)) if done else None


def review_fast(mall: Mall, seller_id: int) -> Measure | None:
    """X15: five stars within an hour of receipt, in hardly a word or in copied words."""
    received = {s.order_id: s.received_at for s in mall.by_shop.get(seller_id, ())}
    said = [o for o in mall.opinions_of.get(seller_id, ()) if o.order_id in received]
    copies: dict[str, int] = defaultdict(int)
    for opinion in said:
        mall.steps.count += 1
        copies[opinion.text] += 1
    quick = [
        o.order_id
        for o in said
        if o.stars == 5
        and o.at - (received[o.order_id] or o.at) < _HOUR
        and (o.length < 10 or copies[o.text] > 1)
    ]
    return Measure(share(len(quick), len(said)), frozenset(quick)) if said else None


def sales_review_gap(mall: Mall, seller_id: int) -> Measure | None:
    """X16: orders a review, against the same of the whole mall, in thousandths."""
    sales, said = mall.by_shop.get(seller_id, ()), mall.opinions_of.get(seller_id, ())
    if len(sales) < 50 or not mall.opinions:
        return None
    usual = len(mall.recent) * _MILLI // len(mall.opinions)
    own = len(sales) * _MILLI // max(1, len(said))
    return Measure(own * _MILLI // usual) if usual else None


def refund_loop(mall: Mall, seller_id: int) -> Measure | None:
    """X18: orders given back in full whose goods no carrier ever scanned, though they were sent."""
    odd = [
        s
        for s in mall.by_shop.get(seller_id, ())
        if s.refunded == s.amount
        and s.shipped_at
        and s.scanned_at is None
        and mall.at - s.shipped_at > 3 * DAY
    ]
    return Measure(len(odd), ids(odd))


def dormant_wake(mall: Mall, seller_id: int) -> Measure | None:
    """X24: after 90 quiet days, the best day of now against the best before, in ppm."""
    sales = mall.all_by_shop.get(seller_id, ())
    woke = _woke(sales)
    mall.steps.count += len(sales)
    if woke is None:
        return Measure(0)
    old, new = _peak([s for s in sales if s.at < woke]), _peak([s for s in sales if s.at >= woke])
    return Measure(share(new, old))


def _woke(sales: Sequence[Sale]) -> int | None:
    """When the last silence of 90 days ended."""
    pairs = pairwise(sales)
    return max((b.at for a, b in pairs if b.at - a.at > 90 * DAY), default=None)


def _peak(sales: Sequence[Sale]) -> int:
    days: dict[int, int] = defaultdict(int)
    for sale in sales:
        days[sale.at // DAY] += sale.amount
    return max(days.values(), default=0)
