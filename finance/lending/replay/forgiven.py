"""What is given up: a part that is waived, a loan that is written off, and what still comes."""

from decimal import Decimal

from finance.lending.replay import events as e
from finance.lending.replay.allocation import spread
from finance.lending.replay.due import until
from finance.lending.replay.events import Event
from finance.lending.replay.numbers import ZERO
from finance.lending.replay.orders import TIMES, Waterfall
from finance.lending.replay.rows import ALL_PARTS, INTEREST
from finance.lending.replay.work import Work


def forgive(work: Work, event: Event, amount: Decimal) -> None:
    if event.kind == e.WAIVER:
        _waive(work, event, amount)
    elif event.kind == e.WRITE_OFF:
        _write_off(work, event)
    else:
        # a loan that was given up owes nothing any more: what comes is income
        work.record(event, amount)


def _waive(work: Work, event: Event, amount: Decimal) -> None:
    """Pays a part without money, the oldest first; more than is owed cannot be waived."""
    record = work.record(event, amount)
    waterfall = Waterfall(tuple((time, event.part) for time in TIMES))
    record.amount -= spread(work, record, amount, waterfall)
    record.void = not record.amount


def _write_off(work: Work, event: Event) -> None:
    """All that is owed on the day is given up; interest that was still to come never comes."""
    record = work.record(event, ZERO)
    if work.living:
        cut = until(work.plan, event.on)
        for period in cut.ready():
            row = work.row_due(period.due)
            if row:
                row.charged[INTEREST] = max(period.interest, row.paid[INTEREST])
    for row in work.rows:
        for part in ALL_PARTS:
            record.take(row, part, row.pay(part, event.on, row.owed(part)))
        row.check(event.on)
    record.amount = sum(record.parts.values(), ZERO)
    work.frozen = work.written_off = True
