"""What an oracle sees: rows of one subject, known before a day; and the arithmetic of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from types import SimpleNamespace as Row
from typing import Any

from tests.finance.risk.features.world import World

SHOP: dict[str, Callable[["Seen"], int | None]] = {}
SHOPPER: dict[str, Callable[["Seen"], int | None]] = {}
HOUR = 3_600


def says(function: Callable[["Seen"], int | None]) -> Callable[["Seen"], int | None]:
    """What is said of a shop under the function's name."""
    SHOP[function.__name__] = function
    return function


def tells(function: Callable[["Seen"], int | None]) -> Callable[["Seen"], int | None]:
    """What is said of a shopper."""
    SHOPPER[function.__name__] = function
    return function


class Seen:
    """What was known of one subject before the day `as_of`."""

    def __init__(self, tables: dict[str, list[Row]], as_of: int) -> None:
        self.as_of = as_of
        self._tables = tables
        self._out: frozenset[int] = frozenset()
        said = self.suspect_orders
        for kind, change in (("suspected", frozenset.union), ("cleared", frozenset.difference)):
            named = frozenset(r.order_id for r in said if r.kind == kind)
            self._out = change(self._out, named)

    def __getattr__(self, name: str) -> list[Row]:
        known = [r for r in self._tables.get(f"fact_{name}", []) if r.known_day < self.as_of]
        return [r for r in known if getattr(r, "order_id", None) not in self._out]

    def last(self, name: str, days: int, **wanted: Any) -> list[Row]:
        """Rows of the last days with these values."""
        rows = [r for r in getattr(self, name) if r.known_day >= self.as_of - days]
        return [r for r in rows if all(getattr(r, k) == v for k, v in wanted.items())]

    def since(self, name: str, column: str, days: int, until: int = 0) -> list[Row]:
        """Rows whose day in `column` is at most `days` and more than `until` days back."""
        first, end = self.as_of - days, self.as_of - until
        return [r for r in getattr(self, name) if first <= getattr(r, column) < end]


def by_subject(world: World, key: str) -> dict[int, dict[str, list[Row]]]:
    """Rows of each subject by relation; what is usual in categories is everybody's."""
    found: dict[int, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for name, rows in world.items():
        for row in rows:
            if row.get(key) is not None:
                found[row[key]][name].append(Row(**row))
    usual = [Row(**row) for row in world["fact_category_norms"]]
    for tables in found.values():
        tables["fact_category_norms"] = usual
    return found


def div(part: int, whole: int) -> int | None:
    """Towards zero; None when there is nothing to divide by."""
    if not whole:
        return None
    cut = abs(part) // abs(whole)
    return cut if (part < 0) == (whole < 0) else -cut


def share(part: int, whole: int) -> int | None:
    if abs(part) < 9 * 10**12:
        return div(part * 10**6, whole)
    return div(part, div(whole, 10**6) or 0)


def less(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one - other


def middle(values: Iterable[int | None], rank: int = 50) -> int | None:
    """The value at the nearest rank: at least `rank` percent are not larger."""
    known = sorted(v for v in values if v is not None)
    return known[-(-len(known) * rank // 100) - 1] if known else None


def amount(rows: Iterable[Row], column: str = "total") -> int:
    return sum(getattr(r, column) for r in rows)


def net(s: Seen, newest: int, oldest: int) -> int:
    rows = s.settlements
    return sum(r.amount for r in rows if newest < s.as_of - r.known_day <= oldest)


def rise(now: int, before: int) -> int | None:
    return share(now - before, before) if before > 0 else None
