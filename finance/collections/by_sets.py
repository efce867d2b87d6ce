"""Rows fall due and are late, plans are in default: by sets, to the byte as loan by loan.

An event that is the last of a plan's life makes of its rows what one step of the fold makes of the
state they keep: that much can be said in SQL. Plans of which a later day is known already, or that
heard of something late, go the long way (`steps`), and so does whatever is not plain.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import text

from core import clock, ids
from core.db import db
from core.money import Money
from finance.lending.life import events as kinds
from finance.lending.life.fold import STEPS
from finance.loans import bookkeeping
from finance.products import LateRule
from ledger import book

SIZE = 2_000
_OWED = "i.principal + i.fee + i.late_fee - i.principal_paid - i.fee_paid - i.late_fee_paid"
_PAYABLE = f"greatest(0, {_OWED} - i.paused)"
_LOCK = text("select 1 from loan where id = any(cast(:ids as bigint[])) order by id for update")
# last: the latest day of the plan's life; shuffled: it heard of something late
_LIVES = """
    with entries as (
      select loan_id, max(entry) as entry from loan_event
       where loan_id = any(cast(:ids as bigint[])) group by loan_id),
    lives as (
      select loan_id, max(place) as last, coalesce(bool_or(place < before), false) as shuffled
        from (select loan_id, place, lag(place) over (partition by loan_id order by entry) as before
                from (select loan_id, entry, case when kind in ('opening', 'lent')
                             then '-infinity' else "on" end as place
                        from loan_event
                       where loan_id = any(cast(:ids as bigint[])) and key <> 'paid'
                         and kind = any(cast(:kinds as text[]))) e) x
       group by loan_id)
"""
_ROWS = f"""{_LIVES}
    select l.id, l.number as loan, l.currency, i.id as row_id, i.number as row, i.due_on, i.fee,
           i.accrued_on, {_OWED} as owed, {_PAYABLE} as payable, n.entry,
           v.last > :day or v.shuffled or l.defaulted_on is not null or i.due_on < v.last as is_odd
      from loan l join installment i on i.loan_id = l.id
      join entries n on n.loan_id = l.id join lives v on v.loan_id = l.id
     where l.id = any(cast(:ids as bigint[])) and l.state = 'active' and l.starts_on is not null
       and i.state = :state and i.due_on <= :upto and {_PAYABLE} >= :least
       and not exists (select 1 from loan_event e where e.loan_id = l.id
                        and e.key = :what || ':' || i.number || ':' || i.due_on)
     order by l.id, i.number
"""
_DEFAULTS = text(f"""{_LIVES}
    select l.id, n.entry,
           sum(i.principal - i.principal_paid + i.late_fee - i.late_fee_paid
             + case when i.accrued_on is null then 0 else i.fee - i.fee_paid end)::bigint as owing,
           bool_or(v.last > :day) or not bool_or(i.state in ('due', 'late') and {_PAYABLE} > 0)
             as is_odd
      from loan l join installment i on i.loan_id = l.id
      join entries n on n.loan_id = l.id join lives v on v.loan_id = l.id
     where l.id = any(cast(:ids as bigint[])) and l.state = 'active' and l.defaulted_on is null
       and not exists (select 1 from loan_event e where e.loan_id = l.id
                        and e.key = 'default:' || cast(:day as date))
     group by l.id, n.entry
    having min(i.due_on) filter (where {_PAYABLE} > 0) <= :upto
     order by l.id
""")
_EVENTS = text("""
    insert into loan_event (id, created_at, loan_id, entry, key, kind, "on", amount, ref, note,
                            details)
    select e.id, :now, e.loan, e.entry, e.key, :kind, e.day, e.amount, '', '',
           case when e.row = 0 then '{}' else jsonb_build_object('row', e.row) end
      from unnest(cast(:ids as bigint[]), cast(:loans as bigint[]), cast(:entries as int[]),
                  cast(:keys as text[]), cast(:days as date[]), cast(:amounts as bigint[]),
                  cast(:rows as int[])) as e (id, loan, entry, key, day, amount, row)
""")
_ARE_DUE = text("""
    update installment set state = 'due', accrued_on = coalesce(accrued_on, due_on)
     where id = any(cast(:ids as bigint[]))
