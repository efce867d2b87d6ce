"""Sales of many sellers by period, read from a file, and sums of them over any window of days."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput

Array = npt.NDArray[Any]
NEEDED = ("seller_id", "period_start", "period_end", "orders", "net_sales")
OPTIONAL = ("late_share", "review_mean", "first_sale_on", "category")
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Panel:
    """One line a seller and period, in the order of time; days are numbers since 1970.

    seller        place of the line's seller in `sellers`
    start, stop   first day of the period, and the day after its last
    orders, sales what was sold in it (sales net, in any one currency)
    late, review  share shipped late and mean stars, NaN where unknown
    first         the seller's first day of sales, by seller; category, by seller: a place
    """

    sellers: tuple[str, ...]
    seller: Array
    start: Array
    stop: Array
    orders: Array
    sales: Array
    late: Array
    review: Array
    first: Array
    category: Array

    def known(self, day: int) -> "Panel":
        """What is known at the start of `day`: whole periods before it."""
        keep = self.stop <= day
        parts = ("seller", "start", "stop", "orders", "sales", "late", "review")
        lines = {name: getattr(self, name)[keep] for name in parts}
        return Panel(self.sellers, **lines, first=self.first, category=self.category)

    def total(self, values: Array, begin: int, end: int) -> Array:
        """Sum of `values` by seller over the days from `begin` up to `end`, not included.

        A period that is partly inside counts by its share of days.
        """
        days = np.minimum(self.stop, end) - np.maximum(self.start, begin)
        inside = days > 0
        share = days[inside] / (self.stop - self.start)[inside]
        weights = values[inside] * share
        return np.bincount(self.seller[inside], weights, minlength=len(self.sellers))


def day_number(text: Any) -> int:
    """Days since 1970 of an ISO date, a date or a moment; raises ValueError."""
    if isinstance(text, datetime):
        text = text.date()
    if not isinstance(text, date):
        text = date.fromisoformat(str(text)[:10])
    return int(text.toordinal() - _EPOCH)


def date_of(day: int) -> date:
    return date(1970, 1, 1) + timedelta(day)


def read(path: Path) -> Panel:
    """Read a CSV or a Parquet file; raises InvalidInput naming line and column."""
    columns = _parquet(path) if path.suffix == ".parquet" else _csv(path)
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise InvalidInput(f"{path.name} lacks the columns {', '.join(missing)}.")
    if not len(columns["seller_id"]):
        raise InvalidInput(f"{path.name} has no lines.")
    return _panel(columns)


def _csv(path: Path) -> dict[str, Sequence[Any]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = [line for line in csv.reader(file) if line]
    header = [name.strip() for name in lines[0]] if lines else []
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(header):
            raise InvalidInput(f"Line {number} has {len(line)} values, the header {len(header)}.")
    return {name: [line[i].strip() for line in lines[1:]] for i, name in enumerate(header)}


def _parquet(path: Path) -> dict[str, Sequence[Any]]:
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    return {name: table.column(name).to_pylist() for name in table.schema.names}


def _panel(columns: Mapping[str, Sequence[Any]]) -> Panel:
    start = _each(columns, "period_start", day_number)
    last = _each(columns, "period_end", day_number)
    if (last < start).any():
        raise InvalidInput(
            f"Line {int((last < start).argmax()) + 2}: period_end is before its start."
        )
    stop = last if _ends_are_open(start, last) else last + 1
    names, seller = np.unique([str(id) for id in columns["seller_id"]], return_inverse=True)
    order = np.lexsort((start, seller))
    lines = {
        "seller": seller,
        "start": start,
        "stop": stop,
        "orders": _each(columns, "orders", np.float64),
        "sales": _each(columns, "net_sales", np.float64),
        "late": _maybe(columns, "late_share", len(start)),
        "review": _maybe(columns, "review_mean", len(start)),
    }
    return Panel(
        sellers=tuple(names.tolist()),
        **{name: values[order] for name, values in lines.items()},
        first=_first(columns, seller, start, lines["sales"], len(names)),
        category=_category(columns, seller, len(names)),
    )


def _ends_are_open(start: Array, last: Array) -> bool:
    """Whether a period's end is the next one's first day (and not its own last)."""
    return bool(np.isin(last, start).mean() > 0.5 and (last > start).all())


def _each(columns: Mapping[str, Sequence[Any]], name: str, make: Any) -> Array:
    found = []
    for number, value in enumerate(columns[name], 2):
        try:
            found.append(make(value))
        except (ValueError, TypeError) as wrong:
            raise InvalidInput(f"Line {number}: {name} cannot be {value!r}.") from wrong
    return np.array(found)


def _maybe(columns: Mapping[str, Sequence[Any]], name: str, count: int) -> Array:
    values = columns.get(name)
    if values is None:
        return np.full(count, np.nan)
    filled = {name: [np.nan if v in ("", None) else v for v in values]}
    return _each(filled, name, np.float64)


def _first(
    columns: Mapping[str, Sequence[Any]], seller: Array, start: Array, sales: Array, count: int
) -> Array:
    """Each seller's first day: as told, else the start of the first period with sales."""
    found = np.full(count, np.iinfo(np.int64).max)
    sold = sales > 0
    np.minimum.at(found, seller[sold], start[sold])
    told = columns.get("first_sale_on")
    for place, value in zip(seller, told or (), strict=False):
        if value not in ("", None):
            found[place] = min(found[place], day_number(value))
    return found


def _category(columns: Mapping[str, Sequence[Any]], seller: Array, count: int) -> Array:
    told = columns.get("category")
    found = np.zeros(count, dtype=np.int64)
    if told is not None:
        _, places = np.unique([str(value) for value in told], return_inverse=True)
        found[seller] = places
    return found
