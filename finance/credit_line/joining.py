"""How the line joins: a way to pay, payments, disputes, the lender's day, the audit, pages."""

from flask import Flask

from finance.collections import plugged
from finance.credit_line import audit, boxes, office_views, steps, views
from finance.credit_line.disputed import LineDisputes
from finance.credit_line.method import MallCredit
from finance.credit_line.paying import PREFIX, LinePayments
from mall.ports import menus, panels, payment_methods
from payments import disputes_purposes, purposes


def offer() -> None:
    """The line is a way to pay, after plans."""
    payment_methods.plug(MallCredit())


def join() -> None:
    """What lines owe is paid, disputed, billed, and checked with the book."""
    purposes.register(PREFIX, LinePayments())
    disputes_purposes.on_dispute(PREFIX, LineDisputes())
    plugged.plug(steps.FIRST, steps.THEN)
    audit.register()
    menus.plug("admin", "Lines of credit", "/admin/lending/lines", "card", 52)
    panels.plug("shopper_order", boxes.order_box)
    panels.plug("shopper_account", boxes.account_box)
    panels.plug("shopper_credit", boxes.credit_box)


def open_doors(app: Flask) -> None:
    """Pages of shoppers, and of admins."""
    app.register_blueprint(views.bp)
    app.register_blueprint(office_views.bp)
