"""The goods' side of a loan: shipping and receipt start its clock, a return pauses, a refund undoes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from core import ids
from core.db import one
from core.errors import Conflict
from core.money import Money
from core.use_case import use_case
from finance.lending.life import events as kinds
from finance.lending.life.events import Event
from finance.lending.life.paying import give_from, newest
from finance.lending.life.state import State
from finance.lending.life.undo import Said
from finance.loans import autopay, bookkeeping
from finance.loans.applying import Applied, New, apply
from finance.loans.folding import payments_of
from finance.loans.life import locked
from finance.loans.models import Loan, LoanOrder
from ledger.entries import Transfer


class MoreThanLent(Conflict):
    message = "More would be given back than this plan paid for the order."


@use_case
def received(number: str, order_number: str, on: date) -> None:
    """The shopper has this order; when it was the last one, the clock starts."""
    loan = locked(number)
    _order(loan, order_number)
    apply(loan, New(kinds.RECEIVED, on, f"received:{order_number}", ref=order_number))


@use_case
def shipped(number: str, order_number: str, on: date) -> None:
    """This order is on its way; plans whose first part is due then are asked for it."""
    loan = locked(number)
    _order(loan, order_number)
    applied = apply(loan, New(kinds.SHIPPED, on, f"shipped:{order_number}", ref=order_number))
    if applied and applied.after.starts_on and not applied.before.starts_on:
        _ask_for_the_first(loan, on)


def _ask_for_the_first(loan: Loan, on: date) -> None:
    """The part that is due at shipping: from the balance, the rest of the saved card, which a job asks."""
    row, card = loan.rows[0], autopay.card_of(loan)
    if card is None or row.due_on > on or row.payable <= 0:
        return
    autopay.from_balance(loan, on)
    if row.payable > 0:
        autopay.ask_card(loan, card, row)


@use_case
def pause(number: str, order_number: str, amount: Money, on: date, *, begin: bool) -> None:
    """A return or dispute over `amount` was opened (`begin`) or closed: that part is not due."""
    loan = locked(number)
    _order(loan, order_number)
    kind = kinds.PAUSED if begin else kinds.RESUMED
    key = f"{kind}:{order_number}:{ids.new_id()}"
    apply(loan, New(kind, on, key, amount=amount.minor, ref=order_number))


@dataclass(frozen=True, slots=True)
class Returned:
    """What a refund does to a loan.

    transfers   the lender's part of the refund's journal, out of `refund_payable`
    to_cards    (payment id, amount), newest payment first
    to_wallet   what had been paid from the wallet
    borne       fees already earned on what was returned: the seller bears them, or the mall
    payment     the largest payment of the plan from now on; zero when it is void
    """

    transfers: tuple[Transfer, ...]
    to_cards: tuple[tuple[int, Money], ...]
    to_wallet: Money
    borne: Money
    payment: Money


@use_case
def give_back(
    number: str, order_number: str, refund_number: str, amount: Money, on: date
) -> Returned:
    """Undo `amount` of the purchase as if it had never been bought; raises MoreThanLent.

    Rows, limit and events change here; the orders room posts the transfers in its one journal
    `refund:{number}` of the same transaction.
    """
    loan = locked(number)
    order = _order(loan, order_number)
    if order.refunded + amount.minor > order.amount:
        raise MoreThanLent()
    new = New(
        kinds.REFUNDED,
        on,
        f"refunded:{refund_number}",
        amount=amount.minor,
        ref=refund_number,
        details={"order": order_number},
        complete=_facts,
    )
    applied = apply(loan, new)
    if applied is None:
        raise MoreThanLent("This refund was counted before.")
    return _returned(loan, applied)


def _facts(after: State, event: Event) -> dict[str, Any]:
    """The money that moves outside the loan, and what the statement says."""
    said = after.said[event.entry]
    if not isinstance(said, Said):
        return {}
    give_from(after, [(entry, -part) for entry, part in said.payers])
    payers = newest(after, said.back)  # of what no later event has given back
    return {
        "back": said.back,
        "payers": [list(payer) for payer in payers],
        "borne": said.borne,
        "cash_back": said.back,
        "relief": said.relief,
        "payment": max((row.payment for row in after.rows), default=0),
    }


def _returned(loan: Loan, applied: Applied) -> Returned:
    said = applied.said
    entries = sorted(payment.entry for payment in applied.after.payments)
    cards, wallet = [], said.rest
    by_entry = dict(zip(entries, payments_of(loan), strict=True))
    for entry, part in said.payers:
        payment_id = by_entry[entry].payment_id
        if payment_id is None:
            wallet += part
        else:
            cards.append((payment_id, loan.money(part)))
    return Returned(
        bookkeeping.refunded(applied.whose, applied.outside),
        tuple(cards),
        loan.money(wallet),
        loan.money(said.borne),
        loan.money(max((row.payment for row in applied.after.rows), default=0)),
    )


def _order(loan: Loan, order_number: str) -> LoanOrder:
    found: LoanOrder = one(
        select(LoanOrder).where(
            LoanOrder.loan_id == loan.id, LoanOrder.order_number == order_number
        )
    )
    return found
