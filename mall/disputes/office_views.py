"""All disputes for admins: the list, and one to answer or to give in."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core.guards import require
from core.once import once
from mall.disputes import document_views, queries, services
from mall.disputes.documents import KINDS
from mall.disputes.forms import AnswerForm, DocumentForm

bp = Blueprint("office_disputes", __name__, url_prefix="/admin/disputes")
require(bp, "admin")
document_views.add_to(bp, lambda: (f"admin:{current_user.id}", None))


@bp.get("")
def index() -> str:
    view = "decided" if request.args.get("view") == "decided" else "open"
    found = queries.page_of_all(view, request.args.get("page", 1, type=int))
    return render_template("mall/disputes/index.html", found=found, view=view, whose="admin")


@bp.get("/<number>")
def show(number: str) -> str:
    file = queries.of_mall(number)
    return render_template(
        "mall/disputes/office.html", file=file, document_form=DocumentForm(), kinds=KINDS
    )


@bp.post("/<number>/answer")
@once
def answer(number: str) -> Any:
    form = AnswerForm()
    if form.submitted_and_valid:
        if services.hand_in(number, by=f"admin:{current_user.id}", key=form.key.data or ""):
            flash("The bank has our side now.", "good")
        else:
            flash("The answer was not taken. Look at what it says, and hand it in again.", "bad")
    return redirect(url_for(".show", number=number))


@bp.post("/<number>/give-in")
@once
def give_in(number: str) -> Any:
    form = AnswerForm()
    if form.submitted_and_valid:
        services.give_in_now(number, by=f"admin:{current_user.id}", key=form.key.data or "")
        flash("Nothing is answered; the cardholder keeps the money.", "good")
    return redirect(url_for(".show", number=number))
