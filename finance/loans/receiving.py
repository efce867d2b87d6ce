"""The goods' side of a loan: receipt starts its clock, a return pauses, a refund undoes."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core import ids
from core.db import db, one
from core.errors import Conflict
from core.money import Money
from core.use_case import use_case
from finance.lending.as_if import Undone, undo
from finance.lending.calendar import monthly_dates
from finance.loans import bookkeeping, exposure
from finance.loans.bookkeeping import GivenUp
from finance.loans.life import locked, pause_disputed, remember, settle_states
from finance.loans.models import Loan, LoanOrder, LoanPayment
from ledger.entries import Transfer


class MoreThanLent(Conflict):
    message = "More would be given back than this plan paid for the order."


@use_case
def received(number: str, order_number: str, on: date) -> None:
    """The shopper has this order; when it was the last one, the clock starts."""
    loan = locked(number)
    order = _order(loan, order_number)
    if order.received_on is None:
        order.received_on = on
        remember(loan, f"received:{order_number}", "received", on, ref=order_number)
    _start_clock(loan)


def _start_clock(loan: Loan) -> None:
    """First payment one month after the last receipt; the dates move once, and only later."""
    received = [order.received_on for order in loan.orders if order.received_on]
    if loan.starts_on or not received or not all(order.has_arrived for order in loan.orders):
        return
    loan.starts_on = max([loan.began_on, *received])
    for row, due_on in zip(loan.rows, monthly_dates(loan.starts_on, len(loan.rows)), strict=True):
        row.due_on = max(row.due_on, due_on)
    note = f"First payment on {loan.rows[0].due_on.isoformat()}."
    remember(loan, "started", "started", loan.starts_on, note=note)


@use_case
def pause(number: str, order_number: str, amount: Money, on: date, *, begin: bool) -> None:
    """A return or dispute over `amount` was opened (`begin`) or closed: that part is not due."""
    loan = locked(number)
    order = _order(loan, order_number)
    change = amount.minor if begin else -amount.minor
    order.paused = max(0, min(order.amount - order.refunded, order.paused + change))
    pause_disputed(loan)
    db.session.flush()
    kind = "paused" if begin else "resumed"
    key = f"{kind}:{order_number}:{ids.new_id()}"
    remember(loan, key, kind, on, amount=amount.minor, ref=order_number)


@dataclass(frozen=True, slots=True)
class Returned:
    """What a refund does to a loan.

    transfers   the lender's part of the refund's journal, out of `refund_payable`
    to_cards    (payment id, amount), newest payment first
    to_wallet   what had been paid from the wallet
    borne       fees already earned on what was returned: the seller bears them, or the mall
    """

    transfers: tuple[Transfer, ...]
    to_cards: tuple[tuple[int, Money], ...]
    to_wallet: Money
    borne: Money
    undone: Undone


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
    order.refunded += amount.minor
    order.paused = min(order.paused, order.amount - order.refunded)
    loan.refunded += amount.minor
    undone = undo([row.standing(loan.currency) for row in loan.rows], amount, loan.monthly_fee_ppm)
    late = _late_fees_given_up(loan)
    _rewrite(loan, undone)
    to_cards, to_wallet = _payers(loan, undone.cash_back + late.paid)
    charged_off = loan.charged_off_on is not None
    if not charged_off:
        exposure.give(loan.checkout_number, undone.principal_less)
    transfers = bookkeeping.refunded(number, refund_number, undone, late, charged_off)
    _remember_refund(loan, refund_number, order_number, amount, undone, on)
    _start_clock(loan)
    settle_states(loan, on)
    borne = undone.fee_earned + late.paid + late.unpaid
    return Returned(transfers, to_cards, to_wallet, borne, undone)


def _late_fees_given_up(loan: Loan) -> GivenUp:
    """When everything has been returned, late fees are given back too."""
    paid = sum(row.late_fee_paid for row in loan.rows)
    unpaid = sum(row.late_fee for row in loan.rows) - paid
    if loan.refunded < loan.principal:
        paid = unpaid = 0
    else:
        for row in loan.rows:
            row.late_fee = row.late_fee_paid = 0
    return GivenUp(loan.money(paid), loan.money(unpaid))


def _rewrite(loan: Loan, undone: Undone) -> None:
    for row, new in zip(loan.rows, undone.rows, strict=True):
        row.principal, row.fee = new.principal.minor, new.fee.minor
        row.fee_paid, row.principal_paid = new.fee_paid.minor, new.principal_paid.minor
    pause_disputed(loan)
    db.session.flush()


def _payers(loan: Loan, back: Money) -> tuple[tuple[tuple[int, Money], ...], Money]:
    """Whose money goes back: the newest payment's first, card to card and wallet to wallet."""
    query = select(LoanPayment).where(LoanPayment.loan_id == loan.id)
    newest = db.session.scalars(query.order_by(LoanPayment.id.desc()).with_for_update()).all()
    cards: list[tuple[int, Money]] = []
    left, wallet = back.minor, 0
    for payment in newest:
        part = min(left, payment.amount - payment.returned)
        if part <= 0:
            continue
        payment.returned += part
        left -= part
        if payment.payment_id is None:
            wallet += part
        else:
            cards.append((payment.payment_id, loan.money(part)))
    return tuple(cards), loan.money(wallet + left)


def _remember_refund(
    loan: Loan, refund_number: str, order_number: str, amount: Money, undone: Undone, on: date
) -> None:
    details = {
        "order": order_number,
        "cash_back": undone.cash_back.minor,
        "relief": undone.relief.minor,
        "payment": max((row.payment.minor for row in undone.rows), default=0),
    }
    key = f"refunded:{refund_number}"
    remember(loan, key, "refunded", on, amount=amount.minor, ref=refund_number, details=details)


def _order(loan: Loan, order_number: str) -> LoanOrder:
    found: LoanOrder = one(
        select(LoanOrder).where(
            LoanOrder.loan_id == loan.id, LoanOrder.order_number == order_number
        )
    )
    return found
