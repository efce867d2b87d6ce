"""What is due is paid from balances, by sets: what one plan after the other would have taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import insert, text

from core import clock, ids
from core.db import db
from core.money import Money
from finance.collections.set_events import (
    LIVES,
    OWED,
    PAYABLE,
    Acted,
    Fact,
    mark,
    parted,
    stand_still,
    write,
)
from finance.lending.life import events as kinds
from finance.loans import bookkeeping, exposure
from finance.loans.bookkeeping import Whose
from finance.loans.models import LoanPayment
from finance.loans.paying import AUTO, AUTO_DAYS
from finance.products import LateRule
from ledger import book
from ledger.accounts import account
from ledger.entries import Journal
from payments import cards
from payments import services as payments

# the last row of a plan ends it, a default is cured, a bank has its part: those go the long way
_DUE = text(f"""{LIVES}
    select l.id, l.number as loan, l.currency, l.borrower_id, l.checkout_number as claim,
           l.autopay_card_id as card, n.entry, i.id as row_id, i.due_on,
           i.late_fee - i.late_fee_paid as late_fee, i.fee - i.fee_paid as fee,
           i.principal - i.principal_paid as principal,
           v.last > :on or v.shuffled or l.defaulted_on is not null or i.accrued_on is null
             or l.terms ->> 'pricing' = 'daily'
             or exists (select 1 from participation p where p.ref = l.number)
             or exists (select 1 from installment a where a.loan_id = l.id and a.paused <> 0)
             or not exists (select 1 from installment i where i.loan_id = l.id
                             and i.due_on > :day and {OWED} > 0) as is_odd
      from loan l join installment i on i.loan_id = l.id
      join entries n on n.loan_id = l.id join lives v on v.loan_id = l.id
     where l.id = any(cast(:ids as bigint[])) and l.state = 'active' and i.due_on <= :day
       and {PAYABLE} > 0
       and exists (select 1 from installment i where i.loan_id = l.id
                    and i.due_on between :first and :day and {PAYABLE} > 0)
     order by l.id, i.due_on, i.number
""")
_PAID = text("""
    update installment i set late_fee_paid = i.late_fee_paid + n.late_fee,
           fee_paid = i.fee_paid + n.fee, principal_paid = i.principal_paid + n.principal,
           state = case when n.whole then 'paid' else i.state end,
           paid_on = case when n.whole then :on else i.paid_on end
      from unnest(cast(:ids as bigint[]), cast(:late_fees as bigint[]), cast(:fees as bigint[]),
                  cast(:principals as bigint[]), cast(:wholes as boolean[]))
           as n (id, late_fee, fee, principal, whole)
     where i.id = n.id
""")
_PARTS = ("late_fee", "fee", "principal")  # in the order of paying
_OF_PART = {"late_fee": "loan_fee", "fee": "loan_interest", "principal": "loan_principal"}


@dataclass(slots=True)
class _Paid:
    """What a plan's payment is: parts of each row (id, late fee, fee, principal, whole row)."""

    loan: Any
    rows: list[tuple[int, int, int, int, bool]] = field(default_factory=list)

    def of(self, part: str) -> int:
        return sum(row[1 + _PARTS.index(part)] for row in self.rows)

    @property
    def amount(self) -> int:
        return sum(self.of(part) for part in _PARTS)

    @property
    def key(self) -> str:
        return f"{AUTO}:{self.loan.entry + 1}"


def pay(loans: Sequence[int], day: date, rule: LateRule) -> Acted:
    """What is due is paid from the balance first, as far as that goes, plan by plan of a person.

    Balances are looked at before; where one was spent meanwhile, nothing of this is kept and all
    are done one by one.
    """
    on = max(day, clock.today())
    values = {"day": day, "on": on, "first": day - timedelta(AUTO_DAYS)}
    found = _by_themselves(stand_still(_DUE, loans, values))
    odd = {row.borrower_id for row in found if row.is_odd}  # who has one: one after the other
    plain, left = parted(found, lambda rows: rows[0].borrower_id not in odd)
    paid = _paid([row for row, _ in plain])
    try:
        with db.session.begin_nested():
            _write(paid, on)
    except book.Overdrawn:
        return Acted(0, [*left, *(each.loan.id for each in paid)])
    return Acted(len(paid), left)


