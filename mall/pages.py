"""What every page knows: who is there, their cart, the shelves, a console's menu."""

from typing import Any

from flask import Flask, abort, current_app, g, request, session
from flask_login import LoginManager, current_user
from werkzeug.routing import IntegerConverter

from mall.accounts import queries as people
from mall.accounts.models import Person
from mall.cart import queries as carts
from mall.catalog import queries as catalog
from mall.ports import menus

_CONSOLES = {"/seller": "seller", "/admin": "admin", "/bank": "bank", "/account": "account"}


class IdConverter(IntegerConverter):
    """A whole number in an address; what no bigint holds is an address that does not exist."""

    def __init__(self, url_map: Any, **options: Any) -> None:
        super().__init__(url_map, **{"max": 2**63 - 1} | options)


def init_app(app: Flask) -> None:
    """To be called before addresses are registered."""
    app.url_map.converters["int"] = IdConverter
    app.before_request(_refuse_nul)
    login = LoginManager(app)
    login.user_loader(_person)
    # we have no remember cookie, and looking for one would make every picture vary by cookie
    app.after_request_funcs[None].remove(login._update_remember_cookie)
    app.context_processor(_shared)


def _person(id: str) -> Person | None:
    who, _, changes = id.partition(".")
    found = people.person_with_counts(int(who)) if who.isdecimal() else None
    if found is None or not found[0].is_active:
        return None
    if str(found[0].passwords_changed) != (changes or "0"):
        return None  # signed in before the password changed
    g.cart_count, g.unread_count = found[1:]
    return found[0]


def _refuse_nul() -> None:
    """PostgreSQL's texts cannot hold the character 0, and no honest form sends it."""
    texts = [request.path, *request.args.values()]
    if request.method == "POST":
        texts += request.form.values()
    if any("\x00" in text for text in texts):
        abort(400)


def _shared() -> dict[str, Any]:
    me = current_user if current_user.is_authenticated else None
    return {
        "me": me,
        "mall_name": current_app.config["MALL_NAME"],
        "cart_count": g.get("cart_count", 0) if me else _guests_count(),
        "unread_count": g.get("unread_count", 0) if me else 0,
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
    waiting = menus.counts(console, current_user.id) if console and _is_at_home(console) else {}
    return [
        {
            "label": item.label,
            "url": item.url,
            "icon": item.icon,
            "group": item.group,
            "current": item.url == here,
            "badge": waiting.get(item.url),
        }
        for item in items
    ]


def _is_at_home(console: str) -> bool:
    return bool(current_user.is_authenticated and current_user.role == console)


def _leads_to(url: str) -> bool:
    return request.path == url or request.path.startswith(url.rstrip("/") + "/")
