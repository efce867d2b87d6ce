"""Interest by the night beside an independent count, night by night, of random lives (invariant 30)."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest

from finance.lending.life import by_day
from finance.lending.life import events as kinds
from finance.lending.life.events import Event
from finance.lending.life.fold import fold
from finance.lending.life.statements import closing_after
from finance.lending.life.terms import DAILY, PURCHASE, Terms

BEGAN = date(2026, 3, 12)
RATE = 500


def terms(principal: int, closes: int = 10) -> Terms:
    return Terms(
        principal, BEGAN, 1, DAILY, RATE, (("O-1", principal),), starts_at=PURCHASE,
        closes=closes, pay_days=10, least_ppm=100_000, least=1_000,
    )  # fmt: skip


def life(seed: int) -> tuple[Terms, list[Event]]:
    """Statements every month and payments on some days, all heard of in time."""
    dice = Random(seed)
    agreed = terms(dice.randrange(20_000, 400_000), dice.randrange(1, 29))
    events, day, entry = [Event(kinds.LENT, BEGAN, 1, agreed.principal)], BEGAN, 1
    closing = closing_after(BEGAN, agreed.closes)
    while day < BEGAN + timedelta(300):
        day += timedelta(1)
        if day == closing:
            entry += 1
            events.append(Event(kinds.BILLED, day, entry))
            closing = closing_after(closing, agreed.closes)
        if dice.random() < 0.04:
            entry += 1
            events.append(Event(kinds.PAID, day, entry, dice.randrange(100, agreed.principal // 3)))
    return agreed, events


@pytest.mark.parametrize("seed", range(40))
def test_interest_is_what_nights_cost(seed: int) -> None:
    """What was ever charged is the sum of principal × rate of each night, rounded once a charge."""
    agreed, events = life(seed)
    free_until = fold(agreed, events[:1]).rows[0].due_on
    nights, charged, day = Fraction(0), 0, BEGAN
    for event in events[1:]:
        before = fold(agreed, [e for e in events if e.entry < event.entry])
        while day < event.on:
            owed = sum(row.principal - row.principal_paid for row in before.rows)
            nights += Fraction(owed * RATE, 1_000_000) if day >= free_until else 0
            day += timedelta(1)
        after = fold(agreed, [e for e in events if e.entry <= event.entry])
        owed_after = sum(row.principal - row.principal_paid for row in after.rows)
        ends = event.kind == kinds.PAID and not owed_after
        if event.kind == kinds.BILLED or ends:
            charged += int(nights + Fraction(1, 2))
            nights = Fraction(0)
        fees = sum(row.fee for row in after.rows if row.accrued_on)
        assert fees == charged, event
        paid = sum(e.amount for e in events[1:] if e.entry <= event.entry and e.kind == kinds.PAID)
        kept = sum(row.principal_paid + row.fee_paid for row in after.rows) + after.over
        assert kept == paid
        assert sum(row.principal for row in after.rows) == agreed.principal


@pytest.mark.parametrize("seed", range(25))
def test_given_back_whole_it_was_never_bought(seed: int) -> None:
    """All that was paid comes back, nothing is owed, every night is undone."""
    agreed, events = life(seed)
    last = events[-1]
    gone = Event(
        kinds.REFUNDED,
        last.on,
        last.entry + 1,
        agreed.principal,
        ref="R-1",
        details={"order": "O-1"},
    )
    before, after = fold(agreed, events), fold(agreed, [*events, gone])
    paid = sum(event.amount for event in events if event.kind == kinds.PAID)
    said = after.said[gone.entry]
    assert after.state == "void"
    assert said.back == paid - before.over  # type: ignore[attr-defined]
    assert after.on_the_book == (0, 0, 0)
    assert by_day.unbilled(after, agreed, last.on + timedelta(100)) == 0


@pytest.mark.parametrize("seed", range(25))
def test_a_part_given_back_takes_its_share_of_every_night(seed: int) -> None:
    """Half of it given back halves every charge; what that frees is owed less, or comes back."""
    agreed, events = life(seed)
    last, half = events[-1], agreed.principal // 2
    back = Event(kinds.REFUNDED, last.on, last.entry + 1, half, ref="R-1", details={"order": "O-1"})
    before, after = fold(agreed, events), fold(agreed, [*events, back])
    fees = [sum(row.fee for row in state.rows) for state in (before, after)]
    share = Fraction(agreed.principal - half, agreed.principal)
    assert abs(fees[1] - fees[0] * share) <= 1
    owed = [sum(row.owed for row in state.rows) for state in (before, after)]
    if not before.over:
        said = after.said[back.entry]
        moved = half + said.borne - said.back  # type: ignore[attr-defined]
        assert owed[0] - owed[1] == moved


@pytest.mark.parametrize("seed", range(25))
def test_heard_of_late_it_counts_for_its_day(seed: int) -> None:
    """The order of entry changes nothing but within a day: nights are counted anew."""
    agreed, events = life(seed)
    dice = Random(seed)
    payments = [event for event in events if event.kind == kinds.PAID]
    late = dice.choice(payments)
    rest = [event for event in events if event is not late]
    shuffled = [*rest, Event(late.kind, late.on, 10_000, late.amount)]
    so, too = fold(agreed, events), fold(agreed, shuffled)
    if any(event.on == late.on for event in rest):
        return
    assert so.rows == too.rows and so.accrued == too.accrued


@pytest.mark.parametrize("seed", range(25))
def test_converted_it_is_charged_once_and_can_still_be_given_back(seed: int) -> None:
    """No principal is made or lost, no night follows, and given back whole nothing is left."""
    agreed, events = life(seed)
    first = [event for event in events if event.on < BEGAN + timedelta(100)]
    on, before = BEGAN + timedelta(100), fold(agreed, first)
    dates = [(on + timedelta(30 * n)).isoformat() for n in (1, 2, 3)]
    details = {"dates": dates, "fee_ppm": 5_000}
    turned = Event(kinds.CONVERTED, on, 500, details=details)
    after = fold(agreed, [*first, turned])
    nights = by_day.unbilled(fold(agreed, first), agreed, on)
    assert after.principal_owed == before.principal_owed
    assert after.interest_owed == before.interest_owed + nights
    assert by_day.unbilled(after, agreed, on + timedelta(90)) == 0
    fees = sum(row.fee for row in after.rows[-3:])
    assert abs(fees - before.principal_owed * 0.015) <= 1
    gone = Event(kinds.REFUNDED, on, 501, agreed.principal, ref="R", details={"order": "O-1"})
    assert fold(agreed, [*first, turned, gone]).on_the_book == (0, 0, 0)


def test_relief_stops_the_nights() -> None:
    """Sixty days' pause: 270.00 costs nothing until its end, then 0.135 a night again."""
    agreed = terms(27_000)
    billed = Event(kinds.BILLED, date(2026, 4, 10), 2)
    rows = [[1, "2026-06-19", 2_700, 0], [2, "2026-07-19", 24_300, 0]]
    eased = Event(
        kinds.RESCHEDULED, date(2026, 4, 20), 3,
        details={"rows": rows, "calm_until": "2026-06-19"},
    )  # fmt: skip
    for days, nights in ((60, 0), (61, 14), (62, 27)):
        state = fold(agreed, [billed, eased])
        assert by_day.unbilled(state, agreed, date(2026, 4, 20) + timedelta(days)) == nights


def test_three_nights_of_270_are_0_41() -> None:
    """270.00 × 0.05 % × 3 = 0.405, half up."""
    agreed = terms(27_000)
    due = fold(agreed, []).rows[0].due_on
    assert due == date(2026, 4, 20)
    billed = Event(kinds.BILLED, date(2026, 4, 10), 2)
    state = fold(agreed, [billed])
    assert [(row.due_on, row.principal) for row in state.rows] == [
        (date(2026, 4, 20), 2_700),
        (date(2026, 5, 20), 24_300),
    ]
    assert by_day.unbilled(fold(agreed, [billed]), agreed, due) == 0
    assert by_day.unbilled(fold(agreed, [billed]), agreed, due + timedelta(3)) == 41
