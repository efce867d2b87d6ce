"""A seller's choices about money: when it is paid out, paying in what is owed, a word on a reserve."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, url_for
from flask_login import current_user

from core.errors import DomainError, InvalidInput
from core.once import once
from mall.payouts import debts, reserves, schedules
from mall.payouts.terms import terms_of
from mall.sellers.console import for_open_shops, shop
from mall.sellers.money_forms import ExplainForm, PayInForm, ScheduleForm
from mall.sellers.money_views import money_page
from payments import cards
from payments import services as payments

bp = Blueprint("seller_choices", __name__, url_prefix="/seller/money")
for_open_shops(bp)


def _currency() -> str:
    return str(current_app.config["MALL_CURRENCY"])


@bp.post("/schedule")
def schedule() -> Any:
    form = ScheduleForm()
    if not form.submitted_and_valid:
        return money_page(schedule_form=form)
    every, day = form.schedule()
    least = form.minimum.money(_currency()) if form.minimum.data else None
    schedules.choose(shop().id, every, day=day, minimum=least)
    flash(f"Payouts from now on: {schedules.in_words(terms_of(shop().id))}.", "good")
    return redirect(url_for("seller_money.index", _anchor="payout"), 303)


@bp.post("/pay-in")
@once
def pay_in() -> Any:
    saved = cards.of(current_user.id)
    form = PayInForm().with_cards(saved)
    if not form.submitted_and_valid:
        return money_page(pay_in_form=form)
    card = next(card for card in saved if str(card.id) == form.card.data)
    try:
        payment = debts.pay_in(
            shop().id,
            current_user.id,
            form.amount.money(_currency()),
            source=card.token,
            key=form.key.data or "",
        )
    except DomainError as refusal:
        form.amount.errors = [str(refusal)]
        return money_page(pay_in_form=form)
    answer = payments.refresh(payment.id)
    if answer.action_url:
        return redirect(answer.action_url, 303)
    if answer.state == "refused":
        flash(answer.message, "bad")
    elif answer.state == "succeeded":
        flash("Thank you, it is paid.", "good")
    else:
        flash("Your payment is being confirmed. This page shows it as soon as it is.", "info")
    return redirect(url_for("seller_money.index"), 303)


@bp.post("/reserve/explain")
def explain() -> Any:
    form = ExplainForm()
    if not form.submitted_and_valid:
        raise InvalidInput("Write 3 to 400 letters.")
    reserves.explain(shop().id, form.text.data or "")
    flash("Thank you. The mall reads it and answers by releasing the reserve, or here.", "good")
    return redirect(url_for("seller_money.index", _anchor="reserve"), 303)
