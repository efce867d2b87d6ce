"""A price by the day on what is left after a free time: exact by the day, billed by the statement.

Every night from the first due day on costs `rate_ppm` of the principal that is owed at the end of
the day, without what a return or dispute holds back. Nights are summed exactly (minor units times
millionths) and rounded half up once, when they are billed. Interest bears no interest.
"""

from datetime import date
from fractions import Fraction

from core.money import MILLION, round_fraction
from finance.lending.life.events import Event
from finance.lending.life.state import Row, State
from finance.lending.life.statements import due_after, due_of
from finance.lending.life.terms import DAILY, Terms
from finance.lending.schedules import spread


def accrue(state: State, terms: Terms, on: date) -> None:
    """Count the nights up to `on`; what happens on a day changes that day's night."""
    if terms.pricing != DAILY or state.free_until is None:
        return
    since = max(state.free_until, state.accrued_to or state.free_until)
    if on > since:
        if not state.converted and not state.charged_off_on:
            state.accrued += bearing(state) * terms.rate_ppm * (on - since).days
        state.accrued_to = on


def bearing(state: State) -> int:
    """The principal a night is paid for, minor units."""
    held = sum(min(row.paused, row.principal_owed) for row in state.rows)
    return state.principal_owed - held


def unbilled(state: State, terms: Terms, on: date) -> int:
    """Minor units to be charged if all were paid on `on`; changes `state`."""
    accrue(state, terms, on)
    return _rounded(state.accrued)


def _rounded(accrued: int) -> int:
    return round_fraction(Fraction(accrued, MILLION))


def bill(state: State, terms: Terms, event: Event) -> None:
    """A statement closes: interest since the last one, and the least that has to be paid of the rest.

    The last row holds the rest. It becomes this statement's row, and the rest of the rest goes
    into a new one, due with the next statement. Where relief moved the rest beyond this
    statement's due day, it only gets the interest. One row more each time, whatever was paid:
    rows keep their numbers when something is heard of late.
    """
    due_on, row = due_of(event.on, terms), state.rows[-1]
    _charge(state, row, event)
    if row.due_on > due_on or state.converted:
        return
    keeps = min(row.principal_owed, max(row.paused, 0))
    part = _least(row.principal_owed - keeps, terms)
    rest = Row(row.number + 1, due_after(event.on, terms), row.principal_owed - part, 0)
    rest.paused, row.paused = keeps, 0
    row.principal, row.due_on = row.principal_paid + part, due_on
    state.rows.append(rest)
    state.reshaped = True


def _least(owed: int, terms: Terms) -> int:
    share = round_fraction(Fraction(owed * terms.least_ppm, MILLION))
    return min(owed, max(share, terms.least))


def _charge(state: State, row: Row, event: Event) -> None:
    """What has accrued is earned, on this row."""
    amount, state.accrued = _rounded(state.accrued), 0
    if not amount or state.charged_off_on:
        return
    row.fee += amount
    row.accrued_on = row.accrued_on or event.on
    state.reshaped = True  # its own rows' fees are what a refund scales from now on
    label = f"row_{row.number}.{event.entry}"
    state.move("loan_interest", "loan_interest_income", amount, label)


def charge_the_rest(state: State, event: Event) -> bool:
    """All principal is paid: the nights since the last statement are charged; whether there were any."""
    if state.principal_owed or not _rounded(state.accrued) or state.charged_off_on:
        return False
    _charge(state, state.rows[-1], event)
    return True


def convert(state: State, terms: Terms, event: Event) -> None:
    """What is left becomes equal payments at a flat price a month; no night is paid for any more.

    event.details: `dates` of the payments (ISO), `fee_ppm` of the principal a month. Interest so
    far stays owed as it was billed, the nights since are charged with the next statement.
    """
    owed, dates = state.principal_owed, event.details["dates"]
    count, fee = len(dates), owed * event.details["fee_ppm"] * len(dates)
    for row in state.rows:
        row.principal, row.paused = row.principal_paid, 0
    _charge(state, state.rows[-1], event)
    state.rows += [
        Row(len(state.rows) + place, date.fromisoformat(iso), part, charged)
        for place, (iso, part, charged) in enumerate(
            zip(
                dates,
                spread(Fraction(owed), count),
                spread(Fraction(fee, MILLION), count),
                strict=True,
            ),
            1,
        )
    ]
    state.reshaped = state.converted = True


def calm(state: State, event: Event) -> None:
    """Relief costs nothing: no night is paid for before the day it names."""
    until = event.details.get("calm_until")
    if until and state.free_until is not None:
        state.free_until = max(state.free_until, date.fromisoformat(until))


def shrink(state: State, principal: int, before: int) -> None:
    """Part of the purchase is undone: so are the nights that were paid for it."""
    if state.accrued:
        state.accrued = round_fraction(state.accrued * Fraction(principal, before))
