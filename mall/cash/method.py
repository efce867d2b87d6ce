"""The way to pay `cash_on_delivery`: nothing now, cash or card to the courier at the door."""

from datetime import date, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from core import clock
from core.db import db
from core.money import Money
from core.web import money
from ledger import book
from mall.cash import bookkeeping, queries
from mall.cash.models import COURIER, CashDue, CashState
from mall.orders.models import Order
from mall.ports.payment_methods import (
    CheckoutToPay,
    Declined,
    GiveBack,
    GivenBack,
    Offer,
    Outcome,
    Paid,
    Reason,
)

KEY = "cash_on_delivery"
REFUSALS = 2  # parcels refused at the door within half a year: no third one
_REFUSED = Reason(
    "refused_at_door",
    f"You sent {REFUSALS} parcels away at the door lately.",
    "Pay now; half a year after the first of them this way is open again.",
)


class CashOnDelivery:
    """Order now, pay the courier; the mall answers for it until then, so there is a ceiling."""

    key = KEY

    def offers(self, checkout: CheckoutToPay) -> list[Offer]:
        reason = _why_not(checkout)
        return [
            Offer(
                key=KEY,
                label="Cash on delivery",
                summary="Pay the courier at the door",
                total=checkout.total,
                method=KEY,
                reasons=(reason,) if reason else (),
            )
        ]

    def hint(self, buyer_id: int | None, price: Money) -> str:
        return ""

    def pay(self, checkout: CheckoutToPay, offer_key: str, details: dict[str, Any]) -> Outcome:
        """Write down what the courier collects; the promise stands in the book beside the escrow."""
        if reason := _why_not(checkout):
            return Declined((reason,))
        shares = [(order.number, order.total) for order in checkout.orders]
        book.post(bookkeeping.promised(checkout.number, shares, checkout.on))
        ids = _ids_of([number for number, _ in shares])
        for number, amount in shares:
            db.session.add(
                CashDue(
                    order_id=ids[number],
                    order_number=number,
                    buyer_id=checkout.buyer_id,
                    amount=amount.minor,
                    currency=amount.currency,
                    courier=COURIER,
                )
            )
        return Paid(f"{KEY}:{checkout.number}")

    def give_back(self, wanted: GiveBack) -> GivenBack:
        """Before the door it is not asked for any more; after it, it goes into the balance."""
        open_part = min(queries.due(wanted.order_number, wanted.amount.currency), wanted.amount)
        return GivenBack(
            transfers=bookkeeping.not_due(wanted.refund_number, wanted.order_number, open_part),
            to_wallet=wanted.amount - open_part,
        )

    def fee_earned(self, payment_ref: str, amount: Money) -> Money:
        """No credit: nothing is earned."""
        return Money.zero(amount.currency)

    def paused(self, payment_ref: str, order_number: str, amount: Money, pause: bool) -> None:
        """Nothing falls due but at the door."""

    def received(self, payment_ref: str, order_number: str, on: date) -> None:
        """Paid at the door: no clock starts."""


def _why_not(checkout: CheckoutToPay) -> Reason | None:
    most = Money(current_app.config["CASH_MAX_MINOR"], checkout.total.currency)
    if checkout.total > most:
        text = f"Couriers collect up to {money(most)} for one checkout."
        return Reason("too_much_cash", text, "Pay part of it from your balance, or pay now.")
    return _REFUSED if _refusals(checkout.buyer_id) >= REFUSALS else None


def _refusals(buyer_id: int) -> int:
    query = select(func.count()).where(
        CashDue.buyer_id == buyer_id,
        CashDue.state == CashState.REFUSED,
        CashDue.created_at > clock.now() - timedelta(180),
    )
    return db.session.scalar(query) or 0


def _ids_of(numbers: list[str]) -> dict[str, int]:
    rows = db.session.execute(select(Order.number, Order.id).where(Order.number.in_(numbers)))
    return {number: id for number, id in rows}
