"""The page where someone who was invited chooses a password."""

from typing import Any

from flask import flash, redirect, render_template, request

from mall.accounts import invitations
from mall.accounts.forms import InvitedForm
from mall.accounts.views import bp, enter


@bp.route("/invited/<token>", methods=["GET", "POST"])
def invited(token: str) -> Any:
    person, form = invitations.invited(token), InvitedForm()
    if form.submitted_and_valid:
        person = invitations.choose_password(token, form.password.data or "")
        enter(person)
        flash(f"Welcome, {person.name}.", "success")
        return redirect("/bank/" if person.is_bank else "/")
    status = 422 if request.method == "POST" else 200
    return render_template("mall/accounts/invited.html", form=form, person=person), status
