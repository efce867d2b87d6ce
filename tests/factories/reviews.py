"""Decisions that people were asked to look at."""

from sqlalchemy import select

from core.db import db
from core.money import Money
from finance.risk import reviews
from finance.risk.buyer import decide_buyer
from finance.risk.models import Decision


def make_review(shopper_id: int) -> int:
    """The id of a review of a sum nobody would grant."""
    _, declined = decide_buyer(shopper_id, Money(4_900_000, "CNY"), 12)
    return reviews.ask(declined.id, "buyer", shopper_id, by=shopper_id, wish="").id


def last_decision_on_a_seller() -> int:
    query = select(Decision.id).where(Decision.subject == "seller").order_by(Decision.id.desc())
    found = db.session.scalars(query).first()
    assert found
    return found
