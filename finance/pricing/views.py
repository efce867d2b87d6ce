"""What everything costs, term by term, and a change of it by two admins."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core import guards
from core.errors import DomainError, NotFound
from core.once import once
from finance.capital import terms as capital
from finance.pricing import current, forms, versions
from finance.pricing.setting import INSTALLMENTS, LINE, PRODUCTS
from finance.products.shelf import SHELVES

bp = Blueprint("prices", __name__, url_prefix="/admin/lending/prices")
guards.require(bp, "admin")

NAMES = {INSTALLMENTS: "Pay in parts (B3)", LINE: "Mall credit (B4)"} | {
    capital.TERM_LOAN: "Term loan (S1)",
    capital.ORDER_ADVANCE: "Order advance (S2)",
    capital.SALES_SHARE: "Sales share (S3)",
    capital.PAID_TODAY: "Paid today (S4)",
}


def _place() -> tuple[str, str]:
    """The regime and currency asked for, else the mall's own."""
    regime, currency = current.place()
    asked = request.args.get("regime", regime), request.args.get("currency", currency)
    if asked[0] not in SHELVES or asked[1] not in capital.CURRENCIES:
        raise NotFound()
    return asked


@bp.get("")
def index() -> str:
    regime, currency = _place()
    tables = [(name, versions.rows_of(name, regime, currency)) for name in PRODUCTS]
    return render_template(
        "finance/pricing/index.html",
        tables=[(name, rows) for name, rows in tables if rows],
        numbers=current.numbers(regime, currency),
        settings={
            name: current.of_product(name, regime, currency) for name, rows in tables if rows
        },
        waiting=[(each, versions.as_words(each)) for each in versions.waiting(regime, currency)],
        history=versions.history(regime, currency),
        names=NAMES,
        place=(regime, currency),
        own=current.place(),
        regimes=sorted(SHELVES),
        currencies=capital.CURRENCIES,
        me_id=current_user.id,
    )


@bp.get("/<product>")
def edit(product: str) -> str:
    return _form(product)[1]


def _form(product: str, *, sent: bool = False) -> tuple[Any, str]:
    """The form as sent, or filled in as it is now, and its page."""
    regime, currency = _place()
    before = current.of_product(product, regime, currency) if product in PRODUCTS else None
    if before is None:
        raise NotFound()
    form = forms.form_for(product, before)
    if sent and form.submitted_and_valid:
        wanted = form.wanted(before)
        try:
            why = form.why.data or ""
            versions.propose(product, regime, currency, wanted, why=why, by=current_user.id)
            return True, ""
        except DomainError as refusal:
            flash(str(refusal), "bad")
    page = render_template(
        "finance/pricing/change.html",
        form=form,
        groups=forms.groups(form),
        name=NAMES[product],
        product=product,
        place=(regime, currency),
        cap=versions.highest_cap(product, regime, currency),
    )
    return False, page


@bp.post("/<product>")
@once
def propose(product: str) -> Any:
    done, page = _form(product, sent=True)
    if not done:
        return page, 422
    regime, currency = _place()
    flash("Proposed. Another admin decides.", "good")
    return redirect(url_for("prices.index", regime=regime, currency=currency), 303)


@bp.post("/changes/<int:version_id>/<word>")
@once
def decide(version_id: int, word: str) -> Any:
    if word not in ("grant", "decline"):
        raise NotFound()
    done = versions.decide(version_id, yes=word == "grant", by=current_user.id)
    flash("In force from now on." if done.number else "Refused.", "good")
    where = url_for("prices.index", regime=done.regime, currency=done.currency)
    return redirect(where, 303)
