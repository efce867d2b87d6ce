"""Late fees by sets: each late row is decided once, people one after the other, all written at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from core import clock, messages
from core.money import Money
from finance.collections.rules import ON_US, late_fee
from finance.collections.set_events import (
    LIVES,
    PAYABLE,
    Acted,
    Fact,
    mark,
    parted,
    run,
    stand_still,
    write,
)
from finance.lending.life import events as kinds
from finance.loans import bookkeeping, exposure, news
from finance.products import LateRule
from ledger import book

_ROWS = text(f"""{LIVES}
    select l.id, l.number as loan, l.currency, l.borrower_id, l.principal - l.refunded as financed,
           (select sum(a.late_fee) from installment a where a.loan_id = l.id)::bigint as charged,
           i.id as row_id, i.number as row, i.due_on, {PAYABLE} as payable, n.entry,
           v.last > :day or v.shuffled or exists (
             select 1 from loan_event e where e.loan_id = l.id and e.key in (
               'late_fee:' || i.number || ':' || i.due_on, 'waived:' || i.number || ':' || i.due_on,
               'no_late_fee:' || i.number || ':' || i.due_on)) as is_odd
      from loan l join installment i on i.loan_id = l.id
      join entries n on n.loan_id = l.id join lives v on v.loan_id = l.id
     where l.id = any(cast(:ids as bigint[])) and l.state = 'active'
       and i.state = 'late' and i.late_fee_on is null and i.due_on < :upto
     order by l.id, i.number
""")
_PEOPLE = text("""
    select x.person_id, x.waived_late_on,
           (select coalesce(sum(e.amount), 0) from loan_event e join loan l on l.id = e.loan_id
             where l.borrower_id = x.person_id and e.kind = 'late_fee'
               and e."on" between :first and :day)::bigint as this_month
      from exposure x where x.person_id = any(cast(:people as bigint[]))
""")
_DECIDED = text("""
    update installment i set late_fee_on = :day, late_fee = i.late_fee + n.fee
      from unnest(cast(:ids as bigint[]), cast(:fees as bigint[])) as n (id, fee) where i.id = n.id
""")
_WAIVED = text("""
    update exposure set waived_late_on = :day where person_id = any(cast(:ids as bigint[]))
""")


@dataclass(slots=True)
class _Person:
    """Whose first fee is waived once, and whose fees of a month have an end."""

    waived: bool
    this_month: int


@dataclass(slots=True)
class _Decided:
    facts: list[Fact] = field(default_factory=list)
    fees: list[int] = field(default_factory=list)
    waived: list[int] = field(default_factory=list)
    charged: list[tuple[Any, Money]] = field(default_factory=list)


def charge(loans: Sequence[int], day: date, rule: LateRule) -> Acted:
    """Once a row; the first of a person's life is waived. Counts what is charged."""
    upto = day - timedelta(rule.fee_after_days)
    found = stand_still(_ROWS, loans, {"day": day, "upto": upto})
    odd = {row.borrower_id for row in found if row.is_odd}  # one after the other, all of them
    plain, left = parted(found, lambda rows: rows[0].borrower_id not in odd)
    done = _decide(plain, _people({row.borrower_id for row, _ in plain}, day), day, rule)
    write(done.facts)
    book.post_all([bookkeeping.late_fee(r.loan, str(r.row), fee, day) for r, fee in done.charged])
    mark(_DECIDED, [row.row_id for row, _ in plain], fees=done.fees, day=day)
    mark(_WAIVED, done.waived, day=day)
    if day >= clock.today():
        messages.send_all([_note(row, fee) for row, fee in done.charged])
    return Acted(len(done.charged), left)


def _people(ids: set[int], day: date) -> dict[int, _Person]:
    """These people, who take on nothing else until this transaction ends."""
    exposure.lock_all(ids)
    values = {"people": sorted(ids), "first": day.replace(day=1), "day": day}
    return {
        who.person_id: _Person(who.waived_late_on is not None, who.this_month)
        for who in run(_PEOPLE, values)
    }


def _decide(
    plain: Sequence[tuple[Any, int]], people: dict[int, _Person], day: date, rule: LateRule
) -> _Decided:
    done, more = _Decided(), dict[int, int]()
    for row, place in plain:
        person = people[row.borrower_id]
        fee = late_fee(
            rule,
            unpaid=row.payable,
            days=(day - row.due_on).days,
            financed=row.financed,
            charged=row.charged + more.get(row.id, 0),
            this_month=person.this_month,
        )
        kind, note = kinds.LATE_FEE if fee else kinds.NO_LATE_FEE, ""
        if fee and rule.first_waived and not person.waived:
            person.waived = True
            done.waived.append(row.borrower_id)
            kind, note = kinds.WAIVED, ON_US
        key = f"{kind}:{row.row}:{row.due_on}"
        done.facts.append(Fact(row.id, row.entry + place, key, kind, day, fee, row.row, note))
        owed = fee if kind == kinds.LATE_FEE else 0
        done.fees.append(owed)
        if owed:
            person.this_month += owed
            more[row.id] = more.get(row.id, 0) + owed
            done.charged.append((row, Money(owed, row.currency)))
    return done


def _note(row: Any, fee: Money) -> messages.Note:
    return news.late_fee_note(row.borrower_id, row.loan, row.row, fee, row.due_on)
