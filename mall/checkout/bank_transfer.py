"""Paying a checkout by bank transfer: the shopper sends the money, a statement says that it came."""

from datetime import timedelta
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup
from sqlalchemy import func, select

from core.db import db
from mall.checkout.cards import CardPayment
from mall.checkout.models import Checkout, CheckoutState
from mall.ports import panels, payment_methods
from mall.ports.payment_methods import (
    Awaiting,
    CheckoutToPay,
    Declined,
    GiveBack,
    GivenBack,
    Offer,
    Outcome,
    Reason,
    ToCard,
)
from payments import bank_account, bank_gateway, bank_incoming
from payments import services as payments
from payments.bank_incoming import Awaited
from payments.values import PaymentView

KEY = "bank_transfer"
OPEN_MAX = 3  # goods are held for days without a payment: not for everything at once
_TOO_MANY = Reason(
    "transfers_open",
    f"{OPEN_MAX} of your orders wait for a bank transfer.",
    "Pay one of them, or cancel it, to order another this way.",
)


class BankTransfer(CardPayment):
    """Order now, transfer within days; like a card once the money is here."""

    key = KEY

    def patience(self) -> timedelta:
        return timedelta(current_app.config["BANK_TRANSFER_DAYS"])

    def offers(self, checkout: CheckoutToPay) -> list[Offer]:
        if bank_account.ours() is None:
            return []
        days = current_app.config["BANK_TRANSFER_DAYS"]
        offer = Offer(
            key=self.key,
            label="Bank transfer",
            summary=f"You transfer the money yourself; we hold the goods for {days} days",
            total=checkout.total,
            method=self.key,
            reasons=(_TOO_MANY,) if _open(checkout.buyer_id) >= OPEN_MAX else (),
        )
        return [offer]

    def pay(self, checkout: CheckoutToPay, offer_key: str, details: dict[str, Any]) -> Outcome:
        """Write down that a transfer is awaited; its reference is known once it is driven."""
        if _open(checkout.buyer_id) > OPEN_MAX:  # this one is among them
            return Declined((_TOO_MANY,))
        payment = payments.intend_charge(
            purpose=f"checkout:{checkout.number}",
            payer_id=checkout.buyer_id,
            amount=checkout.total,
            source="",
            description=f"Checkout {checkout.number}",
            return_path=f"/checkout/{checkout.number}",
            gateway=bank_gateway.NAME,
            open_for=self.patience(),
        )
        return Awaiting(f"payment:{payment.id}")

    def give_back(self, wanted: GiveBack) -> GivenBack:
        """Back to the account it came from, when a statement told it; else into the balance."""
        payment_id = int(wanted.payment_ref.partition(":")[2])
        if bank_incoming.payer_known(payment_id):
            return GivenBack(to_cards=(ToCard(payment_id, wanted.amount),))
        return GivenBack(to_wallet=wanted.amount)


def join() -> None:
    """Offer it at checkout, and say on an order's page what is awaited; called once by wsgi.py."""
    payment_methods.plug(BankTransfer())
    panels.plug("shopper_order", order_box)


def _open(buyer_id: int) -> int:
    query = select(func.count()).where(
        Checkout.buyer_id == buyer_id,
        Checkout.state == CheckoutState.AWAITING,
        Checkout.offer_key == KEY,
    )
    return db.session.scalar(query) or 0


def awaited(payment: PaymentView | None) -> Awaited | None:
    """What the page of an unpaid checkout says to transfer."""
    return bank_incoming.awaited(payment) if payment is not None else None


def order_box(buyer_id: int, order_number: str, payment_ref: str) -> str | Markup:
    """On the page of an order that waits for its transfer: what to transfer."""
    kind, _, payment_id = payment_ref.partition(":")
    if kind != "payment" or not payment_id.isdigit():
        return ""
    wanted = awaited(payments.view(int(payment_id)))
    if wanted is None:
        return ""
    page = render_template("mall/checkout/_transfer.html", wanted=wanted)
    return Markup(page)  # noqa: S704 - our own template
