"""What is done with one loan on one day; each is safe to do twice."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from core import clock
from core.db import db
from finance.collections import easing, provisioning, relief, telling
from finance.collections.rules import ON_US, REMIND_DAYS_BEFORE, late_fee
from finance.lending import lateness
from finance.lending.life import events as kinds
from finance.loans import autopay, exposure, news
from finance.loans.applying import New, apply
from finance.loans.life import remember
from finance.loans.models import Installment, Loan, LoanEvent
from finance.loans.rules import RowState
from finance.products import LateRule


def remind(loan: Loan, day: date, rule: LateRule) -> int:
    """Five days, one day and no day before a row is due."""
    done = 0
    for row in loan.rows:
        before = (row.due_on - day).days
        if before in REMIND_DAYS_BEFORE and row.payable > 0:
            key = f"reminded:{row.number}:{before}"
            note = news.falls_due(loan.money(row.payable), row.due_on)
            if remember(loan, key, "reminded", day, amount=row.payable, note=note):
                done += 1
                _tell_in_time(day, _remind, loan, row, before)
    return done


def _remind(loan: Loan, row: Installment, before: int) -> None:
    outlook = autopay.outlook(loan, row)
    if before or outlook is None or not outlook.is_short:  # on the day itself the card has said no
        news.due(loan, row, before, outlook)


def fall_due(loan: Loan, day: date, rule: LateRule) -> int:
    """Rows whose day has come: their fee is earned."""
    rows = [row for row in loan.rows if row.state == RowState.SCHEDULED and row.due_on <= day]
    done = 0
    for row in rows:
        key = f"due:{row.number}:{row.due_on}"
        new = New(kinds.DUE, row.due_on, key, amount=row.owed, row=row.number)
        done += apply(loan, new) is not None
    return done


def pay_from_balance(loan: Loan, day: date, rule: LateRule) -> int:
    """What is due is paid from the balance first, as far as that goes."""
    if autopay.card_of(loan) is None or not autopay.due_now(loan, day) or autopay.is_moving(loan):
        return 0
    return int(bool(autopay.from_balance(loan, day)))


def ask_card(loan: Loan, day: date, rule: LateRule) -> list[int]:
    """Ask the saved card for each row due today, or refused earlier and due again; gives the ops."""
    card = autopay.card_of(loan)
    if card is None:
        loan.autopay_card_id = None
        remember(loan, f"autopay_off:{day}", "autopay_off", day, note="The card was removed.")
        return []
    if autopay.is_moving(loan):
        return []  # she may be paying this very row; the next try comes in some days
    rows = [row for row in autopay.due_now(loan, day) if autopay.may_ask(loan, card, row, day)]
    return [autopay.ask_card(loan, card, row) for row in rows]


def mark_late(loan: Loan, day: date, rule: LateRule) -> int:
    """Rows still unpaid after the days of grace."""
    done = 0
    for row in loan.rows:
        waited = lateness.is_late(row.due_on, day, rule.grace_days)
        if row.state == RowState.DUE and waited and row.payable > 0:
            key = f"late:{row.number}:{row.due_on}"
            new = New(kinds.LATE, day, key, amount=row.payable, row=row.number)
            if apply(loan, new) is not None:
                done += 1
                telling.tell([_late_row(loan, row)], day)
    return done


def _late_row(loan: Loan, row: Installment) -> telling.LateRow:
    return telling.LateRow(
        loan.borrower_id,
        loan.number,
        row.number,
        loan.money(row.payable),
        row.due_on,
        loan.is_by_day,
    )


def offer_longer(loan: Loan, day: date, rule: LateRule) -> int:
    """A month late, while one can still do something: told once a row, never of a day long past."""
    rows = [row for row in loan.rows if row.payable > 0]
    late = [r for r in rows if lateness.days_late(r.due_on, day) >= rule.plan_days]
    if day < clock.today() or not late or not relief.choices_of(loan):
        return 0
    note = "Ask for air on the plan's page: it costs nothing."
    fresh = [
        remember(loan, f"offered:{r.number}:{r.due_on}", "offered", day, note=note) for r in late
    ]
    if any(fresh):
        news.offered(loan, late[0], easing.LONGER in relief.choices_of(loan))
    return int(any(fresh))


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
        fee = _fee_of(loan, row, days, day, rule)
        kind, note = kinds.LATE_FEE if fee else kinds.NO_LATE_FEE, ""
        if fee and rule.first_waived and person.waived_late_on is None:
            person.waived_late_on = day
            kind, note = kinds.WAIVED, ON_US
        key = f"{kind}:{row.number}:{row.due_on}"
        apply(loan, New(kind, day, key, amount=fee, row=row.number, note=note))
        if kind == kinds.LATE_FEE:
            done += 1
            _tell_in_time(day, news.late_fee, loan, row, loan.money(fee))
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


def default(loan: Loan, day: date, rule: LateRule) -> int:
    """Ninety days late: the lender expects to lose what the last stage says."""
    if loan.defaulted_on is not None or _worst(loan, day) < rule.default_days:
        return 0
    apply(loan, New(kinds.DEFAULT, day, f"default:{day}", amount=_owing(loan)))
    return 1


def charge_off(loan: Loan, day: date, rule: LateRule) -> int:
    """A hundred and twenty days late: the loan leaves the book; what is paid later is recovery."""
    if loan.charged_off_on is not None or _worst(loan, day) < rule.charge_off_days:
        return 0
    give_up(loan, day)
    return 1


def give_up(loan: Loan, day: date, note: str = "") -> None:
    """All that is owed leaves the book, first against what was set aside for it."""
    owing = _owing(loan)
    set_aside = provisioning.take(provisioning.SHOPPERS, loan.id, owing)
    details = {"allowance": set_aside}
    apply(
        loan,
        New(kinds.CHARGED_OFF, day, "charged_off", amount=owing, note=note, details=details),
    )


def _worst(loan: Loan, day: date) -> int:
    return lateness.worst((row.due_on for row in loan.rows if row.payable > 0), day)


def _owing(loan: Loan) -> int:
    return (loan.principal_owed + loan.interest_owed + loan.late_fee_owed).minor


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included."""
    return [first + timedelta(n) for n in range((last - first).days + 1)]
