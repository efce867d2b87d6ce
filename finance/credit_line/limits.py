"""A line's limit moves: less at once and told, more only when its owner agrees to it."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from core import clock
from core.db import db
from core.errors import Conflict
from core.money import Money
from core.use_case import use_case
from finance.contracts import consents
from finance.contracts import services as contracts
from finance.contracts.contract import BUYER, Contract
from finance.contracts.services import Acceptance
from finance.credit_line import news, papers, queries
from finance.credit_line.models import CreditLine, LineEvent
from finance.credit_line.opening import remember
from finance.loans import exposure
from finance.loans.queries import exposure_of
from finance.products import Line
from finance.risk import buyer, people
from finance.risk.models import Decision
from finance.risk.outcome import Outcome

OFFER_DAYS = 30
RAISED, LOWERED, OFFERED = "limit_raised", "limit_lowered", "limit_offered"


class NothingOffered(Conflict):
    message = "There is no higher limit to agree to now. Look at the line's page again."


def look(line: CreditLine, day: date) -> str:
    """Decide anew on the (locked) line's limit; "lowered", "offered", or "" when it stays.

    Who keeps a limit of their own for all credit, or does not want to be scored, is left alone.
    """
    if not line.is_open or _left_alone(line):
        return ""
    outcome, decision = _decide(line)
    if outcome.limit < line.credit_limit:
        _lower(line, outcome, decision, day)
        return "lowered"
    rung = people.ladder_of(line.person_id, buyer.terms(), day)
    return "offered" if _offer(line, buyer.grown(outcome.limit, rung), day) else ""


def _left_alone(line: CreditLine) -> bool:
    kept = exposure_of(line.person_id)
    own = kept is not None and kept.ceiling_at(clock.now()) is not None
    return own or bool(consents.refused(BUYER, [line.person_id]))


def _decide(line: CreditLine) -> tuple[Outcome, Decision]:
    product = Line.from_data(line.terms)
    least = Money(product.limit_min, line.currency)
    return buyer.decide_buyer(line.person_id, least, 1, ref=line.number, product=product.rules)


def _lower(line: CreditLine, outcome: Outcome, decision: Decision, day: date) -> None:
    """What is drawn stays as it is; nothing new until it is below the limit."""
    line.credit_limit, line.decision_id = outcome.limit, decision.id
    line.offered_limit = line.offered_until = None
    why = outcome.reasons[0].text if outcome.reasons else ""
    remember(line, f"{LOWERED}:{day}", LOWERED, day, amount=outcome.limit, note=why[:240])
    if day >= clock.today():
        news.limit_lowered(line, day)


def _offer(line: CreditLine, limit: int, day: date) -> bool:
    """An offer stands for thirty days; the same again is none."""
    if limit <= line.credit_limit:
        line.offered_limit = line.offered_until = None
        return False
    stands = line.offered_until is not None and line.offered_until >= day
    if stands and line.offered_limit == limit:
        return False
    line.offered_limit, line.offered_until = limit, day + timedelta(OFFER_DAYS)
    remember(line, f"{OFFERED}:{day}", OFFERED, day, amount=limit)
    if day >= clock.today():
        news.limit_offered(line, day)
    return True


@dataclass(frozen=True, slots=True)
class Offer:
    """The higher limit that stands, until when, and the contract that would be agreed to."""

    limit: Money
    until: date
    contract: Contract


def offer_of(line: CreditLine, on: date) -> Offer | None:
    """The offer that stands on a day; None: none does."""
    limit, until = line.offered_limit, line.offered_until
    if limit is None or until is None or until < on or not line.is_open:
        return None
    product = Line.from_data(line.terms)
    contract = papers.of_line(line.person_id, product, limit, line.currency, on)
    return Offer(line.money(limit), until, contract)


@use_case
def accept(number: str, person_id: int, agreed: Acceptance) -> CreditLine:
    """The owner wants the limit that is offered: decided once more, then theirs at once.

    Raises NothingOffered where it is over or no longer so, TermsChanged. Sent twice, it counts once.
    """
    queries.line_of(person_id, number)
    line, today = queries.locked(number), clock.today()
    exposure.lock(person_id)
    offer = offer_of(line, today)
    if offer is None:
        raise NothingOffered()
    agreed.check(offer.contract)
    if people.ladder_of(person_id, buyer.terms(), today).can_grow:
        people.agree_to_raise(person_id, buyer.terms())
    outcome, decision = _decide(line)
    if outcome.limit < offer.limit.minor:
        raise NothingOffered()
    line.credit_limit, line.decision_id = offer.limit.minor, decision.id
    line.offered_limit = line.offered_until = None
    times = raised(line) + 1
    contracts.accept(offer.contract, contract_number(line, times), agreed)
    remember(line, f"{RAISED}:{times}", RAISED, today, amount=line.credit_limit)
    return line


def raised(line: CreditLine) -> int:
    """How often its owner agreed to a higher limit."""
    query = select(func.count(LineEvent.id)).where(
        LineEvent.line_id == line.id, LineEvent.kind == RAISED
    )
    return int(db.session.scalar(query) or 0)


def contract_number(line: CreditLine, times: int) -> str:
    """The contract in force: of the line itself, then one more for each higher limit."""
    return f"{line.number}-{times}" if times else line.number
