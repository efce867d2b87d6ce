"""A shopper asks for air on the plan's page; admins answer and give up in twos."""

from datetime import timedelta

from sqlalchemy import select

from core import clock
from finance.collections import giving_up
from finance.collections.care_models import LoanGiveUp, Relief
from tests.factories.loans import make_loan
from tests.factories.people import make_admin, make_shopper, sign_in
from tests.finance.money import yuan


def a_plan(shopper):
    bought = clock.today() - timedelta(20)
    return make_loan(shopper.id, yuan("3600.00"), on=bought, received_on=bought)


def test_asked_and_granted_at_once(db, client):
    shopper = make_shopper()
    loan = a_plan(shopper)
    sign_in(client, shopper)
    page = client.get(f"/account/credit/{loan.number}/relief").text
    assert "Pause for 60 days" in page and "granted at once" in page
    sent = {"choice": "halve", "why": "Ill.", "key": "K"}
    answer = client.post(f"/account/credit/{loan.number}/relief", data=sent, follow_redirects=True)
    assert "Granted. Your plan has changed." in answer.text
    assert db.session.scalars(select(Relief.state)).all() == ["granted"]
    assert len(loan.rows) == 15


def test_nothing_chosen_is_said_on_the_form(db, client):
    shopper = make_shopper()
    loan = a_plan(shopper)
    sign_in(client, shopper)
    answer = client.post(f"/account/credit/{loan.number}/relief", data={"key": "K"})
    assert answer.status_code == 422 and "Choose one." in answer.text


def test_one_admin_proposes_and_another_decides(db, client):
    loan = a_plan(make_shopper())
    one, other = make_admin(), make_admin()
    sign_in(client, one)
    sent = {"number": loan.number, "kind": "charge_off", "why": "Gone.", "key": "K"}
    answer = client.post("/admin/lending/care/proposals", data=sent, follow_redirects=True)
    assert "You proposed it; another admin decides." in answer.text
    proposed = db.session.scalars(select(LoanGiveUp)).one()
    refused = client.post(f"/admin/lending/care/proposals/{proposed.id}/grant", data={"key": "K1"})
    assert refused.status_code == giving_up.SamePerson.status
    giving_up.decide(proposed.id, yes=True, by=other.id)
    db.session.expire_all()
    assert loan.state == "charged_off"
