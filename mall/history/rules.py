"""What a row of another shop's order history must look like; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from core.money import Rounding, decimals, round_fraction

COLUMNS = {
    "order": "number of the order, up to 80 characters (required)",
    "line": "whole number of the line within the order; the file's row number when left out",
    "seller": "key of the shop; left out when the whole file is one shop's (--seller)",
    "buyer": "key of the shopper; may be empty: the sale counts, nobody is graded by it",
    "product": "key of the product (required)",
    "quantity": "whole number; below zero, the row gives back goods bought before (required)",
    "unit_price": "price of one, exact decimal (required)",
    "paid_at": "date or instant, ISO 8601 (required)",
    "shipped_at": "date or instant",
    "delivered_at": "date or instant",
    "canceled_at": "date or instant; the whole order was canceled",
    "returned_at": "date or instant; this line came back",
    "stars": "1 to 5, the shopper's review",
    "region": "where the parcel went",
}
REQUIRED = ("order", "product", "quantity", "unit_price", "paid_at")
TIMES = ("paid_at", "shipped_at", "delivered_at", "canceled_at", "returned_at")
_QUANTITY_MAX = 10_000_000
_PRICE_MAX = Decimal(10_000_000)


class Refused(ValueError):
    """A row that cannot be taken in; its text is the reason for the report."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How the file is to be read.

    names     our column name → the file's header
    seller    the shop of every row, when the file has no such column
    rate      one unit of the file's currency in the mall's
    shift     added to every time
    zone      of times that name none
    skipped   products that are no goods (postage, fees)
    """

    names: Mapping[str, str]
    currency: str
    zone: tzinfo
    seller: str = ""
    rate: Fraction = Fraction(1)
    shift: timedelta = timedelta(0)
    skipped: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One row as understood; `price` in minor units of the mall's currency."""

    row: int
    order: str
    line: int
    seller: str
    buyer: str
    product: str
    quantity: int
    price: int
    region: str
    stars: int | None
    times: dict[str, datetime | None] = field(default_factory=dict)

    @property
    def gives_back(self) -> bool:
        return self.quantity < 0


def understand(number: int, cells: Mapping[str, Any], terms: Terms) -> HistoryRow:
    """Row `number` (counted from 1, without the header) of the file; raises Refused."""
    get = _getter(cells, terms)
    for name in REQUIRED:
        if not get(name):
            raise Refused(f"{name} is empty")
    product = get("product")[:80]
    if product in terms.skipped:
        raise Refused(f"{product} is no product")
    quantity = _whole(get("quantity"), "quantity")
    if quantity == 0 or abs(quantity) > _QUANTITY_MAX:
        raise Refused("quantity is zero or beyond ten million")
    seller = get("seller") or terms.seller
    if not seller:
        raise Refused("seller is empty")
    return HistoryRow(
        row=number,
        order=_short(get("order"), "order"),
        line=_whole(get("line"), "line") if get("line") else number,
        seller=_short(seller, "seller"),
        buyer=_short(get("buyer"), "buyer"),
        product=product,
        quantity=quantity,
        price=_price(get("unit_price"), terms),
        region=get("region")[:80],
        stars=_stars(get("stars")),
        times={name: _time(get(name), name, terms) for name in TIMES},
    )


def paid_at(cells: Mapping[str, Any], terms: Terms) -> datetime | None:
    """When a row says it was paid; None where it does not say so."""
    try:
        return _time(_getter(cells, terms)("paid_at"), "paid_at", terms)
    except Refused:
        return None


def _getter(cells: Mapping[str, Any], terms: Terms) -> Any:
    names = terms.names

    def get(name: str) -> str:
        cell = cells.get(names.get(name, name))
        return "" if cell is None else _text(cell)

    return get


def _text(cell: Any) -> str:
    """A cell as text; whole numbers that a file keeps as 17850.0 lose their tail."""
    if cell != cell:  # a missing number is not equal to itself
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat()
    text = cell.strip() if isinstance(cell, str) else str(cell)
    return text[:-2] if text.endswith(".0") and text[:-2].lstrip("-").isdigit() else text


def _short(text: str, name: str) -> str:
    if len(text) > 80:
        raise Refused(f"{name} is longer than 80 characters")
    return text


def _whole(text: str, name: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Refused(f"{name} is not a whole number") from None


def _price(text: str, terms: Terms) -> int:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Refused("unit_price is not a number") from None
    if not value.is_finite() or value <= 0 or value > _PRICE_MAX:
        raise Refused(
            "unit_price is not above zero" if value <= 0 else "unit_price is beyond ten million"
        )
    exact = Fraction(value) * terms.rate * 10 ** decimals(terms.currency)
    return max(1, round_fraction(exact, Rounding.HALF_UP))


def _stars(text: str) -> int | None:
    if not text:
        return None
    stars = _whole(text, "stars")
    if not 1 <= stars <= 5:
        raise Refused("stars are not 1 to 5")
    return stars


def _time(text: str, name: str, terms: Terms) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(
            f"{name} is not a date or instant such as 2026-03-01 or 2026-03-01T14:05"
        ) from None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=terms.zone)
    return instant + terms.shift
