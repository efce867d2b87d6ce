"""Who is late today is told at once, whoever found it: one call for all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from core import clock, messages
from core.money import Money
from finance.loans import news
from finance.risk import buyer, lowered


@dataclass(frozen=True, slots=True)
class LateRow:
    """A row that became late: of which plan, who owes what of it; of a line's purchase or not."""

    borrower_id: int
    loan: str
    row: int
    payable: Money
    due_on: date
    of_line: bool


def tell(rows: Sequence[LateRow], day: date) -> None:
    """Tell each borrower what is late, and that their limit is lower for it.

    A line tells of its purchases itself; a day that is caught up tells nobody what was true then.
    """
    if rows and day >= clock.today():
        messages.send_all(list(_notes(rows, day)))


def _notes(rows: Sequence[LateRow], day: date) -> Iterator[messages.Note]:
    plans = [(row.loan, row.borrower_id) for row in rows]
    fell = lowered.notes_after_late(plans, buyer.terms(), day)
    for row in rows:
        if not row.of_line:
            yield news.late_note(row.borrower_id, row.loan, row.row, row.payable, row.due_on)
        if row.borrower_id in fell:
            yield fell.pop(row.borrower_id)
