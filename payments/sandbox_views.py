"""The sandbox bank's own pages: confirm a payment, and the list of test cards."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template
from werkzeug.wrappers import Response

from core.forms import BaseForm
from core.money import Money
from payments import gateways, sandbox_bank
from payments.sandbox_cards import SANDBOX_CARDS
from payments.sandbox_gateway import NAME, schedule_delivery

bp = Blueprint("sandbox", __name__, url_prefix="/sandbox")


@bp.before_request
def _only_in_the_sandbox() -> None:
    if gateways.current().name != NAME:
        abort(404)


class AnswerForm(BaseForm):
    """Two buttons; which one was pressed is in the address."""


@bp.get("/cards")
def test_cards() -> str:
    return render_template("payments/test_cards.html", cards=SANDBOX_CARDS)


@bp.get("/authenticate/<object_id>")
def authenticate(object_id: str) -> str | Response:
    charge = sandbox_bank.find(object_id)
    if charge is None or charge.kind != "charge":
        abort(404)
    if charge.status != "requires_action":
        return _back(charge)
    amount = Money(charge.amount, charge.currency)
    return render_template("payments/authenticate.html", charge=charge, amount=amount)


@bp.post("/authenticate/<object_id>/<any(approve, refuse):answer>")
def answer(object_id: str, answer: str) -> Response:
    """Settle it at the bank, let the notice go out, and send the shopper back to the mall."""
    charge = sandbox_bank.find(object_id)
    if charge is None or charge.kind != "charge" or not AnswerForm().submitted_and_valid:
        abort(404)
    if sandbox_bank.answer_authentication(object_id, approved=answer == "approve"):
        schedule_delivery(charge.op_id)
    return _back(charge)


def _back(charge: sandbox_bank.Object) -> Response:
    """To the page of ours that the charge named, never to another site."""
    url = urlsplit(charge.return_url)
    return redirect(url._replace(scheme="", netloc="").geturl() or "/")
