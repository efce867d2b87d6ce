"""Sales of many sellers by period, read from a file, and sums of them over any window of days."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import InvalidInput
from finance.risk import files
from finance.risk.capacity import cells

Array = cells.Array
NEEDED = ("seller_id", "period_start", "period_end", "orders", "net_sales")
OPTIONAL = ("late_share", "review_mean", "first_sale_on", "category")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_QUARTER = re.compile(r"(\d{4})[- ]?[Qq]([1-4])")
_SLASHES = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")
_DOTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_EPOCH = date(1970, 1, 1).toordinal()
_NEVER = int(np.iinfo(np.int64).max)


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


def day_number(text: Any, *, last: bool = False) -> int:
    """Days since 1970 of a date or a moment; raises ValueError.

    Of `2025-03` and `2025-Q1` the first day, or the last one.
    """
    if isinstance(text, datetime):
        text = text.date()
    if not isinstance(text, date):
        text = _date_of(str(text).strip(), last)
    return int(text.toordinal() - _EPOCH)


def _date_of(text: str, last: bool) -> date:
    if found := _MONTH.fullmatch(text):
        return _of_months(int(found[1]), int(found[2]), 1, last)
    if found := _QUARTER.fullmatch(text):
        return _of_months(int(found[1]), int(found[2]) * 3 - 2, 3, last)
    if found := _SLASHES.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTS.fullmatch(text):
        return date(int(found[3]), int(found[2]), int(found[1]))
    return date.fromisoformat(text[:10].split("T")[0].split(" ")[0])


def _of_months(year: int, month: int, count: int, last: bool) -> date:
    if not last:
        return date(year, month, 1)
    after = year * 12 + month - 1 + count
    return date(after // 12, after % 12 + 1, 1) - timedelta(1)


def date_of(day: int) -> date:
    return date(1970, 1, 1) + timedelta(day)


def read(path: Path) -> Panel:
    """Read a CSV or a Parquet file; raises InvalidInput naming line and column."""
    columns = {name.lower().replace(" ", "_"): each for name, each in files.read(path).items()}
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise InvalidInput(f"{path.name} lacks the columns {', '.join(missing)}.")
    if not len(columns["seller_id"]):
        raise InvalidInput(f"{path.name} has no lines.")
    return _panel(columns)


def _panel(columns: Mapping[str, Sequence[Any]]) -> Panel:
    start = cells.each(columns["period_start"], "period_start", day_number)
    last = cells.each(columns["period_end"], "period_end", _last_day)
    if (last < start).any():
        raise InvalidInput(
            f"Line {int((last < start).argmax()) + 2}: period_end is before its start."
        )
    ids = cells.each(columns["seller_id"], "seller_id", _id)
    names, seller = np.unique(ids, return_inverse=True)
    stop = last if _ends_are_open(seller, start, last) else last + 1
    sales = cells.amounts(columns["net_sales"], "net_sales")
    told = cells.amounts(columns["orders"], "orders")
    orders = np.maximum(told, sales > 0)  # who sold had an order
    order = np.lexsort((start, seller))
    lines = {
        "seller": seller,
        "start": start,
        "stop": stop,
        "orders": orders,
        "sales": sales,
        "late": _maybe(columns, "late_share", len(start), cells.shares),
        "review": _maybe(columns, "review_mean", len(start), cells.numbers),
    }
    return Panel(
        sellers=tuple(names.tolist()),
        **{name: values[order] for name, values in lines.items()},
        first=_first(columns, lines, len(names)),
        category=_category(columns, seller, len(names)),
    )


def _ends_are_open(seller: Array, start: Array, last: Array) -> bool:
    """Whether a period's end is the next one's first day (and not its own last).

    Told by each seller's next line; where no two follow each other, by all lines together.
    """
    if not (last > start).all():
        return False
    order = np.lexsort((start, seller))
    same = np.diff(seller[order]) == 0
    apart = (start[order][1:] - last[order][:-1])[same]
    meets, follows = int((apart == 0).sum()), int((apart == 1).sum())
    if meets or follows:
        return meets > follows
    return bool(np.isin(last, start).mean() > 0.5)


def _last_day(text: Any) -> int:
    return day_number(text, last=True)


def _id(value: Any) -> str:
    text = "" if value is None else str(value)
    if not text:
        raise ValueError(value)
    return text


def _maybe(
    columns: Mapping[str, Sequence[Any]],
    name: str,
    count: int,
    read: Callable[[Sequence[Any], str], Array],
) -> Array:
    return read(columns[name], name) if name in columns else np.full(count, np.nan)


def _first(columns: Mapping[str, Sequence[Any]], lines: Mapping[str, Array], count: int) -> Array:
    """Each seller's first day: as told, else the start of the first period with sales.

    What is told counts unless a whole period with sales lies before it.
    """
    found, over = np.full(count, _NEVER), np.full(count, _NEVER)
    sold = lines["sales"] > 0
    np.minimum.at(found, lines["seller"][sold], lines["start"][sold])
    np.minimum.at(over, lines["seller"][sold], lines["stop"][sold])
    told = np.full(count, _NEVER)
    if "first_sale_on" in columns:
        days = cells.each(columns["first_sale_on"], "first_sale_on", _day_or_none)
        np.minimum.at(told, lines["seller"], days)
    return np.where(told < over, told, found)


def _day_or_none(value: Any) -> int:
    return _NEVER if cells.says_nothing(value) else day_number(value)


def _category(columns: Mapping[str, Sequence[Any]], seller: Array, count: int) -> Array:
    told = columns.get("category")
    found = np.zeros(count, dtype=np.int64)
    if told is not None:
        _, places = np.unique([str(value) for value in told], return_inverse=True)
        found[seller] = places
    return found
