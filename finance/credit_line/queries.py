"""Reading lines: whose they are, their purchases, their statements."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from core.db import db, one
from finance.credit_line.models import OPEN, CreditLine, LineDraw, LineEvent, LineStatement
from finance.lending import lateness
from finance.loans.models import Loan
from finance.loans.rules import LoanState


def open_line(person_id: int) -> CreditLine | None:
    """The line a person can draw on."""
    mine = select(CreditLine).where(CreditLine.person_id == person_id, CreditLine.state == OPEN)
    return db.session.scalars(mine).one_or_none()


def lines_of(person_id: int) -> Sequence[CreditLine]:
    """A person's lines, the newest first."""
    mine = select(CreditLine).where(CreditLine.person_id == person_id)
    return db.session.scalars(mine.order_by(CreditLine.id.desc())).all()


def line_of(person_id: int, number: str) -> CreditLine:
    """A person's own line; raises NotFound for a stranger's."""
    mine = select(CreditLine).where(CreditLine.number == number, CreditLine.person_id == person_id)
    found: CreditLine = one(mine)
    return found


def line_of_loan(loan: Loan) -> CreditLine | None:
    """The line that a purchase is on."""
    query = select(CreditLine).join(LineDraw).where(LineDraw.loan_id == loan.id)
    return db.session.scalars(query).one_or_none()


def locked(number: str) -> CreditLine:
    """The line, fresh, held until this transaction ends; its loans are locked after it, by id."""
    query = select(CreditLine).where(CreditLine.number == number).with_for_update()
    found: CreditLine = one(query.execution_options(populate_existing=True))
    return found


def loans_of(line: CreditLine, *, lock: bool = False) -> Sequence[Loan]:
    """The line's purchases with their rows, in the order of their ids."""
    query: Select[Any] = (
        select(Loan)
        .join(LineDraw, LineDraw.loan_id == Loan.id)
        .where(LineDraw.line_id == line.id)
        .order_by(Loan.id)
        .options(selectinload(Loan.rows), selectinload(Loan.orders))
    )
    if lock:
        query = query.with_for_update(of=Loan).execution_options(populate_existing=True)
    return db.session.scalars(query).all()


def owing(line: CreditLine, *, lock: bool = False) -> list[Loan]:
    """Those of them that can be paid."""
    states = (LoanState.ACTIVE, LoanState.CHARGED_OFF)
    return [loan for loan in loans_of(line, lock=lock) if loan.state in states]


def used(line: CreditLine) -> int:
    """The principal that the line owes, minor units."""
    return sum(loan.principal_owed.minor for loan in loans_of(line) if loan.is_running)


def statements(line: CreditLine) -> Sequence[LineStatement]:
    """The newest first."""
    query = select(LineStatement).where(LineStatement.line_id == line.id)
    return db.session.scalars(query.order_by(LineStatement.serial.desc())).all()


def last_statement(line: CreditLine) -> LineStatement | None:
    query = select(LineStatement).where(LineStatement.line_id == line.id)
    return db.session.scalars(query.order_by(LineStatement.serial.desc()).limit(1)).one_or_none()


def statement_of(line: CreditLine, serial: int) -> LineStatement:
    """Raises NotFound."""
    query = select(LineStatement).where(LineStatement.line_id == line.id)
    found: LineStatement = one(query.where(LineStatement.serial == serial))
    return found


def events_of(line: CreditLine) -> Sequence[LineEvent]:
    """What was done with the line itself, the newest first."""
    query = select(LineEvent).where(LineEvent.line_id == line.id)
    return db.session.scalars(query.order_by(LineEvent.id.desc())).all()


def days_late(line: CreditLine, on: date) -> int:
    """Days since the oldest payment was due that is not made."""
    rows = (row for loan in owing(line) for row in loan.rows if row.payable > 0)
    return lateness.worst((row.due_on for row in rows), on)
