"""The contracts of a line: of the line itself, of each purchase drawn on it, and of a purchase converted."""

from collections.abc import Sequence
from datetime import date

from flask import current_app

from finance.contracts import building, conditions, lenders
from finance.contracts.building import Deal
from finance.contracts.contract import Contract, Lender, Party, Purchase, Row
from finance.contracts.shopping import Names
from finance.credit_line.models import CreditLine
from finance.lending.life.state import Row as PlanRow
from finance.loans.models import Loan
from finance.products import Installments, Line
from finance.products.line import NAME
from mall import facts
from mall.ports.payment_methods import CheckoutToPay


def of_line(person_id: int, product: Line, limit: int, currency: str, on: date) -> Contract:
    """What is agreed to when the line is opened; the mall promises it, each purchase names who lends."""
    deal = _deal(person_id, facts.person_names([person_id]).get(person_id, ""), currency, on)
    return building.of_line(deal, limit, product.daily_ppm, _clauses(product, on))


def of_draw(checkout: CheckoutToPay, line: CreditLine, names: Names, grade: str) -> Contract:
    """What is agreed to with one purchase on the line."""
    product = Line.from_data(line.terms)
    total, on = checkout.total, checkout.on
    lending = lenders.of_record(
        NAME, total.minor, total.currency, apr_ppm=product.apr_ppm, grade=grade
    )
    deal = _deal(checkout.buyer_id, names.borrower, total.currency, on, lending)
    return building.of_line(
        deal,
        total.minor,
        product.daily_ppm,
        _clauses(product, on),
        [
            Purchase(one.seller_id, names.sellers.get(one.seller_id, ""), one.total.minor)
            for one in sorted(checkout.orders, key=lambda order: order.seller_id)
        ],
    )


def of_plan(loan: Loan, rows: Sequence[PlanRow], plan: Installments, on: date) -> Contract:
    """What is agreed to when a purchase is taken off the line's price by the day, into a plan."""
    name = facts.person_names([loan.borrower_id]).get(loan.borrower_id, "")
    lending = lenders.do_lend(loan.number)
    deal = _deal(loan.borrower_id, name, loan.currency, on, lending)
    late = Line().rules.late
    return building.of_plan(
        deal,
        [Row(number, row.due_on, row.principal, row.fee) for number, row in enumerate(rows, 1)],
        conditions.purchase(late, None),
        monthly_ppm=plan.monthly_fee_ppm,
    )


def _clauses(product: Line, on: date) -> tuple[conditions.Clause, ...]:
    rules = product.rules
    until = rules.withdraw_until(on)
    least = (product.least_ppm, product.least)
    return conditions.line(rules.late, until, product.daily_ppm, product.pay_days, least)


def _deal(
    person_id: int, name: str, currency: str, on: date, lending: tuple[Lender, ...] = ()
) -> Deal:
    return Deal(
        product=NAME,
        regime=current_app.config["MALL_REGIME"],
        currency=currency,
        on=on,
        borrower=Party(person_id, name),
        lenders=lending or lenders.alone(),
    )
