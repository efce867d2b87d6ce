"""Interest by the day without a row a loan and day: it is a function of the loan's columns.

What had accrued by the day of the last run, and is not yet on a loan's own account, lies in
`accrued_interest:BOOK`: one journal a chunk brings it there, and an event of a loan takes its
part out again. The chunk is written by a function of the owner's, made from what stands here.
"""

from datetime import date

from sqlalchemy import Select, select, text

from core import owned
from core.db import db
from core.money import Money
from finance.capital.fold.accrual import PLEDGE_MICRO, TERM_LOAN_MICRO
from finance.capital.models import ACTIVE, Advance
from finance.collections import bookkeeping, chunks
from finance.collections.chunks import Done, Part, Step
from finance.collections.through import SELLERS, STEP
from ledger import book

SIZE = 20_000


def _whole(micro: str, day: str) -> str:
    """Whole minor units of `micro` through that day."""
    return f"(({micro.replace(':day', day)} + 500000) / 1000000)"


def _between(first: str, last: str, after: str, upto: str) -> str:
    """Interest, by currency, that accrued after `first` through `last` on ids of a range."""
    return f"""
        select x.currency, coalesce(sum(x.new), 0)::bigint as minor from (
          select a.currency, {_whole(TERM_LOAN_MICRO, last)} - {_whole(TERM_LOAN_MICRO, first)} as new
            from advance a
           where a.state = 'active' and a.product = 'term_loan'
             and a.id > {after} and a.id <= {upto}
          union all
          select a.currency, {_whole(PLEDGE_MICRO, last)} - {_whole(PLEDGE_MICRO, first)}
            from advance a join pledge p on p.advance_id = a.id and p.closed_on is null
           where a.state = 'active' and a.product <> 'term_loan' and a.rate_ppm > 0
             and a.id > {after} and a.id <= {upto}) x
         group by x.currency"""


_NEW = text(_between("cast(:before as date)", "cast(:day as date)", ":after", ":last"))


def _body() -> str:
    """Of `day_accrue`: what a chunk's loans earned since the last run, and the chunk that says it."""
    new = _between("$1", "$2", "$3", "$4")
    return f"""
declare
  after bigint := day_chunk_begins('{STEP}', p_day, p_last);
  booked jsonb;
begin
  perform pg_advisory_xact_lock(hashtext('accrued_interest'));
  if exists (select from day_chunk where step = '{STEP}' and "on" > p_day) then
    raise exception 'a later day than % has been accrued', p_day using errcode = 'integrity_constraint_violation';
  end if;
  execute $of$select coalesce(jsonb_object_agg(n.currency, n.minor), '{{}}') from ({new}) n where n.minor <> 0$of$
     into booked
    using coalesce((select max("on") from day_chunk where step = '{STEP}' and "on" < p_day), '0001-01-01'::date),
          p_day, after, p_last;
  perform day_chunk_ends(p_id, p_at, '{STEP}', p_day, after, p_last, p_done, booked);
  return booked;
end """


def _apart(micro: str) -> str:
    whole, none = _whole(micro, "p_day"), _whole(micro, "'0001-01-01'::date")
    return f"\nbegin\n  return {whole} - {none};\nend "


_ARGUMENTS = "p_id bigint, p_at timestamptz, p_day date, p_last bigint, p_done int"
_ACCRUE = text("select day_accrue(:id, :at, :day, :last, :done)")
owned.function("day_accrue", _ARGUMENTS, "jsonb", _body)
# what lies apart of one contract, for the check that an event takes out as much as it changes
owned.function(
    "apart_of_loan",
    "a advance, p_day date",
    "bigint",
    lambda: _apart(TERM_LOAN_MICRO),
    definer=False,
)
owned.function(
    "apart_of_pledge",
    "a advance, p pledge, p_day date",
    "bigint",
    lambda: _apart(PLEDGE_MICRO),
    definer=False,
)


def _with_interest(day: date) -> Select[int]:
    return select(Advance.id).where(Advance.state == ACTIVE, Advance.rate_ppm > 0)


def _accrue(part: Part) -> Done:
    """Book what the loans of this chunk earned since the last run."""
    booked = chunks.by_owner(_ACCRUE, part)
    for currency, minor in booked.items():
        money = Money(minor, currency)
        book.post(bookkeeping.accrued(SELLERS, money, part.day, part.last))
    return Done(len(part.ids), booked=booked, is_written=True)


SELLERS_INTEREST = Step(STEP, _with_interest, _accrue, SIZE, closes=True)


def owed(upto: int, on: date, before: date) -> dict[str, int]:
    """What `accrued_interest:sellers` must hold: ids up to `upto` are accrued through `on`."""
    found: dict[str, int] = {}
    for day, after, last in ((on, 0, upto), (before, upto, chunks.LAST)):
        values = {"before": date.min, "day": day, "after": after, "last": last}
        for currency, minor in db.session.connection().execute(_NEW, values):
            found[currency] = found.get(currency, 0) + int(minor)
    return found
