"""What a seller's advance tells the banks that lend a part of it."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.db import db
from finance.capital.fold import accrual
from finance.capital.models import Advance
from finance.capital.terms import ORDER_ADVANCE, PAID_TODAY, SALES_SHARE
from finance.contracts.building import TYPICAL_DAYS
from finance.funding import services as funding
from finance.funding.sharing import Standing


def begin(advance: Advance) -> None:
    """Banks lend their parts; a fee that was kept back at the start is shared at once."""
    principal = advance.money(advance.principal)
    funding.fund(
        funding.NewLoan(
            advance.number,
            advance.product,
            advance.grade,
            principal,
            advance.apr_ppm,
            advance.began_on,
        )
    )
    follow(advance, advance.began_on)


def follow(advance: Advance, on: date) -> None:
    """Banks get their parts of what has changed since they were told."""
    now = Standing(
        principal=advance.principal_owed.minor,
        interest=advance.fee_paid,
        lost=advance.principal_forgiven,
        recovered=advance.recovered,
    )
    funding.follow(advance.number, now, on=on, cause=advance.product)


Row = tuple[date, int, int]


def schedules(numbers: Sequence[str]) -> dict[str, list[Row]]:
    """(day, principal, interest or fee) that is expected of those of these that are advances.

    By parts as they stand (S1), by the least that must have come by each day (S3); an order pays
    on the day its contract estimates, or when what is due apart is due (S2, S4).
    """
    query = (
        select(Advance)
        .where(Advance.number.in_(numbers))
        .options(selectinload(Advance.rows), selectinload(Advance.pledges))
    )
    return {advance.number: list(_expected(advance)) for advance in db.session.scalars(query)}


def _expected(advance: Advance) -> Iterator[Row]:
    if advance.product == SALES_SHARE:
        return _by_minimums(advance)
    if advance.product == ORDER_ADVANCE:
        return _by_orders(advance, TYPICAL_DAYS)
    if advance.product == PAID_TODAY:
        return _by_orders(advance, int(advance.terms["product"]["expected_days"]))
    return _by_rows(advance)


def _by_rows(advance: Advance) -> Iterator[Row]:
    """Interest of a part to come is that of what is left until its day."""
    left, since = advance.principal_owed.minor, advance.accrued_until or advance.began_on
    for row in advance.rows:
        interest = row.interest
        if not row.fell_due:
            days = (row.due_on - since).days
            interest = accrual.whole(accrual.micro(left, advance.rate_ppm, days))
            left, since = left - row.principal, max(since, row.due_on)
        yield row.due_on, row.principal, interest


def _by_minimums(advance: Advance) -> Iterator[Row]:
    """Each step of the minimums, principal and fee in the proportion that was agreed."""
    whole, before, given = advance.principal + advance.fee, 0, 0
    for day, amount in advance.minimums:
        principal = amount * advance.principal // whole
        yield date.fromisoformat(day), principal - given, amount - before - (principal - given)
        before, given = amount, principal


def _by_orders(advance: Advance, days: int) -> Iterator[Row]:
    if advance.fee:
        yield advance.began_on, 0, advance.fee  # kept back at the start
    by_day: dict[date, int] = {}
    for pledge in advance.pledges:
        on = pledge.due_on or advance.began_on + timedelta(days)
        by_day[on] = by_day.get(on, 0) + pledge.principal
    for on, principal in sorted(by_day.items()):
        used = accrual.micro(principal, advance.rate_ppm, (on - advance.began_on).days)
        yield on, principal, accrual.whole(used)