def _by_themselves(found: Sequence[Any]) -> list[Any]:
    """Rows of plans that pay by themselves and that nobody is paying at this moment."""
    people = {row.borrower_id for row in found}
    with_card, moving = cards.usable(people), payments.moving_of(people)
    busy = {":".join(purpose.split(":", 2)[:2]) for _, purpose in moving}
    return [
        row
        for row in found
        if (row.borrower_id, row.card) in with_card and f"loan:{row.loan}" not in busy
    ]


def _paid(rows: Iterable[Any]) -> list[_Paid]:
    """What each plan takes of its person's balance, in the order of the plans."""
    todo = [list(group) for _, group in groupby(rows, key=lambda row: row.id)]
    there = _available([group[0] for group in todo])
    found = []
    for group in todo:
        purse = (group[0].borrower_id, group[0].currency)
        paid = _Paid(group[0])
        for row in group:
            _take(paid, row, there.get(purse, 0) - paid.amount)
        if paid.amount:
            there[purse] -= paid.amount
            found.append(paid)
    return found


def _take(paid: _Paid, row: Any, most: int) -> None:
    parts = []
    for part in _PARTS:
        parts.append(min(most, getattr(row, part)))
        most -= parts[-1]
    if any(parts):
        late_fee, fee, principal = parts
        whole = sum(parts) == row.late_fee + row.fee + row.principal
        paid.rows.append((row.row_id, late_fee, fee, principal, whole))


def _available(loans: Sequence[Any]) -> dict[tuple[int, str], int]:
    """What is on the balance of each person, minor units; nothing below zero."""
    found: dict[tuple[int, str], int] = {}
    for currency in sorted({loan.currency for loan in loans}):
        people = sorted({loan.borrower_id for loan in loans if loan.currency == currency})
        there = book.all_available([account("wallet", who) for who in people], currency)
        for who, amount in zip(people, there, strict=True):
            found[who, currency] = max(0, amount.minor)
    return found


def _write(paid: Sequence[_Paid], on: date) -> None:
    if not paid:
        return
    write([_fact(each, on) for each in paid])
    db.session.execute(insert(LoanPayment), [_payment(each, on) for each in paid])
    rows, late_fees, fees, principals, wholes = zip(
        *(row for each in paid for row in each.rows), strict=True
    )
    mark(
        _PAID,
        rows,
        late_fees=list(late_fees),
        fees=list(fees),
        principals=list(principals),
        wholes=list(wholes),
        on=on,
    )
    exposure.give_all(
        {each.loan.claim: Money(each.of("principal"), each.loan.currency) for each in paid}
    )
    book.post_all([_journal(each, on) for each in paid])


def _fact(paid: _Paid, on: date) -> Fact:
    entry = paid.loan.entry + 1
    return Fact(paid.loan.id, entry, f"paid:{paid.key}", kinds.PAID, on, paid.amount, ref=paid.key)


def _payment(paid: _Paid, on: date) -> dict[str, Any]:
    row = {"id": ids.new_id(), "created_at": clock.now(), "loan_id": paid.loan.id}
    return row | {"payment_id": None, "on": on, "amount": paid.amount, "returned": 0}


def _journal(paid: _Paid, on: date) -> Journal:
    loan = paid.loan
    moved = [("source", _OF_PART[part], paid.of(part), part) for part in _PARTS]
    whose = Whose(loan.loan, loan.borrower_id, loan.currency)
    lines = bookkeeping.paid(whose, moved, account("wallet", loan.borrower_id))
    return bookkeeping.paid_from_wallet(loan.loan, paid.key, lines, on)
