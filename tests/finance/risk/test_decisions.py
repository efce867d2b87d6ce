"""A decision is kept with all it stood on, cannot be changed, and can be made again."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import clock
from finance.risk import services
from finance.risk.buyer import decide_buyer
from finance.risk.models import Decision
from tests.factories.owner import as_owner
from tests.factories.people import make_shopper
from tests.finance.money import yuan


def decided_on_a_newcomer():
    shopper = make_shopper()
    with clock.travel(clock.now() + timedelta(12, 60)):
        return decide_buyer(shopper.id, yuan("2000.00"), 3, ref="C-1")


def test_a_newcomer_is_declined_and_the_answer_is_kept(db):
    outcome, decision = decided_on_a_newcomer()
    assert not outcome.approved
    assert decision.reasons[0]["text"] == "Your account is 12 days old with 0 finished orders."
    assert (decision.asked, decision.policy, decision.ref) == (
        200_000,
        "buyer_installments_4",
        "C-1",
    )
    assert decision.cost_us > 0


def test_a_replay_gives_the_same_bytes(db):
    _, decision = decided_on_a_newcomer()
    db.session.expire_all()
    replay = services.replay(decision.id)
    assert replay.same
    assert replay.again == decision.outcome.encode()


def test_a_changed_input_would_show(db):
    _, decision = decided_on_a_newcomer()
    other = Decision(
        **{
            column.name: getattr(decision, column.name)
            for column in Decision.__table__.columns
            if column.name not in ("id", "inputs")
        },
        inputs={**decision.inputs, "usual_month": 1},
    )
    db.session.add(other)
    db.session.flush()
    assert not services.replay(other.id).same


@pytest.mark.parametrize(
    "statement", ["update decision set approved = true", "delete from decision"]
)
def test_the_database_lets_no_decision_be_changed(db, statement):
    decided_on_a_newcomer()
    why = "stays as it was written"
    with as_owner(), pytest.raises(DBAPIError, match=why), db.session.begin_nested():
        db.session.execute(text(statement))
