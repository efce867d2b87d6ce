"""Rows kept for a day: written in chunks by a run, or for one when a question comes first."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, select, text

from core import clock
from core.db import db
from core.errors import Conflict
from core.use_case import use_case
from finance.contracts import consents
from finance.risk.engines.base import definition
from finance.risk.engines.models import FeatureRow, ScoreChunk, ScoreRow, ScoreRun
from finance.risk.engines.quick import Quick
from finance.risk.features import postgres
from finance.risk.features.models import CategoryNorm
from finance.risk.features.postgres import Values
from finance.risk.scorecard import Card
from mall import facts

LAST = 2**63 - 1
# Whoever comes second to the same row leaves it to the first, so that nobody waits for a reader.
_FIRST = text("select pg_try_advisory_xact_lock(hashtext('feature_row'), hashtext(:row))")
LOCK = text("select pg_advisory_xact_lock(hashtext('score_run'), hashtext(:run))")
_FEATURES = text(
    "insert into feature_row (subject, subject_id, as_of, definition, created_at, facts) "
    "select :subject, id, :as_of, :definition, :now, facts::jsonb "
    "from unnest(cast(:ids as bigint[]), cast(:facts as text[])) as rows(id, facts) "
    "on conflict do nothing"
)
_SCORES = text(
    "insert into score_row (subject, subject_id, as_of, definition, card_hash, created_at, "
    "score, grade, pd_ppm, lost) "
    "select :subject, id, :as_of, :definition, :card_hash, :now, score, grade, pd_ppm, lost::jsonb "
    "from unnest(cast(:ids as bigint[]), cast(:scores as int[]), cast(:grades as text[]), "
    "cast(:pds as int[]), cast(:lost as text[])) as rows(id, score, grade, pd_ppm, lost) "
    "on conflict do nothing"
)


@use_case
def features_of(subject: str, id: int, as_of: int) -> Values | None:
    """The features of one as of the start of a day: the kept row, else computed and kept.

    So the second question of a day costs a look-up, however many lines stand behind it. None for
    somebody nobody knew before that day. Whoever asks has made sure of the consent to be scored.
    """
    kept = db.session.get(FeatureRow, (subject, id, as_of, definition(subject)))
    if kept is not None:
        return dict(kept.facts)
    found = postgres.compute(subject, id, as_of)
    if found is not None and db.session.scalar(_FIRST, {"row": f"{subject} {id} {as_of}"}):
        _write_features(subject, as_of, {id: found})
    return found


class NotWorkedOut(Conflict):
    message = (
        "What your sales say is being worked out: a shop of this size is looked at by night. "
        "Ask again tomorrow."
    )


@dataclass(frozen=True, slots=True)
class Known:
    """Features as of the start of `day`; None of whom nobody knew by then."""

    features: Values | None
    day: int


def known_of(subject: str, id: int, as_of: int) -> Known:
    """As `features_of`; of a shop too large to be worked out meanwhile, the last row of late.

    So a first question costs a second at most, whatever stands behind it. Raises NotWorkedOut
    where a large shop has no such row.
    """
    kept = db.session.get(FeatureRow, (subject, id, as_of, definition(subject)))
    if kept is not None:
        return Known(dict(kept.facts), as_of)
    config = current_app.config
    if subject != "seller" or not facts.has_more_orders(id, config["RISK_ONLINE_ORDERS"]):
        return Known(features_of(subject, id, as_of), as_of)
    row = FeatureRow
    late = row.as_of.between(as_of - config["RISK_STALE_DAYS"], as_of)
    mine = (row.subject == subject, row.subject_id == id, row.definition == definition(subject))
    query = select(row).where(*mine, late).order_by(row.as_of.desc()).limit(1)
    older = db.session.scalars(query).one_or_none()
    if older is None:
        raise NotWorkedOut()
    return Known(dict(older.facts), older.as_of)


@use_case
def forget(before: int) -> int:
    """Take rows away that are as of days before this day number; how many."""
    gone = 0
    for model in (ScoreRow, FeatureRow, CategoryNorm):
        done = db.session.execute(delete(model).where(model.as_of < before))
        gone += done.rowcount  # type: ignore[attr-defined]
    return gone


def reached(run: ScoreRun, part: int) -> int:
    """The id up to which a part is kept; LAST when it is done, -1 when it is not begun.

    Ids of imported rows may be 0; none is below.
    """
    query = select(func.max(ScoreChunk.last_id)).where(
        ScoreChunk.run_id == run.id, ScoreChunk.part == part
    )
    found = db.session.scalar(query)
    return -1 if found is None else found


@use_case
def keep_chunk(
    run_id: int, card: Card, part: int, last: int, rows: Mapping[int, Values]
) -> int | None:
    """Keep features and scores of these subjects, and that the part has come to `last`.

    None when another run of the same day has kept them already. Whoever refused to be scored is
    left out.
    """
    db.session.execute(LOCK, {"run": str(run_id)})
    run = db.session.get_one(ScoreRun, run_id)
    if reached(run, part) >= last:
        return None
    refused = consents.refused(run.subject, list(rows))
    willing = {id: values for id, values in rows.items() if id not in refused}
    _write_features(run.subject, run.as_of, willing)
    _write_scores(run, card, willing)
    db.session.add(ScoreChunk(run_id=run_id, part=part, last_id=last, kept=len(willing)))
    return len(willing)


def _write_features(subject: str, as_of: int, rows: Mapping[int, Values]) -> None:
    values: Sequence[str] = [json.dumps(each, separators=(",", ":")) for each in rows.values()]
    db.session.execute(
        _FEATURES, _whose(subject, as_of, rows) | {"facts": values, "now": clock.now()}
    )


def _write_scores(run: ScoreRun, card: Card, rows: Mapping[int, Values]) -> None:
    quick = Quick(card)
    found = [quick.score(values) for values in rows.values()]
    columns: dict[str, Any] = {
        "card_hash": card.hash,
        "now": clock.now(),
        "scores": [one.score for one in found],
        "grades": [one.grade for one in found],
        "pds": [one.pd_ppm for one in found],
        "lost": [json.dumps(one.lost) for one in found],
    }
    db.session.execute(_SCORES, _whose(run.subject, run.as_of, rows) | columns)


def _whose(subject: str, as_of: int, rows: Mapping[int, Values]) -> dict[str, Any]:
    return {
        "subject": subject,
        "as_of": as_of,
        "definition": definition(subject),
        "ids": list(rows),
    }
