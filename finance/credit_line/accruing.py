"""The night's interest of every purchase on a line goes into the control account, by sets."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Select, select, text

from core import owned
from core.db import db
from core.money import Money
from finance.collections import bookkeeping, chunks
from finance.collections.chunks import Done, Part, Step
from finance.loans.by_day import STEP, LoanByDay, micro
from ledger import book

SIZE = 20_000
_BODY = f"""
declare
  after bigint := day_chunk_begins('{STEP}', p_day, p_last);
  before date;
  booked jsonb;
begin
  perform pg_advisory_xact_lock(hashtext('accrued_interest'));
  if exists (select from day_chunk where step = '{STEP}' and "on" > p_day) then
    raise exception 'a later day than % has been accrued', p_day using errcode = 'integrity_constraint_violation';
  end if;
  select max("on") into before from day_chunk where step = '{STEP}' and "on" < p_day;
  select coalesce(jsonb_object_agg(x.currency, x.minor) filter (where x.minor <> 0), '{{}}') into booked from (
    select n.currency, sum(nights_of(n, p_day) - case when before is null then 0 else nights_of(n, before) end)::bigint as minor
      from loan_by_day n where n.loan_id > after and n.loan_id <= p_last group by n.currency) x;
  perform day_chunk_ends(p_id, p_at, '{STEP}', p_day, after, p_last, p_done, booked);
  return booked;
end """
_ARGUMENTS = "p_id bigint, p_at timestamptz, p_day date, p_last bigint, p_done int"
_ACCRUE = text("select day_accrue_lines(:id, :at, :day, :last, :done)")
owned.function("day_accrue_lines", _ARGUMENTS, "jsonb", lambda: _BODY)
DIFFERS = f"""
    select format('%s: %s in the book, %s by the purchases'' columns', currency,
                  sum(booked), sum(wanted)) from (
      select a.currency, a.debits_posted - a.credits_posted as booked, 0 as wanted
        from ledger_account a where a.path = '1420:accrued_interest:shoppers'
      union all
      select n.currency, 0, {micro("n", "c.upto")}
        from loan_by_day n cross join lateral (
          select max(c."on") as upto from day_chunk c
           where c.step = '{STEP}' and c.last_id >= n.loan_id) c
       where c.upto is not null) x
     group by currency having sum(booked) <> sum(wanted)
"""


def _accrue(part: Part) -> Done:
    booked = chunks.by_owner(_ACCRUE, part)
    for currency, minor in booked.items():
        book.post(bookkeeping.nights(Money(minor, currency), part.day, part.last))
    return Done(len(part.ids), booked=booked, is_written=True)


def _bearing(day: date) -> Select[int]:
    return select(LoanByDay.loan_id).where(LoanByDay.bearing > 0)


def _check(part: Part) -> Iterator[str]:
    yield from db.session.connection().execute(text(DIFFERS)).scalars()


NIGHTS = Step(STEP, _bearing, _accrue, SIZE, closes=True, check=_check)
