"""Reading loans: what a person owes, for decisions and pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core import clock
from core.db import db, one
from core.money import Money
from finance.lending import lateness
from finance.lending.life.undo import would_bear
from finance.loans.folding import state_of, terms_of
from finance.loans.models import Exposure, Installment, Loan, LoanOrder
from finance.loans.rules import LoanState

YEAR = timedelta(365)


@dataclass(frozen=True, slots=True)
class OwnBook:
    """What the lender's book knows of a person; amounts in minor units.

    due_30             payments due within 30 days
    overdue            due before `on` and unpaid, since `overdue_since`
    days_late_max_365  the latest any payment of the last year was; None when none fell due
    """

    used: int
    due_30: int
    overdue: int
    overdue_since: date | None
    plans_running: int
    plans_finished: int
    days_late_max_365: int | None
    own_ceiling: int | None
    paused_until: date | None


def own_book(person_id: int, on: date, loans: Sequence[Loan] | None = None) -> OwnBook:
    """The person's standing with the lender on a day; three queries, one if `loans` are given."""
    exposure = exposure_of(person_id)
    loans = loans_of(person_id) if loans is None else loans
    owing = [loan for loan in loans if loan.state in (LoanState.ACTIVE, LoanState.CHARGED_OFF)]
    late = [row for loan in owing for row in overdue_rows(loan, on)]
    until = exposure.paused_until if exposure else None
    return OwnBook(
        used=exposure.used if exposure else 0,
        due_30=sum(row.payable for loan in owing for row in loan.rows if _is_soon(row, on)),
        overdue=sum(row.payable for row in late),
        overdue_since=min((row.due_on for row in late), default=None),
        plans_running=_running(loans),
        plans_finished=sum(loan.state == LoanState.PAID for loan in loans),
        days_late_max_365=_latest(loans, on),
        own_ceiling=exposure.ceiling_at(clock.now()) if exposure else None,
        paused_until=until if until and until > on else None,
    )


def _running(loans: Sequence[Loan]) -> int:
    """Plans that run; all purchases on a line are one."""
    running = [loan for loan in loans if loan.is_running]
    on_line = sum(loan.is_by_day for loan in running)
    return len(running) - on_line + bool(on_line)


def used_by_product(person_id: int) -> dict[str, int]:
    """The principal a person owes, by product."""
    owed = func.sum(Installment.principal - Installment.principal_paid)
    query = (
        select(Loan.product, owed)
        .join(Installment, Installment.loan_id == Loan.id)
        .where(Loan.borrower_id == person_id, Loan.state == LoanState.ACTIVE)
        .group_by(Loan.product)
    )
    return {product: int(used) for product, used in db.session.execute(query)}


def overdue_rows(loan: Loan, on: date) -> list[Installment]:
    """Rows due before `on` with something to pay; none before the clock has started."""
    if loan.starts_on is None:
        return []
    return [row for row in loan.rows if row.due_on < on and row.payable > 0]


def days_past_due(loan: Loan, on: date) -> int:
    """Days since the oldest unpaid row was due; a part under dispute does not count."""
    return lateness.worst((row.due_on for row in overdue_rows(loan, on)), on)


def _is_soon(row: Installment, on: date) -> bool:
    return row.payable > 0 and row.due_on <= on + timedelta(30)


def _latest(loans: Sequence[Loan], on: date) -> int | None:
    started = [row for loan in loans if loan.starts_on for row in loan.rows]
    fell_due = [row for row in started if on - YEAR <= row.due_on < on and row.payment]
    late = [
        lateness.days_late(row.due_on, row.paid_on or on)
        for row in fell_due
        if row.paid_on or row.payable
    ]
    return max(late, default=None)


def exposure_of(person_id: int) -> Exposure | None:
    return db.session.scalars(select(Exposure).where(Exposure.person_id == person_id)).one_or_none()


def loans_of(person_id: int) -> Sequence[Loan]:
    """A person's loans with their rows, newest first."""
    query = select(Loan).where(Loan.borrower_id == person_id).order_by(Loan.id.desc())
    return db.session.scalars(query.options(selectinload(Loan.rows))).all()


def loan_of(person_id: int, number: str) -> Loan:
    """A person's own loan; raises NotFound for a stranger's."""
    found: Loan = one(select(Loan).where(Loan.number == number, Loan.borrower_id == person_id))
    return found


def loan_numbered(number: str) -> Loan:
    """A loan by its number; raises NotFound."""
    found: Loan = one(select(Loan).where(Loan.number == number))
    return found


def loan_for_order(order_number: str) -> Loan | None:
    """The loan that paid for an order, if one did."""
    query = select(Loan).join(LoanOrder).where(LoanOrder.order_number == order_number)
    return db.session.scalars(query).one_or_none()


def next_row(loan: Loan) -> Installment | None:
    """The oldest row with something to pay now or later."""
    return next((row for row in loan.rows if row.payable > 0), None)


def payment_due(loan: Loan, on: date) -> Money:
    """What one press pays: all that is due by `on`, or else the next row."""
    due = sum(row.payable for row in loan.rows if row.due_on <= on)
    coming = next_row(loan)
    return loan.money(due or (coming.payable if coming else 0))


def fee_earned_on(number: str, amount: Money) -> Money:
    """What the plan has earned on `amount` of the purchase so far, were it undone now."""
    loan = loan_numbered(number)
    if not 0 < amount.minor <= loan.principal - loan.refunded:
        return Money.zero(loan.currency)
    return loan.money(would_bear(state_of(loan), terms_of(loan), amount.minor))
