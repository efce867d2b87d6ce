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


FORGED = {
    "without a review": "",
    "a large sum by one": "update decision_review set needs_two = false",
    "another amount": "amount = 1100000",
    "by whom nobody asked": "decided_by = {third}",
    "by a shopper": "second_by = {shopper}",
    "of another product": "product = 'mall_credit'",
    "of another reason": "reason = 'Nice.'",
    "with one signature": "second_by = null, needs_two = false",
}


@pytest.mark.parametrize("what", FORGED)
def test_raw_sql_cannot_write_an_override_that_no_review_ends_in(db, what):
    """Each change alone of what two admins agreed on; as it was agreed on it passes."""
    person, decision = declined("12000.00")
    one, two, third = (make_admin().id for _ in range(3))
    if what != "without a review":
        review = ask(person, decision)
        reviews.answer(review.id, amount=yuan("12000.00"), reason="Known.", by=one)
    change = FORGED[what].format(third=third, shopper=person.id)
    with pytest.raises(DBAPIError), db.session.begin_nested():
        if change.startswith("update"):
            db.session.execute(text(change))
        _sign(db, decision, one, two, "" if change.startswith("update") else change)
        db.session.execute(text("set constraints all immediate"))
    if what != "without a review":
        _sign(db, decision, one, two, "")
        db.session.execute(text("set constraints all immediate"))


def _sign(db, decision, one, two, change):
    values = {
        "subject": "subject",
        "product": "product",
        "amount": "1200000",
        "reason": "'Known.'",
        "decided_by": one,
        "second_by": two,
        "needs_two": "true",
    }
    values |= dict(part.split(" = ") for part in change.split(", ") if part)
    db.session.execute(text("update decision_review set state = 'done'"))
    db.session.execute(
        text(
            f"insert into decision_override (id, created_at, decision_id, subject_id, until,"
            f" {', '.join(values)}) select 1, now(), id, subject_id, now(),"
            f" {', '.join(map(str, values.values()))} from decision where id = :id"
        ),
        {"id": decision.id},
    )


@pytest.mark.parametrize(
    "change",
    [
        "amount = 1100000",
        "reason = 'Other.'",
        "proposed_by = {two}",
        "state = 'done'",
    ],
)
def test_raw_sql_cannot_change_what_was_proposed(db, change):
    person, decision = declined("12000.00")
    review, one, two = ask(person, decision), make_admin().id, make_admin().id
    reviews.answer(review.id, amount=yuan("12000.00"), reason="Known.", by=one)
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text(f"update decision_review set {change.format(two=two)}"))
        db.session.execute(text("set constraints all immediate"))


def test_a_deadline_that_comes_and_goes_is_told_once_of_each(db):
    person, decision = declined()
    admin = make_admin()
    review = ask(person, decision)
    told = []
    for hours in (10, 21, 22, 25, 26):
        with clock.travel(review.due_at + timedelta(hours=hours - 24)):
            reviews.remind()
            mine, theirs = kinds(db, admin.id), kinds(db, person.id)
            told.append(
                (mine.count("review_due"), mine.count("review_late"), theirs.count("review_waits"))
            )
    assert told == [(0, 0, 0), (1, 0, 0), (1, 0, 0), (1, 1, 1), (1, 1, 1)]
    reviews.answer(review.id, amount=None, reason="It stands.", by=admin.id)
    with clock.travel(review.due_at + timedelta(hours=9)):
        assert reviews.remind() == 0


def kinds(db, person_id):
    query = text("select kind from message where person_id = :id")
    return list(db.session.scalars(query, {"id": person_id}))


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
