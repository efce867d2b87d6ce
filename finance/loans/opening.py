"""A loan begins: the limit is drawn, the rows are written, each order is paid into escrow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core import ids
from core.db import db
from core.money import Money, total
from core.use_case import use_case
from finance.lending.schedules import Row
from finance.loans import bookkeeping, exposure
from finance.loans.models import Installment, Loan, LoanEvent, LoanOrder
from ledger import book


@dataclass(frozen=True, slots=True)
class FinancedOrder:
    """One order that the loan pays for."""

    number: str
    seller_id: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Terms:
    """What the shopper agreed to: the rows she was shown, and their yearly cost."""

    product: str
    months: int
    monthly_fee_ppm: int
    apr_ppm: int
    rows: tuple[Row, ...]


@use_case
def open_loan(
    *,
    borrower_id: int,
    checkout_number: str,
    decision_id: int,
    limit: Money,
    terms: Terms,
    orders: Sequence[FinancedOrder],
    on: date,
) -> Loan:
    """Lend the sum of `orders`; raises OverLimit when another checkout used the limit meanwhile.

    limit   the most this person may owe in all, by the decision
    """
    currency = limit.currency
    principal = total((order.amount for order in orders), currency)
    exposure.hold(borrower_id, checkout_number, principal, limit)
    exposure.draw(checkout_number)
    loan = Loan(
        number=ids.code("L"),
        borrower_id=borrower_id,
        product=terms.product,
        checkout_number=checkout_number,
        decision_id=decision_id,
        principal=principal.minor,
        currency=currency,
        months=terms.months,
        monthly_fee_ppm=terms.monthly_fee_ppm,
        apr_ppm=terms.apr_ppm,
        began_on=on,
    )
    loan.rows = [_row(row) for row in terms.rows]
    loan.orders = [_order(order) for order in orders]
    loan.events = [LoanEvent(key="lent", kind="lent", on=on, amount=principal.minor)]
    db.session.add(loan)
    db.session.flush()
    book.post(bookkeeping.lent(loan.number, [(o.number, o.amount) for o in orders], on))
    return loan


def _row(row: Row) -> Installment:
    return Installment(
        number=row.number, due_on=row.due_on, principal=row.principal.minor, fee=row.fee.minor
    )


def _order(order: FinancedOrder) -> LoanOrder:
    return LoanOrder(
        order_number=order.number, seller_id=order.seller_id, amount=order.amount.minor
    )
