"""A bank's money is reserved before it is lent: guarded in the database, never more than committed."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ScalarSelect, func, select, update
from sqlalchemy.orm import aliased

from core.db import db
from core.money import MILLION
from finance.funding import rules, sharing
from finance.funding.models import Funder, Participation, WaterfallStep
from finance.funding.sharing import Place, Wanted


def steps_of(product: str, currency: str) -> list[WaterfallStep]:
    """The product's waterfall as it stands, in its order."""
    query = (
        select(WaterfallStep)
        .where(
            WaterfallStep.product == product,
            WaterfallStep.currency == currency,
            WaterfallStep.ended_on.is_(None),
        )
        .order_by(WaterfallStep.position)
    )
    return list(db.session.scalars(query))


Chosen = list[tuple[WaterfallStep, int]]
"""Who lends, with the share in ppm."""


def reserve(product: str, currency: str, wanted: Wanted) -> Chosen:
    """Choose banks for a loan and take its parts off what they have committed.

    The places are read again once their banks are locked: a change of them waits, or is done.
    """
    _lock(steps_of(product, currency))
    return _choose(steps_of(product, currency), wanted, _take)


def would(product: str, currency: str, wanted: Wanted) -> Chosen:
    """Who would be chosen now; nothing is reserved."""
    return _choose(steps_of(product, currency), wanted, _fits)


def _choose(
    steps: Sequence[WaterfallStep], wanted: Wanted, take: Callable[[WaterfallStep, int], bool]
) -> Chosen:
    by_id = {step.id: step for step in steps}
    places = [
        Place(step.id, step.share_ppm, step.price_ppm, step.grades, step.funder.paused)
        for step in steps
    ]
    found = sharing.choose(places, wanted, lambda place, amount: take(by_id[place.id], amount))
    return [(by_id[id], share) for id, share in found]


def _fits(step: WaterfallStep, amount: int) -> bool:
    bank = step.funder
    before = db.session.scalar(select(_lent_before(step))) or 0
    room = step.used + before + amount <= step.most
    return bank.used + amount <= bank.committed and room


def _lent_before(step: WaterfallStep) -> ScalarSelect[Any]:
    """What is open of the same product in places of the bank's that have ended, minor units."""
    ended = aliased(WaterfallStep)
    return (
        select(func.coalesce(func.sum(ended.used), 0))
        .where(
            ended.funder_id == step.funder_id,
            ended.product == step.product,
            ended.currency == step.currency,
            ended.ended_on.is_not(None),
        )
        .scalar_subquery()
    )


def _lock(steps: Sequence[WaterfallStep]) -> None:
    """Banks in the order of their ids, so that two loans never wait for each other in a ring."""
    ids = {step.funder_id for step in steps}
    if ids:
        query = select(Funder).where(Funder.id.in_(ids)).order_by(Funder.id).with_for_update()
        db.session.scalars(query.execution_options(populate_existing=True)).all()


def _take(step: WaterfallStep, amount: int) -> bool:
    """The guards: rows that would hold too much are not changed, and then it is a no."""
    bank, place = Funder, WaterfallStep
    room = bank.used + amount <= bank.committed
    took = (
        update(bank)
        .where(bank.id == step.funder_id, room, bank.paused.is_(False))
        .values(used=bank.used + amount)
    )
    if not _changed(took):
        return False
    placed = (
        update(place)
        .where(
            place.id == step.id,
            place.used + _lent_before(step) + amount <= place.most,
            place.ended_on.is_(None),
        )
        .values(used=place.used + amount)
    )
    if _changed(placed):
        return True
    _changed(update(bank).where(bank.id == step.funder_id).values(used=bank.used - amount))
    return False


def _changed(statement: object) -> bool:
    result = db.session.execute(statement)  # type: ignore[call-overload]
    return bool(result.rowcount)


def give(part: Participation, amount: int) -> None:
    """Principal came back: it may be lent again. Below zero it is owed again, room or not."""
    left = Funder.used - amount
    db.session.execute(
        update(Funder)
        .where(Funder.id == part.funder_id)
        .values(used=left, reopened=func.greatest(0, left - Funder.committed))
    )
    db.session.execute(
        update(WaterfallStep)
        .where(WaterfallStep.id == part.step_id)
        .values(used=WaterfallStep.used - amount)
    )


def own_of(chosen: Chosen) -> tuple[int, int]:
    """The mall's own share of a loan and its price, ppm."""
    return MILLION - sum(share for _, share in chosen), rules.OWN_PRICE_PPM
