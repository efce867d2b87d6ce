"""What a bank gets to read: its cash by loan and day, and its trial balance; loans by code only."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import select, text

from core import clock
from core.db import db
from core.money import MILLION
from finance.funding.models import Funder, Participation, ParticipationFlow
from finance.funding.queries import bank_of

Row = tuple[date, int, int]
"""Due day, principal and interest of a part of a loan, minor units."""
Schedules = Callable[[Sequence[str]], dict[str, list[Row]]]
_schedules: list[Schedules] = []

AMOUNTS = ("drawn", "back", "interest", "fees", "lost", "recovered")
HEADER = "loan,day,expected_principal,expected_interest," + ",".join(AMOUNTS) + ",hash"


def plug(source: Schedules) -> None:
    """Let `source(numbers)` give the rows of those loans that it knows."""
    if source not in _schedules:
        _schedules.append(source)


def cashflows(code: str, since: date, until: date) -> Iterator[str]:
    """The lines of the bank's file, one a loan and day, expected and actual, as CSV.

    Each line's hash covers the one before it; the first covers what the file is of. So a line
    cannot be changed, left out or put in without changing all that follow.
    """
    bank = bank_of(code)
    parts = _parts(bank)
    days: dict[tuple[str, date], list[int]] = {}
    rows = _rows([part.ref for part in parts.values()])
    for part in parts.values():
        for on, principal, interest in _expected(part, rows.get(part.ref, [])):
            _add(days, part.code, on, (principal, interest, 0, 0, 0, 0, 0, 0))
    for flow in _flows(bank):
        amounts = [getattr(flow, name) for name in AMOUNTS]
        _add(days, parts[flow.participation_id].code, flow.on, (0, 0, *amounts))
    yield HEADER
    last = _hash(f"{code} {bank.currency} {since} {until}")
    for loan, on in sorted(days, key=lambda key: (key[1], key[0])):
        if since <= on <= until:
            line = ",".join([loan, on.isoformat(), *map(str, days[loan, on])])
            last = _hash(last + line)
            yield f"{line},{last}"


def _hash(words: str) -> str:
    return sha256(words.encode()).hexdigest()


def _add(
    days: dict[tuple[str, date], list[int]], loan: str, on: date, amounts: Sequence[int]
) -> None:
    there = days.setdefault((loan, on), [0] * len(amounts))
    for place, amount in enumerate(amounts):
        there[place] += amount


def _parts(bank: Funder) -> dict[int, Participation]:
    query = select(Participation).where(Participation.funder_id == bank.id)
    return {part.id: part for part in db.session.scalars(query.order_by(Participation.id))}


def _flows(bank: Funder) -> Sequence[ParticipationFlow]:
    query = (
        select(ParticipationFlow)
        .join(Participation, Participation.id == ParticipationFlow.participation_id)
        .where(Participation.funder_id == bank.id)
        .order_by(ParticipationFlow.id)
    )
    return db.session.scalars(query).all()


def _rows(numbers: Sequence[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for source in _schedules:
        found |= source(numbers)
    return found


def expected_of(part: Participation) -> list[Row]:
    """What the bank's part of a loan is still to bring by its plan, from today on."""
    rows = _expected(part, _rows([part.ref]).get(part.ref, []))
    return [row for row in rows if row[0] >= clock.today()]


def _expected(part: Participation, rows: Sequence[Row]) -> Iterator[Row]:
    """The bank's part of each row, rounded so that all of them sum to its part of the loan."""
    left, earned = sum(row[1] for row in rows), 0
    for on, principal, interest in rows:
        before = left * part.share_ppm // MILLION
        got = earned * part.interest_ppm // MILLION
        left, earned = left - principal, earned + interest
        yield (
            on,
            before - left * part.share_ppm // MILLION,
            earned * part.interest_ppm // MILLION - got,
        )


@dataclass(frozen=True, slots=True)
class Balance:
    """One line of a bank's trial balance, minor units; `ours` is what its loans' parts say."""

    name: str
    debits: int
    credits: int
    ours: int

    @property
    def balance(self) -> int:
        return self.credits - self.debits

    @property
    def agrees(self) -> bool:
        return self.balance == self.ours


_BOOK = text("""
    select split_part(path, ':', 2), sum(debits_posted), sum(credits_posted)
      from ledger_account
     where code in (2300, 2310, 2320) and split_part(path, ':', 3) = :bank
     group by 1
""")
_OURS = {"partner_payable": "open", "partner_interest": "interest_due", "partner_due": "due"}


def trial_balance(code: str) -> list[Balance]:
    """What the book holds for the bank, beside the sums of its parts of loans."""
    parts = _parts(bank_of(code)).values()
    book = {name: (int(d), int(c)) for name, d, c in db.session.execute(_BOOK, {"bank": code})}
    return [
        Balance(name, *book.get(name, (0, 0)), sum(getattr(part, column) for part in parts))
        for name, column in _OURS.items()
    ]
