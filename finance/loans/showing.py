"""A plan in the words of its pages: rows, statement, next payments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.money import Money
from finance.loans.models import Loan, LoanEvent
from finance.loans.queries import next_row, payment_due
from finance.loans.rules import LoanState

STATE_WORDS = {
    LoanState.ACTIVE: "Running",
    LoanState.PAID: "Paid",
    LoanState.VOID: "Void",
    LoanState.CHARGED_OFF: "Charged off",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement; `order` opens its order (at its refunds when `refund` is given).

    amount   None when no money moved
    """

    on: date
    text: str
    amount: Money | None = None
    order: str = ""
    note: str = ""
    refund: str = ""


def schedule_rows(loan: Loan, on: date) -> list[dict[str, Any]]:
    """The plan as the schedule macro shows it; `left` is the principal owed after each row."""
    left, rows = sum(row.principal for row in loan.rows), []
    for row in loan.rows:
        left -= row.principal
        state = "paused" if row.paused and row.paused >= row.owed else row.state
        rows.append(
            {
                "number": row.number,
                "due_on": row.due_on,
                "payment": loan.money(row.payment + row.late_fee),
                "principal": loan.money(row.principal),
                "fee": loan.money(row.fee + row.late_fee),
                "left": loan.money(left),
                "state": state.capitalize(),
                "paused": loan.money(row.paused),
            }
        )
    return rows


_WORDS: dict[str, str] = {
    "lent": "Bought in parts",
    "received": "Goods received",
    "started": "The plan's clock started",
    "due": "Payment fell due",
    "paid": "Paid",
    "settled": "Settled early",
    "withdrawn": "Withdrawn: paid back without any fee",
    "refused": "Card refused",
    "refunded": "Returned",
    "disputed": "Your bank asks a payment back",
    "dispute_won": "Your bank let a payment stand",
    "charged_back": "Your bank took a payment back",
    "paused": "Return opened: its part is not due",
    "resumed": "Return closed",
    "late": "Late",
    "late_fee": "Late fee",
    "waived": "Late fee waived",
    "default": "In default",
    "charged_off": "Charged off",
    "autopay_on": "A saved card pays by itself",
    "autopay_off": "No card pays by itself any more",
    "void": "The plan is void",
    "ended": "Everything is paid",
    "overpaid": "Paid too much: now in your balance",
    "corrected": "Corrected: something was heard of late",
    "forgiven": "A fee was given up",
    "rescheduled": "New due days",
    "shipped": "Goods on their way",
    "offered": "A longer plan was offered",
    "billed": "In the line's statement",
    "converted": "Now a plan in equal payments",
}
_QUIET = {"reminded", "due", "opening", "no_late_fee"}
_MOVES_MONEY = {
    "lent",
    "paid",
    "settled",
    "withdrawn",
    "refunded",
    "late_fee",
    "overpaid",
    "forgiven",
}


def statement(loan: Loan) -> list[Line]:
    """Everything that happened, newest first; each line leads to its order or refund."""
    events = sorted(loan.events, key=lambda event: event.id, reverse=True)
    return [_line(loan, event) for event in events if event.kind not in _QUIET]


def _line(loan: Loan, event: LoanEvent) -> Line:
    text = _WORDS.get(event.kind, event.kind.capitalize())
    if event.kind == "paid" and event.key == "paid":
        text = "Everything is paid"
    moved = event.kind in _MOVES_MONEY and event.amount
    return Line(
        on=event.on,
        text=text,
        amount=loan.money(event.amount) if moved else None,
        order=_order_of(loan, event),
        note=event.note or _note(loan, event),
        refund=event.ref if event.kind == "refunded" else "",
    )


def _order_of(loan: Loan, event: LoanEvent) -> str:
    if event.kind == "lent" and len(loan.orders) == 1:
        return loan.orders[0].order_number
    if event.kind in ("received", "shipped", "paused", "resumed"):
        return event.ref
    return str(event.details.get("order", ""))


def _note(loan: Loan, event: LoanEvent) -> str:
    show: Callable[[str], str] = lambda name: loan.money(event.details[name]).grouped()  # noqa: E731
    if event.kind == "refunded":
        back = show("cash_back")
        return f"Refund {event.ref}: {back} back to you, payments of {show('payment')} from now on."
    if event.kind in ("settled", "withdrawn"):
        return f"You saved {show('saving')}."
    if event.kind == "paid" and "saving" in event.details:
        return f"{event.details['extra'].capitalize()}: you saved {show('saving')}."
    return ""


@dataclass(frozen=True, slots=True)
class Summary:
    """A plan in one line."""

    loan: Loan
    owed: Money
    next_due: date | None
    next_payment: Money
    paid_rows: int
    word: str


def summary(loan: Loan, on: date) -> Summary:
    coming = next_row(loan)
    owed = loan.money(sum(row.owed for row in loan.rows))
    done = sum(row.owed == 0 for row in loan.rows)
    word = STATE_WORDS[LoanState(loan.state)]
    due = coming.due_on if coming else None
    return Summary(loan, owed, due, payment_due(loan, on), done, word)


def due_soon(loans: Sequence[Loan], on: date, days: int = 30) -> list[dict[str, Any]]:
    """Rows to pay in the next days, over all plans, the earliest first."""
    found = [
        {"loan": loan, "row": row, "amount": loan.money(row.payable)}
        for loan in loans
        if loan.is_running
        for row in loan.rows
        if row.payable > 0 and row.due_on <= on + timedelta(days)
    ]
    return sorted(found, key=lambda item: item["row"].due_on)


def calendar(loans: Sequence[Loan], on: date) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """Payments due in each of the next twelve months, one series a plan (minor units)."""
    months = [(on.year + (on.month - 1 + n) // 12, (on.month - 1 + n) % 12 + 1) for n in range(12)]
    labels = [date(year, month, 1).strftime("%b") for year, month in months]
    series = [(loan.number, _by_month(loan, months)) for loan in loans if loan.is_running]
    return labels, series


def _by_month(loan: Loan, months: list[tuple[int, int]]) -> list[int]:
    return [
        sum(row.payable for row in loan.rows if (row.due_on.year, row.due_on.month) == month)
        for month in months
    ]
