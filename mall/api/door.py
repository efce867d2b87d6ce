"""How the API is opened in an app, and how often a key may knock."""

from hashlib import sha256

from flask import Flask, current_app, request
from flask_limiter.util import get_remote_address

from mall.api import key_views, views

__all__ = ["limit", "open_in", "views", "whose_turn"]


def open_in(app: Flask) -> None:
    """Its addresses, and the pages where keys are made."""
    for room in (views.bp, key_views.bp, key_views.office):
        app.register_blueprint(room)
    app.extensions["csrf"].exempt(views.bp)  # a key in a header, which no other site can send


def limit() -> str:
    """So many requests of one key."""
    return str(current_app.config["API_LIMIT"])


def whose_turn() -> str:
    """Requests of one key count together; without a key, those of one address."""
    key = request.headers.get("Authorization", "") or get_remote_address()
    return sha256(key.encode()).hexdigest()[:32]
