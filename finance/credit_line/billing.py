"""A statement closes: every purchase is billed, and what is said is written down as it was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import clock
from core.db import db
from finance.credit_line import news, queries
from finance.credit_line.method import terms_of
from finance.credit_line.models import CreditLine, LineStatement
from finance.lending.life import events as kinds
from finance.lending.life.state import State
from finance.lending.life.statements import closing_after, due_of
from finance.loans.applying import New, apply
from finance.loans.folding import state_of
from finance.loans.models import Loan


@dataclass(frozen=True, slots=True)
class _Billed:
    """One purchase at the closing; minor units. earned: all interest it was ever charged."""

    loan: Loan
    state: State
    earned: int

    @property
    def owed(self) -> int:
        return sum(self.state.on_the_book)

    def as_line(self, due_on: date, before: int) -> dict[str, Any]:
        rows = self.state.rows
        due = sum(row.payable for row in rows if row.due_on <= due_on)
        full = due if self.state.converted else sum(row.payable for row in rows)
        gone = self.state.charged_off_on is not None
        return {
            "loan": self.loan.number,
            "orders": [order.order_number for order in self.loan.orders],
            "bought_on": self.loan.began_on.isoformat(),
            "principal": self.loan.principal - self.state.refunded,
            "owed": self.owed,
            "interest": self.earned - before,
            "earned": self.earned,
            "least": 0 if gone else due,
            "full": 0 if gone else full,
            "converted": self.state.converted,
        }


def close_statement(line: CreditLine) -> LineStatement | None:
    """Close the (locked) line's next statement; None when there is nothing to say.

    Bought on the closing day belongs to the next one.
    """
    closing = line.next_closing_on
    line.next_closing_on = closing_after(closing, line.closes)
    last = queries.last_statement(line)
    billed = [_bill(loan, closing) for loan in _bought_before(line, closing)]
    made = _written(line, closing, last, billed)
    if not (made.owed or made.bought or made.came or made.interest):
        return None
    db.session.add(made)
    db.session.flush()
    if made.full and closing >= clock.today():
        news.statement_ready(line, made)
    return made


def _bought_before(line: CreditLine, closing: date) -> list[Loan]:
    return [loan for loan in queries.loans_of(line, lock=True) if loan.began_on < closing]


def _bill(loan: Loan, closing: date) -> _Billed:
    if loan.is_running:
        apply(loan, New(kinds.BILLED, closing, f"billed:{closing}"))
    state = state_of(loan)
    earned = sum(row.fee for row in state.rows if row.accrued_on)
    return _Billed(loan, state, earned)


def _written(
    line: CreditLine, closing: date, last: LineStatement | None, billed: Sequence[_Billed]
) -> LineStatement:
    due_on = due_of(closing, terms_of(line))
    earned = {one["loan"]: one["earned"] for one in last.lines} if last else {}
    lines = [each.as_line(due_on, earned.get(each.loan.number, 0)) for each in billed]
    before = last.owed if last else 0
    since = last.closed_on if last else line.opened_on
    bought = sum(each.loan.principal for each in billed if each.loan.began_on >= since)
    interest, owed = sum(one["interest"] for one in lines), sum(one["owed"] for one in lines)
    return LineStatement(
        line_id=line.id,
        serial=last.serial + 1 if last else 1,
        closed_on=closing,
        due_on=due_on,
        before=before,
        bought=bought,
        interest=interest,
        came=before + bought + interest - owed,
        owed=owed,
        full=sum(one["full"] for one in lines),
        least=sum(one["least"] for one in lines),
        lines=[one for one in lines if one["owed"] or one["interest"] or one["loan"] in earned],
    )
