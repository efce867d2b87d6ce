"""The cards a shopper has saved: looking at them, adding one, taking one away."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from core.errors import InvalidInput
from core.guards import require
from core.once import once
from mall.accounts.card_forms import CardForm
from payments import cards

bp = Blueprint("cards", __name__, url_prefix="/account/cards")
require(bp, "person")


@bp.get("")
def index() -> Any:
    return _page(CardForm())


@bp.post("")
def add() -> Any:
    """Only where numbers are entered on our own page; the gateway's page saves its own."""
    form = CardForm()
    if not cards.entered_here():
        raise InvalidInput("This card is entered on the processor's own page.")
    if form.submitted_and_valid:
        try:
            saved = cards.save(
                current_user.id, form.number.data or "", form.expiry.data or "", form.cvc.data or ""
            )
        except InvalidInput as refused:
            form.form_errors = [str(refused)]
        else:
            flash(f"{saved.label} is saved.", "success")
            return redirect(url_for(".index"), 303)
    return _page(form), 422


@bp.post("/page")
@once
def page() -> Any:
    """Go to the processor's own page, which saves a card without paying."""
    if cards.entered_here():
        return redirect(url_for(".index"), 303)
    return redirect(cards.setup_page(current_user.id, url_for(".index")), 303)


@bp.post("/<int:card_id>/remove")
def remove(card_id: int) -> Any:
    cards.remove(current_user.id, card_id)
    flash("The card is gone. What it has paid stays paid.", "success")
    return redirect(url_for(".index"), 303)


def _page(form: CardForm) -> str:
    return render_template(
        "mall/accounts/cards.html",
        cards=cards.of(current_user.id),
        form=form,
        typed_here=cards.entered_here(),
    )
