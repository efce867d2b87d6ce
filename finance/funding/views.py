"""Admins see what banks fund, pause one at once, and decide on changes that another proposed."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import select

from core import guards
from core.db import db
from core.errors import NotFound
from core.once import once
from finance.funding import changes
from finance.funding.models import PROPOSED, Funder, FundingChange, WaterfallStep

bp = Blueprint("funding", __name__, url_prefix="/admin/funding")
guards.require(bp, "admin")


@bp.get("/")
def index() -> str:
    waiting = select(FundingChange).where(FundingChange.state == PROPOSED)
    steps = select(WaterfallStep).where(WaterfallStep.ended_on.is_(None))
    order = (WaterfallStep.product, WaterfallStep.currency, WaterfallStep.position)
    return render_template(
        "finance/funding/index.html",
        banks=db.session.scalars(select(Funder).order_by(Funder.code)).all(),
        steps=db.session.scalars(steps.order_by(*order)).all(),
        waiting=db.session.scalars(waiting.order_by(FundingChange.id)).all(),
        me_id=current_user.id,
    )


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
