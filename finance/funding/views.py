"""Admins see what banks fund, pause one at once, and decide on changes that another proposed."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select

from core import guards
from core.db import db
from core.errors import NotFound
from core.once import once
from finance.funding import changes, files, members, queries
from finance.funding.bank_views import figures_of
from finance.funding.forms import InviteForm
from finance.funding.models import PROPOSED, Funder, FundingChange, WaterfallStep
from mall import facts

bp = Blueprint("funding", __name__, url_prefix="/admin/funding")
guards.require(bp, "admin")


@bp.get("/")
def index() -> str:
    proposed = select(FundingChange).where(FundingChange.state == PROPOSED)
    waiting = db.session.scalars(proposed.order_by(FundingChange.id)).all()
    steps = select(WaterfallStep).where(WaterfallStep.ended_on.is_(None))
    order = (WaterfallStep.product, WaterfallStep.currency, WaterfallStep.position)
    return render_template(
        "finance/funding/index.html",
        banks=db.session.scalars(select(Funder).order_by(Funder.code)).all(),
        steps=db.session.scalars(steps.order_by(*order)).all(),
        waiting=waiting,
        invited={c.proposed_by: members.inviter_of(c.proposed_by) for c in waiting},
        names=facts.person_names({c.proposed_by for c in waiting}),
        currency=current_app.config["MALL_CURRENCY"],
        me_id=current_user.id,
    )


@bp.get("/banks/<code>")
def bank(code: str) -> str:
    return _bank(code, InviteForm(formdata=None))


def _bank(code: str, form: InviteForm) -> str:
    found = queries.bank_of(code)
    return render_template(
        "finance/funding/bank_office.html",
        **figures_of(found),
        form=form,
        people=members.members_of(found),
        changes=queries.changes_of(found),
    )


@bp.get("/banks/<code>/cashflows.csv")
def cashflows(code: str) -> Any:
    since, until = files.days(request.args.get("from"), request.args.get("to"))
    return files.cashflows(queries.bank_of(code), since, until)


@bp.get("/banks/<code>/trial-balance.csv")
def trial_balance(code: str) -> Any:
    return files.trial_balance(queries.bank_of(code))


@bp.post("/banks/<code>/members")
@once
def invite(code: str) -> Any:
    form = InviteForm()
    if not form.submitted_and_valid:
        return _bank(code, form), 422
    members.invite(code, form.email.data or "", form.name.data or "", by=current_user.id)
    flash("Invited. Send them the link below; it is good for seven days.", "good")
    return redirect(url_for(".bank", code=code), 303)


@bp.post("/members/<int:member_id>/end")
@once
def end(member_id: int) -> Any:
    member = members.end(member_id)
    flash("They sign in no more.", "good")
    return redirect(url_for(".bank", code=member.funder.code), 303)


@bp.post("/banks/<code>/<word>")
@once
def switch(code: str, word: str) -> Any:
    if word == "pause":
        changes.pause(code)
        flash("Paused: new loans go to the next bank.", "good")
    elif word == "resume":
        changes.propose("resume", code, {}, why="It may go on.", by=current_user.id)
        flash("Proposed. Another admin decides.", "good")
    else:
        raise NotFound()
    return redirect(url_for("funding.index"), 303)


@bp.post("/changes/<int:change_id>/<word>")
@once
def decide(change_id: int, word: str) -> Any:
    if word not in ("grant", "decline"):
        raise NotFound()
    done = changes.decide(change_id, yes=word == "grant", by=current_user.id)
    flash("Done." if done.state == "done" else "Refused.", "good")
    return redirect(url_for("funding.index"), 303)
