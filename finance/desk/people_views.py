"""What an admin may put right about a person: a birth date given wrongly, once."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from wtforms import DateField, TextAreaField
from wtforms.validators import InputRequired, Length

from core import guards
from core.errors import DomainError, NotFound
from core.forms import BaseForm
from core.once import once
from finance.risk import born
from mall import facts

bp = Blueprint("people", __name__, url_prefix="/admin/lending/people")
guards.require(bp, "admin")


class BornForm(BaseForm):
    """The right day, and what was seen."""

    born_on = DateField("Born on", [InputRequired("Write the day.")])
    why = TextAreaField("What you saw", [InputRequired("Say what you saw."), Length(3, 240)])


@bp.get("/<int:person_id>/birth-date")
def birth_date(person_id: int) -> str:
    return _page(person_id, BornForm(formdata=None))


def _page(person_id: int, form: BornForm) -> str:
    name = facts.person_names([person_id]).get(person_id)
    if name is None:
        raise NotFound()
    return render_template(
        "finance/desk/birth_date.html",
        person_id=person_id,
        name=name,
        said=born.said(person_id),
        correction=born.correction_of(person_id),
        form=form,
    )


@bp.post("/<int:person_id>/birth-date")
@once
def correct(person_id: int) -> Any:
    form = BornForm()
    if not form.submitted_and_valid or form.born_on.data is None:
        return _page(person_id, form), 422
    try:
        born.correct(person_id, form.born_on.data, why=form.why.data or "", by=current_user.id)
    except DomainError as refusal:
        flash(str(refusal), "bad")
        return _page(person_id, form), refusal.status
    flash("Corrected; the person is told.", "good")
    return redirect(url_for("people.birth_date", person_id=person_id), 303)
