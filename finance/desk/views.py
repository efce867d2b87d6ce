"""The lender's desk for admins: decisions, contracts, and the whole portfolio."""

from typing import Any

from flask import Blueprint, current_app, render_template, request

from core import clock, guards
from core.db import get
from finance.capital import showing
from finance.capital.models import Advance
from finance.desk import portfolio as figures
from finance.desk import queries
from finance.funding import lenders
from finance.loans.models import Loan
from finance.loans.queries import days_past_due
from finance.pricing import of_decision
from finance.risk import scorecard, services
from finance.risk.models import Decision
from ledger import book
from ledger.accounts import account

bp = Blueprint("desk", __name__, url_prefix="/admin/lending")
guards.require(bp, "admin")

_LOAN_PARTS = ("loan_principal", "loan_interest", "loan_fee")
_ADVANCE_PARTS = ("advance_principal", "advance_fee", "unearned_fee")


def _page() -> int:
    text = request.args.get("page", "1")
    return min(100_000, max(1, int(text))) if text.isdecimal() and len(text) < 8 else 1


def _filters(*names: str) -> dict[str, str]:
    return {name: request.args.get(name, "")[:40] for name in names}


@bp.get("/applications")
def applications() -> str:
    filters = _filters("subject", "product", "grade", "approved", "ref")
    page = queries.decisions(filters, _page())
    return render_template(
        "finance/desk/applications.html",
        page=page,
        filters=filters,
        product_choices=[(p, figures.NAMES.get(p, p)) for p in queries.decision_products()],
        names=queries.subject_names(page.rows),
        product_names=figures.NAMES,
    )


@bp.get("/applications/<int:id>")
def application(id: int) -> str:
    return _application(id, replay=False)


@bp.post("/applications/<int:id>/replay")
def replay(id: int) -> str:
    return _application(id, replay=True)


def _application(id: int, *, replay: bool) -> str:
    decision = get(Decision, id)
    card = scorecard.load(decision.card)
    return render_template(
        "finance/desk/application.html",
        d=decision,
        name=queries.subject_names([decision]).get(decision.subject_id, ""),
        contract=queries.contract_of_decision(decision),
        points=_points(decision, card),
        values=_values(decision.inputs),
        inputs={k: v for k, v in decision.inputs.items() if k not in ("features", "terms")},
        single={k: v for k, v in decision.inputs.items() if not isinstance(v, dict)},
        terms=decision.inputs["terms"],
        loose={k: v for k, v in decision.inputs["terms"].items() if not isinstance(v, dict)},
        again=services.replay(id) if replay else None,
        product_names=figures.NAMES,
        priced=of_decision.priced(decision),
    )


def _values(inputs: dict[str, Any]) -> dict[str, Any]:
    """What the card read: the mall's features, and the lender's own book."""
    own = inputs.get("standing") or inputs.get("book") or {}
    return {**own, **inputs["features"]}


def _points(decision: Decision, card: scorecard.Card) -> list[tuple[scorecard.Line, int | None]]:
    """What each line gave, out of the outcome as it was written; a feature's ends in their order."""
    found: dict[str, Any] = current_app.json.loads(decision.outcome)
    given: dict[str, list[int]] = {}
    for feature, points in found["points"]:
        given.setdefault(feature, []).append(points)
    lines = []
    for line in card.lines:
        left = given.get(line.feature)
        lines.append((line, left.pop(0) if left else None))
    return lines


@bp.get("/loans")
def loans() -> str:
    filters = _filters("kind", "product", "state", "grade", "late")
    page = queries.contracts(filters, _page())
    return render_template(
        "finance/desk/loans.html",
        page=page,
        filters=filters,
        names=queries.names_of(page.rows),
        product_names=figures.NAMES,
        today=clock.today(),
        currency=current_app.config["MALL_CURRENCY"],
    )


@bp.get("/loans/<number>")
def loan(number: str) -> str:
    found = queries.loan_or_advance(number)
    parts = _LOAN_PARTS if isinstance(found, Loan) else _ADVANCE_PARTS
    said: dict[str, Any] = {"statements": [(part, _statement(part, found)) for part in parts]}
    said |= {
        "lenders": lenders.parts_of(number),
        "price": lenders.price_today(number, found.apr_ppm),
    }
    said["decision"] = get(Decision, found.decision_id)
    said["name"] = queries.subject_names([said["decision"]]).get(said["decision"].subject_id, "")
    if isinstance(found, Loan):
        late = days_past_due(found, clock.today())
        return render_template("finance/desk/loan.html", loan=found, late=late, **said)
    return render_template("finance/desk/advance.html", view=showing.running(found), **said)


def _statement(kind: str, found: Loan | Advance) -> list[book.StatementLine]:
    return book.statement(account(kind, found.number), found.currency)


@bp.get("/portfolio")
def portfolio() -> str:
    return render_template(
        "finance/desk/portfolio.html",
        p=figures.portfolio(),
        currency=current_app.config["MALL_CURRENCY"],
    )
