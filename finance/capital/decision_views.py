"""What was decided on a shop's requests, with the reasons; a person looks again where asked."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select

from core.db import db, one
from core.messages import sending
from core.once import once
from finance.capital.terms import NAMES
from finance.capital.views import bp, own
from finance.pricing import of_decision
from finance.risk import reviews, said
from finance.risk.models import Decision

_SHOWN = 30


@bp.get("/decisions")
def decisions() -> str:
    mine = select(Decision).where(Decision.subject == "seller", Decision.subject_id == own())
    rows = db.session.scalars(mine.order_by(Decision.id.desc()).limit(_SHOWN)).all()
    return render_template("finance/capital/decisions.html", rows=rows, names=NAMES)


@bp.get("/decisions/<int:decision_id>")
def decision(decision_id: int) -> str:
    found: Decision = one(
        select(Decision).where(
            Decision.id == decision_id,
            Decision.subject == "seller",
            Decision.subject_id == own(),
        )
    )
    return render_template(
        "finance/capital/decision.html",
        one=found,
        names=NAMES,
        whys=said.reasons(found.reasons, sending.language_of(current_user.id)),
        price=of_decision.in_words(found),
        asked=reviews.of_decision(found.id),
        override=reviews.override_of(found.id),
    )


@bp.post("/decisions/<int:decision_id>/review")
@once
def ask_for_review(decision_id: int) -> Any:
    """A person shall look at a decision."""
    wish = request.form.get("wish", "")
    reviews.ask(decision_id, "seller", own(), by=current_user.id, wish=wish)
    flash("Asked. A person answers within 24 hours.", "good")
    return redirect(url_for("capital.decision", decision_id=decision_id), 303)
