"""How contracts join the other rooms; wsgi.py calls it."""

from flask import Flask

from finance.contracts import cli, consent_views, views
from mall.ports import menus


def open_doors(app: Flask) -> None:
    """Pages of contracts, and their command."""
    for room in (views.shopper, views.seller, views.admin):
        app.register_blueprint(room)
    for room in (consent_views.shopper, consent_views.seller):
        app.register_blueprint(room)
    menus.plug("account", "Data and consents", "/account/consents", "shield", 80)
    menus.plug("seller", "Data and consents", "/seller/consents", "shield", 82)
    cli.init_app(app)