""")
_ARE_LATE = text("update installment set state = 'late' where id = any(cast(:ids as bigint[]))")
_IN_DEFAULT = text("update loan set defaulted_on = :day where id = any(cast(:ids as bigint[]))")


@dataclass(frozen=True, slots=True)
class Acted:
    """What was done by sets: how often; loans `left` to be done one by one.

    news   (loan id, row number) of what shoppers are to be told
    """

    count: int
    left: Sequence[int]
    news: Sequence[tuple[int, int]] = ()


def fall_due(loans: Sequence[int], day: date, rule: LateRule) -> Acted:
    """Rows whose day has come: their fee is earned, a journal each."""
    found = _rows(loans, day, kinds.DUE, state="scheduled", upto=day, least=0)
    plain, left = _parted(found, lambda rows: _in_order(rows) and all(r.owed > 0 for r in rows))
    _write(kinds.DUE, [(r, r.entry + n, r.due_on, r.owed) for r, n in plain])
    earned = [r for r, _ in plain if r.accrued_on is None and r.fee]
    book.post_all(
        [bookkeeping.due(r.loan, str(r.row), Money(r.fee, r.currency), r.due_on) for r in earned]
    )
    _mark(_ARE_DUE, plain)
    return Acted(len(plain), left)


def mark_late(loans: Sequence[int], day: date, rule: LateRule) -> Acted:
    """Rows still unpaid after the days of grace."""
    upto = day - timedelta(rule.grace_days + 1)
    found = _rows(loans, day, kinds.LATE, state="due", upto=upto, least=1)
    plain, left = _parted(found, lambda rows: True)
    _write(kinds.LATE, [(r, r.entry + n, day, r.payable) for r, n in plain])
    _mark(_ARE_LATE, plain)
    return Acted(len(plain), left, [(row.id, row.row) for row, _ in plain])


def default(loans: Sequence[int], day: date, rule: LateRule) -> Acted:
    """Ninety days late: the lender expects to lose what the last stage says."""
    upto = day - timedelta(rule.default_days)
    found = _locked(_DEFAULTS, loans, {"day": day, "upto": upto})
    plain = [loan for loan in found if not loan.is_odd]
    _insert(
        kinds.DEFAULT,
        loans=[loan.id for loan in plain],
        entries=[loan.entry + 1 for loan in plain],
        keys=[f"default:{day}"] * len(plain),
        days=[day] * len(plain),
        amounts=[loan.owing for loan in plain],
        rows=[0] * len(plain),
    )
    _run(_IN_DEFAULT, {"ids": [loan.id for loan in plain], "day": day})
    db.session.expire_all()
    return Acted(len(plain), [loan.id for loan in found if loan.is_odd])


def _rows(
    loans: Sequence[int], day: date, what: str, *, state: str, upto: date, least: int
) -> Sequence[Any]:
    values = {"day": day, "what": what, "state": state, "upto": upto, "least": least}
    return _locked(_ROWS_OF[what], loans, values)


_LATER = _ROWS.replace("or l.defaulted_on is not null or i.due_on < v.last", "")
_ROWS_OF = {kinds.DUE: text(_ROWS), kinds.LATE: text(_LATER)}


def _locked(query: Any, loans: Sequence[int], values: dict[str, Any]) -> Sequence[Any]:
    """What a query finds of these loans, which stand still from here on."""
    db.session.flush()
    _run(_LOCK, {"ids": list(loans)})
    lives = list(STEPS)
    return (
        db.session.connection().execute(query, values | {"ids": list(loans), "kinds": lives}).all()
    )


def _parted(found: Iterable[Any], plain: Any) -> tuple[list[tuple[Any, int]], list[int]]:
    """Rows of loans that sets can do, each with its place among its loan's; and the other loans."""
    ours, left = [], []
    for id, group in groupby(found, lambda row: row.id):
        rows = list(group)
        if any(row.is_odd for row in rows) or not plain(rows):
            left.append(id)
        else:
            ours += [(row, place) for place, row in enumerate(rows, 1)]
    return ours, left


def _in_order(rows: Sequence[Any]) -> bool:
    days = [row.due_on for row in rows]
    return days == sorted(days)


def _write(kind: str, happened: Sequence[tuple[Any, int, date, int]]) -> None:
    _insert(
        kind,
        loans=[row.id for row, *_ in happened],
        entries=[entry for _, entry, *_ in happened],
        keys=[f"{kind}:{row.row}:{row.due_on}" for row, *_ in happened],
        days=[on for _, _, on, _ in happened],
        amounts=[amount for *_, amount in happened],
        rows=[row.row for row, *_ in happened],
    )


def _insert(kind: str, **columns: list[Any]) -> None:
    new = [ids.new_id() for _ in columns["loans"]]
    if new:
        _run(_EVENTS, {"kind": kind, "now": clock.now(), "ids": new} | columns)


def _mark(statement: Any, plain: Sequence[tuple[Any, int]]) -> None:
    _run(statement, {"ids": [row.row_id for row, _ in plain]})
    db.session.expire_all()


def _run(statement: Any, values: dict[str, Any]) -> None:
    db.session.connection().execute(statement, values)
