"""Rows fall due and are late, plans are in default: by sets, to the byte as loan by loan.

An event that is the last of a plan's life makes of its rows what one step of the fold makes of the
state they keep: that much can be said in SQL. Plans of which a later day is known already, or that
heard of something late, go the long way (`steps`), and so does whatever is not plain.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from core.money import Money
from finance.collections import telling
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
from finance.collections.telling import LateRow
from finance.lending.life import events as kinds
from finance.loans import bookkeeping
from finance.products import LateRule
from ledger import book

_ROWS = f"""{LIVES}
    select l.id, l.number as loan, l.currency, l.borrower_id,
           l.terms ->> 'pricing' = 'daily' as of_line, i.id as row_id, i.number as row, i.due_on, i.fee,
           i.accrued_on, {OWED} as owed, {PAYABLE} as payable, n.entry,
           v.last > :day or v.shuffled or l.defaulted_on is not null or i.due_on < v.last as is_odd
      from loan l join installment i on i.loan_id = l.id
      join entries n on n.loan_id = l.id join lives v on v.loan_id = l.id
     where l.id = any(cast(:ids as bigint[])) and l.state = 'active' and l.starts_on is not null
       and i.state = :state and i.due_on <= :upto and {PAYABLE} >= :least
       and not exists (select 1 from loan_event e where e.loan_id = l.id
                        and e.key = :what || ':' || i.number || ':' || i.due_on)
     order by l.id, i.number
"""
_LATER = _ROWS.replace("or l.defaulted_on is not null or i.due_on < v.last", "")
_ROWS_OF = {kinds.DUE: text(_ROWS), kinds.LATE: text(_LATER)}
_DEFAULTS = text(f"""{LIVES}
    select l.id, n.entry,
           sum(i.principal - i.principal_paid + i.late_fee - i.late_fee_paid
             + case when i.accrued_on is null then 0 else i.fee - i.fee_paid end)::bigint as owing,
           bool_or(v.last > :day) or not bool_or(i.state in ('due', 'late') and {PAYABLE} > 0)
             as is_odd
      from loan l join installment i on i.loan_id = l.id
      join entries n on n.loan_id = l.id join lives v on v.loan_id = l.id
     where l.id = any(cast(:ids as bigint[])) and l.state = 'active' and l.defaulted_on is null
       and not exists (select 1 from loan_event e where e.loan_id = l.id
                        and e.key = 'default:' || cast(:day as date))
     group by l.id, n.entry
    having min(i.due_on) filter (where {PAYABLE} > 0) <= :upto
     order by l.id
""")
_ARE_DUE = text("""
    update installment set state = 'due', accrued_on = coalesce(accrued_on, due_on)
     where id = any(cast(:ids as bigint[]))
""")
_ARE_LATE = text("update installment set state = 'late' where id = any(cast(:ids as bigint[]))")
_IN_DEFAULT = text("update loan set defaulted_on = :day where id = any(cast(:ids as bigint[]))")


def fall_due(loans: Sequence[int], day: date, rule: LateRule) -> Acted:
    """Rows whose day has come: their fee is earned, a journal each."""
    found = _rows(loans, day, kinds.DUE, state="scheduled", upto=day, least=0)
    plain, left = parted(found, lambda rows: _in_order(rows) and all(r.owed > 0 for r in rows))
    write([_fact(kinds.DUE, r, r.entry + n, r.due_on, r.owed) for r, n in plain])
    earned = [r for r, _ in plain if r.accrued_on is None and r.fee]
    book.post_all(
        [bookkeeping.due(r.loan, str(r.row), Money(r.fee, r.currency), r.due_on) for r in earned]
    )
    mark(_ARE_DUE, [row.row_id for row, _ in plain])
    return Acted(len(plain), left)


def mark_late(loans: Sequence[int], day: date, rule: LateRule) -> Acted:
    """Rows still unpaid after the days of grace."""
    upto = day - timedelta(rule.grace_days + 1)
    found = _rows(loans, day, kinds.LATE, state="due", upto=upto, least=1)
    plain, left = parted(found, lambda rows: True)
    write([_fact(kinds.LATE, r, r.entry + n, day, r.payable) for r, n in plain])
    mark(_ARE_LATE, [row.row_id for row, _ in plain])
    telling.tell([_told(row) for row, _ in plain], day)
    return Acted(len(plain), left)


def _told(row: Any) -> LateRow:
    owed = Money(row.payable, row.currency)
    return LateRow(row.borrower_id, row.loan, row.row, owed, row.due_on, bool(row.of_line))


def default(loans: Sequence[int], day: date, rule: LateRule) -> Acted:
    """Ninety days late: the lender expects to lose what the last stage says."""
    upto = day - timedelta(rule.default_days)
    found = stand_still(_DEFAULTS, loans, {"day": day, "upto": upto})
    plain = [loan for loan in found if not loan.is_odd]
    key = f"default:{day}"
    write([Fact(l.id, l.entry + 1, key, kinds.DEFAULT, day, l.owing) for l in plain])
    mark(_IN_DEFAULT, [loan.id for loan in plain], day=day)
    return Acted(len(plain), [loan.id for loan in found if loan.is_odd])


def _rows(
    loans: Sequence[int], day: date, what: str, *, state: str, upto: date, least: int
) -> Sequence[Any]:
    values = {"day": day, "what": what, "state": state, "upto": upto, "least": least}
    return stand_still(_ROWS_OF[what], loans, values)


def _in_order(rows: Sequence[Any]) -> bool:
    days = [row.due_on for row in rows]
    return days == sorted(days)


def _fact(kind: str, row: Any, entry: int, on: date, amount: int) -> Fact:
    return Fact(row.id, entry, f"{kind}:{row.row}:{row.due_on}", kind, on, amount, row.row)
