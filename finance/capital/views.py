"""A seller's capital: what is open now and why, drawing it, and the running contracts."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core import clock, guards
from core.money import Money
from core.once import once
from finance.capital import (
    accepting,
    caring,
    hardship,
    meters,
    offering,
    offers,
    queries,
    repaying,
    services,
    showing,
)
from finance.capital.forms import (
    DrawForm,
    HardshipForm,
    LinkForm,
    LoanForm,
    PayForm,
    SellForm,
    ShareForm,
)
from finance.capital.models import Advance
from finance.capital.opening import Drawn, Kept, Refused
from finance.capital.term_loan import linked
from finance.capital.term_loan import services as loans
from finance.capital.term_loan.offering import loan_page
from mall import facts
from payments import cards

bp = Blueprint("capital", __name__, url_prefix="/seller/capital")
guards.require(bp, "seller")


def _own() -> int:
    """The shop of who is signed in; raises NotFound."""
    return facts.seller_of(current_user.id).id


@bp.get("/")
def index() -> str:
    view = offering.overview(_own())
    return render_template("finance/capital/index.html", view=view, reasons=meters.reasons_of)


@bp.route("/order-advance", methods=["GET", "POST"])
@once
def order_advance() -> Any:
    form, refused = DrawForm(), None
    if form.submitted_and_valid:
        seller_id = _own()
        currency = offering.order_page(seller_id).asked.currency
        answer = services.draw_on_orders(
            seller_id, form.amount.money(currency), key=form.key.data or ""
        )
        if not isinstance(answer, Refused):
            return _done(answer)
        refused = answer.outcome
    return render_template(
        "finance/capital/order_advance.html",
        view=offering.order_page(_own()),
        form=form,
        refused=refused,
        reasons=meters.reasons_of,
    ), _status(form, refused)


@bp.route("/paid-today", methods=["GET", "POST"])
@once
def paid_today() -> Any:
    form, refused = SellForm(), None
    if form.submitted_and_valid:
        answer = services.sell_order(_own(), form.order.data or "", key=form.key.data or "")
        if not isinstance(answer, Refused):
            return _done(answer)
        refused = answer.outcome
    asked, claims, outcome = offering.today_page(_own())
    return render_template(
        "finance/capital/paid_today.html",
        asked=asked,
        claims=claims,
        outcome=refused or outcome,
        form=form,
        reasons=meters.reasons_of,
    ), _status(form, refused)


def _status(form: Any, refused: Any) -> int:
    """A refusal keeps no key: the seller may ask for less with the same form."""
    return 422 if form.errors or refused else 200


@bp.route("/sales-share", methods=["GET", "POST"])
@once
def sales_share() -> Any:
    form, refused = ShareForm(), None
    if form.submitted_and_valid:
        seller_id = _own()
        currency = offering.order_page(seller_id).asked.currency
        amount = Money(form.amount.data or 0, currency)
        take = services.hold_sales_share if form.hold.data else services.take_sales_share
        answer = take(seller_id, amount, form.share.data or 0, key=form.key.data or "")
        if not isinstance(answer, Refused):
            return _done(answer)
        refused = answer.outcome
    return _share_page("sales_share", refused), _status(form, refused)


@bp.get("/sales-share/quote")
def quote() -> Any:
    return _share_page("_quote", None)


def _share_page(name: str, refused: Any) -> str:
    view = offering.share_page(_own(), _whole("amount"), _whole("share"))
    return render_template(
        f"finance/capital/{name}.html",
        view=view,
        form=ShareForm(formdata=None),
        refused=refused,
        reasons=meters.reasons_of,
    )


def _whole(name: str) -> int | None:
    """A whole number out of the address or the form; anything else is no answer."""
    text = request.values.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 15 else None


@bp.route("/term-loan", methods=["GET", "POST"])
@once
def term_loan() -> Any:
    form, refused = LoanForm(), None
    if form.submitted_and_valid:
        seller_id = _own()
        amount = Money(form.amount.data or 0, offering.order_page(seller_id).asked.currency)
        take = loans.hold_term_loan if form.hold.data else loans.take_term_loan
        answer = take(seller_id, amount, form.months.data or 0, key=form.key.data or "")
        if not isinstance(answer, Refused):
            return _done(answer)
        refused = answer.outcome
    return _loan_page("term_loan", refused), _status(form, refused)


@bp.get("/term-loan/quote")
def loan_quote() -> Any:
    return _loan_page("_loan_quote", None)


def _loan_page(name: str, refused: Any) -> str:
    return render_template(
        f"finance/capital/{name}.html",
        view=loan_page(_own(), _whole("amount"), _whole("months")),
        form=LoanForm(formdata=None),
        refused=refused,
        reasons=meters.reasons_of,
    )


@bp.get("/<number>")
def show(number: str) -> str:
    return _show(queries.advance_of(_own(), number))


def _show(advance: Advance, form: Any = None, hardship_form: Any = None) -> str:
    return render_template(
        "finance/capital/show.html",
        view=showing.running(advance, payoff_on=_day("on")),
        form=form or PayForm(formdata=None),
        hardship_form=hardship_form or HardshipForm(formdata=None),
        choices=[(choice, hardship.NAMES[choice]) for choice in hardship.choices_of(advance)],
        requests=caring.requests_of(advance),
        names=hardship.NAMES,
        cards=cards.of(current_user.id) if linked.is_linkable(advance) else None,
        link_form=LinkForm(formdata=None),
    )


def _day(name: str) -> date | None:
    """A day out of the address, today or later and within two years; else None."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if 0 <= (day - clock.today()).days <= 731 else None


