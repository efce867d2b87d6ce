"""Paying from the balance: held at the click, moved when everything is paid, freed when not."""

from datetime import date
from typing import Any

from core import clock
from core.errors import Conflict
from core.money import Money
from ledger import book
from ledger.entries import Journal
from mall.ports.payment_methods import (
    CheckoutToPay,
    GiveBack,
    GivenBack,
    Held,
    Offer,
    Outcome,
)
from mall.wallet import bookkeeping, queries

KEY = "wallet"


class NotEnough(Conflict):
    message = "Your balance is now {available}. Look at the total again before you pay."


class WalletPayment:
    """The payment method `wallet`; the checkout page offers it above all others, so not here."""

    key = KEY

    def offers(self, checkout: CheckoutToPay) -> list[Offer]:
        return []

    def hint(self, buyer_id: int | None, price: Money) -> str:
        return ""

    def pay(self, checkout: CheckoutToPay, offer_key: str, details: dict[str, Any]) -> Outcome:
        """Set the amount aside, order by order; raises NotEnough."""
        held = bookkeeping.held(checkout.number, checkout.buyer_id, _shares(checkout), checkout.on)
        try:
            book.hold(held)
        except book.Overdrawn:
            available = queries.balance_of(checkout.buyer_id, checkout.total.currency)
            raise NotEnough(available=available) from None
        return Held(f"{KEY}:{checkout.number}")

    def collect(self, payment_ref: str, checkout: CheckoutToPay) -> None:
        """Move what was held; anew where it was freed in the meantime. Raises Overdrawn."""
        number = checkout.number
        try:
            book.settle_hold(
                bookkeeping.hold_key(number),
                key=bookkeeping.paid_key(number),
                kind="checkout.paid_from_balance",
                on=clock.today(),
            )
        except book.HoldResolved:
            book.post(_paid_after_all(checkout))

    def release(self, payment_ref: str) -> None:
        """Free what was held."""
        book.void_hold(bookkeeping.hold_key(payment_ref.partition(":")[2]), on=clock.today())

    def give_back(self, wanted: GiveBack) -> GivenBack:
        """What the balance paid goes back into it."""
        return GivenBack(to_wallet=wanted.amount)

    def fee_earned(self, payment_ref: str, amount: Money) -> Money:
        """Paid in full: nothing is earned."""
        return Money.zero(amount.currency)

    def paused(self, payment_ref: str, order_number: str, amount: Money, pause: bool) -> None:
        """Paid in full: there is nothing that would fall due."""

    def received(self, payment_ref: str, order_number: str, on: date) -> None:
        """Paid in full: no clock starts."""


def _shares(checkout: CheckoutToPay) -> list[tuple[str, Money]]:
    return [(order.number, order.total) for order in checkout.orders]


def _paid_after_all(checkout: CheckoutToPay) -> Journal:
    return bookkeeping.paid(checkout.number, checkout.buyer_id, _shares(checkout), checkout.on)
