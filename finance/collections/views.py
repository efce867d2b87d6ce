"""Pages for plans that cannot be paid: the shopper asks for air, admins answer and give up."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_login import current_user

from core import guards
from core.errors import NotFound
from core.once import once
from finance.collections import caring, giving_up, relief
from finance.collections.easing import names
from finance.collections.forms import AnswerForm, GiveUpForm, ReliefForm
from finance.loans.queries import loan_of

bp = Blueprint("relief", __name__, url_prefix="/account/credit")
office = Blueprint("care", __name__, url_prefix="/admin/lending/care")
guards.require(bp, "person")
guards.require(office, "admin")

YES, NO = "grant", "decline"


@bp.get("/<number>/relief")
def show(number: str) -> str:
    return _form(number, ReliefForm(formdata=None))


@bp.post("/<number>/relief")
@once
def ask(number: str) -> Any:
    form = _open(number, ReliefForm())
    if not form.submitted_and_valid:
        return _form(number, form), 422
    made = relief.ask(
        number,
        current_user.id,
        form.choice.data or "",
        why=form.why.data or "",
        key=form.key.data or "",
        days=form.days.data or 0,
    )
    granted = made.state == "granted"
    flash("Granted. Your plan has changed." if granted else "Asked. A person answers.", "good")
    return redirect(url_for("credit.show", number=number), 303)


def _open(number: str, form: ReliefForm) -> ReliefForm:
    form.offer(relief.choices_of(loan_of(current_user.id, number)))
    return form


def _form(number: str, form: ReliefForm) -> str:
    loan = loan_of(current_user.id, number)
    return render_template(
        "finance/collections/relief.html",
        loan=loan,
        form=_open(number, form),
        possible=relief.choices_of(loan),
        asked=caring.requests_of(loan),
        most_days=relief.limits().move_max,
        names=names(relief.limits()),
    )


@office.get("/")
def index() -> str:
    return _index(GiveUpForm(formdata=None))


@office.post("/proposals")
@once
def propose() -> Any:
    form = GiveUpForm()
    if not form.submitted_and_valid:
        return _index(form), 422
    currency = current_app.config["MALL_CURRENCY"]
    amount = form.amount.money(currency) if form.amount.data else None
    number, kind, why = form.number.data or "", form.kind.data or "", form.why.data or ""
    giving_up.propose(number.strip(), kind, amount=amount, why=why, by=current_user.id)
    flash("Proposed. Another admin decides.", "good")
    return redirect(url_for("care.index"), 303)


@office.post("/proposals/<int:proposal_id>/<word>")
@once
def decide(proposal_id: int, word: str) -> Any:
    done = giving_up.decide(proposal_id, yes=_said_yes(word), by=current_user.id)
    flash("Done." if done.state == "done" else "Refused.", "good")
    return redirect(url_for("care.index"), 303)


@office.post("/requests/<int:request_id>/<word>")
@once
def answer(request_id: int, word: str) -> Any:
    words = AnswerForm().answer.data or ""
    done = relief.decide(request_id, grant=_said_yes(word), answer=words, by=current_user.id)
    flash("Granted." if done.state == "granted" else "Declined.", "good")
    return redirect(url_for("care.index"), 303)


def _index(form: GiveUpForm) -> str:
    return render_template(
        "finance/collections/office.html",
        view=caring.waiting(),
        form=form,
        me_id=current_user.id,
        names=names(relief.limits()),
    )


def _said_yes(word: str) -> bool:
    if word not in (YES, NO):
        raise NotFound()
    return word == YES
