"""What is done with one loan on one day; each is safe to do twice."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from core import clock
from core.db import db
from finance.collections.rules import AUTOPAY_DAYS, REMIND_DAYS_BEFORE, late_fee
from finance.lending import lateness
from finance.loans import bookkeeping, exposure, news
from finance.loans.bookkeeping import Owing
from finance.loans.life import earn_fee, remember
from finance.loans.models import Installment, Loan, LoanEvent
from finance.loans.paying import AUTO
from finance.loans.rules import LoanState, RowState
from finance.products import LateRule
from ledger import book
from payments import cards, retries
from payments import services as payments


def remind(loan: Loan, day: date, rule: LateRule) -> int:
    """Five days, one day and no day before a row is due."""
    done = 0
    for row in loan.rows:
        before = (row.due_on - day).days
        if before in REMIND_DAYS_BEFORE and row.payable > 0:
            key = f"reminded:{row.number}:{before}"
            note = f"{loan.money(row.payable).grouped()} is due on {row.due_on.isoformat()}."
            if remember(loan, key, "reminded", day, amount=row.payable, note=note):
                done += 1
                _tell_in_time(day, news.due, loan, row, before)
    return done


def fall_due(loan: Loan, day: date, rule: LateRule) -> int:
    """Rows whose day has come: their fee is earned."""
    rows = [row for row in loan.rows if row.state == RowState.SCHEDULED and row.due_on <= day]
    for row in rows:
        earn_fee(loan, row, day)
        row.state = RowState.DUE if row.owed else RowState.PAID
        remember(loan, f"due:{row.number}", "due", row.due_on, amount=row.owed)
    return len(rows)


def autopay(loan: Loan, day: date, rule: LateRule) -> list[int]:
    """Ask the saved card for each row due today, or refused earlier and due again; gives the ops."""
    card = next((c for c in cards.of(loan.borrower_id) if c.id == loan.autopay_card_id), None)
    if card is None:
        loan.autopay_card_id = None
        remember(loan, f"autopay_off:{day}", "autopay_off", day, note="The card was removed.")
        return []
    if payments.is_moving(loan.borrower_id, f"loan:{loan.number}:"):
        return []  # she may be paying this very row; the next try comes in some days
    ops = []
    for row in loan.rows:
        if 0 <= (day - row.due_on).days <= AUTOPAY_DAYS and row.payable > 0:
            purpose = f"loan:{loan.number}:{AUTO}:{row.number}"
            if retries.may_collect(purpose, card.token, day):
                ops.append(_charge(loan, row, purpose, card.token))
    return ops


def _charge(loan: Loan, row: Installment, purpose: str, token: str) -> int:
    return payments.intend_charge(
        purpose=purpose,
        payer_id=loan.borrower_id,
        amount=loan.money(row.payable),
        source=token,
        description=f"Plan {loan.number}, payment {row.number}",
        off_session=True,
    ).op_id


def mark_late(loan: Loan, day: date, rule: LateRule) -> int:
    """Rows still unpaid after the days of grace."""
    done = 0
    for row in loan.rows:
        waited = lateness.is_late(row.due_on, day, rule.grace_days)
        if row.state == RowState.DUE and waited and row.payable > 0:
            row.state = RowState.LATE
            if remember(loan, f"late:{row.number}", "late", day, amount=row.payable):
                done += 1
                _tell_in_time(day, news.late, loan, row)
    return done


def _tell_in_time(day: date, tell: Callable[..., None], *about: Any) -> None:
    """A day that is caught up tells nobody what was true then."""
    if day >= clock.today():
        tell(*about)


def charge_late_fee(loan: Loan, day: date, rule: LateRule) -> int:
    """Once a row; the first of a person's life is waived."""
    person = exposure.lock(loan.borrower_id)
    done = 0
    for row in loan.rows:
        days = lateness.days_late(row.due_on, day)
        if row.state != RowState.LATE or row.late_fee_on or days <= rule.fee_after_days:
            continue
        row.late_fee_on = day
        fee = _fee_of(loan, row, days, day, rule)
        if fee and rule.first_waived and person.waived_late_on is None:
            person.waived_late_on = day
            note = "The first late fee is on us."
            remember(loan, f"waived:{row.number}", "waived", day, amount=fee, note=note)
        elif fee:
            _charge_fee(loan, row, fee, day)
            done += 1
    return done


def _fee_of(loan: Loan, row: Installment, days: int, day: date, rule: LateRule) -> int:
    return late_fee(
        rule,
        unpaid=row.payable,
        days=days,
        financed=loan.principal - loan.refunded,
        charged=sum(r.late_fee for r in loan.rows),
        this_month=_fees_this_month(loan.borrower_id, day),
    )


def _fees_this_month(person_id: int, day: date) -> int:
    query = (
        select(func.coalesce(func.sum(LoanEvent.amount), 0))
        .join(Loan, Loan.id == LoanEvent.loan_id)
        .where(
            Loan.borrower_id == person_id,
            LoanEvent.kind == "late_fee",
            LoanEvent.on >= day.replace(day=1),
            LoanEvent.on <= day,
        )
    )
    return int(db.session.scalar(query) or 0)


def _charge_fee(loan: Loan, row: Installment, fee: int, day: date) -> None:
    row.late_fee += fee
    book.post(bookkeeping.late_fee(loan.number, row.number, loan.money(fee), day))
    remember(loan, f"late_fee:{row.number}", "late_fee", day, amount=fee)
    _tell_in_time(day, news.late_fee, loan, row, loan.money(fee))


def default(loan: Loan, day: date, rule: LateRule) -> int:
    """Ninety days late: all that is owed is set aside as an expected loss."""
    if loan.defaulted_on is not None or _worst(loan, day) < rule.default_days:
        return 0
    owing = _owing(loan)
    loan.defaulted_on, loan.provisioned = day, owing.all.minor
    book.post(bookkeeping.provisioned(loan.number, owing.all, day))
    remember(loan, f"default:{day}", "default", day, amount=owing.all.minor)
    return 1


def charge_off(loan: Loan, day: date, rule: LateRule) -> int:
    """A hundred and twenty days late: the loan leaves the book; what is paid later is recovery."""
    if loan.charged_off_on is not None or _worst(loan, day) < rule.charge_off_days:
        return 0
    owing = _owing(loan)
    allowance = min(owing.all, loan.money(loan.provisioned))
    book.post(bookkeeping.charged_off(loan.number, owing, allowance, day))
    exposure.give(loan.checkout_number, owing.principal)
    loan.charged_off_on, loan.provisioned = day, 0
    loan.move_to(LoanState.CHARGED_OFF, day)
    remember(loan, "charged_off", "charged_off", day, amount=owing.all.minor)
    return 1


def _worst(loan: Loan, day: date) -> int:
    return lateness.worst((row.due_on for row in loan.rows if row.payable > 0), day)


def _owing(loan: Loan) -> Owing:
    return Owing(loan.principal_owed, loan.interest_owed, loan.late_fee_owed)


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included."""
    return [first + timedelta(n) for n in range((last - first).days + 1)]
