"""Paying with the phone: a code on the big screen opens the gateway's page on the small one."""

from datetime import datetime, timedelta
from typing import Any

import segno
from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup

from core import clock
from core.errors import NotFound
from mall.checkout.cards import PaidInFull
from mall.checkout.models import Checkout, CheckoutState
from mall.ports.payment_methods import Awaiting, CheckoutToPay, Offer, Outcome
from payments import services as payments

KEY = "qr"


class QrPayment(PaidInFull):
    """The payment method `qr`: the gateway's own page, opened by a phone that reads our code."""

    key = KEY

    def offers(self, checkout: CheckoutToPay) -> list[Offer]:
        return [
            Offer(
                key=KEY,
                label="Phone (QR code)",
                summary="Scan a code with your phone and pay there",
                total=checkout.total,
                method=KEY,
            )
        ]

    def pay(self, checkout: CheckoutToPay, offer_key: str, details: dict[str, Any]) -> Outcome:
        """Write the charge down, without a card: the gateway's page asks for the payment."""
        payment = payments.intend_charge(
            purpose=f"checkout:{checkout.number}",
            payer_id=checkout.buyer_id,
            amount=checkout.total,
            source="",
            description=f"Checkout {checkout.number}",
            return_path=f"/pay/{token_of(checkout.number)}",
        )
        return Awaiting(f"payment:{payment.id}")


def token_of(number: str) -> str:
    """What the code carries instead of a sign-in: the checkout's number, signed by us."""
    return str(_serializer().dumps(number))


def number_of(token: str) -> str:
    """The checkout's number of a token; raises NotFound for one that we did not sign."""
    try:
        return str(_serializer().loads(token))
    except BadSignature:
        raise NotFound() from None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="pay by phone")


def address_of(number: str) -> str:
    """What the phone opens."""
    return f"{current_app.config['PUBLIC_URL']}/pay/{token_of(number)}"


def drawing_of(number: str) -> Markup:
    """The code as inline SVG, black on white in every theme."""
    code = segno.make(address_of(number), error="m", micro=False)
    return Markup(  # noqa: S704 - drawn by us, of our own address
        code.svg_inline(
            scale=6, border=4, light="#fff", svgclass="qr", lineclass=None, title="Payment code"
        )
    )


def is_over(checkout: Checkout) -> bool:
    """Whether the code can no longer be paid."""
    return checkout.state != CheckoutState.AWAITING or valid_until(checkout) <= clock.now()


def valid_until(checkout: Checkout) -> datetime:
    """When the goods, and with them the code, are given up."""
    return checkout.created_at + timedelta(minutes=current_app.config["RESERVATION_MINUTES"])
