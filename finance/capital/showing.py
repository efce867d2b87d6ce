"""A contract as its seller (and the desk) sees it: progress, payments, what ending it costs."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from core import clock
from core.money import MILLION, Money, round_fraction
from finance.capital import queries, recording, repaying
from finance.capital.fold import apply as folding
from finance.capital.fold.state import ACTIVE, Event
from finance.capital.models import Advance, AdvanceRow
from finance.capital.terms import NAMES, SALES_SHARE, TERM_LOAN
from ledger import book
from ledger.accounts import account


@dataclass(frozen=True, slots=True)
class Running:
    """One contract.

    ahead_ppm   (repaid − expected by today) / all, of a sales share
    points      (day, repaid, expected) for the chart, minor units
    rows        the parts of a term loan for the schedule; those to come as they will be if paid
                on their days
    due         what has fallen due and is not paid
    """

    advance: Advance
    name: str
    whole: Money
    repaid_ppm: int
    ahead_ppm: int | None
    expected: Money | None
    ends_on: date | None
    next_minimum: tuple[date, Money] | None
    payoff: Money
    rebate: Money
    balance: Money
    can_cancel: bool
    days_late: int
    points: tuple[tuple[str, int, int], ...]
    rows: tuple[dict[str, Any], ...]
    due: Money
    later: tuple[date, Money] | None


def running(advance: Advance, payoff_on: date | None = None) -> Running:
    """All figures of a contract as of today; and what paying it off on a later day would cost."""
    today = clock.today()
    share = advance.product == SALES_SHARE
    whole = advance.money(advance.principal + advance.fee_charged)
    payoff, rebate = _payoff(advance)
    expected = _expected(advance, today) if share else None
    ahead = None
    if expected is not None and advance.is_running:
        gap = advance.repaid.minor - expected.minor
        ahead = round_fraction(Fraction(gap * MILLION, whole.minor))
    return Running(
        advance=advance,
        name=NAMES[advance.product],
        whole=whole,
        repaid_ppm=queries.repaid_ppm(advance),
        ahead_ppm=ahead,
        expected=expected,
        ends_on=advance.began_on + timedelta(advance.forecast_days) if share else None,
        next_minimum=_next_minimum(advance),
        payoff=payoff,
        rebate=rebate,
        balance=book.available(account("seller_payable", advance.seller_id), advance.currency),
        can_cancel=repaying.can_cancel(advance),
        days_late=queries.days_late(advance, today),
        points=_points(advance, today) if share else (),
        rows=_rows(advance) if advance.product == TERM_LOAN else (),
        due=advance.money(sum(row.owed for row in advance.rows if row.fell_due)),
        later=(payoff_on, repaying.quote_payoff(advance, payoff_on)[0])
        if payoff_on and advance.is_running
        else None,
    )


def _rows(advance: Advance) -> tuple[dict[str, Any], ...]:
    """Every part; the interest of those to come follows from the fold."""
    state = recording.contract_of(advance)
    last = max((row.due_on for row in advance.rows), default=advance.began_on)
    kept, ahead = {row.number: row for row in advance.rows}, deepcopy(state)
    for row in ahead.rows:
        if ahead.state == ACTIVE and row.due_on <= last and not row.fell_due:
            folding.apply(ahead, Event("paid", row.due_on, ahead.principal * 2))
    found = []
    for row in ahead.rows:
        real = kept[row.number]
        if not row.principal:
            continue
        found.append(
            {
                "due_on": row.due_on,
                "payment": advance.money(row.principal + row.interest),
                "principal": advance.money(row.principal),
                "fee": advance.money(row.interest),
                "state": _state_of(real),
            }
        )
    return tuple(found)


def _state_of(row: AdvanceRow) -> str:
    if not row.owed:
        return "paid"
    if not row.fell_due:
        return "to come"
    return "late" if row.due_on < clock.today() else "due"


def _payoff(advance: Advance) -> tuple[Money, Money]:
    if not advance.is_running:
        return advance.money(0), advance.money(0)
    return repaying.quote_payoff(advance)


def _expected(advance: Advance, on: date) -> Money:
    """What the forecast has repaid by this day."""
    days = min((on - advance.began_on).days, advance.forecast_days)
    whole = advance.money(advance.principal + advance.fee)
    return whole.times(Fraction(days, advance.forecast_days or 1))


def _next_minimum(advance: Advance) -> tuple[date, Money] | None:
    if not advance.is_running or advance.minimums_met >= len(advance.minimums):
        return None
    end, least = advance.minimums[advance.minimums_met]
    return date.fromisoformat(end), advance.money(least)


def _points(advance: Advance, today: date) -> tuple[tuple[str, int, int], ...]:
    """Twelve days from the start to today (or the end) with repaid and expected so far."""
    last = min(today, advance.closed_on or today)
    width = max(1, (last - advance.began_on).days)
    days = sorted({advance.began_on + timedelta(width * i // 12) for i in range(13)})
    found = []
    for day in days:
        repaid = sum(r.principal + r.fee for r in advance.remittances if r.on <= day)
        found.append((f"{day.day} {day:%b}", repaid, _expected(advance, day).minor))
    return tuple(found)
