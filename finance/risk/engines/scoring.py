"""Everyone scored as of a day: computed part by part, kept chunk by chunk, resumable anywhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
from flask import current_app
from sqlalchemy import func, select

from core import clock
from core.db import db
from core.errors import DomainError
from core.use_case import end_read, use_case
from finance.risk import features, scorecard
from finance.risk.engines import kept, norms, results
from finance.risk.engines.base import Engine, Part, definition, named
from finance.risk.engines.models import ScoreChunk, ScoreRow, ScoreRun
from finance.risk.features.postgres import Values
from finance.risk.scorecard import Card
from mall.facts import published

CARDS = {"seller": "seller_expert_1", "buyer": "buyer_expert_1"}


class DayToCome(DomainError):
    message = "Features are as of the start of a day; day {day} has not begun."


@dataclass(slots=True)
class Heard:
    """Who listens: lines of text, and how many subjects were kept of how many read."""

    tell: Callable[[str], None] = field(default=lambda words: None)
    more: Callable[[int], None] = field(default=lambda count: None)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run.

    kept     rows written now and before
    unread   features of the card that the definition does not have; they counted as missing
    already  the run had been finished before
    """

    run_id: int
    kept: int
    grades: dict[str, int]
    unread: tuple[str, ...]
    already: bool


def score_all(
    subject: str, as_of: int, engine: str, folder: Path, *, parts: int = 1, heard: Heard
) -> Report:
    """Compute the features of everyone, score them by the card, keep both; goes on where it died.

    as_of   a day number, at most today's
    parts   buckets of subjects computed one after another, so that one fits into memory
    Raises DayToCome, EngineMissing.
    """
    if as_of > clock.day_number(clock.now()):
        raise DayToCome(day=as_of)
    card = scorecard.load(CARDS[subject])
    run = begin(subject, as_of, engine, card, parts)
    if run.finished_at is not None:
        return _report(run, card, already=True)
    run_id, with_engine = run.id, named(engine, folder)
    place = folder / "results" / f"{subject}-{as_of}-{run.definition}-{engine}"
    try:
        if subject == "seller":
            norms.keep(as_of, with_engine, folder / "results", heard.tell)
        _work(run_of(run_id), card, with_engine, place, heard)
    finally:
        with_engine.close()
    finish(run_id)
    results.forget(place)
    return _report(run_of(run_id), card, already=False)


@use_case
def begin(subject: str, as_of: int, engine: str, card: Card, parts: int) -> ScoreRun:
    """The run of this day, made unless it was begun before: then it keeps its parts."""
    mark = definition(subject)
    db.session.execute(kept.LOCK, {"run": f"{subject} {as_of} {mark} {card.hash}"})
    query = select(ScoreRun).filter_by(
        subject=subject, as_of=as_of, definition=mark, card_hash=card.hash
    )
    found = db.session.scalar(query)
    if found is None:
        found = ScoreRun(
            subject=subject,
            as_of=as_of,
            definition=mark,
            card=CARDS[subject],
            card_hash=card.hash,
            engine=engine,
            parts=parts,
        )
        db.session.add(found)
        db.session.flush()
    return found


@use_case
def finish(run_id: int) -> None:
    """Every part is kept."""
    db.session.get_one(ScoreRun, run_id).finished_at = clock.now()


def _work(run: ScoreRun, card: Card, engine: Engine, place: Path, heard: Heard) -> None:
    run_id, subject, as_of, parts = run.id, run.subject, run.as_of, run.parts
    left = [number for number in range(parts) if kept.reached(run, number) < kept.LAST]
    heard.more(_count(run_id))
    end_read()
    if any(not results.place(place, Part(number, parts)).exists() for number in left):
        engine.prepare(subject, as_of, heard.tell)
    for number in left:
        file = results.computed(engine, subject, as_of, Part(number, parts), place)
        rows = results.read(file)
        heard.tell(f"part {number + 1} of {parts}: {rows.num_rows:,} {subject}s")
        for last, chunk in chunks(rows, kept.reached(run_of(run_id), number)):
            kept.keep_chunk(run_id, card, number, last, chunk)
            db.session.expunge_all()
            heard.more(len(chunk))


def run_of(run_id: int) -> ScoreRun:
    """The run, as it is now."""
    return db.session.get_one(ScoreRun, run_id)


def _count(run_id: int) -> int:
    """Rows kept so far."""
    kept_rows = select(func.coalesce(func.sum(ScoreChunk.kept), 0))
    return int(db.session.scalar(kept_rows.where(ScoreChunk.run_id == run_id)) or 0)


def chunks(rows: pa.Table, after: int) -> Iterator[tuple[int, dict[int, Values]]]:
    """(last id, values by id) of rows in the order of ids above `after`; then an empty LAST."""
    names, size = rows.column_names[1:], current_app.config["RISK_CHUNK"]
    for start in range(0, rows.num_rows, size):
        columns = [c.to_pylist() for c in rows.slice(start, size).columns]
        found = {
            id: dict(zip(names, values, strict=True))
            for id, *values in zip(*columns, strict=True)
            if id > after
        }
        if found:
            yield columns[0][-1], found
    yield kept.LAST, {}


def _report(run: ScoreRun, card: Card, already: bool) -> Report:
    by_grade = (
        select(ScoreRow.grade, func.count().label("rows"))
        .filter_by(
            subject=run.subject,
            as_of=run.as_of,
            definition=run.definition,
            card_hash=run.card_hash,
        )
        .group_by(ScoreRow.grade)
        .order_by(ScoreRow.grade)
    )
    return Report(
        run_id=run.id,
        kept=_count(run.id),
        grades={row.grade: row.rows for row in db.session.execute(by_grade)},
        unread=unread(run.subject, card),
        already=already,
    )


def unread(subject: str, card: Card) -> tuple[str, ...]:
    """Features that the card reads and the definition does not have."""
    known = {each.name for each in features.features_of(subject)}
    return tuple(line.feature for line in card.lines if line.feature not in known)


def count_of(subject: str, as_of: int) -> int:
    """How many are known before the day."""
    relation = published.sql_of(f"fact_{subject}s")
    query = f"select count(*) from ({relation}) as r where known_day < {int(as_of)}"
    return int(db.session.connection().exec_driver_sql(query.replace("%", "%%")).scalar_one())
