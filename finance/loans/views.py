"""A shopper's credit: the limit, the plans, paying and settling them, and decisions."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from core import clock, guards
from core.errors import DomainError
from core.money import Money
from core.once import once
from finance.funding import lenders as funding
from finance.loans import asking, pages, services
from finance.loans.forms import AutopayForm, BornForm, ExtraForm, OwnLimitsForm, PayForm
from finance.loans.life import mark_of
from finance.loans.paying import More
from mall.ports import panels
from payments.values import PaymentView

bp = Blueprint("credit", __name__, url_prefix="/account/credit")
guards.require(bp, "person")


@bp.get("")
def index() -> str:
    overview = pages.overview(current_user.id)
    wanted = overview.raised or overview.ceiling
    form = OwnLimitsForm(ceiling=wanted.decimal_text() if wanted else "")
    return overview_page(overview, form=form)


def overview_page(overview: pages.Overview, **forms: Any) -> str:
    """The credit page; `forms` are those to correct."""
    shown = {"form": OwnLimitsForm(formdata=None), "born_form": BornForm(formdata=None)} | forms
    boxes = panels.show("shopper_credit", buyer_id=current_user.id)
    return render_template("finance/loans/index.html", view=overview, boxes=boxes, **shown)


@bp.post("/limits")
@once
def limits() -> Any:
    form = OwnLimitsForm()
    overview = pages.overview(current_user.id)
    if not form.submitted_and_valid:
        return overview_page(overview, form=form), 422
    ceiling = form.ceiling.money(overview.currency) if form.ceiling.data else None
    later = services.set_ceiling(current_user.id, ceiling)
    if form.pause_days.data is not None:
        services.pause_credit(current_user.id, form.pause_days.data)
    flash("Your own limits are set." + (" The rise counts in 24 hours." if later else ""), "good")
    return redirect(url_for("credit.index"), 303)


@bp.get("/<number>")
def show(number: str) -> str:
    return _page(number)


@bp.get("/<number>/settle")
def confirm_settle(number: str) -> str:
    return _page(number)


@bp.post("/<number>/pay")
@once
def pay(number: str) -> Any:
    return _pay(number, settle=False)


@bp.post("/<number>/settle")
@once
def settle(number: str) -> Any:
    return _pay(number, settle=True)


@bp.get("/<number>/extra")
def confirm_extra(number: str) -> str:
    return _page(number)


@bp.post("/<number>/extra")
@once
def extra(number: str) -> Any:
    view = pages.plan(number, current_user.id)
    form = _ways(ExtraForm(), view, view.due)
    if not form.validate() or not form.is_whole():
        return _page(number, extra_form=form), 422
    more = More(form.amount.money(view.loan.currency), form.extra.data)
    return _carry_out(number, form, "extra_form", more=more)


@bp.get("/<number>/withdraw")
def confirm_withdraw(number: str) -> str:
    return _page(number)


@bp.post("/<number>/withdraw")
@once
def withdraw(number: str) -> Any:
    view = pages.plan(number, current_user.id)
    if view.withdrawal is None:
        raise services.CannotWithdraw()
    form = _ways(PayForm(), view, view.withdrawal.quote.amount)
    if not form.validate() or not form.is_whole():
        return _page(number, withdraw_form=form), 422
    try:
        answer = asking.withdraw(
            number, current_user.id, form.way.data, key=form.key.data or "", typed=form.typed()
        )
    except DomainError as refusal:
        flash(str(refusal), "bad")
        return _page(number, withdraw_form=form), refusal.status
    return _after(number, answer)


@bp.post("/<number>/autopay")
@once
def autopay(number: str) -> Any:
    view = pages.plan(number, current_user.id)
    form = AutopayForm().with_cards(view.cards, view.loan.autopay_card_id)
    if not form.submitted_and_valid:
        return _page(number), 422
    card_id = int(form.card.data) if form.card.data else None
    services.set_autopay(number, current_user.id, card_id)
    flash("Saved." if card_id else "No card pays by itself.", "good")
    return redirect(url_for("credit.show", number=number), 303)


@bp.get("/decisions/<int:decision_id>")
def decision(decision_id: int) -> str:
    view = pages.decision(decision_id, current_user.id)
    return render_template("finance/loans/decision.html", view=view)


def _page(number: str, **failed: PayForm) -> str:
    """The plan's page; `failed` is the form to correct, by its name in the template."""
    view = pages.plan(number, current_user.id)
    amounts = {"pay_form": view.due, "settle_form": view.payoff.amount}
    if view.withdrawal:
        amounts["withdraw_form"] = view.withdrawal.quote.amount
    forms = {name: _ways(PayForm(formdata=None), view, cost) for name, cost in amounts.items()}
    amounts["extra_form"] = Money.zero(view.loan.currency)
    forms["extra_form"] = _ways(ExtraForm(formdata=None), view, view.due)
    forms |= failed
    for name, cost in amounts.items():
        forms[name].seen.data = mark_of(view.loan, cost)
    return render_template(
        "finance/loans/show.html",
        lenders=funding.parts_of(number),
        price=funding.price_today(number, view.loan.apr_ppm),
        view=view,
        **forms,
        autopay_form=AutopayForm().with_cards(view.cards, view.loan.autopay_card_id),
        today=clock.today(),
    )


def _ways(form: PayForm, view: pages.PlanView, amount: Money) -> PayForm:
    return form.with_ways(view.cards, view.wallet, amount, view.typed_here)


def _pay(number: str, *, settle: bool) -> Any:
    view = pages.plan(number, current_user.id)
    amount = view.payoff.amount if settle else view.due
    form = _ways(PayForm(), view, amount)
    name = "settle_form" if settle else "pay_form"
    if not form.validate() or not form.is_whole():
        return _page(number, **{name: form}), 422
    return _carry_out(number, form, name, settle=settle)


def _carry_out(
    number: str, form: PayForm, name: str, *, settle: bool = False, more: More | None = None
) -> Any:
    """Pay as the form says; `name` is its place in the template, should it be refused."""
    try:
        answer = asking.pay(
            number,
            current_user.id,
            form.way.data,
            key=form.key.data or "",
            settle=settle,
            more=more,
            typed=form.typed(),
            seen=form.seen.data or "",
        )
    except DomainError as refusal:
        flash(str(refusal), "bad")
        return _page(number, **{name: form}), refusal.status
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
    return redirect(url_for("credit.show", number=number), 303)
