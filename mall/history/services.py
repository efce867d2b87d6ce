"""Take in another shop's order history, a chunk of rows in a transaction."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db
from core.use_case import end_read, use_case
from mall.history import parties, sales
from mall.history.models import HistoryImport, HistoryLine, HistoryOrder, HistoryRefusal
from mall.history.readers import Source
from mall.history.rules import HistoryRow, Refused, Terms, understand

CHUNK = 5_000
_CHUNKS_PER_LOOK = 20


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file: rows read = accepted + refused; `reasons` counts the refusals."""

    import_id: int
    read: int
    accepted: int
    refused: int
    reasons: dict[str, int]
    sellers: int
    buyers: int
    already_done: bool


def import_orders(
    source: Source, terms: Terms, name: str, *, progress: Callable[[int], Any] = lambda rows: None
) -> Report:
    """Take in the whole file, from where an earlier run stopped; the same file twice adds nothing.

    `name` is the source whose keys mean the same parties again in another file.
    """
    taken = _begin(_digest(source, terms, name), name)
    end_read()
    already_done = taken.finished
    progress(taken.rows_done)
    if not already_done:
        rows = source.rows(skip=taken.rows_done)
        while chunk := list(islice(rows, CHUNK)):
            take_chunk(taken.id, name, chunk, terms)
            progress(len(chunk))
            if (chunk[0][0] // CHUNK) % _CHUNKS_PER_LOOK == 0:
                _let_the_planner_look()
        _let_the_planner_look()
        _finish(taken.id)
    return report(taken.id, name, already_done=already_done)


@use_case
def _let_the_planner_look() -> None:
    """Tables that were empty a moment ago have no statistics, and are searched from end to end."""
    db.session.execute(text("select history_analyze()"))


@dataclass(frozen=True, slots=True)
class _Begun:
    id: int
    rows_done: int
    finished: bool


def _digest(source: Source, terms: Terms, name: str) -> str:
    how = [
        name,
        sorted(terms.names.items()),
        terms.seller,
        str(terms.rate),
        str(terms.shift),
        sorted(terms.skipped),
    ]
    return sha256(f"{source.digest()} {json.dumps(how)}".encode()).hexdigest()


@use_case
def _begin(digest: str, name: str) -> _Begun:
    fresh = insert(HistoryImport).values(
        id=ids.new_id(), created_at=clock.now(), digest=digest, name=name
    )
    db.session.execute(fresh.values(options={}).on_conflict_do_nothing(index_elements=["digest"]))
    taken = db.session.scalars(select(HistoryImport).where(HistoryImport.digest == digest)).one()
    return _Begun(taken.id, taken.rows_done, taken.finished_at is not None)


@use_case
def _finish(import_id: int) -> None:
    db.session.execute(
        update(HistoryImport).where(HistoryImport.id == import_id).values(finished_at=clock.now())
    )


@use_case
def take_chunk(
    import_id: int, name: str, chunk: list[tuple[int, dict[str, Any]]], terms: Terms
) -> None:
    """Take in some rows: all of them, their refusals and the new place in the file, or nothing."""
    taken = db.session.scalars(
        select(HistoryImport).where(HistoryImport.id == import_id).with_for_update()
    ).one()
    if chunk[0][0] <= taken.rows_done:
        return  # another run was quicker
    good, refused = _sorted_out(chunk, terms)
    sold = [row for row in good if not row.gives_back]
    who = parties.find_or_make(name, good, terms.currency)
    sales.insert(import_id, sold, who, terms.currency)
    for row in good:
        if row.gives_back and not _give_back(row, who):
            refused.append((row.row, "gives back goods that were not bought here before"))
    _note_refusals(import_id, refused)
    taken.rows_done = chunk[-1][0]
    taken.accepted += len(chunk) - len(refused)
    taken.refused += len(refused)


def _sorted_out(
    chunk: Iterable[tuple[int, dict[str, Any]]], terms: Terms
) -> tuple[list[HistoryRow], list[tuple[int, str]]]:
    good, refused = [], []
    for number, cells in chunk:
        try:
            good.append(understand(number, cells, terms))
        except Refused as error:
            refused.append((number, str(error)))
    return good, refused


def _give_back(row: HistoryRow, who: parties.Who) -> bool:
    """Book a return row against the latest earlier line that still holds as many units."""
    wanted, buyer = -row.quantity, who.buyer(row)
    if buyer is None:
        return False
    query = (
        select(HistoryLine.id, HistoryLine.order_id, HistoryLine.price)
        .join(HistoryOrder, HistoryOrder.id == HistoryLine.order_id)
        .where(
            HistoryLine.seller_id == who.seller(row),
            HistoryLine.buyer_id == buyer,
            HistoryLine.product == row.product,
            HistoryLine.quantity - HistoryLine.returned >= wanted,
            HistoryOrder.paid_at <= row.times["paid_at"],
        )
        .order_by(HistoryOrder.paid_at.desc(), HistoryLine.id.desc())
        .limit(1)
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return False
    line_id, order_id, price = found
    when = row.times["paid_at"]
    db.session.execute(
        update(HistoryLine)
        .where(HistoryLine.id == line_id)
        .values(returned=HistoryLine.returned + wanted, returned_at=when)
    )
    db.session.execute(
        update(HistoryOrder)
        .where(HistoryOrder.id == order_id)
        .values(refunded=HistoryOrder.refunded + wanted * price, returned_at=when)
    )
    return True


def _note_refusals(import_id: int, refused: list[tuple[int, str]]) -> None:
    if refused:
        values = [
            {
                "id": ids.new_id(),
                "created_at": clock.now(),
                "import_id": import_id,
                "row": row,
                "reason": why[:200],
            }
            for row, why in refused
        ]
        db.session.execute(insert(HistoryRefusal).on_conflict_do_nothing(), values)


def report(import_id: int, name: str, *, already_done: bool = False) -> Report:
    """What became of an import."""
    taken = db.session.scalars(select(HistoryImport).where(HistoryImport.id == import_id)).one()
    reasons = select(HistoryRefusal.reason, func.count()).where(
        HistoryRefusal.import_id == import_id
    )
    sellers, buyers = parties.count(name)
    return Report(
        import_id=import_id,
        read=taken.rows_done,
        accepted=taken.accepted,
        refused=taken.refused,
        reasons={k: v for k, v in db.session.execute(reasons.group_by(HistoryRefusal.reason))},
        sellers=sellers,
        buyers=buyers,
        already_done=already_done,
    )


def refusals(import_id: int) -> Iterator[tuple[int, str]]:
    """(row number, reason) of every refused row, in order."""
    query = select(HistoryRefusal.row, HistoryRefusal.reason).where(
        HistoryRefusal.import_id == import_id
    )
    yield from db.session.execute(query.order_by(HistoryRefusal.row))
