"""Interest as a function of balance, rate and days, in Python and as one SQL expression.

Nothing is kept a day: a row says what had accrued in millionths (`micro`) through `accrued_until`,
and what it owes since; the interest of any later day follows from that, exactly.
"""

from datetime import date

from core.money import MILLION
from finance.capital.fold.state import Contract, Pledged

_HALF = MILLION // 2


def micro(principal: int, daily_ppm: int, days: int) -> int:
    """Interest in millionths of a minor unit, so that days can be added without rounding."""
    return principal * daily_ppm * max(0, days)


def whole(millionths: int) -> int:
    """Minor units of interest, half up: 9,600.00 for 4 days at 500 ppm is 19.20."""
    return (millionths + _HALF) // MILLION


def of_term_loan(contract: Contract, on: date) -> int:
    """Millionths accrued through `on`."""
    since = contract.accrued_until or contract.began_on
    return contract.micro + micro(contract.principal_owed, contract.rate_ppm, (on - since).days)


def of_pledge(pledge: Pledged, daily_ppm: int, on: date) -> int:
    """Millionths accrued through `on`; what is due apart is free until it is due."""
    running = pledge.open - pledge.recourse
    found = pledge.micro + micro(running, daily_ppm, (on - pledge.accrued_until).days)
    if pledge.recourse and pledge.due_on:
        since = max(pledge.accrued_until, pledge.due_on)
        found += micro(pledge.recourse, daily_ppm, (on - since).days)
    return found


# The same in PostgreSQL: interest in whole minor units through :day that is not booked yet.
# The lender's day posts it set-based: `fee_charged += new, micro = …, accrued_until = :day`.
TERM_LOAN_MICRO = """(a.micro + (a.principal - a.principal_paid - a.principal_forgiven)
    * a.rate_ppm::bigint * greatest(0, :day - coalesce(a.accrued_until, a.began_on)))"""
TERM_LOAN_NEW = f"(({TERM_LOAN_MICRO} + 500000) / 1000000 - a.fee_charged)"
PLEDGE_MICRO = """(p.micro
    + (p.principal - p.paid - p.recourse) * a.rate_ppm::bigint
      * greatest(0, :day - p.accrued_until)
    + case when p.due_on is null then 0 else p.recourse * a.rate_ppm::bigint
      * greatest(0, :day - greatest(p.accrued_until, p.due_on)) end)"""
PLEDGE_NEW = f"(({PLEDGE_MICRO} + 500000) / 1000000 - p.interest)"
