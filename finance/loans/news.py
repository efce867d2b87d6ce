"""What borrowers are told about their plans."""

from datetime import date
from typing import TYPE_CHECKING

from core import clock, messages
from core.money import Money
from finance.loans.models import Installment, Loan
from payments.values import PaymentView

if TYPE_CHECKING:
    from finance.loans.autopay import Outlook


def due(loan: Loan, row: Installment, before: int, outlook: "Outlook | None") -> None:
    """A row is due in `before` days; at most one such notice of a plan a day.

    outlook   what will pay it by itself (`autopay.outlook`); where nothing can, she is warned
    """
    if outlook and outlook.is_short:
        messages.send(
            loan.borrower_id,
            "installment_short",
            key=f"loan:{loan.number}:due:{row.number}:{row.due_on}:{before}",
            about=f"loan:{loan.number}",
            link=_page(loan),
            number=loan.number,
            row=row.number,
            amount=loan.money(row.payable),
            due_on=row.due_on,
            balance=outlook.balance,
            by_card=int(outlook.by_card),
            trouble=outlook.trouble,
        )
        return
    amount = loan.money(row.payable)
    note = due_note(loan.borrower_id, loan.number, row.number, amount, row.due_on, before, outlook)
    messages.send_all([note])


def due_note(
    borrower_id: int,
    number: str,
    row: int,
    amount: Money,
    due_on: date,
    before: int,
    outlook: "Outlook | None" = None,
) -> messages.Note:
    """What `due` says where nothing stands in the way; outlook None: it is paid by hand."""
    return messages.note(
        borrower_id,
        "installment_due",
        key=f"loan:{number}:due:{row}:{due_on}:{before}",
        about=f"loan:{number}",
        link=_page_of(number),
        number=number,
        row=row,
        amount=amount,
        due_on=due_on,
        balance=outlook.balance if outlook else Money.zero(amount.currency),
        by_card=int(outlook is not None and outlook.by_card),
        trouble=outlook.trouble if outlook else "",
    )


def falls_due(amount: Money, on: date) -> str:
    """The note of a reminder in a plan's life."""
    return f"{amount.grouped()} is due on {on.isoformat()}."


def offered(loan: Loan, row: Installment, longer: bool) -> None:
    """A row is a month late: a longer plan, or other air, is to be had on the plan's page."""
    messages.send(
        loan.borrower_id,
        "longer_plan",
        key=f"loan:{loan.number}:longer_plan:{row.number}:{clock.today()}",
        link=f"{_page(loan)}/relief",
        number=loan.number,
        amount=loan.money(row.payable),
        due_on=row.due_on,
        longer=int(longer),
    )


def late_note(
    borrower_id: int, number: str, row: int, amount: Money, due_on: date
) -> messages.Note:
    """A row was not paid in the days of grace."""
    return messages.note(
        borrower_id,
        "installment_late",
        key=f"loan:{number}:late:{row}",
        about=f"loan:{number}",
        link=_page_of(number),
        number=number,
        row=row,
        amount=amount,
        due_on=due_on,
    )


def late_fee(loan: Loan, row: Installment, fee: Money) -> None:
    """A row costs more now."""
    note = late_fee_note(loan.borrower_id, loan.number, row.number, fee, row.due_on)
    messages.send_all([note])


def late_fee_note(
    borrower_id: int, number: str, row: int, fee: Money, due_on: date
) -> messages.Note:
    """What `late_fee` says."""
    return messages.note(
        borrower_id,
        "late_fee",
        key=f"loan:{number}:late_fee:{row}",
        about=f"loan:{number}",
        link=_page_of(number),
        number=number,
        row=row,
        amount=fee,
        due_on=due_on,
    )


def refused(loan: Loan, row: str, payment: PaymentView, *, again_on: date | None) -> None:
    """Her card was asked by itself and said no; or its bank wants her to confirm it.

    again_on   when it is asked again by itself; None: it is not
    """
    if payment.waits_for_payer:
        messages.send(
            loan.borrower_id,
            "installment_confirm",
            key=f"payment:{payment.id}:confirm:{payment.op_id}",
            link=f"/account/pay/{payment.id}",
            number=loan.number,
            row=row,
            amount=payment.amount,
        )
        return
    messages.send(
        loan.borrower_id,
        "installment_failed",
        key=f"payment:{payment.id}:failed:{payment.op_id}",
        link=_page(loan),
        number=loan.number,
        row=row,
        amount=payment.amount,
        why=payment.message or "The card was refused.",
        again_on=again_on or "",
    )


def _page(loan: Loan) -> str:
    return _page_of(loan.number)


def _page_of(number: str) -> str:
    return f"/account/credit/{number}"
