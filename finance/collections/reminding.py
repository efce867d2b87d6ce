"""Reminders by sets: what falls due is told five days, one day and no day before."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from core import clock, messages
from core.money import Money
from finance.collections.rules import REMIND_DAYS_BEFORE
from finance.collections.set_events import PAYABLE, Acted, Fact, parted, stand_still, write
from finance.loans import news
from finance.products import LateRule

# a plan that pays by itself goes the long way: what will pay it has to be looked up
_ROWS = text(f"""
    select l.id, l.number as loan, l.currency, l.borrower_id, i.number as row, i.due_on,
           {PAYABLE} as payable, l.autopay_card_id is not null as is_odd,
           (select max(e.entry) from loan_event e where e.loan_id = l.id) as entry
      from loan l join installment i on i.loan_id = l.id
     where l.id = any(cast(:ids as bigint[])) and l.state = 'active'
       and i.due_on = any(cast(:days as date[])) and {PAYABLE} > 0
       and not exists (select 1 from loan_event e where e.loan_id = l.id
                        and e.key = 'reminded:' || i.number || ':' || i.due_on - cast(:day as date))
     order by l.id, i.number
""")


def remind(loans: Sequence[int], day: date, rule: LateRule) -> Acted:
    """A note in each plan's life and one message, unless the plan has had one today."""
    days = [day + timedelta(before) for before in REMIND_DAYS_BEFORE]
    found = stand_still(_ROWS, loans, {"day": day, "days": days})
    plain, left = parted(found, lambda rows: True)
    write([_fact(row, row.entry + place, day) for row, place in plain])
    if day >= clock.today():  # a day that is caught up tells nobody what was true then
        messages.send_all([_note(row, (row.due_on - day).days) for row, _ in plain])
    return Acted(len(plain), left)


def _fact(row: Any, entry: int, day: date) -> Fact:
    key = f"reminded:{row.row}:{(row.due_on - day).days}"
    said = news.falls_due(Money(row.payable, row.currency), row.due_on)
    return Fact(row.id, entry, key, "reminded", day, row.payable, note=said)


def _note(row: Any, before: int) -> messages.Note:
    amount = Money(row.payable, row.currency)
    return news.due_note(row.borrower_id, row.loan, row.row, amount, row.due_on, before)
