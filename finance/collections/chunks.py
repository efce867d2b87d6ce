"""A step of the day in chunks: each one transaction, written down in it, so that a stop loses nothing.

A chunk takes the step's lock, does its work and writes down how far it came. A step that adds up
whole ranges of ids (`closes`) goes on where its last finished chunk of that day ended, and is over
after the last one. Every other step picks only what is not done, so a run begins at the first id: a
loan that came into the picture on a day already run is found when the day is run again. Two runs at
once take turns; one that died gave its lock and its half-done chunk back.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import current_app
from sqlalchemy import Select, TextClause, func, select, text

from core import clock, ids
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
    """How much was done, and gateway operations to be driven once nothing is open any more.

    last    the id up to which this came
    booked  {currency: minor units} of the chunk's own journals, which stand behind them
    is_written  the database has written the chunk down itself
    """

    count: int = 0
    ops: list[int] = field(default_factory=list)
    last: int = 0
    booked: dict[str, int] = field(default_factory=dict)
    is_written: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of work of a day.

    pick    the ids that have such work on a day
    act     does it for a chunk, inside one transaction
    size    ids in a chunk
    closes  the step ends with a chunk up to the largest id, and is over for that day
    asks    charges are written down, which is an action of its own name for tests that kill it
    check   what is wrong between the book and what a chunk worked on; `checking` has them
    """

    name: str
    pick: Callable[[date], Select[int]]
    act: Callable[[Part], Done]
    size: int = 100
    closes: bool = False
    asks: bool = False
    check: Callable[[Part], Iterable[str]] = lambda part: ()


class BookDiffers(Exception):
    """The book and the contracts of a chunk say different things; nothing of the chunk was kept."""


def run(step: Step, day: date, *, check: bool = False) -> Done:
    """Do what is left of this step of this day; the second time that is nothing.

    check   ask of each chunk whether ledger and loans agree, before it is kept: BookDiffers
    """
    total, act = Done(), ask_cards if step.asks else work_chunk
    if not step.closes and _is_idle(step, day):
        return total
    while (done := act(step, day, total.last, check)) is not None:
        total.count += done.count
        total.ops += done.ops
        total.last = done.last
        if step.closes and done.last == LAST:
            break  # asked again it would say that it is over
    return total


def _is_idle(step: Step, day: date) -> bool:
    """Whether there is nothing to do, seen without the lock: most steps of most days are so.

    What another run has in hand is not committed, so it is seen here, and waited for by the lock.
    """
    return db.session.scalar(step.pick(day).limit(1)) is None


@use_case
def work_chunk(step: Step, day: date, after: int = 0, check: bool = False) -> Done | None:
    """The next chunk, of ids above `after`; None when nothing is left."""
    return _next(step, day, after, check)


@use_case
def ask_cards(step: Step, day: date, after: int = 0, check: bool = False) -> Done | None:
    """The same, of a step that writes charges down."""
    return _next(step, day, after, check)


def _next(step: Step, day: date, after: int, check: bool) -> Done | None:
    hold(step.name)
    if step.closes:
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
    done.last = part.last
    db.session.flush()
    if not done.is_written:
        _write_down(part, done)
    if check:
        refuse(f"{day}, {step.name}, ids to {part.last}", step.check(part))
    return done


def refuse(where: str, wrong: Iterable[str]) -> None:
    """Raise BookDiffers, with what is wrong, unless nothing is."""
    if found := list(wrong):
        raise BookDiffers(f"{where}: {'; '.join(found[:5])}")


def _write_down(part: Part, done: Done) -> None:
    """Ids are written down once a day; what a later run finds among them stands in the events."""
    if part.after < reached(part.step, part.day):
        return
    db.session.add(
        DayChunk(
            on=part.day,
            step=part.step,
            first_id=part.after + 1,
            last_id=part.last,
            done=done.count,
            booked=done.booked,
        )
    )
    db.session.flush()


def by_owner(function: TextClause, part: Part, **more: str) -> dict[str, int]:
    """Let a function of the database do the chunk and write it down; what it says is to be booked.

    The application may not write what follows from contracts and days alone.
    """
    values = {"id": ids.new_id(), "at": clock.now(), "day": part.day, "last": part.last}
    asked = {**values, "done": len(part.ids), **more}
    return dict(db.session.execute(function, asked).scalar_one())


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
