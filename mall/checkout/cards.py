"""Paying a checkout by card: the plug, and what to do when the payment's answer comes."""

from datetime import date
from typing import Any

from sqlalchemy import select

from core import clock, jobs
from core.db import db
from core.errors import Conflict, NotFound
from core.money import Money
from core.use_case import use_case
from ledger import book
from ledger.accounts import Account
from ledger.entries import Transfer
from mall.checkout import bookkeeping, queries, services
from mall.checkout.models import Checkout, CheckoutState
from mall.checkout.rules import PAID_OTHERWISE
from mall.orders.models import Order
from mall.orders.refund_news import RefundNews
from mall.ports.gone import HoldGone
from mall.ports.payment_methods import (
    Awaiting,
    CheckoutToPay,
    GiveBack,
    GivenBack,
    Offer,
    Outcome,
    ToCard,
)
from payments import cards, gateways
from payments import services as payments
from payments.values import PaymentView


class PaidInFull:
    """What every way has in common that pays at once through the gateway."""

    def hint(self, buyer_id: int | None, price: Money) -> str:
        return ""

    def give_back(self, wanted: GiveBack) -> GivenBack:
        """What was paid through the gateway goes back the same way."""
        payment_id = int(wanted.payment_ref.partition(":")[2])
        return GivenBack(to_cards=(ToCard(payment_id, wanted.amount),))

    def fee_earned(self, payment_ref: str, amount: Money) -> Money:
        """Paid in full: nothing is earned."""
        return Money.zero(amount.currency)

    def paused(self, payment_ref: str, order_number: str, amount: Money, pause: bool) -> None:
        """Paid in full: there is nothing that would fall due."""

    def received(self, payment_ref: str, order_number: str, on: date) -> None:
        """Paid in full: no clock starts."""


class CardPayment(PaidInFull):
    """Pay now by card: a saved one (`card:ID`) or a new one (`card`)."""

    key = "card"

    def offers(self, checkout: CheckoutToPay) -> list[Offer]:
        saved = [
            Offer(
                key=f"card:{card.id}",
                label=card.label,
                summary="Pay now with your saved card",
                total=checkout.total,
                method=self.key,
            )
            for card in cards.of(checkout.buyer_id)
        ]
        here = gateways.current().takes_digits
        new = Offer(
            key=self.key,
            label="Another card" if saved else "Card",
            summary="Pay now" if here else "Pay now; the card page opens next",
            total=checkout.total,
            method=self.key,
            fields=("card",) if here else (),
        )
        return [*saved, new]

    def pay(self, checkout: CheckoutToPay, offer_key: str, details: dict[str, Any]) -> Outcome:
        """Write the charge down; the page (or a job) drives it when this is committed."""
        payment = payments.intend_charge(
            purpose=f"checkout:{checkout.number}",
            payer_id=checkout.buyer_id,
            amount=checkout.total,
            source=source_of(checkout.buyer_id, offer_key, details),
            description=f"Checkout {checkout.number}",
            return_path=f"/checkout/{checkout.number}",
        )
        return Awaiting(f"payment:{payment.id}")


def source_of(buyer_id: int, offer_key: str, details: dict[str, Any]) -> str:
    """The token of the chosen card; "" lets the gateway's own page ask for one."""
    wanted = offer_key.partition(":")[2] or details.get("card_id")
    if not wanted:
        return ""
    for card in cards.of(buyer_id):
        if str(card.id) == str(wanted):
            return card.token
    raise NotFound("This card is no longer saved. Choose another one.")


GONE = "The goods, or the balance or plan for them, were gone when the payment came."


class CheckoutPurpose:
    """What a checkout does when payments tells it the outcome; inside that transaction."""

    def paid(self, payment: PaymentView, clearing: Account) -> tuple[Transfer, ...]:
        """Into escrow, one share an order; what comes too late for its goods goes back."""
        checkout, placed = services.locked(payment.purpose.partition(":")[2])
        if checkout.state == CheckoutState.PAID:
            return bookkeeping.into_wallet(clearing, payment.payer_id, payment.amount)
        # who chose another way has bought there: a first page confirmed after all buys nothing
        otherwise = checkout.why == PAID_OTHERWISE
        if otherwise or not _taken(checkout, placed):
            jobs.defer("checkout.give_back_late", number=checkout.number)
            return bookkeeping.into_wallet(clearing, payment.payer_id, payment.amount)
        return bookkeeping.into_escrow(clearing, queries.covered_by(payment.id))

    def refused(self, payment: PaymentView) -> None:
        checkout, placed = services.locked(payment.purpose.partition(":")[2])
        if checkout.state == CheckoutState.AWAITING:
            services.give_up(checkout, placed, why=payment.message)


def _taken(checkout: Checkout, placed: list[Order]) -> bool:
    """Whether the goods are there for a payment that has arrived, however late."""
    try:
        with db.session.begin_nested():
            services.mark_paid(checkout, placed)
            db.session.flush()
    except Conflict as gone:  # others were faster, the balance is spent, a plan cannot begin
        db.session.refresh(checkout)
        for order in placed:
            db.session.refresh(order)
        held = gone if isinstance(gone, HoldGone) else None
        if held is not None:
            held.keep()
        if checkout.state == CheckoutState.AWAITING:
            services.give_up(checkout, placed, why=GONE, reasons=held.reasons if held else ())
        return False
    return True


@use_case
def give_back_late(number: str) -> int | None:
    """Send a payment that came too late back to its card, once; gives the payments op's id."""
    checkout, _ = services.locked(number)
    payment = payments.payment_for(f"checkout:{number}")
    if checkout.state != CheckoutState.GIVEN_UP or payment is None or not payment.captured:
        return None
    journal = bookkeeping.late_back(number, checkout.buyer_id, payment.captured, clock.today())
    if not book.post(journal).fresh:
        return None
    return payments.intend_refund(
        payment_id=payment.id,
        refund_number=bookkeeping.late_number(number),
        amount=payment.captured,
    )


class CardRefundNews(RefundNews):
    """What payments tells about card refunds: an order's, or money too late for its checkout."""

    def failed(self, refund_number: str, why: str) -> None:
        number = refund_number.removeprefix("R-")
        late = db.session.scalars(select(Checkout).where(Checkout.number == number)).one_or_none()
        if late is None:
            super().failed(refund_number, why)
            return
        amount = book.journal(f"refund:{refund_number}").lines[0].amount
        book.post(bookkeeping.late_failed(number, late.buyer_id, amount, clock.today()))
