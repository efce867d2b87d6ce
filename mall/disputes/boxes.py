"""What an order's page says of its disputes: to the shopper, its seller, and admins."""

from flask import render_template
from markupsafe import Markup

from mall.disputes import queries


def shopper_box(buyer_id: int, order_number: str, payment_ref: str) -> Markup | str:
    """That the bank has been asked, and what it means meanwhile."""
    return _box("mall/disputes/_shopper_box.html", order_number)


def seller_box(seller_id: int, order_number: str) -> Markup | str:
    """Where the disputes of this order stand, with the way to answer."""
    return _box("mall/disputes/_console_box.html", order_number, page="seller_disputes.show")


def admin_box(order_number: str, payment_ref: str) -> Markup | str:
    return _box("mall/disputes/_console_box.html", order_number, page="office_disputes.show")


def _box(template: str, order_number: str, **more: str) -> Markup | str:
    found = queries.of_order(order_number)
    if not found:
        return ""
    return Markup(render_template(template, found=found, **more))  # noqa: S704 - escaped by Jinja
