"""What borrowers are told about their plans."""

from core import messages
from core.money import Money
from finance.loans.models import Installment, Loan
from payments.values import PaymentView


def due(loan: Loan, row: Installment, before: int) -> None:
    """A row is due in `before` days; at most one such notice of a plan a day."""
    messages.send(
        loan.borrower_id,
        "installment_due",
        key=f"loan:{loan.number}:due:{row.number}:{row.due_on}:{before}",
        about=f"loan:{loan.number}",
        link=_page(loan),
        number=loan.number,
        row=row.number,
        amount=loan.money(row.payable),
        due_on=row.due_on,
        by_card=int(loan.autopay_card_id is not None),
    )


def late(loan: Loan, row: Installment) -> None:
    """A row was not paid in the days of grace."""
    messages.send(
        loan.borrower_id,
        "installment_late",
        key=f"loan:{loan.number}:late:{row.number}",
        about=f"loan:{loan.number}",
        link=_page(loan),
        number=loan.number,
        row=row.number,
        amount=loan.money(row.payable),
        due_on=row.due_on,
    )


def late_fee(loan: Loan, row: Installment, fee: Money) -> None:
    """A row costs more now."""
    messages.send(
        loan.borrower_id,
        "late_fee",
        key=f"loan:{loan.number}:late_fee:{row.number}",
        about=f"loan:{loan.number}",
        link=_page(loan),
        number=loan.number,
        row=row.number,
        amount=fee,
        due_on=row.due_on,
    )


def refused(loan: Loan, row: str, payment: PaymentView, *, again: bool) -> None:
    """Her card was asked by itself and said no; or its bank wants her to confirm it."""
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
        again=int(again),
    )


def _page(loan: Loan) -> str:
    return f"/account/credit/{loan.number}"
