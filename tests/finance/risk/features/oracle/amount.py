"""M: amounts and how they change."""

from collections import defaultdict
from collections.abc import Callable

from tests.finance.risk.features.oracle.seeing import (
    SHOP,
    Seen,
    amount,
    div,
    middle,
    net,
    rise,
    says,
    share,
)


@says
def net_90(s: Seen) -> int:
    return net(s, 0, 90)


@says
def net_365(s: Seen) -> int:
    return net(s, 0, 365)


@says
def growth_28_ppm(s: Seen) -> int | None:
    grown = rise(net(s, 0, 28), net(s, 28, 56))
    return None if grown is None else min(max(grown, -2_000_000), 2_000_000)


@says
def growth_ppm(s: Seen) -> int | None:
    return rise(net(s, 0, 91), net(s, 91, 182))


@says
def yoy_ppm(s: Seen) -> int | None:
    return rise(net(s, 0, 28), net(s, 365, 393))


def by_stretch(s: Seen, dated: list[tuple[int, int]], days: int, most: int) -> list[int]:
    """Sums by stretches before the day, the last one first, up to the oldest above zero."""
    sums = [0] * most
    for day, value in dated:
        back = (s.as_of - 1 - day) // days
        if back < most:
            sums[back] += value
    return sums[: max((i + 1 for i, v in enumerate(sums) if v > 0), default=0)]


def weeks(s: Seen) -> list[int]:
    return by_stretch(s, [(r.known_day, r.amount) for r in s.settlements], 7, 26)


def swing(values: list[int], least: int) -> int | None:
    n, together = len(values), sum(values)
    if n < least or together <= 0:
        return None
    return share(sum(abs(v * n - together) for v in values), n * together)


@says
def slope_26w_ppm(s: Seen) -> int | None:
    found = weeks(s)
    slopes = [div((new - old) * 1_000, 13) for new, old in zip(found, found[13:], strict=False)]
    if sum(found) <= 0 or not slopes:
        return None
    return share((middle(slopes) or 0) * len(found), sum(found) * 1_000)


@says
def swing_ppm(s: Seen) -> int | None:
    return swing(weeks(s), 8)


@says
def p25_month(s: Seen) -> int | None:
    months = by_stretch(s, [(r.known_day, r.amount) for r in s.settlements], 30, 12)
    return middle(months, 25)


@says
def drawdown_180_ppm(s: Seen) -> int | None:
    found = weeks(s)[::-1]
    fours = [sum(found[i : i + 4]) for i in range(len(found) - 3)]
    peaks = [max(fours[: place + 1]) for place in range(len(fours))]
    falls = [share(p - v, p) or 0 for p, v in zip(peaks, fours, strict=True) if p > 0]
    return max(falls, default=None)


@says
def season_share_ppm(s: Seen) -> int | None:
    both = by_stretch(s, [(r.known_day, r.amount) for r in s.settlements], 7, 104)
    pairs = list(zip(both, both[52:], strict=False))
    if len(pairs) < 48:
        return None
    whole = sum(both)
    away = sum(abs(104 * w - whole) for pair in pairs for w in pair)
    apart = sum(abs(now - then) * 104 for now, then in pairs)
    if not away:
        return None
    return max(0, 10**6 - (share(apart, away) or 0))


@says
def basket_swing_ppm(s: Seen) -> int | None:
    months: dict[int, list[int]] = defaultdict(list)
    for r in s.last("orders", 360):
        months[(s.as_of - 1 - r.known_day) // 30].append(r.total)
    return swing([sum(v) // len(v) for v in months.values()], 3)


@says
def escrow_ratio_ppm(s: Seen) -> int | None:
    ended = [r for r in s.order_events if r.kind in ("settled", "canceled")]
    month = div(net(s, 0, 90), 3) or 0
    return share(amount(s.orders) - amount(ended), month) if month > 0 else None


def week(number: int) -> Callable[[Seen], int]:
    return lambda s: ([*weeks(s)] + [0] * 26)[number]


def month(number: int) -> Callable[[Seen], int]:
    return lambda s: net(s, 30 * number, 30 * (number + 1))


SHOP |= {f"net_week_{number}": week(number) for number in range(26)}
SHOP |= {f"net_month_{number}": month(number) for number in range(12)}
