"""What every page knows: who is there, their cart, the shelves, a console's menu."""

from typing import Any

from flask import Flask, current_app, g, request, session
from flask_login import LoginManager, current_user

from mall.accounts import queries as people
from mall.accounts.models import Person
from mall.cart import queries as carts
from mall.catalog import queries as catalog
from mall.ports import menus

_CONSOLES = {"/seller": "seller", "/admin": "admin", "/account": "account"}


def init_app(app: Flask) -> None:
    LoginManager(app).user_loader(_person)
    app.context_processor(_shared)


def _person(id: str) -> Person | None:
    found = people.person_with_cart_count(int(id)) if id.isdecimal() else None
    if found is None or not found[0].is_active:
        return None
    g.cart_count = found[1]
    return found[0]


def _shared() -> dict[str, Any]:
    me = current_user if current_user.is_authenticated else None
    return {
        "me": me,
        "mall_name": current_app.config["MALL_NAME"],
        "cart_count": g.get("cart_count", 0) if me else _guests_count(),
        "nav_categories": [
            {"name": shelf.name, "url": f"/c/{shelf.slug}"} for shelf in catalog.categories()
        ],
        "console_items": _menu(),
    }


def _guests_count() -> int:
    token = session.get("cart")
    return carts.guest_count(token) if token else 0


def _menu() -> list[dict[str, Any]]:
    """The menu of the console this page belongs to; the longest address that fits is current."""
    console = _CONSOLES.get("/" + request.path.split("/")[1])
    items = menus.items(console) if console else []
    fitting = [item.url for item in items if _leads_to(item.url)]
    here = max(fitting, key=len, default=None)
    return [
        {"label": item.label, "url": item.url, "icon": item.icon, "current": item.url == here}
        for item in items
    ]


def _leads_to(url: str) -> bool:
    return request.path == url or request.path.startswith(url.rstrip("/") + "/")
