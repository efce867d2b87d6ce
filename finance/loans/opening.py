"""A loan begins: the limit is drawn, the rows are written, each order is paid into escrow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core import ids
from core.db import db, get
from core.money import Money, total
from core.use_case import use_case
from finance.funding import services as funding
from finance.lending.life import plan
from finance.lending.life import terms as life_terms
from finance.lending.life.state import Row
from finance.loans import bookkeeping, exposure, funded
from finance.loans.models import Installment, Loan, LoanEvent, LoanOrder
from finance.risk.models import Decision
from ledger import book


@dataclass(frozen=True, slots=True)
class FinancedOrder:
    """One order that the loan pays for."""

    number: str
    seller_id: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Terms:
    """What the shopper agreed to.

    months     the number of payments
    apr_ppm    what the rows cost a year
    pricing …  as in `finance.lending.life.terms.Terms`
    kept       more of the product's terms, kept with the loan as they were
    """

    product: str
    months: int
    apr_ppm: int
    pricing: str = life_terms.FLAT
    rate_ppm: int = 0
    every: str = life_terms.MONTH
    step: int = 1
    first: int = 1
    starts_at: str = life_terms.RECEIPT
    latest: int = 0
    closes: int = 0
    pay_days: int = 0
    least_ppm: int = 0
    least: int = 0
    kept: Mapping[str, Any] = field(default_factory=dict)

    def of(self, orders: Sequence[FinancedOrder], on: date) -> life_terms.Terms:
        """The terms of a loan over these orders that begins on a day."""
        return life_terms.Terms(
            principal=sum(order.amount.minor for order in orders),
            began_on=on,
            count=self.months,
            pricing=self.pricing,
            rate_ppm=self.rate_ppm,
            orders=tuple((order.number, order.amount.minor) for order in orders),
            every=self.every,
            step=self.step,
            first=self.first,
            starts_at=self.starts_at,
            latest=self.latest,
            closes=self.closes,
            pay_days=self.pay_days,
            least_ppm=self.least_ppm,
            least=self.least,
        )


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
    number: str = "",
) -> Loan:
    """Lend the sum of `orders`; raises OverLimit when another checkout used the limit meanwhile.

    limit    the most this person may owe in all, by the decision
    number   the loan's, where it was given out before
    """
    currency, agreed = limit.currency, terms.of(orders, on)
    principal = total((order.amount for order in orders), currency)
    exposure.hold(borrower_id, checkout_number, principal, limit)
    exposure.draw(checkout_number)
    loan = Loan(
        number=number or ids.code("L"),
        borrower_id=borrower_id,
        product=terms.product,
        checkout_number=checkout_number,
        decision_id=decision_id,
        principal=principal.minor,
        currency=currency,
        months=terms.months,
        monthly_fee_ppm=terms.rate_ppm if terms.pricing == life_terms.FLAT else 0,
        terms=life_terms.as_data(agreed) | dict(terms.kept),
        apr_ppm=terms.apr_ppm,
        began_on=on,
        starts_on=agreed.starts_by,
    )
    loan.rows = [_row(row) for row in plan.new_rows(agreed)]
    loan.orders = [_order(order) for order in orders]
    loan.events = [LoanEvent(entry=1, key="lent", kind="lent", on=on, amount=principal.minor)]
    db.session.add(loan)
    db.session.flush()
    book.post(bookkeeping.lent(loan.number, [(o.number, o.amount) for o in orders], on))
    funding.fund(funded.new_loan(loan, get(Decision, decision_id)))
    return loan


def _row(row: Row) -> Installment:
    return Installment(number=row.number, due_on=row.due_on, principal=row.principal, fee=row.fee)


def _order(order: FinancedOrder) -> LoanOrder:
    return LoanOrder(
        order_number=order.number, seller_id=order.seller_id, amount=order.amount.minor
    )
