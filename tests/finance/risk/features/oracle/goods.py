"""M: goods."""

import itertools
from collections import Counter, defaultdict

from tests.finance.risk.features.oracle.amount import by_stretch, swing
from tests.finance.risk.features.oracle.seeing import Seen, middle, says, share


@says
def stock_turn_90_ppm(s: Seen) -> int | None:
    moves = s.stock_movements
    sold = -sum(r.change for r in s.last("stock_movements", 90, cause="sold"))
    before = sum(r.change for r in moves if r.known_day < s.as_of - 90)
    return share(2 * sold, before + sum(r.change for r in moves))


@says
def stockout_90_ppm(s: Seen) -> int | None:
    """Counted day by day: each day of 90 from the first movement of a variant on."""
    by_variant: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for r in s.stock_movements:
        by_variant[r.variant_id][r.known_day] += r.change
    days = empty = 0
    for moves in by_variant.values():
        for day in range(max(min(moves), s.as_of - 90), s.as_of):
            days += 1
            empty += sum(change for at, change in moves.items() if at <= day) <= 0
    return share(empty, days)


@says
def product_breadth_90(s: Seen) -> int:
    sold = Counter(r.product for r in s.last("order_lines", 90))
    return sum(times >= 3 for times in sold.values())


@says
def top_product_share_ppm(s: Seen) -> int | None:
    value: Counter[str] = Counter()
    for r in s.last("order_lines", 90):
        value[r.product] += r.amount
    return share(max(value.values()), value.total()) if value else None


@says
def quantity_shock_ppm(s: Seen) -> int | None:
    weeks = by_stretch(s, [(r.known_day, r.quantity) for r in s.order_lines], 7, 12)
    usual = middle(weeks)
    if len(weeks) < 8 or usual is None:
        return None
    return share(max(abs(v - usual) for v in weeks), usual)


@says
def restock_swing_ppm(s: Seen) -> int | None:
    came = s.last("stock_movements", 365, cause="received")
    days = sorted({r.known_day for r in came if r.change > 0})
    return swing([b - a for a, b in itertools.pairwise(days)], 3)
