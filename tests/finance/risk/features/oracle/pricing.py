"""What a shop does with its prices and its shelf."""

from collections import defaultdict

from tests.finance.risk.features.oracle.seeing import Seen, says, share


@says
def price_changes_90_ppm(s: Seen) -> int | None:
    since: dict[int, int] = {}
    for r in s.goods_events:
        if r.kind == "priced":
            since[r.variant_id] = min(r.known_day, since.get(r.variant_id, s.as_of))
    days = sum(min(s.as_of - first, 90) for first in since.values())
    changes = [r for r in s.last("goods_events", 90, kind="priced") if r.before is not None]
    return share(len(changes), days)


@says
def takedown_rate_90_ppm(s: Seen) -> int | None:
    shelved = {r.product for r in s.goods_events if r.kind != "priced"}
    off = {r.product for r in s.last("goods_events", 90, kind="unlisted")}
    return share(len(off), len(shelved))


@says
def discount_depth_90_ppm(s: Seen) -> int | None:
    lists: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for r in s.goods_events:
        if r.kind == "priced" and r.before is not None:
            lists[r.variant_id].append((r.known_day, max(r.price, r.before)))
    paid = full = 0
    for line in s.last("order_lines", 90):
        if line.variant_id is None:
            continue
        high = [p for day, p in lists[line.variant_id] if 0 <= line.known_day - day <= 90]
        paid += line.price * line.quantity
        full += max([line.price, *high]) * line.quantity
    return share(full - paid, full)
