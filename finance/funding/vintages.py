"""What became of a bank's loans by the quarter in which they began: principal given up since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from core import clock
from core.db import db
from finance.desk.rules import months_between, quarter, ratio_ppm
from finance.funding.models import Funder

MONTHS = (1, 3, 6, 9, 12)
_LOST = text("""
    select p.began_on, f."on", f.lost
      from participation p join participation_flow f on f.participation_id = p.id and f.lost <> 0
     where p.funder_id = :bank
""")
_LENT = text("""
    select began_on, sum(principal)::bigint as lent, sum(open)::bigint as open, count(*) as loans
      from participation where funder_id = :bank group by began_on
""")


@dataclass(slots=True)
class Vintage:
    """The bank's parts that began in one quarter; minor units.

    lost   (months, share of what was lent that was given up within them, in millionths); None:
           not all of them are so old yet
    """

    name: str
    loans: int = 0
    lent: int = 0
    open: int = 0
    youngest: date = date.min
    lost: Sequence[tuple[int, int | None]] = ()


def vintages(bank: Funder) -> list[Vintage]:
    """The last eight quarters with loans, the newest first."""
    found: dict[str, Vintage] = {}
    for row in db.session.execute(_LENT, {"bank": bank.id}):
        one = found.setdefault(quarter(row.began_on), Vintage(quarter(row.began_on)))
        one.loans, one.lent = one.loans + row.loans, one.lent + row.lent
        one.open, one.youngest = one.open + row.open, max(one.youngest, row.began_on)
    lost: dict[str, list[tuple[int, int]]] = {}
    for row in db.session.execute(_LOST, {"bank": bank.id}):
        after = months_between(row.began_on, row.on)
        lost.setdefault(quarter(row.began_on), []).append((after, row.lost))
    for name, one in found.items():
        age = months_between(one.youngest, clock.today())
        parts = lost.get(name, [])
        one.lost = [(m, _share(parts, m, one.lent) if m <= age else None) for m in MONTHS]
    return [found[name] for name in sorted(found, reverse=True)[:8]]


def _share(lost: Sequence[tuple[int, int]], month: int, lent: int) -> int:
    return ratio_ppm(sum(minor for after, minor in lost if after < month), lent)
