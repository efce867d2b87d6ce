"""The way to pay `phone_card`: an operator enters the card, so nobody can confirm with a bank."""

from typing import Any

from core.db import db
from mall.checkout.cards import CardPayment, source_of
from mall.ports.payment_methods import Awaiting, CheckoutToPay, Offer, Outcome
from mall.telephone.models import PhoneOrder
from payments import services as payments

KEY = "phone_card"


class PhoneCard(CardPayment):
    """A card told by telephone; no shopper's page offers it."""

    key = KEY

    def offers(self, checkout: CheckoutToPay) -> list[Offer]:
        return []

    def pay(self, checkout: CheckoutToPay, offer_key: str, details: dict[str, Any]) -> Outcome:
        """Write down the charge, marked as told by telephone, and who asked for it."""
        db.session.add(
            PhoneOrder(
                checkout_number=checkout.number,
                operator_id=details["operator_id"],
                buyer_id=checkout.buyer_id,
            )
        )
        payment = payments.intend_charge(
            purpose=f"checkout:{checkout.number}",
            payer_id=checkout.buyer_id,
            amount=checkout.total,
            source=source_of(checkout.buyer_id, offer_key, details),
            description=f"Checkout {checkout.number} by telephone",
            return_path=f"/checkout/{checkout.number}",
            moto=True,
        )
        return Awaiting(f"payment:{payment.id}")
