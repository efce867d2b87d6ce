"""Decide again what was decided, any or all, and say what comes out otherwise."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select

from core import chance
from core.db import db
from core.use_case import use_case
from finance.risk import again
from finance.risk.models import Decision, ReplayRun

CHUNK = 500
NIGHTLY = 1_000
_SHOWN = 50  # differences kept by name with a run
_log = logging.getLogger(__name__)


@dataclass
class Report:
    """How many were decided again, what differs: (decision, why), and by which models."""

    different: list[tuple[int, str]] = field(default_factory=list)
    models: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return self.models.total()


def differs(decision: Decision) -> str:
    """Why a row is not what was decided; "" when its answer comes out byte by byte.

    The columns beside the answer are compared with it too: a row may lie in them alone.
    """
    return again.differs(as_kept(decision)) or _columns(decision)


def as_kept(decision: Decision) -> dict[str, Any]:
    """The decision as `again` reads it from a file."""
    names = ("id", "policy", "card", "card_hash", "inputs", "outcome")
    return {name: getattr(decision, name) for name in names}


def _columns(decision: Decision) -> str:
    """Columns that say otherwise than the answer and the question."""
    said = json.loads(decision.outcome)
    wanted = {"credit_limit": said["limit"], "asked": decision.inputs["asked"]["amount"]}
    names = ("approved", "score", "grade", "pd_ppm", "reasons")
    wanted |= {name: said[name] for name in names}
    wrong = [name for name, value in wanted.items() if getattr(decision, name) != value]
    return f"the row says otherwise than its answer: {', '.join(wrong)}" if wrong else ""


def replay(ids: Select[int], tick: Callable[[int], None] = lambda count: None) -> Report:
    """Replay the decisions this query names, in the order of their ids; changes nothing."""
    report = Report()
    for chunk in _chunks(ids):
        for decision in chunk:
            report.models[decision.policy, decision.card, decision.card_hash] += 1
            if why := differs(decision):
                report.different.append((decision.id, why))
        db.session.expunge_all()
        tick(len(chunk))
    return report


def _chunks(ids: Select[int]) -> Iterator[Sequence[Decision]]:
    wanted, last = ids.subquery(), 0
    while True:
        query = select(Decision).where(Decision.id.in_(select(wanted)), Decision.id > last)
        chunk = db.session.scalars(query.order_by(Decision.id).limit(CHUNK)).all()
        if not chunk:
            return
        last = chunk[-1].id
        yield chunk


def every() -> Select[int]:
    """All decisions."""
    return select(Decision.id)


def one(decision_id: int) -> Select[int]:
    return select(Decision.id).where(Decision.id == decision_id)


def sample(size: int) -> Select[int]:
    """So many decisions by chance, the same ones within this query."""
    salt = str(chance.dice().getrandbits(64))
    mixed = func.md5(func.concat(Decision.id, salt))
    return select(Decision.id).order_by(mixed, Decision.id).limit(size)


def count_of(ids: Select[int]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0)


def last(most: int = 60) -> Sequence[ReplayRun]:
    """The runs that were written down, the newest first."""
    return db.session.scalars(select(ReplayRun).order_by(ReplayRun.id.desc()).limit(most)).all()


@use_case
def keep(report: Report, what: str) -> ReplayRun:
    """Write down what a replay found; what differs is also an error in the log."""
    for decision_id, why in report.different[:_SHOWN]:
        _log.error("decision %s does not come out the same: %s", decision_id, why)
    run = ReplayRun(
        what=what,
        replayed=report.count,
        differing=len(report.different),
        found=[[str(decision_id), why] for decision_id, why in report.different[:_SHOWN]],
    )
    db.session.add(run)
    db.session.flush()
    return run


def nightly() -> ReplayRun:
    """Replay a sample and keep what came of it."""
    return keep(replay(sample(NIGHTLY)), f"sample of {NIGHTLY}")
