"""A bank's place in one waterfall changes: its price, the grades it takes, the most it lends."""

from typing import Any

from sqlalchemy import select

from core import clock
from core.db import db
from core.errors import InvalidInput
from core.money import MILLION
from finance.funding.models import WaterfallStep
from finance.funding.queries import bank_of

GRADES = "ABCDE"


class NoPlace(InvalidInput):
    message = "This bank has no place in the waterfall of this product."


def subject_of(code: str, product: str) -> str:
    """What a change of a place is about: `ALPHA:installments`."""
    return f"{code}:{product}"


def step_of(subject: str, currency: str) -> WaterfallStep:
    """The place as it stands; raises NoPlace."""
    code, _, product = subject.partition(":")
    query = select(WaterfallStep).where(
        WaterfallStep.funder_id == bank_of(code).id,
        WaterfallStep.product == product,
        WaterfallStep.currency == currency,
        WaterfallStep.ended_on.is_(None),
    )
    found = db.session.scalars(query.order_by(WaterfallStep.position)).first()
    if found is None:
        raise NoPlace()
    return found


def check(subject: str, data: dict[str, Any]) -> None:
    """data: currency, price_ppm, grades, most (minor units); raises InvalidInput."""
    step_of(subject, data["currency"])
    if data["most"] < 1 or not 0 <= data["price_ppm"] <= MILLION:
        raise InvalidInput("A limit is above zero; a price is between 0 and 100 %.")
    if data["grades"] != "".join(grade for grade in GRADES if grade in data["grades"]):
        raise InvalidInput("Grades are letters from A to E.")


def change(subject: str, data: dict[str, Any]) -> None:
    """A new row takes the place of the old one; loans that were made stay with theirs."""
    bank_of(subject.partition(":")[0], lock=True)  # loans that ask this bank now wait, or are made
    old = step_of(subject, data["currency"])
    old.ended_on = clock.today()
    db.session.flush()
    db.session.add(
        WaterfallStep(
            product=old.product,
            currency=old.currency,
            position=old.position,
            funder_id=old.funder_id,
            share_ppm=old.share_ppm,
            price_ppm=data["price_ppm"],
            grades=data["grades"],
            most=data["most"],
        )
    )
    db.session.flush()
