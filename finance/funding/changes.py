"""Banks, their terms and the waterfalls change by two: an admin or the bank proposes, another admin decides."""

from collections.abc import Callable
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import clock
from core.db import db, get
from core.errors import Conflict, InvalidInput
from core.money import MILLION
from core.use_case import use_case
from finance.funding import members, places, queries, reserving, rules
from finance.funding.models import (
    DONE,
    PROPOSED,
    REFUSED,
    WITHDRAWN,
    Funder,
    FundingChange,
    WaterfallStep,
)
from finance.funding.queries import bank_of

BANK, TERMS, PLACE, WATERFALL, RESUME = "bank", "terms", "place", "waterfall", "resume"


class SamePerson(Conflict):
    message = "Who proposes a change, or invited who did, cannot decide on it: ask another admin."


class DecidedBefore(Conflict):
    message = "This was decided before."


class ProposedAlready(Conflict):
    message = "A change of this is proposed already; decide on that first."


@use_case
def propose(kind: str, subject: str, data: dict[str, Any], *, why: str, by: int) -> FundingChange:
    """Write a change down for another admin; raises ProposedAlready, InvalidInput.

    bank        subject: its code; data: name, currency, price_ppm, committed (minor units)
    terms       of a bank: price_ppm, committed
    place       of a bank in a waterfall, CODE:product: currency, price_ppm, grades, most
    resume      a bank that was paused
    waterfall   subject: a product; data: currency, steps [{bank, share_ppm, price_ppm, grades,
                most}], in order
    """
    if len(why.strip()) < 3:
        raise InvalidInput("Say why, for the record.")
    _CHECKS[kind](subject, data)
    waiting = select(FundingChange.id).where(
        FundingChange.kind == kind,
        FundingChange.subject == subject,
        FundingChange.state == PROPOSED,
    )
    if db.session.scalar(waiting) is not None:
        raise ProposedAlready()
    made = FundingChange(
        kind=kind, subject=subject, data=data, why=why.strip()[:240], proposed_by=by
    )
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:  # another was quicker
        raise ProposedAlready() from None
    return made


@use_case
def decide(change_id: int, *, yes: bool, by: int) -> FundingChange:
    """Another admin lets it happen or not; raises SamePerson, DecidedBefore, InvalidInput."""
    change = get(FundingChange, change_id, lock=True)
    if change.state != PROPOSED:
        raise DecidedBefore()
    if by in (change.proposed_by, members.inviter_of(change.proposed_by)):
        raise SamePerson()
    if yes:
        _CHECKS[change.kind](change.subject, change.data)
        _MAKERS[change.kind](change.subject, change.data)
    change.state, change.decided_by, change.decided_at = DONE if yes else REFUSED, by, clock.now()
    db.session.flush()
    return change


@use_case
def withdraw(change_id: int, bank: Funder, *, by: int) -> FundingChange:
    """One of the bank's people takes back what the bank proposed, unless it was decided before.

    Taken back twice it is taken back; what an admin proposed is none of the bank's: NotFound.
    Raises DecidedBefore.
    """
    known = queries.proposal_of(bank, change_id)
    change = get(FundingChange, known.id, lock=True)
    if change.state == WITHDRAWN:
        return change
    if change.state != PROPOSED:
        raise DecidedBefore()
    change.state, change.withdrawn_by = WITHDRAWN, by
    db.session.flush()
    return change


@use_case
def pause(code: str) -> None:
    """At once, by one: new loans go to the next bank, running ones do not change."""
    bank_of(code, lock=True).paused = True


def _check_bank(code: str, data: dict[str, Any]) -> None:
    if db.session.scalar(select(Funder.id).where(Funder.code == code)) is not None:
        raise InvalidInput("There is a bank with this code.")
    _check_amounts(data)


def _check_terms(code: str, data: dict[str, Any]) -> None:
    bank = bank_of(code)
    _check_amounts(data)
    if data["committed"] < bank.used:
        raise InvalidInput(
            "{used} of it is lent: commit at least that.", used=bank.money(bank.used)
        )


def _check_amounts(data: dict[str, Any]) -> None:
    if data["committed"] < 0 or not 0 <= data["price_ppm"] <= MILLION:
        raise InvalidInput("A commitment is not below zero; a price is between 0 and 100 %.")


def _check_resume(code: str, data: dict[str, Any]) -> None:
    if not bank_of(code).paused:
        raise InvalidInput("This bank is not paused.")


def _check_waterfall(product: str, data: dict[str, Any]) -> None:
    least = rules.of(current_app.config["MALL_REGIME"]).own_min_ppm
    shares = [step["share_ppm"] for step in data["steps"]]
    if min(shares, default=1) < 1 or sum(shares) > MILLION - least:
        raise InvalidInput("The mall lends at least {least} % itself.", least=least // 10_000)
    for step in data["steps"]:
        if bank_of(step["bank"]).currency != data["currency"]:
            raise InvalidInput("{bank} lends another currency.", bank=step["bank"])


def _make_bank(code: str, data: dict[str, Any]) -> None:
    db.session.add(
        Funder(
            code=code,
            name=data["name"],
            currency=data["currency"],
            price_ppm=data["price_ppm"],
            committed=data["committed"],
        )
    )


def _change_terms(code: str, data: dict[str, Any]) -> None:
    bank = bank_of(code, lock=True)
    bank.price_ppm, bank.committed = data["price_ppm"], data["committed"]
    bank.reopened = max(0, bank.used - bank.committed)


def _resume(code: str, data: dict[str, Any]) -> None:
    bank_of(code, lock=True).paused = False


def _make_waterfall(product: str, data: dict[str, Any]) -> None:
    for step in reserving.steps_of(product, data["currency"]):
        step.ended_on = clock.today()
    db.session.flush()
    for position, step in enumerate(data["steps"], 1):
        bank = bank_of(step["bank"])
        db.session.add(
            WaterfallStep(
                product=product,
                currency=data["currency"],
                position=position,
                funder_id=bank.id,
                share_ppm=step["share_ppm"],
                price_ppm=step.get("price_ppm", bank.price_ppm),
                grades=step.get("grades", ""),
                most=step["most"],
            )
        )


Step = Callable[[str, dict[str, Any]], None]
_CHECKS: dict[str, Step] = {
    BANK: _check_bank,
    TERMS: _check_terms,
    PLACE: places.check,
    RESUME: _check_resume,
    WATERFALL: _check_waterfall,
}
_MAKERS: dict[str, Step] = {
    BANK: _make_bank,
    TERMS: _change_terms,
    PLACE: places.change,
    RESUME: _resume,
    WATERFALL: _make_waterfall,
}
