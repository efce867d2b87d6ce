"""Decide, keep what the decision stood on, and decide again to the same bytes."""

import json
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from core import clock
from core.db import db, get
from core.errors import Conflict
from core.money import Money
from core.use_case import use_case
from finance.risk import lowered, policies, scorecard, shadow
from finance.risk.models import Decision
from finance.risk.outcome import Outcome
from finance.risk.scorecard import Card


class CardChanged(Conflict):
    message = "The card {card} is not the one this decision was made with."


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks for what. `subject` is buyer or seller; `card` and `policy` say how to answer.

    inputs   all the policy reads, as plain JSON data with whole numbers
    ref      what it is for, e.g. the checkout's number
    """

    subject: str
    subject_id: int
    product: str
    asked: Money
    inputs: dict[str, Any]
    facts_at: datetime
    card: str
    policy: str
    ref: str = ""


@use_case
def decide(question: Question, *, began_ns: int | None = None) -> tuple[Outcome, Decision]:
    """Answer and keep the answer with its inputs.

    began_ns   `cpu_now()` from before the facts were read, so that the cost includes them
    """
    began = cpu_now() if began_ns is None else began_ns
    card = scorecard.load(question.card)
    outcome = policies.named(question.policy)(question.inputs, card)
    decision = _kept(question, card, outcome, began)
    db.session.add(decision)
    db.session.flush()
    shadow.keep(decision)
    lowered.tell(decision)
    return outcome, decision


def answer(question: Question) -> Outcome:
    """The same answer without keeping it: for offers that nobody has asked for yet."""
    return policies.named(question.policy)(question.inputs, scorecard.load(question.card))


def _kept(question: Question, card: Card, outcome: Outcome, began: int) -> Decision:
    return Decision(
        subject=question.subject,
        subject_id=question.subject_id,
        product=question.product,
        ref=question.ref,
        asked=question.asked.minor,
        currency=question.asked.currency,
        inputs=question.inputs,
        facts_at=question.facts_at,
        card=question.card,
        card_hash=card.hash,
        policy=question.policy,
        score=outcome.score,
        grade=outcome.grade,
        pd_ppm=outcome.pd_ppm,
        approved=outcome.approved,
        credit_limit=outcome.limit,
        reasons=[asdict(why) for why in outcome.reasons],
        outcome=outcome.as_bytes().decode(),
        cost_us=(cpu_now() - began) // 1_000,
    )


@dataclass(frozen=True, slots=True)
class Replay:
    """A decision made again from its kept inputs."""

    same: bool
    kept: bytes
    again: bytes


def replay(decision_id: int) -> Replay:
    """Decide again from what was kept; raises NotFound, and CardChanged if the card is another."""
    decision = get(Decision, decision_id)
    card = scorecard.load(decision.card)
    if card.hash != decision.card_hash:
        raise CardChanged(card=decision.card)
    inputs = json.loads(json.dumps(decision.inputs))
    again = policies.named(decision.policy)(inputs, card).as_bytes()
    kept = decision.outcome.encode()
    return Replay(kept == again, kept, again)


def cpu_now() -> int:
    """CPU time of this thread in nanoseconds; a cost, not a time of day."""
    return time.thread_time_ns()


def as_of_now() -> datetime:
    """The instant as of which a decision reads its facts."""
    return clock.now()
