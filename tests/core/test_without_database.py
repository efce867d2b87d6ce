"""While the database is away every page says so with 503; when it is back, the next one serves."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, text

from core.db import db
from payments.sandbox_gateway import SIGNATURE, signature


@pytest.fixture
def server(committed_app: Flask) -> Iterator[Any]:
    """Another connection, on which to do things to the mall's."""
    with committed_app.app_context():
        owner = make_url(committed_app.config["OWNER_DATABASE_URI"])
        admin = create_engine(owner.set(database="postgres"), isolation_level="AUTOCOMMIT")
        name = db.engine.url.database
    with admin.connect() as connection:
        yield lambda statement: connection.execute(text(statement.format(name=name)))
    admin.dispose()


@contextmanager
def away(server: Any) -> Iterator[None]:
    """Nobody gets in, and who was in is out."""
    server('alter database "{name}" allow_connections false')
    server("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
    try:
        yield
    finally:
        server('alter database "{name}" allow_connections true')


def test_pages_say_503_and_serve_again(committed_app: Flask, server: Any) -> None:
    client = FlaskClient(committed_app, committed_app.response_class)
    assert client.get("/").status_code == 200
    with away(server):
        for path in ("/", "/search?q=kettle", "/p/kettle", "/s/shop"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
            assert "We are back in a moment" in answer.text
            assert "it counts once" in answer.text
        assert client.get("/healthz").status_code == 503
        posted = client.post("/sign-in", data={"email": "a@example.com", "password": "x"})
        assert posted.status_code == 503
        with client.session_transaction() as session:
            session["_user_id"] = "1"
        assert client.get("/nowhere").status_code == 503  # a refusal's page asks who is there
    assert client.get("/").status_code == 200
    assert client.get("/healthz").status_code == 200


def test_a_connection_cut_while_idle_is_not_noticed(committed_app: Flask, server: Any) -> None:
    client = FlaskClient(committed_app, committed_app.response_class)
    for _ in range(3):
        assert client.get("/").status_code == 200
        server("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
        time.sleep(0.05)  # the farewell is on its way


def test_a_page_that_is_ready_is_sent_though_the_database_went(
    committed_app: Flask, server: Any
) -> None:
    def cut(response: Any) -> Any:
        server("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
        time.sleep(0.05)
        return response

    committed_app.after_request_funcs.setdefault(None, []).insert(0, cut)
    client = FlaskClient(committed_app, committed_app.response_class)
    assert [client.get("/").status_code for _ in range(3)] == [200, 200, 200]


def test_a_notice_that_cannot_be_stored_is_sent_again(committed_app: Flask, server: Any) -> None:
    client = FlaskClient(committed_app, committed_app.response_class)
    body = b'{"id": "evt_1", "type": "charge.succeeded", "object": "gone"}'
    with committed_app.app_context():
        signed = {SIGNATURE: signature(body)}
    with away(server):
        assert client.post("/webhooks/sandbox", data=body, headers=signed).status_code == 503
    answers = [client.post("/webhooks/sandbox", data=body, headers=signed).text for _ in range(2)]
    assert answers == ["not_ours", "repeated"]
