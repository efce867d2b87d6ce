"""A purchase is taken off the price by the day, into equal payments at the installments' price."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from flask import current_app

from core import clock
from core.errors import Conflict, InvalidInput
from core.money import MILLION
from core.use_case import use_case
from finance import products
from finance.contracts import services as contracts
from finance.contracts.contract import Contract
from finance.contracts.services import Acceptance
from finance.credit_line import papers, queries
from finance.credit_line.method import terms_of
from finance.credit_line.models import CreditLine
from finance.credit_line.paying import check_nothing_moves
from finance.lending.calendar import add_months
from finance.lending.life import events as kinds
from finance.lending.life.state import Row
from finance.lending.life.statements import closing_after, due_of
from finance.lending.schedules import spread
from finance.loans.applying import New, apply
from finance.loans.folding import state_of
from finance.loans.life import locked
from finance.loans.models import Loan
from finance.loans.queries import days_past_due, loan_of
from finance.products import Installments, Line


class NotNow(Conflict):
    message = "This purchase cannot become a plan now: pay what is late, or wait for its return."


@dataclass(frozen=True, slots=True)
class Choice:
    """A purchase in `months` payments; `contract` is what is agreed to."""

    months: int
    rows: tuple[Row, ...]
    fee: int
    contract: Contract


def choices(line: CreditLine, loan: Loan, on: date) -> list[Choice]:
    """Every length that is open for what is left of a purchase; [] when it cannot be converted."""
    if not _can(line, loan, on):
        return []
    plan = _plan(line)
    open_for = [n for n in plan.terms_for(loan.principal_owed) if n > 1]
    found = [_choice(line, loan, plan, months, on) for months in open_for]
    return [each for each in found if each.contract.rates.monthly <= plan.apr_cap_ppm]


def _plan(line: CreditLine) -> Installments:
    """B3, whose price a converted purchase has."""
    regime = current_app.config["MALL_REGIME"]
    return products.product("installments", regime, line.currency)


def _can(line: CreditLine, loan: Loan, on: date) -> bool:
    state = state_of(loan)
    enough = loan.principal_owed.minor >= Line.from_data(line.terms).convert_min
    calm = not any(order.paused for order in loan.orders) and not days_past_due(loan, on)
    return loan.is_running and loan.is_by_day and not state.converted and enough and calm


def _choice(line: CreditLine, loan: Loan, plan: Installments, months: int, on: date) -> Choice:
    owed = loan.principal_owed.minor
    fee = Fraction(owed * plan.monthly_fee_ppm * months, MILLION)
    amounts = zip(spread(Fraction(owed), months), spread(fee, months), strict=True)
    rows = tuple(
        Row(number, day, principal, charged)
        for number, (day, (principal, charged)) in enumerate(
            zip(_dates(line, months, on), amounts, strict=True), 1
        )
    )
    contract = papers.of_plan(loan, rows, plan, on)
    return Choice(months, rows, sum(row.fee for row in rows), contract)


def _dates(line: CreditLine, months: int, on: date) -> list[date]:
    """The due days of the statements to come, the first of them one that closes after today."""
    first = closing_after(on, line.closes)
    return [due_of(add_months(first, month), terms_of(line)) for month in range(months)]


@use_case
def convert(
    number: str, person_id: int, loan_number: str, months: int, agreed: Acceptance
) -> Choice:
    """What is left of one purchase becomes a plan; raises NotNow, PayingAlready, TermsChanged.

    Principal stays where it is and is not charged twice: nights so far are charged with the next
    statement, and none after today. Said twice, the second time is told that it is one already.
    """
    line = queries.line_of(person_id, number)
    loan_of(person_id, loan_number)
    line = queries.locked(number)
    check_nothing_moves(line)
    loan, on = locked(loan_number), clock.today()
    on_line = queries.line_of_loan(loan)
    if on_line is None or on_line.id != line.id:
        raise InvalidInput("This purchase is not on this line.")
    chosen = next((each for each in choices(line, loan, on) if each.months == months), None)
    if chosen is None:
        raise NotNow()
    agreed.check(chosen.contract)
    details = {
        "dates": [row.due_on.isoformat() for row in chosen.rows],
        "fee_ppm": _plan(line).monthly_fee_ppm,
    }
    note = f"Now in {months} payments."
    owed = loan.principal_owed.minor
    new = New(kinds.CONVERTED, on, "converted", amount=owed, note=note, details=details)
    apply(loan, new)
    contracts.accept(chosen.contract, f"{loan.number}-P", agreed)
    return chosen
