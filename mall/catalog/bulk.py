"""Prices and stock of a whole shop as CSV: out, changed in a spreadsheet, and in again."""

import csv
import io
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from core.db import db
from core.errors import DomainError
from core.money import Money
from core.use_case import use_case
from mall.catalog.models import Product, Variant
from mall.catalog.services import count_stock, set_price

COLUMNS = ("sku", "title", "variant", "price", "stock")
ROWS_MAX = 5_000
ERRORS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class RowError:
    """A line of the file that cannot be used, and why."""

    line: int
    sku: str
    why: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """`changed` variants, or `errors` and nothing changed at all."""

    changed: int
    errors: tuple[RowError, ...] = ()


class _Refused(Exception):
    """Rolls the whole file back."""

    def __init__(self, errors: list[RowError]) -> None:
        self.errors = errors


def as_csv(seller_id: int) -> str:
    """All variants of a shop with price and stock."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    rows = db.session.execute(
        select(Variant, Product.title)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.seller_id == seller_id)
        .order_by(Product.title, Variant.position)
    )
    for variant, title in rows:
        texts = (variant.sku, title, variant.label)
        writer.writerow(
            [*map(_harmless, texts), variant.money.decimal_text(), str(variant.on_hand)]
        )
    return out.getvalue()


def apply_csv(seller_id: int, body: bytes) -> BulkResult:
    """Set price and stock by SKU; columns `sku`, `price`, `stock`, an empty cell leaves as is.

    One bad line and nothing changes; every bad line is named.
    """
    try:
        return BulkResult(_apply(seller_id, _read(body)))
    except _Refused as refused:
        return BulkResult(0, tuple(refused.errors[:ERRORS_SHOWN]))


def _read(body: bytes) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
        rows = [{(k or "").strip().lower(): (v or "").strip() for k, v in row.items()
                 if isinstance(v, str | None)} for row in reader]  # fmt: skip
    except (UnicodeDecodeError, csv.Error):
        raise _Refused([RowError(1, "", "This is not a CSV file in UTF-8.")]) from None
    if not rows or "sku" not in rows[0]:
        raise _Refused([RowError(1, "", "The first line must name the columns sku, price, stock.")])
    if len(rows) > ROWS_MAX:
        raise _Refused([RowError(ROWS_MAX, "", f"At most {ROWS_MAX} lines at a time.")])
    return rows


@use_case
def _apply(seller_id: int, rows: list[dict[str, str]]) -> int:
    skus = {_plain(row.get("sku", "")) for row in rows}
    known = {
        variant.sku: variant
        for variant in db.session.scalars(
            select(Variant)
            .where(Variant.seller_id == seller_id, Variant.sku.in_(skus))
            .order_by(Variant.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    changed, errors = 0, []
    for line, row in enumerate(rows, 2):
        sku = _plain(row.get("sku", ""))
        try:
            changed += _change(seller_id, known.get(sku), row)
        except (DomainError, ValueError, ZeroDivisionError) as refused:
            why = str(refused) if isinstance(refused, DomainError) else _NUMBERS
            errors.append(RowError(line, sku, why))
    if errors:
        raise _Refused(errors)
    return changed


_NUMBERS = "Write a price such as 1200.00 and a whole number of units."


class UnknownSku(DomainError):
    message = "You have no variant with this SKU."


def _change(seller_id: int, variant: Variant | None, row: dict[str, str]) -> int:
    if variant is None:
        raise UnknownSku()
    price, stock = row.get("price", ""), row.get("stock", "")
    before = (variant.price, variant.on_hand)
    if price:
        minor = Money.parse(price, current_app.config["MALL_CURRENCY"]).minor
        if minor != variant.price:
            set_price(variant.id, seller_id, minor)
    if stock:
        count_stock(variant.id, seller_id, int(stock))
    return before != (variant.price, variant.on_hand)


def _harmless(text: str) -> str:
    """A spreadsheet must not take a text for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _plain(text: str) -> str:
    return text[1:] if text[:2] in ("'=", "'+", "'-", "'@") else text
