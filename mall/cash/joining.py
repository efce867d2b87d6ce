"""How cash on delivery joins the other rooms; wsgi.py calls it."""

from flask import Flask

from ledger import audit
from mall.cash import audit as own_audit
from mall.cash import queries, services, views
from mall.cash.method import CashOnDelivery
from mall.ports import door, menus, panels, payment_methods
from payments import purposes


def open_doors(app: Flask) -> None:
    """The page of admins."""
    app.register_blueprint(views.bp)
    menus.plug("admin", "Cash on delivery", "/admin/cash", "truck", 81)


def join() -> None:
    """Promised at checkout, collected at the door, handed over to the bank."""
    payment_methods.plug(CashOnDelivery())
    door.plug(services.AtTheDoor())
    purposes.register("courier", services.CourierPayments(), payer_stands_in=True)
    panels.plug("shopper_order", views.order_box)
    menus.plug_counter("admin", queries.menu_counts)
    for name, query in own_audit.INVARIANTS.items():
        audit.add(name, query)
