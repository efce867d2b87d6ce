"""A running contract of a seller: shown, paid, paid off, canceled, eased, linked to a card."""

from datetime import date
from typing import Any

from flask import (
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user

from core import clock
from core.once import once
from finance.capital import (
    caring,
    hardship,
    queries,
    repaying,
    showing,
)
from finance.capital.forms import (
    HardshipForm,
    LinkForm,
    PayForm,
)
from finance.capital.models import Advance
from finance.capital.term_loan import linked
from finance.capital.views import bp, own
from finance.funding import lenders
from payments import cards


@bp.get("/<number>")
def show(number: str) -> str:
    return _show(queries.advance_of(own(), number))


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
        lenders=lenders.parts_of(advance.number),
        price=lenders.price_today(advance.number, advance.apr_ppm),
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
    form, seller_id = PayForm(), own()
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
    paid = repaying.pay_off(own(), number)
    flash(f"Paid off with {paid.grouped()} from your balance.", "good")
    return redirect(url_for("capital.show", number=number), 303)


@bp.post("/<number>/cancel")
@once
def cancel(number: str) -> Any:
    paid = repaying.cancel(own(), number)
    flash(f"Canceled: {paid.grouped()} went back, it cost nothing.", "good")
    return redirect(url_for("capital.show", number=number), 303)


@bp.post("/<number>/hardship")
@once
def ask_for_air(number: str) -> Any:
    form, seller_id = HardshipForm(), own()
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
    form, seller_id = LinkForm(), own()
    card_id = form.card.data or None
    linked.link(seller_id, number, current_user.id, wallet=bool(form.wallet.data), card_id=card_id)
    flash("Noted: that is where a short part may be taken from.", "good")
    return redirect(url_for("capital.show", number=number), 303)
