"""C: partners."""

from collections import defaultdict

from tests.finance.risk.features.oracle.seeing import Seen, amount, middle, says, share


def value_by_buyer(s: Seen) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for r in s.last("orders", 90):
        if r.buyer_id is not None:
            found[r.buyer_id] += r.total
    return found


@says
def buyers_90(s: Seen) -> int:
    return len(value_by_buyer(s))


@says
def repeat_rate_ppm(s: Seen) -> int | None:
    year = [r.buyer_id for r in s.last("orders", 365)]
    recent = value_by_buyer(s)
    return share(sum(year.count(b) > 1 for b in recent), len(recent))


@says
def buyer_hhi_ppm(s: Seen) -> int | None:
    values = list(value_by_buyer(s).values())
    return sum((share(v, sum(values)) or 0) ** 2 for v in values) // 10**6


@says
def top5_share_ppm(s: Seen) -> int | None:
    values = sorted(value_by_buyer(s).values(), reverse=True)
    return share(sum(values[:5]), sum(values))


@says
def young_buyer_share_ppm(s: Seen) -> int | None:
    known = [r for r in s.last("orders", 90) if r.buyer_age_days is not None]
    return share(amount(r for r in known if r.buyer_age_days < 14), amount(known))


@says
def financed_share_90_ppm(s: Seen) -> int | None:
    return share(amount(s.last("orders", 90, on_credit=1)), amount(s.last("orders", 90)))


@says
def trusted_buyer_share_ppm(s: Seen) -> int | None:
    known = [r for r in s.last("orders", 90) if r.buyer_received is not None]
    return share(amount(r for r in known if r.buyer_received >= 3), amount(known))


def suppliers(s: Seen) -> dict[int, int]:
    """Whom the owner bought from within a year, and the first day ever."""
    lately = {r.partner_id for r in s.last("supplies", 365)}
    return {p: min(r.known_day for r in s.supplies if r.partner_id == p) for p in lately}


@says
def supplier_days(s: Seen) -> int | None:
    return middle(s.as_of - first for first in suppliers(s).values())


@says
def reciprocal_share_ppm(s: Seen) -> int | None:
    orders, theirs = s.last("orders", 90), suppliers(s)
    return share(amount(r for r in orders if r.buyer_id in theirs), amount(orders))
