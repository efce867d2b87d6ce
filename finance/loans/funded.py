"""What a loan tells the banks that lend a part of it: its money so far, by the book."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select

from core.db import db
from finance.funding.services import NewLoan
from finance.funding.sharing import Standing
from finance.lending.life.state import Move, State
from finance.loans.models import Installment, Loan
from finance.risk.models import Decision

_NO_CASH = ("loan_interest_income", "late_fee_income", "loss_allowance", "credit_loss")


def new_loan(loan: Loan, decision: Decision) -> NewLoan:
    """A loan that begins, for `funding.services.fund`."""
    principal = loan.money(loan.principal)
    grade = str(loan.terms.get("grade", decision.grade))  # the one its contract was made with
    return NewLoan(loan.number, loan.product, grade, principal, loan.apr_ppm, loan.began_on)


def standing_of(state: State) -> Standing:
    """Owed, collected, lost and recovered, as the journals of this state have it."""
    moved = [move for moves in state.moves.values() for move in moves]
    undone = sum(m[2] for m in moved if m[:2] == ("loan_interest_income", "loan_principal"))
    return Standing(
        principal=state.on_the_book[0],
        interest=_collected(moved, "loan_interest") - undone,
        fees=_collected(moved, "loan_fee"),
        lost=sum(m[2] for m in moved if m[1] == "loan_principal" and m[3] == "charged_off"),
        recovered=state.recovered,
    )


def _collected(moved: Iterable[Move], name: str) -> int:
    """Money that came for an account, less what went back; what was only earned is not money."""
    found = 0
    for debit, credit, amount, _ in moved:
        if credit == name and debit not in _NO_CASH:
            found += amount
        elif debit == name and credit not in _NO_CASH:
            found -= amount
    return found


def schedules(numbers: Sequence[str]) -> dict[str, list[tuple[date, int, int]]]:
    """Due day, principal and fee of each row of those of these loans that are plans."""
    query = (
        select(Loan.number, Installment.due_on, Installment.principal, Installment.fee)
        .join(Installment, Installment.loan_id == Loan.id)
        .where(Loan.number.in_(numbers))
        .order_by(Loan.number, Installment.number)
    )
    found: dict[str, list[tuple[date, int, int]]] = {}
    for number, due_on, principal, fee in db.session.execute(query):
        found.setdefault(number, []).append((due_on, principal, fee))
    return found
