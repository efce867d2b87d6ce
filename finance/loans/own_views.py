"""What shoppers say about themselves on their credit page: when they were born, yes to more."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_login import current_user

from core.errors import DomainError
from core.once import once
from finance.loans import pages
from finance.loans.forms import BornForm
from finance.loans.views import bp, overview_page
from finance.risk import buyer, people, reviews


@bp.post("/born")
@once
def born() -> Any:
    """Asked before the first plan; the first answer stays."""
    form = BornForm()
    if form.submitted_and_valid:
        try:
            people.say_born(current_user.id, form.day)
        except DomainError as refusal:
            form.born_on.errors = [str(refusal)]
        else:
            flash("Thank you, we keep that.", "good")
            return redirect(url_for("credit.index"), 303)
    return overview_page(pages.overview(current_user.id), born_form=form), 422


@bp.post("/decisions/<int:decision_id>/review")
@once
def ask_for_review(decision_id: int) -> Any:
    """A person shall look at a decision."""
    wish, me = request.form.get("wish", ""), current_user.id
    reviews.ask(decision_id, "buyer", me, by=me, wish=wish)
    flash("Asked. A person answers within 24 hours.", "good")
    return redirect(url_for("credit.decision", decision_id=decision_id), 303)


@bp.post("/raise")
@once
def agree_to_raise() -> Any:
    """Yes to the limit that payments in time have earned."""
    people.agree_to_raise(current_user.id, buyer.terms())
    flash("Your limit is higher from now on.", "good")
    return redirect(url_for("credit.index"), 303)
