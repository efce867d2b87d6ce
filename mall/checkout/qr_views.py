"""The page with the code, what it asks for while it waits, and the page the phone opens."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from core import guards
from mall.checkout import expiry, qr, queries
from mall.checkout.models import Checkout, CheckoutState
from payments import services as payments
from payments.values import PaymentView

bp = Blueprint("qr", __name__, url_prefix="/checkout")
phone = Blueprint("phone", __name__, url_prefix="/pay")  # signed instead of signed in
guards.require(bp, "person")


@bp.get("/<number>/qr")
def code(number: str) -> Any:
    """The code while it can be paid; afterwards the checkout's own page."""
    checkout, payment = _looked(queries.of_buyer(number, current_user.id))
    if payment is None or checkout.offer_key != qr.KEY or qr.is_over(checkout):
        return redirect(url_for("checkout.show", number=number), 303)
    return render_template(
        "mall/checkout/qr.html",
        checkout=checkout,
        payment=payment,
        drawing=qr.drawing_of(number),
        address=qr.address_of(number),
        until=qr.valid_until(checkout),
    )


@bp.get("/<number>/qr/state")
def state(number: str) -> dict[str, str]:
    """What the page's script asks: `next` is where to go once there is an answer, else ""."""
    checkout = queries.of_buyer(number, current_user.id)
    if request.args.get("look"):  # now and then also at the gateway, whose notice may be lost
        checkout, _ = _looked(checkout)
    return {"next": url_for("checkout.show", number=number) if qr.is_over(checkout) else ""}


@phone.get("/<token>")
def page(token: str) -> str:
    """What the phone shows: how much, to whom, on to the gateway; and what became of it."""
    checkout, payment = _looked(queries.numbered(qr.number_of(token)))
    return render_template(
        "mall/checkout/phone.html",
        checkout=checkout,
        payment=payment,
        over=qr.is_over(checkout),
        until=qr.valid_until(checkout),
    )


def _looked(checkout: Checkout) -> tuple[Checkout, PaymentView | None]:
    """The checkout after its payment has been asked about again; given up when it is overdue."""
    number = checkout.number
    payment = payments.payment_for(f"checkout:{number}")
    if payment is None or checkout.state != CheckoutState.AWAITING:
        return checkout, payment
    payment = payments.refresh(payment.id)
    expiry.give_up_if_overdue(number)
    return queries.numbered(number), payment
