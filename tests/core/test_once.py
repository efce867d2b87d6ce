"""A form's key: the first answer is the answer, another body is refused, a dead run is taken over."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, flash, redirect
from flask_login import login_user
from sqlalchemy import func, select

from core import clock
from core.db import db as database
from core.once import Idempotency, forget_keys, once
from tests.factories.people import make_shopper, sign_in


class Till:
    """A view that takes money, and counts how often it did."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.inside = threading.Event()
        self.may_end = threading.Event()
        self.may_end.set()

    def take(self) -> Any:
        from flask import request

        what = request.form.get("amount", "")
        if what == "nothing":
            return "Say how much.", 422
        if what == "crash":
            raise RuntimeError("the machine stopped")
        self.inside.set()
        assert self.may_end.wait(20)
        self.taken.append(what)
        flash(f"Took {what}.", "good")
        return redirect(f"/receipt/{len(self.taken)}", 303)


def _open_till(app: Flask) -> Till:
    """The mall with one more route; an app that has served takes it all the same."""
    till = Till()
    app._got_first_request = False
    rule = f"/till-{id(till)}"
    app.add_url_rule(rule, rule, once(till.take), methods=["POST"])
    till.path = rule  # type: ignore[attr-defined]
    return till


@pytest.fixture
def till(app: Flask) -> Till:
    return _open_till(app)


def _post(client: Any, till: Any, **form: str) -> Any:
    return client.post(till.path, data=form)


def _said(client: Any) -> list[Any]:
    with client.session_transaction() as session:
        return [tuple(words) for words in session.get("_flashes", [])]


def test_a_form_sent_twice_acts_once_and_answers_the_same(app: Flask, db: Any, till: Till) -> None:
    client = app.test_client()
    sign_in(client, make_shopper())
    first = _post(client, till, key="K-1", amount="700", csrf_token="one")
    again = _post(client, till, key="K-1", amount="700", csrf_token="another")
    assert till.taken == ["700"]
    assert (again.status_code, again.location) == (303, first.location) == (303, "/receipt/1")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert _said(client) == [("good", "Took 700.")]  # said once, though answered twice


def test_a_browser_that_lost_the_first_answer_reads_what_it_said(
    app: Flask, db: Any, till: Till
) -> None:
    client, person = app.test_client(), make_shopper()
    sign_in(client, person)
    _post(client, till, key="K-1", amount="700")
    elsewhere = app.test_client()
    sign_in(elsewhere, person)
    _post(elsewhere, till, key="K-1", amount="700")
    assert _said(elsewhere) == [("good", "Took 700.")]


def test_another_body_under_the_same_key_is_refused(app: Flask, db: Any, till: Till) -> None:
    client = app.test_client()
    sign_in(client, make_shopper())
    _post(client, till, key="K-1", amount="700")
    other = _post(client, till, key="K-1", amount="900")
    assert other.status_code == 422
    assert b"already sent with other answers" in other.data
    assert till.taken == ["700"]


def test_a_form_to_correct_leaves_its_key_free(app: Flask, db: Any, till: Till) -> None:
    client = app.test_client()
    sign_in(client, make_shopper())
    assert _post(client, till, key="K-1", amount="nothing").status_code == 422
    assert _post(client, till, key="K-1", amount="700").status_code == 303
    assert till.taken == ["700"]


def test_a_view_that_breaks_leaves_its_key_free(app: Flask, db: Any, till: Till) -> None:
    client = app.test_client()
    sign_in(client, make_shopper())
    with pytest.raises(RuntimeError):
        _post(client, till, key="K-1", amount="crash")
    assert database.session.scalar(select(func.count()).select_from(Idempotency)) == 0


def test_two_people_may_hold_the_same_key(app: Flask, db: Any, till: Till) -> None:
    for _ in range(2):
        client = app.test_client()
        sign_in(client, make_shopper())
        assert _post(client, till, key="K-1", amount="700").status_code == 303
    assert till.taken == ["700", "700"]


