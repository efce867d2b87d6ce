"""Plans that are given up, by sets: what is owed of them leaves the book at once for all of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from core.money import Money
from finance.collections import provisioning
from finance.collections.set_events import LIVES, PAYABLE, Acted, Fact, mark, stand_still, write
from finance.lending.life import events as kinds
from finance.loans import bookkeeping, exposure
from finance.loans.bookkeeping import Owing
from finance.products import LateRule
from ledger import book

# a bank's part, nights of a line, and what nobody has seen fall due go the long way
_LOST = text(f"""{LIVES}
    select l.id, l.number as loan, l.currency, l.checkout_number as claim, n.entry,
           sum(i.principal - i.principal_paid)::bigint as principal,
           coalesce(sum(i.fee - i.fee_paid) filter (where i.accrued_on is not null), 0)::bigint
             as interest,
           sum(i.late_fee - i.late_fee_paid)::bigint as late_fees,
           v.last > :day or v.shuffled or l.terms ->> 'pricing' = 'daily'
             or exists (select 1 from participation p where p.ref = l.number)
             or bool_or(i.state = 'scheduled' and i.due_on <= :day)
             or exists (select 1 from loan_event e where e.loan_id = l.id
                         and e.key = 'charged_off') as is_odd
      from loan l join installment i on i.loan_id = l.id
      join entries n on n.loan_id = l.id join lives v on v.loan_id = l.id
     where l.id = any(cast(:ids as bigint[])) and l.state = 'active' and l.charged_off_on is null
     group by l.id, n.entry, v.last, v.shuffled
    having min(i.due_on) filter (where {PAYABLE} > 0) <= :upto
     order by l.id
""")
_GIVEN_UP = text("""
    update loan set state = 'charged_off', charged_off_on = :day, closed_on = :day
     where id = any(cast(:ids as bigint[]))
""")


def charge_off(loans: Sequence[int], day: date, rule: LateRule) -> Acted:
    """So late that the loan leaves the book, first against what was set aside for it."""
    upto = day - timedelta(rule.charge_off_days)
    found = stand_still(_LOST, loans, {"day": day, "upto": upto})
    plain = [loan for loan in found if not loan.is_odd]
    owing = {loan.id: _owing(loan) for loan in plain}
    held = provisioning.take_all(
        provisioning.SHOPPERS, {id: owed.all.minor for id, owed in owing.items()}
    )
    write([_fact(loan, owing[loan.id].all.minor, held[loan.id], day) for loan in plain])
    mark(_GIVEN_UP, [loan.id for loan in plain], day=day)
    exposure.give_all({loan.claim: owing[loan.id].principal for loan in plain})
    book.post_all([_journal(loan, owing[loan.id], held[loan.id], day) for loan in plain])
    return Acted(len(plain), [loan.id for loan in found if loan.is_odd])


def _owing(loan: Any) -> Owing:
    return Owing(
        *(Money(n, loan.currency) for n in (loan.principal, loan.interest, loan.late_fees))
    )


def _fact(loan: Any, owed: int, held: int, day: date) -> Fact:
    details = {"allowance": held}
    return Fact(
        loan.id, loan.entry + 1, "charged_off", kinds.CHARGED_OFF, day, owed, details=details
    )


def _journal(loan: Any, owing: Owing, held: int, day: date) -> Any:
    return bookkeeping.charged_off(loan.loan, owing, Money(held, loan.currency), day)
