"""What owners of lines are told."""

from datetime import date

from core import messages
from core.money import Money
from finance.credit_line.models import CreditLine, LineStatement
from payments.values import PaymentView


def _page(line: CreditLine) -> str:
    return f"/account/line/{line.number}"


def statement_ready(line: CreditLine, statement: LineStatement) -> None:
    """A month's statement has closed."""
    messages.send(
        line.person_id,
        "statement_ready",
        key=f"line:{line.number}:statement:{statement.serial}",
        about=f"line:{line.number}",
        link=f"{_page(line)}/statements/{statement.serial}",
        number=line.number,
        full=line.money(statement.full),
        least=line.money(statement.least),
        due_on=statement.due_on,
    )


def due(line: CreditLine, statement: LineStatement, least: Money, full: Money, before: int) -> None:
    """A statement is due in `before` days."""
    messages.send(
        line.person_id,
        "line_due",
        key=f"line:{line.number}:due:{statement.serial}:{before}",
        about=f"line:{line.number}",
        link=_page(line),
        number=line.number,
        least=least,
        full=full,
        due_on=statement.due_on,
        by_itself=int(bool(line.autopay)),
    )


def late(line: CreditLine, statement: LineStatement, least: Money) -> None:
    """The least of a statement was not paid in the days of grace."""
    messages.send(
        line.person_id,
        "line_late",
        key=f"line:{line.number}:late:{statement.serial}",
        about=f"line:{line.number}",
        link=_page(line),
        number=line.number,
        least=least,
        due_on=statement.due_on,
    )


def unpaid(line: CreditLine, statement: LineStatement, amount: Money) -> None:
    """What was to be paid by itself could not be: the balance is short and there is no card."""
    messages.send(
        line.person_id,
        "line_unpaid",
        key=f"line:{line.number}:unpaid:{statement.serial}",
        about=f"line:{line.number}",
        link=_page(line),
        number=line.number,
        amount=amount,
        due_on=statement.due_on,
    )


def refused(line: CreditLine, payment: PaymentView) -> None:
    """Her card was asked by itself and said no; or its bank wants her to confirm it."""
    waits = payment.waits_for_payer
    messages.send(
        line.person_id,
        "line_failed",
        key=f"payment:{payment.id}:failed:{payment.op_id}",
        about=f"line:{line.number}",
        link=f"/account/pay/{payment.id}" if waits else _page(line),
        number=line.number,
        amount=payment.amount,
        why=payment.message or "The card was refused.",
        confirm=int(waits),
    )


def limit_lowered(line: CreditLine, day: date) -> None:
    """The limit is lower from today; what is owed stays as it is."""
    messages.send(
        line.person_id,
        "line_limit_lowered",
        key=f"line:{line.number}:lowered:{day}",
        about=f"limit:{line.number}",
        link=_page(line),
        number=line.number,
        limit=line.money(line.credit_limit),
    )


def limit_offered(line: CreditLine, day: date) -> None:
    """A higher limit may be agreed to."""
    messages.send(
        line.person_id,
        "line_limit_offered",
        key=f"line:{line.number}:offered:{day}",
        about=f"limit:{line.number}",
        link=_page(line),
        number=line.number,
        limit=line.money(line.offered_limit or 0),
        until=line.offered_until,
    )
