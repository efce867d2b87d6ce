"""The door of a seller's console: open shops come in, others read how theirs stands."""

from typing import Any

from flask import Blueprint, g, redirect, url_for
from flask_login import current_user

from core.guards import require
from mall.accounts.models import Role
from mall.sellers import queries
from mall.sellers.models import Seller, SellerState


def for_open_shops(blueprint: Blueprint) -> None:
    """Let only owners of an approved shop in; who still waits is sent to the status page."""
    blueprint.before_request(_status_first)
    require(blueprint, "seller")


def _status_first() -> Any:
    if not current_user.is_authenticated or current_user.role == Role.ADMIN:
        return None  # for `require` to answer
    g.shop = queries.of_owner(current_user.id)
    if g.shop is not None and g.shop.state != SellerState.APPROVED:
        return redirect(url_for("sell.apply"))
    return None


def shop() -> Seller:
    """The shop of who is signed in, behind a blueprint of `for_open_shops`."""
    found: Seller = g.shop or queries.owned_by(current_user.id)
    return found
