"""Loans and the people who owe them, without the mall's orders."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from core import clock
from core.money import Money
from core.use_case import use_case
from finance.lending.life.events import NEXT
from finance.loans import services as loans
from finance.loans.models import Loan
from finance.pay_later import offers
from finance.products import CN
from finance.risk import policy, services
from finance.risk.models import Decision
from finance.risk.services import Question
from ledger import book
from ledger.accounts import account
from ledger.entries import Journal, Transfer
from tests.factories.ledger import declare

REGULAR = {
    "confirmed_orders_365": 3,
    "account_age_days": 60,
    "active_months_12": 2,
    "verified_level": 0,
    "refund_rate_ppm": 0,
    "no_receipt_claims_365": 0,
    "shared_address_people": 0,
    "addresses_365": 1,
    "reviews_365": 0,
    "favorites_365": 0,
}
_number = count(1)
PAID = "test.loan_paid"  # no payment of this world stands behind it
declare(PAID, "clearing > loan_fee, loan_interest, loan_principal, recovery, wallet")


@use_case
def make_decision(buyer_id: int, asked: Money, months: int = 12, **features: Any) -> Decision:
    """A kept decision on a regular shopper (grade B, limit 10,000.00)."""
    inputs = {
        "asked": {"amount": asked.minor, "months": months},
        "book": {},
        "currency": asked.currency,
        "features": {**REGULAR, **features},
        "terms": CN.as_data() | {"terms": list(CN.terms)},
        "usual_month": 60_000,
        "person": {"of_age": True},
    }
    question = Question(
        "buyer", buyer_id, "installments", asked, inputs, clock.now(), "buyer_expert_1",
        policy.POLICY,
    )  # fmt: skip
    return services.decide(question)[1]


@use_case
def make_loan(
    buyer_id: int,
    *orders: Money,
    months: int = 12,
    on: date | None = None,
    received_on: date | None = None,
) -> Loan:
    """A loan over one order per amount, bought on `on`; its clock runs if `received_on` is given."""
    day, serial = on or clock.today(), next(_number)
    principal = sum(orders[1:], orders[0])
    plan = offers.plan(principal, months, CN, day)
    loan = loans.open_loan(
        borrower_id=buyer_id,
        checkout_number=f"C-TEST{serial}",
        decision_id=make_decision(buyer_id, principal, months).id,
        limit=Money(2_000_000, principal.currency),
        terms=loans.Terms(
            "installments", months, plan.apr_ppm, rate_ppm=CN.monthly_fee_ppm,
        ),
        orders=[
            loans.FinancedOrder(f"O-TEST{serial}-{place}", 1, amount)
            for place, amount in enumerate(orders, 1)
        ],
        on=day,
    )  # fmt: skip
    if received_on:
        for order in loan.orders:
            loans.received(loan.number, order.order_number, received_on)
    return loan


@use_case
def pay_loan(
    loan: Loan, amount: Money, on: date, *, settle: bool = False, extra: str = NEXT
) -> None:
    """The shopper's bank sends `amount` (posted as a card payment would be)."""
    serial = next(_number)
    clearing = account("clearing", "test")
    transfers = loans.take(
        loan.number, amount, clearing, on, settle=settle, extra=extra, ref=f"test:{serial}"
    )
    paid = sum(t.amount.minor for t in transfers)
    if rest := Money(amount.minor - paid, amount.currency):
        wallet = account("wallet", loan.borrower_id)
        transfers += (Transfer(clearing, wallet, rest, "not_wanted"),)
    book.post(Journal(f"test:{serial}:paid", PAID, loan.number, on, transfers))


def pay_in_time(buyer_id: int, amount: str = "600.00", late_by: int = 0) -> Loan:
    """A plan of three, bought 120 days ago and paid row by row; `late_by` days too late."""
    began = clock.today() - timedelta(120)
    loan = make_loan(buyer_id, Money.parse(amount, "CNY"), months=3, on=began, received_on=began)
    for row in list(loan.rows):
        pay_loan(loan, loan.money(row.payment), row.due_on + timedelta(late_by))
    return loan


def owed(loan: Loan) -> dict[str, Money]:
    """What the book says is owed: principal, interest, late fees."""
    return {
        name: book.balance(account(name, loan.number), loan.currency)
        for name in ("loan_principal", "loan_interest", "loan_fee")
    }
