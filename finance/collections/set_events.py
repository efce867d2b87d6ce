"""What steps done by sets share: plans that stand still, those that are plain, events written at once."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import text

from core import clock, ids
from core.db import db
from finance.lending.life.fold import STEPS

SIZE = 2_000
OWED = "i.principal + i.fee + i.late_fee - i.principal_paid - i.fee_paid - i.late_fee_paid"
PAYABLE = f"greatest(0, {OWED} - i.paused)"
# last: the latest day of the plan's life; shuffled: it heard of something late
LIVES = """
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
_LOCK = text("select 1 from loan where id = any(cast(:ids as bigint[])) order by id for update")
_EVENTS = text("""
    insert into loan_event (id, created_at, loan_id, entry, key, kind, "on", amount, ref, note,
                            details)
    select e.id, :now, e.loan, e.entry, e.key, e.kind, e.day, e.amount, e.ref, e.note,
           cast(e.details as jsonb)
      from unnest(cast(:ids as bigint[]), cast(:loans as bigint[]), cast(:entries as int[]),
                  cast(:keys as text[]), cast(:kinds as text[]), cast(:days as date[]),
                  cast(:amounts as bigint[]), cast(:notes as text[]), cast(:details as text[]),
                  cast(:refs as text[]))
           as e (id, loan, entry, key, kind, day, amount, note, details, ref)
""")


@dataclass(frozen=True, slots=True)
class Acted:
    """What was done by sets: how often; loans `left` to be done one by one."""

    count: int
    left: Sequence[int]


@dataclass(frozen=True, slots=True)
class Fact:
    """An event to be written: of a loan's row (0: of the loan), minor units; details: else its row."""

    loan: int
    entry: int
    key: str
    kind: str
    on: date
    amount: int
    row: int = 0
    note: str = ""
    details: Mapping[str, Any] | None = None
    ref: str = ""


def stand_still(query: Any, loans: Sequence[int], values: dict[str, Any]) -> Sequence[Any]:
    """What a query finds of these loans, which nobody else changes from here on."""
    db.session.flush()
    run(_LOCK, {"ids": list(loans)})
    lives = list(STEPS)
    return (
        db.session.connection().execute(query, values | {"ids": list(loans), "kinds": lives}).all()
    )


def parted(
    found: Iterable[Any], plain: Callable[[Sequence[Any]], bool]
) -> tuple[list[tuple[Any, int]], list[int]]:
    """Rows of loans that sets can do, each with its place among its loan's; and the other loans."""
    ours, left = [], []
    for id, group in groupby(found, lambda row: row.id):
        rows = list(group)
        if any(row.is_odd for row in rows) or not plain(rows):
            left.append(id)
        else:
            ours += [(row, place) for place, row in enumerate(rows, 1)]
    return ours, left


def write(facts: Sequence[Fact]) -> None:
    """Write these events."""
    if not facts:
        return
    columns = {
        "ids": [ids.new_id() for _ in facts],
        "loans": [fact.loan for fact in facts],
        "entries": [fact.entry for fact in facts],
        "keys": [fact.key for fact in facts],
        "kinds": [fact.kind for fact in facts],
        "days": [fact.on for fact in facts],
        "amounts": [fact.amount for fact in facts],
        "notes": [fact.note for fact in facts],
        "details": [_details(fact) for fact in facts],
        "refs": [fact.ref for fact in facts],
    }
    run(_EVENTS, {"now": clock.now()} | columns)


def _details(fact: Fact) -> str:
    if fact.details is not None:
        return json.dumps(fact.details)
    return f'{{"row": {fact.row}}}' if fact.row else "{}"


def mark(statement: Any, rows: Sequence[int], **values: Any) -> None:
    """Change rows of these ids; what the session has seen of them is old then."""
    if rows:
        run(statement, {"ids": list(rows)} | values)
    db.session.expire_all()


def run(statement: Any, values: dict[str, Any]) -> Any:
    return db.session.connection().execute(statement, values)
