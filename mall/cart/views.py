"""The cart's page; it works for guests and without script."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user

from core import ids
from core.errors import InvalidInput
from mall.accounts.rules import safe_path
from mall.cart import queries, services
from mall.cart.forms import AddForm, ChangeForm

bp = Blueprint("cart", __name__)


def owner(*, new: bool = False) -> dict[str, Any]:
    """Whose cart this request is about; `new` gives a guest without a cart a token."""
    if current_user.is_authenticated:
        return {"person_id": current_user.id}
    if new and "cart" not in session:
        session["cart"] = ids.code("G", 26)
    return {"token": session.get("cart")}


@bp.get("/cart")
def show() -> Any:
    cart = queries.view(queries.find(**owner()))
    return render_template("mall/cart/cart.html", cart=cart)


@bp.post("/cart/add")
def add() -> Any:
    form = AddForm()
    if not form.submitted_and_valid:
        raise InvalidInput("Choose one of the variants and a quantity from 1 to 99.")
    wanted = form.quantity.data or 1
    got = services.add(**owner(new=True), variant_id=form.variant_id.data or 0, quantity=wanted)
    if got < wanted:
        flash(f"Only {got} are left: all of them are in your cart.", "warning")
    else:
        flash("It is in your cart.", "success")
    return redirect(safe_path(request.form.get("next"), url_for(".show")))


@bp.post("/cart/change")
def change() -> Any:
    form = ChangeForm()
    if not form.submitted_and_valid:
        raise InvalidInput("Write a quantity from 0 to 99.")
    services.change(
        **owner(), variant_id=form.variant_id.data or 0, quantity=form.quantity.data or 0
    )
    return redirect(url_for(".show"))
