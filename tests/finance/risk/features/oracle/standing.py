"""P and K: place and certification."""

from collections import Counter

from tests.finance.risk.features.oracle.seeing import Seen, says, share


def by_region(s: Seen) -> Counter[str]:
    return Counter(r.region for r in s.last("orders", 90) if r.region)


@says
def region_spread_ppm(s: Seen) -> int | None:
    found = by_region(s)
    if not found:
        return None
    return 10**6 - sum((share(n, found.total()) or 0) ** 2 for n in found.values()) // 10**6


@says
def top_region_share_ppm(s: Seen) -> int | None:
    found = by_region(s)
    return share(max(found.values(), default=0), found.total())


@says
def new_regions_90(s: Seen) -> int:
    old = {r.region for r in s.orders if r.known_day < s.as_of - 90}
    return len(set(by_region(s)) - old)


@says
def license_verified(s: Seen) -> int:
    return int(any(r.kind == "license" for r in s.seller_events))


@says
def recent_change(s: Seen) -> int:
    return int(bool(s.last("seller_events", 30, kind="account")))