@bp.post("/<number>/pay")
@once
def pay(number: str) -> Any:
    form, seller_id = PayForm(), _own()
    advance = queries.advance_of(seller_id, number)
    if not form.submitted_and_valid:
        return _show(advance, form), 422
    amount, how = form.amount.money(advance.currency), form.how.data or "shorter"
    paid = repaying.pay(seller_id, number, amount, key=form.key.data or "", how=how)
    flash(f"{paid.grouped()} paid from your balance.", "good")
    return redirect(url_for("capital.show", number=number), 303)


@bp.post("/<number>/pay-off")
@once
def pay_off(number: str) -> Any:
    paid = repaying.pay_off(_own(), number)
    flash(f"Paid off with {paid.grouped()} from your balance.", "good")
    return redirect(url_for("capital.show", number=number), 303)


@bp.post("/<number>/cancel")
@once
def cancel(number: str) -> Any:
    paid = repaying.cancel(_own(), number)
    flash(f"Canceled: {paid.grouped()} went back, it cost nothing.", "good")
    return redirect(url_for("capital.show", number=number), 303)


@bp.post("/<number>/hardship")
@once
def ask_for_air(number: str) -> Any:
    form, seller_id = HardshipForm(), _own()
    advance = queries.advance_of(seller_id, number)
    if not form.submitted_and_valid:
        return _show(advance, hardship_form=form), 422
    choice, why = form.choice.data or "", form.why.data or ""
    made = hardship.ask(seller_id, number, choice, why=why, key=form.key.data or "")
    granted = made.state == "granted"
    said = "Granted: see the plan below." if granted else "Asked: a person answers within a day."
    flash(said, "good")
    return redirect(url_for("capital.show", number=number), 303)


@bp.post("/<number>/link")
@once
def link(number: str) -> Any:
    form, seller_id = LinkForm(), _own()
    card_id = form.card.data or None
    linked.link(seller_id, number, current_user.id, wallet=bool(form.wallet.data), card_id=card_id)
    flash("Noted: that is where a short part may be taken from.", "good")
    return redirect(url_for("capital.show", number=number), 303)


@bp.post("/offers/<number>/accept")
@once
def accept(number: str) -> Any:
    return _done(accepting.accept(_own(), number))


@bp.post("/offers/<number>/let-go")
@once
def let_go(number: str) -> Any:
    offers.let_go(_own(), number)
    flash("The offer is given up; what it set aside is free again.", "info")
    return redirect(url_for("capital.index"), 303)


def _done(answer: Drawn | Kept) -> Any:
    if isinstance(answer, Kept):
        flash("The offer is yours until its day: take it, or let it go.", "good")
        return redirect(url_for("capital.index"), 303)
    flash("The money is in your balance.", "good")
    return redirect(url_for("capital.show", number=answer.number), 303)
