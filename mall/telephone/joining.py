"""How phone orders join the other rooms; wsgi.py calls it."""

from flask import Flask

from mall.ports import menus, payment_methods
from mall.telephone import views
from mall.telephone.method import PhoneCard


def open_doors(app: Flask) -> None:
    """The operator's screen, among the admins' pages."""
    app.register_blueprint(views.bp)
    menus.plug("admin", "Phone orders", "/admin/phone-orders", "headphones", 12)


def join() -> None:
    """A card told by telephone pays a checkout."""
    payment_methods.plug(PhoneCard())
