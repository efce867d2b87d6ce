"""The queue of decisions that applicants want a person to look at."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from core import clock, guards
from core.db import get
from core.errors import DomainError
from core.forms import BaseForm, MoneyField
from core.once import once
from finance.desk import portfolio as figures
from finance.desk import queries
from finance.risk import reviews
from finance.risk.models import Decision
from finance.risk.review_models import Review

bp = Blueprint("reviews", __name__, url_prefix="/admin/lending/reviews")
guards.require(bp, "admin")


class AnswerForm(BaseForm):
    """How much is granted instead (empty: nothing), and why."""

    amount = MoneyField("Grant instead", [Optional()])
    reason = TextAreaField("Why", [InputRequired("Say why."), Length(max=400)])


@bp.get("")
def index() -> str:
    waiting = reviews.waiting()
    return render_template(
        "finance/desk/reviews.html",
        waiting=waiting,
        answered=reviews.answered(),
        names=queries.subject_names([decision for _, decision in waiting]),
        product_names=figures.NAMES,
        now=clock.now(),
        currency=current_app.config["MALL_CURRENCY"],
    )


@bp.get("/<int:review_id>")
def show(review_id: int) -> str:
    return _page(review_id, AnswerForm(formdata=None))


def _page(review_id: int, form: AnswerForm) -> str:
    review = get(Review, review_id)
    decision = get(Decision, review.decision_id)
    return render_template(
        "finance/desk/review.html",
        review=review,
        d=decision,
        override=reviews.override_of(decision.id),
        name=queries.subject_names([decision]).get(decision.subject_id, ""),
        product_names=figures.NAMES,
        form=form,
        me_id=current_user.id,
        now=clock.now(),
    )


@bp.post("/<int:review_id>/answer")
@once
def answer(review_id: int) -> Any:
    form, review = AnswerForm(), get(Review, review_id)
    if not form.submitted_and_valid:
        return _page(review_id, form), 422
    currency = get(Decision, review.decision_id).currency
    amount = form.amount.money(currency) if form.amount.data else None
    try:
        done = reviews.answer(
            review_id, amount=amount, reason=form.reason.data or "", by=current_user.id
        )
    except DomainError as refusal:
        flash(str(refusal), "bad")
        return _page(review_id, form), refusal.status
    waits = done.state == "proposed"
    flash("Another admin must agree." if waits else "Answered; the applicant is told.", "good")
    return redirect(url_for("reviews.index"), 303)


@bp.post("/<int:review_id>/second")
@once
def second(review_id: int) -> Any:
    agrees = request.form.get("word") == "agree"
    reviews.second(review_id, by=current_user.id, agrees=agrees)
    flash("Answered; the applicant is told." if agrees else "Sent back to the queue.", "good")
    return redirect(url_for("reviews.index"), 303)
