"""The device cookie: a random mark, set at sign-in and checkout, kept as a keyed hash only."""

from typing import Any

from flask import after_this_request, current_app, request

from core import chance
from mall.traces.tokens import Seen, network_of, token

COOKIE = "device"
_YEAR = 365 * 24 * 3600
_LONGEST = 64


def here() -> Seen:
    """Where this request comes from; gives a browser without a mark a new one."""
    if not current_app.config["DEVICE_TRACES"]:
        return Seen()
    mark = request.cookies.get(COOKIE, "")[:_LONGEST]
    if not mark:
        mark = f"{chance.dice().getrandbits(192):048x}"
        after_this_request(_giving(mark))
    return Seen(token("device", mark), network_of(request.remote_addr or ""))


def _giving(mark: str) -> Any:
    def give(response: Any) -> Any:
        secure = bool(current_app.config.get("SESSION_COOKIE_SECURE"))
        response.set_cookie(
            COOKIE, mark, max_age=_YEAR, httponly=True, samesite="Lax", secure=secure
        )
        return response

    return give