def test_a_key_too_long_for_any_table_is_told(app: Flask, db: Any, till: Till) -> None:
    client = app.test_client()
    sign_in(client, make_shopper())
    assert _post(client, till, key="K" * 33, amount="700").status_code == 422
    assert till.taken == []


def test_a_run_that_died_is_taken_over_when_its_lease_is_over(
    app: Flask, db: Any, till: Till
) -> None:
    client, person = app.test_client(), make_shopper()
    sign_in(client, person)
    _post(client, till, key="K-1", amount="700")
    row = database.session.scalars(select(Idempotency)).one()
    # as a process killed between the effect and the kept answer leaves it
    row.state, row.response_code, row.locked_until = "running", None, clock.now()
    database.session.flush()
    with clock.travel(clock.now() + timedelta(seconds=61)):
        again = _post(client, till, key="K-1", amount="700")
    assert again.status_code == 303
    assert till.taken == ["700", "700"]  # the use case below is keyed; this view is not


def test_old_keys_are_forgotten(app: Flask, db: Any, till: Till) -> None:
    client = app.test_client()
    sign_in(client, make_shopper())
    _post(client, till, key="K-1", amount="700")
    count = select(func.count()).select_from(Idempotency)
    with clock.travel(clock.now() + timedelta(days=29)):
        forget_keys()
        assert database.session.scalar(count) == 1
    with clock.travel(clock.now() + timedelta(days=31)):
        forget_keys()
        assert database.session.scalar(count) == 0


def test_no_card_digits_can_be_guessed_from_what_is_kept(app: Flask, db: Any, till: Till) -> None:
    from core.once import fingerprint

    marks = {}
    for secret in ("one", "two"):
        app.config["SECRET_KEY"], before = secret, app.config["SECRET_KEY"]
        with app.test_request_context("/x", method="POST", data={"card_number": "4242"}):
            marks[secret] = fingerprint()
        app.config["SECRET_KEY"] = before
    assert marks["one"] != marks["two"]
    cvc = {}
    for digits in ("123", "456"):
        with app.test_request_context("/x", method="POST", data={"card_cvc": digits}):
            cvc[digits] = fingerprint()
    assert cvc["123"] == cvc["456"]


def test_the_second_click_waits_for_the_first_and_gets_its_answer(committed_app: Flask) -> None:
    till = _open_till(committed_app)
    with committed_app.app_context():
        person = make_shopper()
        database.session.commit()
        person_id = person.id
    till.may_end.clear()
    answers: list[Any] = []

    def click() -> None:
        with committed_app.app_context():
            client = committed_app.test_client()
            with client.session_transaction() as session:
                session["_user_id"] = str(person_id)
            answers.append(_post(client, till, key="K-1", amount="700"))

    clicks = [threading.Thread(target=click) for _ in range(2)]
    clicks[0].start()
    assert till.inside.wait(10)
    clicks[1].start()
    threading.Timer(0.5, till.may_end.set).start()
    for thread in clicks:
        thread.join(30)
    assert till.taken == ["700"]
    assert [(a.status_code, a.location) for a in answers] == [(303, "/receipt/1")] * 2


def test_a_session_from_before_a_password_change_is_signed_out(app: Flask, db: Any) -> None:
    person = make_shopper()
    here, there = app.test_client(), app.test_client()
    for client in (here, there):
        answer = client.post(
            "/sign-in", data={"email": person.email, "password": "a long password"}
        )
        assert answer.status_code == 302
    changed = here.post(
        "/account/password", data={"present": "a long password", "new": "another long one"}
    )
    assert changed.status_code == 302
    assert here.get("/account/").status_code == 200
    assert "/sign-in" in there.get("/account/").headers["Location"]


def test_the_mark_of_a_session_is_who_and_the_count_of_passwords(app: Flask, db: Any) -> None:
    person = make_shopper()
    with app.test_request_context("/"):
        login_user(person)
        from flask import session

        assert session["_user_id"] == f"{person.id}.0"
