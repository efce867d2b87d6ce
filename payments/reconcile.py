"""Comparing our book with a gateway's list and with our bank: a run, its differences, their cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from core import clock, ids
from core.db import db, get
from core.errors import InvalidInput
from core.money import Money
from core.use_case import end_read, use_case
from payments import cases, gateways, reconcile_reading
from payments.case_models import PaymentCase
from payments.gateway import BalanceLine
from payments.reconcile_models import ReconciliationItem, ReconciliationRun
from payments.reconcile_reading import Days
from payments.reconcile_rules import KINDS, Difference, Movement, Outcome, compare

MARGIN = timedelta(days=3)  # how far outside the days the other half of a pair is looked for


class NoDays(InvalidInput):
    message = "Compare from a day to a later one."


@dataclass(frozen=True, slots=True)
class Item:
    """A difference as the terminal and pages show it."""

    kind: str
    explained: bool
    ref: str
    theirs: Money | None
    ours: Money | None
    effect: Money
    their_id: str
    our_key: str
    says: str
    case_id: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """A run: `theirs` less `ours` is the sum of its items' effects."""

    run_id: int
    side: str
    source: str
    since: datetime
    until: datetime
    theirs: Money
    ours: Money
    matched: int
    items: tuple[Item, ...]

    @property
    def last_day(self) -> date:
        """The last business day compared."""
        return clock.day_of(self.until - timedelta(seconds=1))

    @property
    def unexplained(self) -> int:
        return sum(not item.explained for item in self.items)


def run_gateway(
    name: str, since: datetime, until: datetime, *, by: str, as_of: datetime | None = None
) -> list[Result]:
    """Compare a gateway's balance with `clearing`, a result for each currency.

    as_of  when our book stopped knowing more (a backup); now, if not given

    Called outside any use case: the list is fetched first. Run again it finds the same and opens
    nothing twice; what matches by now closes its case. Raises Unavailable, NoDays.
    """
    if since >= until:
        raise NoDays()
    end_read()
    days = Days(since, until, since - MARGIN, until + MARGIN)
    lines = list(gateways.named(name).balance_lines(days.wide_since, days.wide_until))
    end_read()
    return _compared(name, days, lines, by, as_of or clock.now())


@use_case
def _compared(
    name: str, days: Days, lines: Sequence[BalanceLine], by: str, as_of: datetime
) -> list[Result]:
    theirs = reconcile_reading.theirs(lines, name, days)
    ours = reconcile_reading.ours(name, days, {move.subject for move in theirs})
    subjects = {move.subject for move in [*theirs, *ours]}
    known = reconcile_reading.known(name, subjects)
    outcome = compare(theirs, ours, known, as_of)
    both = [move for move in [*theirs, *ours] if move.inside]
    home = {move.currency for move in ours} | {move.currency for move in both}
    results = [
        write_run(
            "gateway",
            name,
            days,
            currency,
            _sum(theirs, currency),
            _sum(ours, currency),
            _of_currency(outcome, currency, first=currency == min(home)),
            by,
        )
        for currency in sorted(home)
    ]
    close_explained(name, outcome)
    return results


def _sum(moves: Sequence[Movement], currency: str) -> int:
    return sum(move.net for move in moves if move.inside and move.currency == currency)


def _of_currency(outcome: Outcome, currency: str, *, first: bool) -> Outcome:
    """The part of an outcome in one currency; how many match is told once."""
    found = tuple(d for d in outcome.differences if d.currency == currency)
    return Outcome(outcome.matched if first else 0, outcome.seen, found)


def write_run(
    side: str,
    source: str,
    days: Days,
    currency: str,
    theirs: int,
    ours: int,
    outcome: Outcome,
    by: str,
) -> Result:
    """Keep a run with its differences, and open a case for each that nobody explains."""
    run = ReconciliationRun(
        id=ids.new_id(),
        side=side,
        source=source,
        since=days.since,
        until=days.until,
        currency=currency,
        theirs=theirs,
        ours=ours,
        matched=outcome.matched,
        explained=0,
        unexplained=0,
        made_by=by,
    )
    db.session.add(run)
    db.session.flush()
    items = [_write_item(run, source, each) for each in outcome.differences]
    run.unexplained = sum(not item.explained for item in items)
    run.explained = len(items) - run.unexplained
    return _result(run, items)


