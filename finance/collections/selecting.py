"""Which loans have work on a day: one query a kind, so that nothing else is loaded."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, select, text

from finance.collections.care_models import DECLINED, Relief
from finance.collections.rules import REMIND_DAYS_BEFORE
from finance.lending.life.terms import DAILY
from finance.loans.models import Installment, Loan, LoanEvent
from finance.loans.paying import AUTO_DAYS
from finance.loans.rules import LoanState, RowState
from finance.products import LateRule
from ledger.accounts import BY_NAME

i = Installment
PAYABLE: Any = (
    i.principal + i.fee + i.late_fee - i.principal_paid - i.fee_paid - i.late_fee_paid - i.paused
)


def _running(*conditions: Any) -> Select[int]:
    """Ids of running loans whose clock has started, with a row of this kind, in order."""
    return (
        select(Loan.id)
        .join(Installment, Installment.loan_id == Loan.id)
        .where(Loan.state == LoanState.ACTIVE, Loan.starts_on.is_not(None), *conditions)
        .distinct()
    )


_OF_ITSELF: Any = Loan.terms["pricing"].astext.is_distinct_from(
    DAILY
)  # a line's purchases: with its statement

_WALLET = f"{BY_NAME['wallet'].code}\\:wallet\\:"  # a colon of its own, no value's place
_BALANCE: Any = text(f"""exists (
    select from ledger_account w where w.path = '{_WALLET}' || loan.borrower_id
       and w.currency = loan.currency
       and w.credits_posted - w.debits_posted - w.debits_pending > 0)""")


def reminded(day: date, rule: LateRule) -> Select[int]:
    days = [day + timedelta(before) for before in REMIND_DAYS_BEFORE]
    return _running(i.due_on.in_(days), PAYABLE > 0, _OF_ITSELF)


def fallen_due(day: date, rule: LateRule) -> Select[int]:
    return _running(i.state == RowState.SCHEDULED, i.due_on <= day)


def autopaid(day: date, rule: LateRule) -> Select[int]:
    first = day - timedelta(AUTO_DAYS)
    due = i.due_on.between(first, day)
    return _running(Loan.autopay_card_id.is_not(None), due, PAYABLE > 0)


def with_balance(day: date, rule: LateRule) -> Select[int]:
    """Of those, whom the balance can pay something."""
    return autopaid(day, rule).where(_BALANCE)


def late(day: date, rule: LateRule) -> Select[int]:
    last = day - timedelta(rule.grace_days)
    return _running(i.state == RowState.DUE, i.due_on < last, PAYABLE > 0)


def late_fee_due(day: date, rule: LateRule) -> Select[int]:
    last = day - timedelta(rule.fee_after_days)
    calm = exists().where(
        Relief.loan_id == Loan.id, Relief.state != DECLINED, Relief.calm_until >= day
    )
    late_rows = (i.state == RowState.LATE, i.late_fee_on.is_(None), i.due_on < last, PAYABLE > 0)
    return _running(*late_rows, ~calm, _OF_ITSELF)


def longer_offered(day: date, rule: LateRule) -> Select[int]:
    """Rows as late as the rule has it, of which their shopper has not been told."""
    told = exists().where(
        LoanEvent.loan_id == Loan.id,
        LoanEvent.key == func.concat("offered:", i.number, ":", i.due_on),
    )
    return _running(i.due_on <= day - timedelta(rule.plan_days), PAYABLE > 0, ~told)


def defaulted(day: date, rule: LateRule) -> Select[int]:
    last = day - timedelta(rule.default_days)
    return _running(Loan.defaulted_on.is_(None), i.due_on <= last, PAYABLE > 0)


def lost(day: date, rule: LateRule) -> Select[int]:
    return _running(i.due_on <= day - timedelta(rule.charge_off_days), PAYABLE > 0)
