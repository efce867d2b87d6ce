"""Two people press a review's buttons at one moment: one answer counts, and money is lifted once."""

import threading

import pytest
from sqlalchemy import func, select

from core.db import db as database
from core.errors import DomainError
from finance.risk import reviews
from finance.risk.review_models import Override, Review
from tests.factories.people import make_admin
from tests.finance.money import yuan
from tests.finance.risk.test_reviews import ask, declined


def at_once(app, *presses):
    """Run each press in a thread of its own, begun together; what they answered, in any order."""
    gate, said = threading.Barrier(len(presses)), []

    def run(press):
        with app.app_context():
            gate.wait(20)
            try:
                press()
                said.append("done")
            except DomainError as refusal:
                said.append(type(refusal).__name__)

    threads = [threading.Thread(target=run, args=(press,)) for press in presses]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return sorted(said)


@pytest.fixture
def stage(committed_app):
    def make(amount):
        with committed_app.app_context():
            person, decision = declined(amount)
            found = ask(person, decision).id, decision.id, [make_admin().id for _ in range(3)]
            database.session.commit()
        return found

    return committed_app, make


def overrides(app, decision_id):
    with app.app_context():
        query = select(func.count(Override.id)).where(Override.decision_id == decision_id)
        return database.session.scalar(query)


def test_two_answers_to_a_small_sum(stage):
    app, make = stage
    review, decision, (one, two, _) = make("2000.00")
    said = at_once(
        app,
        lambda: reviews.answer(review, amount=yuan("2000.00"), reason="Known.", by=one),
        lambda: reviews.answer(review, amount=None, reason="It stands.", by=two),
    )
    assert said == ["AlreadyAnswered", "done"] and overrides(app, decision) == 1


def test_two_seconds_to_a_large_one(stage):
    app, make = stage
    review, decision, (one, two, three) = make("12000.00")
    with app.app_context():
        reviews.answer(review, amount=yuan("12000.00"), reason="Known.", by=one)
    said = at_once(
        app,
        lambda: reviews.second(review, by=two, agrees=True),
        lambda: reviews.second(review, by=three, agrees=True),
    )
    assert said == ["AlreadyAnswered", "done"] and overrides(app, decision) == 1


def test_one_agrees_and_one_sends_it_back(stage):
    app, make = stage
    review, decision, (one, two, three) = make("12000.00")
    with app.app_context():
        reviews.answer(review, amount=yuan("12000.00"), reason="Known.", by=one)
    said = at_once(
        app,
        lambda: reviews.second(review, by=two, agrees=True),
        lambda: reviews.second(review, by=three, agrees=False),
    )
    assert said == ["AlreadyAnswered", "done"]
    with app.app_context():
        state = database.session.get_one(Review, review).state
    assert (state, overrides(app, decision)) in (("done", 1), ("asked", 0))