def _write_item(run: ReconciliationRun, source: str, found: Difference) -> ReconciliationItem:
    explained, says = KINDS[found.kind]
    case_id = None
    if not explained:
        case_id = _case(source, found, says, run.id)
        explained = cases.case(case_id).state == "closed"  # a person has explained it
    item = ReconciliationItem(
        run_id=run.id,
        key=found.key[:300],
        kind=found.kind,
        explained=explained,
        ref=found.ref[:160],
        their_id=found.theirs.name[:160] if found.theirs else "",
        our_key=found.ours.name[:200] if found.ours else "",
        theirs=found.theirs.net if found.theirs else None,
        ours=found.ours.net if found.ours else None,
        effect=found.effect,
        currency=found.currency,
        case_id=case_id,
    )
    db.session.add(item)
    db.session.flush()
    return item


def _case(source: str, found: Difference, says: str, run_id: int) -> int:
    facts = {
        "run": run_id,
        "difference": found.kind.replace("_", " "),
        "at_the_other_side": _told(found.theirs),
        "in_our_book": _told(found.ours),
    }
    return cases.open_case(
        "reconciliation",
        found.ref[:120],
        Money(found.effect, found.currency),
        f"{source}, {found.family.replace('_', ' ')}: {says}",
        _case_key(source, found.key),
        facts,
    )


def _told(move: Movement | None) -> str:
    if move is None:
        return "nothing"
    amount, fee = Money(move.amount, move.currency), Money(move.fee, move.currency)
    return f"{amount}" + (f", fee {fee}" if fee else "") + f" ({move.name})"


def _case_key(source: str, key: str) -> str:
    return f"reconcile:{source}:{key}"[:160]


def close_explained(source: str, outcome: Outcome) -> None:
    """Cases of earlier runs whose difference is gone: both sides agree by now."""
    still = {_case_key(source, found.key) for found in outcome.differences}
    prefixes = tuple(_case_key(source, f"{subject}:{family}:") for subject, family in outcome.seen)
    query = select(PaymentCase.id, PaymentCase.key).where(
        PaymentCase.state == "open",
        PaymentCase.kind == "reconciliation",
        PaymentCase.key.startswith(f"reconcile:{source}:", autoescape=True),
    )
    for case_id, key in db.session.execute(query.order_by(PaymentCase.id)).all():
        if key not in still and key.startswith(prefixes):
            cases.close_case(case_id, "reconciliation", "Both sides agree by now.")


def result(run_id: int) -> Result:
    """A run kept before; raises NotFound."""
    run = get(ReconciliationRun, run_id)
    query = select(ReconciliationItem).where(ReconciliationItem.run_id == run_id)
    return _result(run, list(db.session.scalars(query.order_by(ReconciliationItem.id))))


def runs(limit: int = 30) -> list[ReconciliationRun]:
    """The last runs."""
    query = select(ReconciliationRun).order_by(ReconciliationRun.id.desc()).limit(limit)
    return list(db.session.scalars(query))


def _result(run: ReconciliationRun, items: list[ReconciliationItem]) -> Result:
    return Result(
        run_id=run.id,
        side=run.side,
        source=run.source,
        since=run.since,
        until=run.until,
        theirs=Money(run.theirs, run.currency),
        ours=Money(run.ours, run.currency),
        matched=run.matched,
        items=tuple(_item(item) for item in items),
    )


def _item(item: ReconciliationItem) -> Item:
    def money(minor: int | None) -> Money | None:
        return Money(minor, item.currency) if minor is not None else None

    return Item(
        kind=item.kind,
        explained=item.explained,
        ref=item.ref,
        theirs=money(item.theirs),
        ours=money(item.ours),
        effect=Money(item.effect, item.currency),
        their_id=item.their_id,
        our_key=item.our_key,
        says=KINDS[item.kind][1],
        case_id=item.case_id,
    )
