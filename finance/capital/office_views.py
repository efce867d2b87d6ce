"""Admins care for sellers' contracts: requests for air, money given up by two, payments undone."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_login import current_user

from core import guards
from core.errors import NotFound
from core.once import once
from finance.capital import caring, giving_up, hardship, late, queries, showing, verify
from finance.capital.forms import DecideForm, ProposeForm, ReverseForm

bp = Blueprint("capital_office", __name__, url_prefix="/admin/capital")
guards.require(bp, "admin")

YES, NO = "grant", "decline"


@bp.get("/")
def index() -> str:
    return render_template(
        "finance/capital/office.html",
        view=caring.waiting(),
        me_id=current_user.id,
        names=hardship.NAMES,
        currency=current_app.config["MALL_CURRENCY"],
    )


@bp.get("/advances/<number>")
def advance(number: str) -> str:
    return _advance(number, ProposeForm(formdata=None))


def _advance(number: str, form: ProposeForm) -> str:
    found = queries.advance_numbered(number)
    proposals = caring.proposals_of(found)
    return render_template(
        "finance/capital/office_advance.html",
        view=showing.running(found),
        shop=caring.shop_name(found),
        form=form,
        proposals=proposals,
        admins=caring.admins_of(proposals),
        requests=caring.requests_of(found),
        differences=list(verify.differences(found)) if found.terms else [],
        undone={e.data.get("of") for e in found.events},
        names=hardship.NAMES,
        me_id=current_user.id,
    )


@bp.post("/advances/<number>/propose")
@once
def propose(number: str) -> Any:
    form, found = ProposeForm(), queries.advance_numbered(number)
    if not form.submitted_and_valid:
        return _advance(number, form), 422
    amount = form.amount.money(found.currency) if form.amount.data else None
    kind, why = form.kind.data or "", form.why.data or ""
    giving_up.propose(number, kind, amount=amount, why=why, by=current_user.id)
    flash("Proposed. Another admin decides.", "good")
    return redirect(url_for("capital_office.advance", number=number), 303)


@bp.post("/proposals/<int:proposal_id>/<word>")
@once
def decide(proposal_id: int, word: str) -> Any:
    done = giving_up.decide(proposal_id, yes=_said_yes(word), by=current_user.id)
    flash("Done." if done.state == "done" else "Refused.", "good")
    return redirect(url_for("capital_office.advance", number=done.advance.number), 303)


@bp.post("/requests/<int:request_id>/<word>")
@once
def answer(request_id: int, word: str) -> Any:
    form = DecideForm()
    yes, words = _said_yes(word), form.answer.data or ""
    done = hardship.decide(request_id, grant=yes, answer=words, by=current_user.id)
    flash("Granted." if done.state == "granted" else "Declined.", "good")
    return redirect(url_for("capital_office.index"), 303)


@bp.post("/advances/<number>/reverse")
@once
def reverse(number: str) -> Any:
    form, found = ReverseForm(), queries.advance_numbered(number)
    if not form.submitted_and_valid:
        return _advance(number, ProposeForm(formdata=None)), 422
    why = f"{form.why.data} (admin {current_user.id})"
    back = late.reverse(found.seller_id, number, form.event.data or 0, why=why).back
    flash(f"Reversed: {back.grouped()} is in the seller's balance again.", "good")
    return redirect(url_for("capital_office.advance", number=number), 303)


def _said_yes(word: str) -> bool:
    if word not in (YES, NO):
        raise NotFound()
    return word == YES
