"""Interest by the day without a row a loan and day: it is a function of the loan's columns.

What had accrued by the day of the last run, and is not yet on a loan's own account, lies in
`accrued_interest:BOOK`: one journal a chunk brings it there, and an event of a loan takes its
part out again.
"""

from datetime import date

from sqlalchemy import Select, select, text

from core.db import db
from core.money import Money
from finance.capital.fold.accrual import PLEDGE_MICRO, TERM_LOAN_MICRO
from finance.capital.models import ACTIVE, Advance
from finance.collections import bookkeeping, chunks
from finance.collections.chunks import Done, Part, Step
from finance.collections.through import SELLERS, STEP, hold_still
from ledger import book

SIZE = 20_000


def _whole(micro: str, day: str) -> str:
    """Whole minor units of `micro` through the day of that name."""
    return f"(({micro.replace(':day', f'cast(:{day} as date)')} + 500000) / 1000000)"


def _between(first: str, last: str) -> str:
    """Interest, by currency, that accrued after `first` through `last` on ids of a range."""
    return f"""
        select x.currency, coalesce(sum(x.new), 0)::bigint from (
          select a.currency, {_whole(TERM_LOAN_MICRO, last)} - {_whole(TERM_LOAN_MICRO, first)} as new
            from advance a
           where a.state = 'active' and a.product = 'term_loan'
             and a.id > :after and a.id <= :last
          union all
          select a.currency, {_whole(PLEDGE_MICRO, last)} - {_whole(PLEDGE_MICRO, first)}
            from advance a join pledge p on p.advance_id = a.id and p.closed_on is null
           where a.state = 'active' and a.product <> 'term_loan' and a.rate_ppm > 0
             and a.id > :after and a.id <= :last) x
         group by x.currency"""


_NEW = text(_between("before", "day"))


def _with_interest(day: date) -> Select[int]:
    return select(Advance.id).where(Advance.state == ACTIVE, Advance.rate_ppm > 0)


def _accrue(part: Part) -> Done:
    """Book what the loans of this chunk earned since the last run."""
    hold_still()
    before = chunks.latest(STEP, part.day) or date.min
    values = {"before": before, "day": part.day, "after": part.after, "last": part.last}
    booked = {of: minor for of, minor in db.session.connection().execute(_NEW, values) if minor}
    for currency, minor in booked.items():
        money = Money(minor, currency)
        book.post(bookkeeping.accrued(SELLERS, money, part.day, part.last))
    return Done(len(part.ids), booked=booked)


SELLERS_INTEREST = Step(STEP, _with_interest, _accrue, SIZE, closes=True)


def owed(upto: int, on: date, before: date) -> dict[str, int]:
    """What `accrued_interest:sellers` must hold: ids up to `upto` are accrued through `on`."""
    found: dict[str, int] = {}
    for day, after, last in ((on, 0, upto), (before, upto, chunks.LAST)):
        values = {"before": date.min, "day": day, "after": after, "last": last}
        for currency, minor in db.session.connection().execute(_NEW, values):
            found[currency] = found.get(currency, 0) + int(minor)
    return found
