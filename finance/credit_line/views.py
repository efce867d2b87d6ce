"""Pages of a shopper's line: open it, look at it, pay it, turn a purchase into a plan, close it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core import clock, guards
from core.errors import DomainError
from core.money import Money
from core.once import once
from finance.contracts import showing
from finance.contracts.consents import ConsentMissing
from finance.contracts.services import BUTTON, Acceptance
from finance.credit_line import asking, converting, limits, opening, pages, queries
from finance.credit_line.forms import (
    AgreeForm,
    CeilingForm,
    ConvertForm,
    LineAutopayForm,
    LinePayForm,
    OpenForm,
)
from finance.credit_line.models import CreditLine
from finance.credit_line.paying import mark_of
from payments.values import PaymentView

bp = Blueprint("line", __name__, url_prefix="/account/line")
guards.require(bp, "person")


@bp.get("")
def index() -> Any:
    line = queries.open_line(current_user.id)
    if line is not None:
        return redirect(url_for("line.show", number=line.number))
    return _offer(OpenForm(formdata=None))


def _offer(form: OpenForm) -> str:
    refusal, offered = "", None
    try:
        offered = opening.offered(current_user.id)
    except ConsentMissing as missing:
        refusal = str(missing)
    beside = showing.beside(offered.contract) if offered and offered.contract else None
    return render_template(
        "finance/credit_line/open.html",
        offered=offered,
        agree=beside,
        form=form,
        refusal=refusal,
        closed=queries.lines_of(current_user.id),
    )


@bp.get("/contract")
def papers() -> Any:
    """The contract of the line, whole, before it is agreed to."""
    offered = opening.offered(current_user.id)
    if offered is None or offered.contract is None:
        return redirect(url_for("line.index"))
    return showing.offered(offered.contract, back=url_for("line.index"))


@bp.post("/open")
@once
def open_line() -> Any:
    form = OpenForm()
    if not form.submitted_and_valid:
        return _offer(form), 422
    offered = opening.product_here()
    currency = opening.currency_here()
    ceiling = form.ceiling.money(currency) if form.ceiling.data and offered else None
    try:
        line = opening.open_line(
            current_user.id, Acceptance(form.terms.data or "", BUTTON), ceiling=ceiling
        )
    except DomainError as refusal:
        flash(str(refusal), "bad")
        return _offer(OpenForm(formdata=None)), refusal.status
    if not isinstance(line, CreditLine):
        return _offer(OpenForm(formdata=None)), 422
    flash(
        "Your line is open. It is one of the ways to pay at checkout, never chosen by itself.",
        "good",
    )
    return redirect(url_for("line.show", number=line.number), 303)


@bp.get("/<number>")
def show(number: str) -> str:
    return _page(number)


def _page(number: str, form: LinePayForm | None = None) -> str:
    view = pages.view(number, current_user.id)
    pay_form = None
    if view.standing.purchases and any(view.amounts.values()):
        pay_form = form or _pay_form(LinePayForm(formdata=None), view)
        pay_form.seen.data = mark_of(view.standing)
    own = view.line.own_ceiling
    ceiling = "" if own is None else view.line.money(own).decimal_text()
    return render_template(
        "finance/credit_line/show.html",
        view=view,
        line=view.line,
        pay_form=pay_form,
        autopay_form=LineAutopayForm(formdata=None).with_cards(
            view.cards, view.line.autopay, view.line.autopay_card_id
        ),
        ceiling_form=CeilingForm(formdata=None, ceiling=ceiling),
        agree=showing.beside(view.offer.contract) if view.offer else None,
        today=clock.today(),
    )


def _pay_form(form: LinePayForm, view: pages.LineView) -> LinePayForm:
    form.with_ways(view.cards, view.wallet, view.least_to_pay, view.typed_here)
    return form.with_kinds(view.amounts)


@bp.post("/<number>/pay")
@once
def pay(number: str) -> Any:
    view = pages.view(number, current_user.id)
    if not any(view.amounts.values()):
        flash("Nothing is left to pay on this line.", "info")
        return redirect(url_for("line.show", number=number), 303)
    form = _pay_form(LinePayForm(), view)
    if not form.validate() or not form.is_whole():
        return _page(number, form), 422
    try:
        answer = asking.pay(
            number,
            current_user.id,
            form.kind.data,
            form.way.data,
            key=form.key.data or "",
            amount=form.typed_amount(view.line.currency),
            typed=form.typed(),
            seen=form.seen.data or "",
        )
    except DomainError as refusal:
        flash(str(refusal), "bad")
        return _page(number, form), refusal.status
    return _after(number, answer)


def _after(number: str, answer: PaymentView | Money) -> Any:
    if isinstance(answer, Money) or answer.state == "succeeded":
        flash("Thank you, it is paid.", "good")
    elif answer.action_url:
        return redirect(answer.action_url, 303)
    elif answer.state == "refused":
        flash(answer.message, "bad")
    else:
        flash("Your payment is being confirmed. This page shows it as soon as it is.", "info")
    return redirect(url_for("line.show", number=number), 303)


@bp.post("/<number>/autopay")
@once
def autopay(number: str) -> Any:
    view = pages.view(number, current_user.id)
    form = LineAutopayForm().with_cards(view.cards, view.line.autopay, None)
    if not form.submitted_and_valid:
        return _page(number), 422
    card_id = int(form.card.data) if form.card.data else None
    opening.set_autopay(number, current_user.id, form.what.data or "", card_id)
    flash("Saved." if form.what.data else "Nothing is paid by itself.", "good")
    return redirect(url_for("line.show", number=number), 303)


@bp.post("/<number>/ceiling")
@once
def ceiling(number: str) -> Any:
    line, form = queries.line_of(current_user.id, number), CeilingForm()
    if not form.submitted_and_valid:
        flash("Write an amount such as 1200.00, or nothing.", "bad")
        return _page(number), 422
    most = form.ceiling.money(line.currency) if form.ceiling.data else None
    try:
        opening.set_ceiling(number, current_user.id, most)
    except DomainError as refusal:
        flash(str(refusal), "bad")
        return _page(number), refusal.status
    flash("Your own limit is set.", "good")
    return redirect(url_for("line.show", number=number), 303)


@bp.get("/<number>/limit/contract")
def limit_papers(number: str) -> Any:
    """The contract of the higher limit, whole, before it is agreed to."""
    offer = limits.offer_of(queries.line_of(current_user.id, number), clock.today())
    back = url_for("line.show", number=number)
    return showing.offered(offer.contract, back=back) if offer else redirect(back)


@bp.post("/<number>/limit")
@once
def limit(number: str) -> Any:
    queries.line_of(current_user.id, number)
    form = AgreeForm()
    if not form.submitted_and_valid:
        return _page(number), 422
    agreed = Acceptance(form.terms.data or "", BUTTON)
    try:
        line = limits.accept(number, current_user.id, agreed)
    except DomainError as refusal:
        flash(str(refusal), "bad")
        return _page(number), refusal.status
    flash(f"Your limit is {line.money(line.credit_limit).grouped()} now.", "good")
    return redirect(url_for("line.show", number=number), 303)


@bp.post("/<number>/close")
@once
def close(number: str) -> Any:
    opening.close(number, current_user.id)
    flash("The line is closed. What is owed on it stays owed until it is paid.", "good")
    return redirect(url_for("line.show", number=number), 303)


@bp.get("/<number>/statements/<int:serial>")
def statement(number: str, serial: int) -> str:
    view = pages.statement_view(number, serial, current_user.id)
    return render_template("finance/credit_line/statement.html", view=view, line=view.line)


@bp.get("/<number>/convert/<loan>")
def confirm_convert(number: str, loan: str) -> str:
    return _convert(number, loan, request.args.get("months", type=int))


def _convert(number: str, loan: str, months: int | None) -> str:
    view = pages.convert_view(number, loan, current_user.id, months)
    return render_template(
        "finance/credit_line/convert.html",
        view=view,
        line=view.line,
        agree=showing.beside(view.chosen.contract),
        form=ConvertForm(formdata=None),
    )


@bp.get("/<number>/convert/<loan>/contract")
def convert_papers(number: str, loan: str) -> str:
    months = request.args.get("months", type=int)
    view = pages.convert_view(number, loan, current_user.id, months)
    back = url_for("line.confirm_convert", number=number, loan=loan, months=view.chosen.months)
    return showing.offered(view.chosen.contract, back=back)


@bp.post("/<number>/convert/<loan>")
@once
def convert(number: str, loan: str) -> Any:
    form = ConvertForm()
    months = form.count
    if not form.submitted_and_valid:
        return _convert(number, loan, months), 422
    agreed = Acceptance(form.terms.data or "", BUTTON)
    try:
        converting.convert(number, current_user.id, loan, months, agreed)
    except DomainError as refusal:
        flash(str(refusal), "bad")
        return _page(number), refusal.status
    flash(f"This purchase is paid in {months} payments now.", "good")
    return redirect(url_for("line.show", number=number), 303)
