"""A step of the day in chunks: each one transaction, written down in it, so that a stop loses nothing.

A chunk takes the step's lock, goes on where the last finished chunk of this day and step ended,
does its work and writes down how far it came. Two runs at once take turns; one that died gave
its lock and its half-done chunk back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import current_app
from sqlalchemy import Select, func, select, text

from core.db import db
from core.use_case import use_case
from finance.collections.models import DayChunk

LAST = 2**63 - 1
_LOCK = text("select pg_advisory_xact_lock(hashtext('lenders_day'), hashtext(:step))")


@dataclass(frozen=True, slots=True)
class Part:
    """Ids above `after` up to `last` on a day; `ids` are those of them that have work."""

    day: date
    step: str
    after: int
    last: int
    ids: Sequence[int]


@dataclass(slots=True)
class Done:
    """How much was done, and gateway operations to be driven once nothing is open any more."""

    count: int = 0
    ops: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of work of a day.

    pick    the ids that have such work on a day
    act     does it for a chunk, inside one transaction
    size    ids in a chunk
    closes  the step ends with a chunk up to the largest id, and is over for that day
    asks    charges are written down, which is an action of its own name for tests that kill it
    """

    name: str
    pick: Callable[[date], Select[int]]
    act: Callable[[Part], Done]
    size: int = 100
    closes: bool = False
    asks: bool = False


def run(step: Step, day: date) -> Done:
    """Do what is left of this step of this day; the second time that is nothing."""
    total, act = Done(), ask_cards if step.asks else work_chunk
    while (done := act(step, day)) is not None:
        total.count += done.count
        total.ops += done.ops
    return total


@use_case
def work_chunk(step: Step, day: date) -> Done | None:
    """The next chunk; None when nothing is left."""
    return _next(step, day)


@use_case
def ask_cards(step: Step, day: date) -> Done | None:
    """The same, of a step that writes charges down."""
    return _next(step, day)


def _next(step: Step, day: date) -> Done | None:
    hold(step.name)
    after = reached(step.name, day)
    if after == LAST:
        return None
    query = step.pick(day)
    (column,) = query.selected_columns
    size = current_app.config["LENDERS_CHUNK"] or step.size
    ids = db.session.scalars(query.where(column > after).order_by(column).limit(size)).all()
    if not ids and not step.closes:
        return None
    part = Part(day, step.name, after, ids[-1] if ids else LAST, ids)
    done = step.act(part)
    db.session.add(
        DayChunk(on=day, step=step.name, first_id=after + 1, last_id=part.last, done=done.count)
    )
    db.session.flush()
    return done


def hold(step: str) -> None:
    """Let nobody work on this step until this transaction ends."""
    db.session.connection().execute(_LOCK, {"step": step})


def reached(step: str, day: date) -> int:
    """The id up to which this step of the day is done; 0 before its first chunk."""
    query = select(func.max(DayChunk.last_id)).where(DayChunk.step == step, DayChunk.on == day)
    return db.session.scalar(query) or 0


def latest(step: str, before: date | None = None) -> date | None:
    """The latest day (before `before`) on which this step began."""
    query = select(func.max(DayChunk.on)).where(DayChunk.step == step)
    if before is not None:
        query = query.where(DayChunk.on < before)
    return db.session.scalar(query)


def counts(day: date) -> dict[str, int]:
    """What the chunks of this day did, by step."""
    query = select(DayChunk.step, func.sum(DayChunk.done)).where(DayChunk.on == day)
    rows = db.session.execute(query.group_by(DayChunk.step))
    return {step: int(done) for step, done in rows}
