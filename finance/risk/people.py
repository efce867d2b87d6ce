"""What the lender asks people themselves: when they were born, and whether they want more."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db
from core.errors import Conflict, InvalidInput
from core.use_case import use_case
from finance.lending import lateness
from finance.loans import exposure
from finance.loans.models import Installment, Loan
from finance.loans.queries import loans_of
from finance.loans.rules import LoanState
from finance.products import Installments
from finance.risk import born, ladder
from finance.risk.ladder import AGREED, CLEAN, LATE, Event, Ladder, Rules
from finance.risk.models import Borrower, LimitRaise


class NothingToRaise(Conflict):
    message = "There is no higher limit to agree to now."


@use_case
def say_born(person_id: int, born_on: date) -> None:
    """Keep when a person was born; the first answer stays. Raises InvalidInput for no such day."""
    if not born.can_be(born_on):
        raise InvalidInput("Write the day you were born.")
    row = insert(Borrower).values(
        id=ids.new_id(), created_at=clock.now(), person_id=person_id, born_on=born_on
    )
    db.session.execute(row.on_conflict_do_nothing(index_elements=["person_id"]))


def of_age(person_id: int, least: int, day: date) -> bool | None:
    """Whether a person is so old, by what they said; None: they did not."""
    known = born.of(person_id)
    return None if known is None else born.age_on(known, day) >= least


def ladder_of(
    person_id: int, terms: Installments, on: date, loans: Sequence[Loan] | None = None
) -> Ladder:
    """Where a person's limit stands on a day, from all plans and what was agreed to."""
    return ladder.fold(
        [*_paid(loans_of(person_id) if loans is None else loans, terms, on), *_agreed(person_id)],
        rules_of(terms),
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """What of a plan the ladder reads."""

    starts_on: date | None
    state: str
    rows: Sequence[Any]


def ladders_of(
    people: Collection[int], terms: Installments, days: Sequence[date]
) -> dict[int, list[Ladder]]:
    """Where the limits of many people stand on each of these days; two queries for all of them."""
    plans, agreed, rules = _plans_of(people), _agreed_by(people), rules_of(terms)
    return {
        who: [ladder.fold([*_paid(plans[who], terms, on), *agreed[who]], rules) for on in days]
        for who in people
    }


def _plans_of(people: Collection[int]) -> dict[int, list[_Plan]]:
    """Their plans, newest first, as `loans_of` has them."""
    i = Installment
    owed = i.principal + i.fee + i.late_fee - i.principal_paid - i.fee_paid - i.late_fee_paid
    query = (
        select(
            Loan.id, Loan.borrower_id, Loan.starts_on, Loan.state, i.number, i.due_on, i.paid_on,
            i.principal_paid, (i.principal + i.fee).label("payment"),
            func.greatest(0, owed - i.paused).label("payable"),
        )
        .join(i, i.loan_id == Loan.id)
        .where(Loan.borrower_id.in_(people))
        .order_by(Loan.id.desc(), i.number)
    )  # fmt: skip
    found: dict[int, list[_Plan]] = defaultdict(list)
    for _, group in groupby(db.session.execute(query), lambda row: row.id):
        rows = list(group)
        found[rows[0].borrower_id].append(_Plan(rows[0].starts_on, rows[0].state, rows))
    return found


def _agreed_by(people: Collection[int]) -> dict[int, list[Event]]:
    query = select(LimitRaise.person_id, LimitRaise.on).where(LimitRaise.person_id.in_(people))
    found: dict[int, list[Event]] = defaultdict(list)
    for who, on in db.session.execute(query):
        found[who].append(Event(AGREED, on))
    return found


def rules_of(terms: Installments) -> Rules:
    """The steps; a cycle has paid back a tenth of what the lowest grade may owe."""
    return Rules(cycle_amount=terms.limits["D"] // 10)


def _paid(loans: Sequence[Loan | _Plan], terms: Installments, on: date) -> Iterator[Event]:
    for loan in loans:
        if loan.starts_on is None or loan.state == LoanState.VOID:
            continue
        last = loan.rows[-1].number
        for row in loan.rows:
            ends = row.number == last and loan.state == LoanState.PAID
            yield from _of_row(row, terms.late.grace_days, on, ends=ends)


def _of_row(row: Any, grace: int, on: date, *, ends: bool) -> Iterator[Event]:
    """In time, late, or neither yet; what a return took off is neither."""
    if not row.payment:
        return
    paid = row.paid_on if row.paid_on and row.paid_on <= on else None
    if lateness.days_late(row.due_on, paid or on) > grace and (paid or row.payable):
        yield Event(LATE, row.due_on + timedelta(grace + 1))
    elif paid and row.principal_paid:
        yield Event(CLEAN, paid, row.principal_paid, ends)


def _agreed(person_id: int) -> list[Event]:
    query = select(LimitRaise.on).where(LimitRaise.person_id == person_id)
    return [Event(AGREED, on) for on in db.session.scalars(query)]


@use_case
def agree_to_raise(person_id: int, terms: Installments) -> LimitRaise:
    """The person wants the limit their payments have earned; raises NothingToRaise.

    Their exposure is locked, so that two presses agree once.
    """
    exposure.lock(person_id)
    today = clock.today()
    found = ladder_of(person_id, terms, today)
    if not found.can_grow:
        raise NothingToRaise()
    made = LimitRaise(
        person_id=person_id, on=today, from_ppm=found.granted_ppm, to_ppm=found.earned_ppm
    )
    db.session.add(made)
    db.session.flush()
    return made
