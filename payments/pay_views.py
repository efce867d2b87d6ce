"""The page a payer is sent to when only she can answer her bank."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user

from core.forms import BaseForm
from core.guards import require
from core.once import once
from payments import cards, retries, services

bp = Blueprint("pay", __name__, url_prefix="/account/pay")
require(bp, "person")


class ConfirmForm(BaseForm):
    """Two buttons; which one was pressed is in the address."""


@bp.get("/<int:payment_id>")
def show(payment_id: int) -> str:
    retries.of(payment_id, current_user.id)
    services.refresh(payment_id)
    payment, said, may_confirm = retries.of(payment_id, current_user.id)
    return render_template(
        "payments/pay.html",
        payment=payment,
        said=said,
        may_confirm=may_confirm,
        hosted=not cards.entered_here(),
    )


@bp.post("/<int:payment_id>/<any(confirm, other):way>")
@once
def confirm(payment_id: int, way: str) -> Any:
    """Ask the bank again, now that she is there; she goes on to its page when it has one."""
    here = url_for(".show", payment_id=payment_id)
    retries.of(payment_id, current_user.id)
    if not ConfirmForm().submitted_and_valid:
        return redirect(here, 303)
    other_card = way == "other" and not cards.entered_here()
    op_id = retries.confirm(payment_id, current_user.id, here, other_card=other_card)
    services.drive(op_id)
    return redirect(services.view(payment_id).action_url or here, 303)
