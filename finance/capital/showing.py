"""A contract as its seller (and the desk) sees it: progress, payments, what ending it costs."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from core import clock
from core.money import MILLION, Money, round_fraction
from finance.capital import queries, repaying
from finance.capital.models import Advance
from finance.capital.terms import NAMES, SALES_SHARE
from ledger import book
from ledger.accounts import account


@dataclass(frozen=True, slots=True)
class Running:
    """One contract.

    ahead_ppm   (repaid − expected by today) / all, of a sales share
    points      (day, repaid, expected) for the chart, minor units
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


def running(advance: Advance) -> Running:
    """All figures of a contract as of today."""
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
    )


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
