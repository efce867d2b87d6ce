"""Cash at doors, for admins: what is due, what the courier holds, and its way to our bank."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from markupsafe import Markup

from core.errors import DomainError
from core.guards import require
from core.once import once
from mall.cash import queries, services
from mall.cash.models import COURIER

bp = Blueprint("cash", __name__, url_prefix="/admin/cash")
require(bp, "admin")


@bp.get("")
def index() -> str:
    return render_template("mall/cash/index.html", cash=queries.view(COURIER))


@bp.post("/<number>/sent-away")
@once
def sent_away(number: str) -> Any:
    """Two clicks send one parcel away."""
    try:
        services.sent_away(number, by=f"admin:{current_user.id}")
        flash(f"{number} was not taken: it is canceled, and nothing is due.", "good")
    except DomainError as error:
        if error.status == 404:
            raise
        flash(str(error), "bad")
    return redirect(url_for("cash.index"))


@bp.post("/handover")
@once
def hand_over() -> Any:
    """Two clicks ask once: while one is on its way the next is refused."""
    try:
        services.ask_for_handover(COURIER, asked_by=current_user.id)
        flash("The courier may now transfer the cash; account and reference are below.", "good")
    except DomainError as error:
        flash(str(error), "bad")
    return redirect(url_for("cash.index"))


def order_box(buyer_id: int, order_number: str, payment_ref: str) -> str | Markup:
    """On the shopper's order page: what to have ready for the courier."""
    promised = queries.promised_to(buyer_id, order_number)
    if promised is None:
        return ""
    amount, state = promised
    page = render_template("mall/cash/_order.html", amount=amount, state=state)
    return Markup(page)  # noqa: S704 - our own template
