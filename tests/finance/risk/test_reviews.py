"""A declined shopper asks a person, who grants it; large sums need two; decisions never change."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import clock
from core.errors import NotFound
from finance.capital.terms import SALES_SHARE
from finance.risk import reviews, services
from finance.risk.buyer import decide_buyer
from finance.risk.reviews import AlreadyAnswered, NotByTheSame, NothingToReview
from finance.risk.seller import Questions
from tests.factories.loans import make_decision
from tests.factories.people import make_admin, make_seller, make_shopper, sign_in
from tests.finance.money import yuan


def declined(asked="2000.00"):
    """A newcomer who is declined; (person, decision)."""
    person = make_shopper()
    outcome, decision = decide_buyer(person.id, yuan(asked), 3)
    assert not outcome.approved
    return person, decision


def ask(person, decision, wish="I moved."):
    return reviews.ask(decision.id, "buyer", person.id, by=person.id, wish=wish)


def test_what_a_person_grants_is_granted_once(db):
    person, decision = declined()
    before = decision.outcome
    review = ask(person, decision)
    assert review.due_at - clock.now() <= timedelta(hours=24)
    assert ask(person, decision).id == review.id
    reviews.answer(review.id, amount=yuan("1500.00"), reason="Known to us.", by=make_admin().id)
    assert decision.outcome == before and services.replay(decision.id).same
    assert not decide_buyer(person.id, yuan("1500.01"), 3)[0].approved
    outcome, again = decide_buyer(person.id, yuan("1500.00"), 3)
    assert outcome.approved and services.replay(again.id).same
    with clock.travel(clock.now() + timedelta(hours=1)):
        assert not decide_buyer(person.id, yuan("1500.00"), 3)[0].approved


def test_a_grant_ends_after_seven_days(db):
    person, decision = declined()
    review = ask(person, decision)
    reviews.answer(review.id, amount=yuan("1500.00"), reason="Known.", by=make_admin().id)
    with clock.travel(clock.now() + timedelta(days=8)):
        assert not decide_buyer(person.id, yuan("1500.00"), 3)[0].approved


def test_a_large_sum_needs_two(db):
    person, decision = declined("12000.00")
    review, first, other = ask(person, decision), make_admin(), make_admin()
    page = "/admin/lending/reviews"
    before = [reviews.menu_counts(admin.id)[page] for admin in (first, other)]
    reviews.answer(review.id, amount=yuan("12000.00"), reason="Known.", by=first.id)
    after = [reviews.menu_counts(admin.id)[page] for admin in (first, other)]
    assert after == [before[0] - 1, before[1]]  # whoever proposed waits for the other
    assert reviews.override_of(decision.id) is None
    with pytest.raises(NotByTheSame):
        reviews.second(review.id, by=first.id, agrees=True)
    reviews.second(review.id, by=other.id, agrees=True)
    with pytest.raises(AlreadyAnswered):
        reviews.second(review.id, by=other.id, agrees=True)
    override = reviews.override_of(decision.id)
    assert (override.amount, override.second_by) == (1_200_000, other.id)


@pytest.mark.parametrize("second", ["null", "decided_by"])
def test_the_database_wants_two_people(db, second):
    person, decision = declined("12000.00")
    ask(person, decision)
    made = (
        "insert into decision_override (id, created_at, decision_id, subject, subject_id, product,"
        " amount, reason, decided_by, second_by, needs_two, until) select 1, now(), id, subject,"
        f" subject_id, product, 5, 'x', 7, {second.replace('decided_by', '7')}, true, now()"
        " from decision where id = :id"
    )
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text(made), {"id": decision.id})


def test_only_ones_own_declined_decisions(db):
    _, decision = declined()
    with pytest.raises(NotFound):
        ask(make_shopper(), decision)
    granted = make_decision(5, yuan("3600.00"))
    with pytest.raises(NothingToReview):
        reviews.ask(granted.id, "buyer", 5, by=5, wish="")


def test_the_pages(db, client):
    person, decision = declined()
    sign_in(client, person)
    page = f"/account/credit/decisions/{decision.id}"
    assert "Let a person look" in client.get(page).text
    assert client.post(f"{page}/review", data={"wish": "I moved."}).status_code == 303
    assert "A person looks at it" in client.get(page).text
    review = reviews.of_decision(decision.id)
    sign_in(client, make_admin())
    assert f"/admin/lending/reviews/{review.id}" in client.get("/admin/lending/reviews").text
    assert "I moved." in client.get(f"/admin/lending/reviews/{review.id}").text
    sent = {"amount": "", "reason": "The numbers are right."}
    done = client.post(f"/admin/lending/reviews/{review.id}/answer", data=sent)
    assert done.status_code == 303
    sign_in(client, person)
    assert "The decision stands. The numbers are right." in client.get(page).text


def test_a_sellers_pages(db, client):
    seller = make_seller()
    asked = Questions(seller.id, clock.now())
    _, decision = asked.decide(SALES_SHARE, yuan("9000.00"), yuan("0.00"))
    sign_in(client, seller)
    page = f"/seller/capital/decisions/{decision.id}"
    assert page in client.get("/seller/capital/decisions").text
    assert "Let a person look" in client.get(page).text
    assert client.post(f"{page}/review", data={"wish": ""}).status_code == 303
    assert "A person looks at it" in client.get(page).text
    sign_in(client, make_seller())
    assert client.get(page).status_code == 404
