"""A payment on its way: over the rows by time and part, in the order of its waterfall."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_DOWN, Decimal

from finance.lending.replay import changes
from finance.lending.replay.due import due_amounts
from finance.lending.replay.numbers import ZERO
from finance.lending.replay.orders import Waterfall
from finance.lending.replay.rows import INTEREST, PRINCIPAL, Row
from finance.lending.replay.work import Record, Work


def spread(
    work: Work, record: Record, amount: Decimal, waterfall: Waterfall | None = None
) -> Decimal:
    """Pay `amount` on the rows; returns what nobody needed."""
    waterfall = waterfall or work.terms.waterfall(record.kind)
    if not work.terms.by_installment:
        return _by_part(work, record, amount, waterfall)
    times = list(dict.fromkeys(time for time, _ in waterfall.order))
    for time in times:
        parts = [part for when, part in waterfall.order if when == time]
        amount = _by_row(work, record, amount, time, parts, waterfall.future)
    return amount


def _by_row(
    work: Work, record: Record, amount: Decimal, time: str, parts: list[str], future: str
) -> Decimal:
    work.skipped.clear()
    full: set[Row] = set()
    while amount > 0 and work.open_rows():
        rows = _targets(work, record.on, time, future, None, full)
        if not rows:
            break
        before = amount
        for part in parts:
            amount = _share_out(work, record, amount, time, part, rows)
        if amount == before:
            # these can take no more (of an installment to come, the interest is not there yet)
            full.update(rows)
    return amount


def _by_part(work: Work, record: Record, amount: Decimal, waterfall: Waterfall) -> Decimal:
    for time, part in waterfall.order:
        full: set[Row] = set()
        while amount > 0:
            rows = _targets(work, record.on, time, waterfall.future, part, full)
            if not rows:
                break
            before = amount
            amount = _share_out(work, record, amount, time, part, rows)
            if amount == before:
                full.update(rows)
    return amount


def _targets(
    work: Work, on: date, time: str, future: str, part: str | None, full: set[Row]
) -> list[Row]:
    """The rows whose turn it is: open ones, or (by part) those that owe this part."""

    def needs(row: Row) -> bool:
        return row not in full and (row.owed(part) > 0 if part else not row.met)

    if time == "PAST_DUE":
        return [row for row in work.rows if needs(row) and row.due < on][:1]
    if time == "DUE":
        return [row for row in work.rows if needs(row) and row.due == on][:1]
    rows = _coming(work, on, future, needs, part is None)
    return [row for row in rows if row not in full]


def _coming(
    work: Work, on: date, future: str, needs: Callable[[Row], bool], by_row: bool
) -> list[Row]:
    ahead = [row for row in work.rows if needs(row) and on < row.due]
    if future == "REAMORTIZATION":
        return ahead
    if future == "NEXT_INSTALLMENT":
        return ahead[:1]
    if future == "NEXT_LAST_INSTALLMENT":
        current = [row for row in ahead if row.start <= on]
        if current:
            return current
    if by_row and work.living:
        # an installment that was emptied by earlier money can still take more of it
        ahead = [row for row in work.rows if on < row.due and (not row.met or _emptied(work, row))]
    return ahead[-1:]


def _emptied(work: Work, row: Row) -> bool:
    return not row.total and row not in work.skipped


def _share_out(
    work: Work, record: Record, amount: Decimal, time: str, part: str, rows: list[Row]
) -> Decimal:
    """Equal shares for all `rows` (mostly one); the last one takes the rest."""
    portion, rest = _portions(work, amount, len(rows))
    for row in rows:
        if row is rows[-1]:
            portion += rest
        amount -= _pay(work, record, time, part, row, portion if len(rows) > 1 else amount)
    return amount


def _portions(work: Work, amount: Decimal, count: int) -> tuple[Decimal, Decimal]:
    unit = work.terms.unit
    portion = unit.share(amount, count)
    rest = amount - portion * count
    if portion + rest < 0:
        portion = (amount / count).quantize(Decimal(1).scaleb(-unit.decimals), ROUND_DOWN)
        rest = amount - portion * count
    return portion, rest


def _pay(work: Work, record: Record, time: str, part: str, row: Row, amount: Decimal) -> Decimal:
    if not work.living:
        return _pay_row(record, part, row, amount)
    if row.down or work.plan.due_on(row.due) is None:
        work.skipped.add(row)
        return _pay_row(record, part, row, amount)
    on = record.on
    if time == "IN_ADVANCE":
        on = _interest_day(work, row, on)
        _ask_until(work, part, row, on)
    if part == PRINCIPAL:
        amount = min(amount, work.plan.principal_left)
    paid = _pay_row(record, part, row, amount)
    if part == PRINCIPAL:
        changes.pay_principal(work.plan, row.due, on, paid)
    elif part == INTEREST:
        changes.pay_interest(work.plan, row.due, on, paid)
    if part in (PRINCIPAL, INTEREST):
        work.follow_plan(record.on)
    return paid


def _pay_row(record: Record, part: str, row: Row, amount: Decimal) -> Decimal:
    paid = row.pay(part, record.on, amount)
    row.check(record.on)
    record.take(row, part, paid)
    return paid


def _interest_day(work: Work, row: Row, on: date) -> date:
    """Money for a running period counts from its due date where interest goes by rest."""
    return row.due if work.to_rest and row.start < on <= row.due else on


def _ask_until(work: Work, part: str, row: Row, day: date) -> None:
    """Of a row not yet due, at most the interest up to `day` and the principal beside it."""
    principal, interest = due_amounts(work.plan, row.due, day)
    if principal == ZERO and interest == ZERO:
        work.skipped.add(row)
    if part == INTEREST:
        row.charged[INTEREST] = interest
    elif part == PRINCIPAL:
        row.charged[PRINCIPAL] = principal
