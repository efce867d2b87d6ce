"""What is usual around a shop, and how it differs."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from types import SimpleNamespace as Row

from tests.finance.risk.features.oracle.opinions import written
from tests.finance.risk.features.oracle.seeing import Seen, div, says, share


def category(s: Seen) -> int | None:
    """Where most of 90 days was sold, the smaller number of two alike; 0: nowhere named."""
    value: dict[int, int] = defaultdict(int)
    for r in s.last("order_lines", 90):
        value[r.category_id or 0] += r.amount
    return min(value, key=lambda c: (-value[c], c)) if value else None


def around(s: Seen, kind: str) -> list[Row]:
    """The newest night's numbers of the category, or of all where it has too few shops."""
    known = s.last("category_norms", 7)
    newest = max((r.known_day for r in known), default=None)
    now = [r for r in known if r.known_day == newest and r.shops >= 5]
    mine = category(s)
    if mine is None:
        return []
    mine = mine if mine in {r.category_id for r in now} else 0
    return [r for r in now if r.category_id == mine and r.kind == kind]


def away(s: Seen, kind: str, own: Iterable[int]) -> int | None:
    usual, mine = around(s, kind), Counter(own)
    if not usual:
        return None
    n = mine.total()
    same = sum(
        min(share(mine[r.bucket], n) or 0, share(r.part, r.whole) or 0)
        for r in usual
        if mine[r.bucket]
    )
    return div((10**6 - same) * n, n + 20)


@says
def hour_distance_ppm(s: Seen) -> int | None:
    return away(s, "hours", [r.hour for r in s.last("orders", 90)])


@says
def weekday_distance_ppm(s: Seen) -> int | None:
    return away(s, "weekdays", [r.weekday for r in s.last("orders", 90)])


@says
def own_city_excess_ppm(s: Seen) -> int | None:
    known = [r for r in s.last("orders", 90) if r.near is not None]
    usual = [share(r.part, r.whole) for r in around(s, "near")]
    own = share(sum(r.near for r in known), len(known))
    if own is None or not usual or usual[0] is None:
        return None
    return div((own - usual[0]) * len(known), len(known) + 20)


@says
def review_rate_usual_ppm(s: Seen) -> int | None:
    usual = [share(r.part, r.whole) for r in around(s, "reviews")]
    if not usual or usual[0] is None:
        return None
    settled = len(s.last("order_events", 365, kind="settled"))
    own = div(len(written(s, 365)) * 10**6 + usual[0] * 20, settled + 20)
    return share(own or 0, usual[0])
