"""A birth date given wrongly is corrected once, by one admin, however many press at once."""

import threading
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.db import db as database
from core.errors import DomainError, InvalidInput, NotFound
from core.messages.reading import messages_of
from finance.risk import born, people
from tests.factories.people import make_admin, make_shopper, sign_in

RIGHT = date(1999, 2, 28)


def test_it_counts_from_then_on_and_cannot_be_done_twice(db):
    person, admin = make_shopper(born_on=None), make_admin()
    with pytest.raises(NotFound):
        born.correct(person.id, RIGHT, why="Passport.", by=admin.id)
    people.say_born(person.id, date(2015, 2, 28))
    assert people.of_age(person.id, 18, date(2026, 1, 1)) is False
    born.correct(person.id, RIGHT, why="Passport shown.", by=admin.id)
    assert people.of_age(person.id, 18, date(2026, 1, 1)) is True
    assert born.said(person.id) == date(2015, 2, 28)
    assert [m.kind for m in messages_of(person.id)] == ["born_corrected"]
    with pytest.raises(born.CorrectedBefore):
        born.correct(person.id, date(1998, 1, 1), why="Again.", by=make_admin().id)
    people.say_born(person.id, date(2001, 1, 1))
    assert born.of(person.id) == RIGHT


@pytest.mark.parametrize(
    ("day", "why"), [(date(1890, 1, 1), "Old."), (date(2090, 1, 1), "New."), (RIGHT, " ")]
)
def test_only_a_day_that_can_be_with_a_reason(db, day, why):
    person = make_shopper(born_on=date(1990, 5, 20))
    with pytest.raises(InvalidInput):
        born.correct(person.id, day, why=why, by=make_admin().id)
    with pytest.raises(InvalidInput):
        born.correct(person.id, date(1990, 5, 20), why="The same.", by=make_admin().id)
    with pytest.raises(born.NotBySelf):
        born.correct(person.id, RIGHT, why="Mine.", by=person.id)


def test_the_database_keeps_it(db):
    person = make_shopper(born_on=date(1990, 5, 20))
    born.correct(person.id, RIGHT, why="Passport.", by=make_admin().id)
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text("update born_correction set born_on = '1980-01-01'"))


def test_two_admins_at_once_correct_it_once(committed_app):
    with committed_app.app_context():
        person = make_shopper(born_on=date(1990, 5, 20)).id
        admins = [make_admin().id, make_admin().id]
        database.session.commit()
    gate, said = threading.Barrier(2), []

    def press(admin, day):
        with committed_app.app_context():
            gate.wait(20)
            try:
                said.append(str(born.correct(person, day, why="Passport.", by=admin).born_on))
            except DomainError as refusal:
                said.append(type(refusal).__name__)

    days = (date(1991, 1, 1), date(1992, 2, 2))
    threads = [threading.Thread(target=press, args=pair) for pair in zip(admins, days, strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert len(said) == 2 and said.count("CorrectedBefore") == 1


def test_the_page(client, db):
    person = make_shopper(born_on=date(1990, 5, 20))
    sign_in(client, make_admin())
    path = f"/admin/lending/people/{person.id}/birth-date"
    assert "20 May 1990" in client.get(path).text
    assert client.post(path, data={"born_on": "1999-02-28"}).status_code == 422
    done = client.post(path, data={"born_on": "1999-02-28", "why": "Passport shown."})
    assert done.status_code == 303
    page = client.get(path).text
    assert "28 Feb 1999" in page and "Passport shown." in page
    again = client.post(path, data={"born_on": "1999-02-27", "why": "Once more."})
    assert again.status_code == 409
    assert client.get("/admin/lending/people/7/birth-date").status_code == 404
