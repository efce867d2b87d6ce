"""Boxes that others may show on a mall page."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

Panel = Callable[..., str | Markup]
_panels: dict[str, list[Panel]] = {}

PLACES = {
    "product": "product page, under the price: buyer_id, price",
    "product_offer": "product page, beside the hints: buyer_id, seller_id, seller, product_id",
    "shopper_order": "a shopper's order page: buyer_id, order_number, payment_ref",
    "shopper_account": "a shopper's account page: buyer_id",
    "shopper_credit": "a shopper's page of credit and plans: buyer_id",
    "seller_home": "a seller's home: seller_id",
    "seller_order": "a seller's order page: seller_id, order_number",
    "admin_home": "the admins' home: nothing",
    "admin_order": "an admin's order page: order_number, payment_ref",
}


def plug(place: str, panel: Panel) -> None:
    """Show `panel(**facts)` (safe HTML, or nothing) at `place`; the same one is shown once."""
    if place not in PLACES:
        raise KeyError(f"no place called {place}")
    boxes = _panels.setdefault(place, [])
    if panel not in boxes:
        boxes.append(panel)


def show(place: str, **facts: Any) -> Markup:
    """All boxes plugged in at `place`, one after the other."""
    return Markup("").join(Markup(panel(**facts)) for panel in _panels.get(place, []))  # noqa: S704
