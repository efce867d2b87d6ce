"""Every form that moves money, goods or a promise, sent twice: one effect, the same page."""

import html
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, text

from core.db import Base
from core.db import db as database
from core.once import Idempotency
from tests import (
    clicks_capital,  # noqa: F401 - its forms are among CLICKS
    clicks_lending,  # noqa: F401 - its forms too
    clicks_of_banks,  # noqa: F401 - adds its forms
    clicks_of_campaigns,  # noqa: F401 - adds its forms
    clicks_of_fraud,  # noqa: F401 - and this
    clicks_of_lines,  # noqa: F401 - adds its forms
)
from tests.clicks import CLICKED_ELSEWHERE, CLICKS, UNCOUNTED, Stage, make_stage
from tests.factories.people import sign_in
from tests.test_route_walk import who_may

# what may change when a page is only looked at, or asked again
NOT_EFFECTS = {"idempotency", "rate_limit"}
MONEY = {
    "ledger_journal",
    "ledger_transfer",
    "payment",
    "gateway_op",
    "product",
    "refund",
    "payout",
    "shipment",
    "stock_movement",
    "orders",
    "checkout",
    "loan_payment",
    "advance",
    "top_up",
    "withdrawal",
}
AT_ONCE = (
    "checkout.index",
    "orders.receive",
    "orders.cancel",
    "seller_orders.refund",
    "office_orders.decide",
    "seller_money.ask_payout",
    "capital.order_advance",
    "capital.pay_off",
    "credit.pay",
    "line.pay",
    "line.open_line",
    "wallet.top_up",
    "wallet.withdraw",
    "seller_products.stock",
    "seller_products.new",
)


def counts(names: set[str] | None = None) -> dict[str, int]:
    """How many rows each table has."""
    tables = sorted(set(Base.metadata.tables) - NOT_EFFECTS if names is None else names)
    query = " union all ".join(f"select '{name}', count(*) from {name}" for name in tables)
    found = {name: n for name, n in database.session.execute(text(query))}
    database.session.rollback()
    return found


def changed(before: dict[str, int]) -> dict[str, int]:
    """What has more (or fewer) rows than before."""
    now = counts(set(before))
    return {name: now[name] - n for name, n in before.items() if now[name] != n}


def test_every_post_counts_once_or_says_why_not(app: Flask) -> None:
    posts = {rule.endpoint for rule in _posts(app)}
    counted = {name for name in posts if getattr(app.view_functions[name], "counts_once", False)}
    assert posts - counted == set(UNCOUNTED)
    tried = {name for name in counted if not name.startswith("api.")}  # these in tests/mall/api
    assert tried - set(CLICKED_ELSEWHERE) == set(CLICKS)


def test_the_list_for_operators_is_whole(app: Flask) -> None:
    page = (Path(__file__).parent.parent / "docs/operations.md").read_text()
    listed = set(re.findall(r"^\| `(/[^`]*)` \|", page, re.M))
    counted = {
        rule.rule
        for rule in _posts(app)
        if getattr(app.view_functions[rule.endpoint], "counts_once", False)
    }
    assert listed == counted


def _posts(app: Flask) -> list[Any]:
    """The mall's routes that change something; not those that tests of `once` open for themselves."""
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return [rule for rule in rules if not rule.rule.startswith("/till-")]


def test_every_form_on_a_page_carries_its_key(app: Flask, db: Any) -> None:
    stage, seen = make_stage(app), set()
    for name, person in stage.world.people.items():
        client = app.test_client()
        sign_in(client, person)
        for path in _pages(app, stage):
            page = client.get(path)
            if page.status_code == 200 and page.content_type.startswith("text/html"):
                seen |= _forms_with_key(app, path, page.text, name)
    assert len(seen) >= 25, seen


def _pages(app: Flask, stage: Stage) -> list[str]:
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    named = [rule for rule in rules if who_may(rule) is not None and rule.rule != "/styleguide"]
    return [stage.world.path(rule) for rule in named]


def _forms_with_key(app: Flask, path: str, page: str, who: str) -> set[str]:
    """The counted forms of a page; fails when one has no key."""
    found = set()
    for tag, inside in re.findall(r"<form\b([^>]*)>(.*?)</form>", page, re.S):
        if 'method="post"' not in tag:
            continue
        action = re.search(r'action="([^"]*)"', tag)
        where = html.unescape(action[1]).partition("?")[0] if action else path.partition("?")[0]
        endpoint = app.url_map.bind("").match(where, method="POST")[0]
        if getattr(app.view_functions[endpoint], "counts_once", False):
            key = re.search(r'<input[^>]*name="key"[^>]*>', inside)
            assert key and 'value=""' not in key[0], f"{path} ({who}): {endpoint} has no key"
            found.add(endpoint)
    return found


def test_what_is_sent_twice_is_done_once(app: Flask, db: Any) -> None:
    stage, said = make_stage(app), []
    for endpoint in sorted(CLICKS):
        database.session.commit()  # nothing of ours stands open around the savepoint
        undo = database.engine.begin_nested()
        said += [f"{endpoint}: {fault}" for fault in _faults(app, stage, endpoint)]
        database.session.rollback()
        undo.rollback()
    assert not said, "\n".join(said)


def _faults(app: Flask, stage: Stage, endpoint: str) -> list[str]:
    who, path, form = CLICKS[endpoint](stage)
    form = {"key": "K-twice"} | form
    client = app.test_client()
    sign_in(client, who)
    first = client.post(path, data=form)
    if first.status_code not in (302, 303):
        return [f"the first click is answered {first.status_code}: {first.text[-900:]}"]
    before, faults = counts(), []
    again = client.post(path, data=form)
    if (again.status_code, again.location) != (first.status_code, first.location):
        faults.append(f"answers {again.status_code} {again.location}, not {first.location}")
    if "Idempotent-Replayed" not in again.headers:
        faults.append("is answered anew")
    if more := changed(before):
        faults.append(f"a second click did something: {more}")
    if client.post(path, data=form | {"another": "answer"}).status_code != 422:
        faults.append("another body under the same key is not refused")
    # as if the process had died before it kept its answer
    database.session.execute(delete(Idempotency))
    database.session.commit()
    client.post(path, data=form)
    more = {name: n for name, n in changed(before).items() if name in MONEY}
    if more:
        faults.append(f"after a crash it is done again: {more}")
    return faults


@pytest.fixture
def stage(committed_app: Flask) -> Any:
    """The world on a database where commits are real."""
    with committed_app.app_context():
        yield make_stage(committed_app)
        database.session.remove()


def test_two_clicks_at_once_are_one(committed_app: Flask, stage: Stage) -> None:
    said = []
    for endpoint in AT_ONCE:
        who, path, form = CLICKS[endpoint](stage)
        database.session.commit()
        who_id = getattr(who, "owner_id", who.id)
        answers = _at_once(committed_app, who_id, path, {"key": f"K-{endpoint[:20]}"} | form)
        places = {(answer.status_code, answer.location) for answer in answers}
        replayed = sum("Idempotent-Replayed" in answer.headers for answer in answers)
        if len(places) != 1 or replayed != 1 or answers[0].status_code not in (302, 303):
            said.append(f"{endpoint}: {places}, {replayed} replayed")
    assert not said, "\n".join(said)


def _at_once(app: Flask, person_id: int, path: str, form: dict[str, str]) -> list[Any]:
    ready, answers = threading.Barrier(2), []

    def press() -> None:
        with app.app_context():
            client = app.test_client()
            with client.session_transaction() as session:
                session["_user_id"] = str(person_id)
            ready.wait()
            answers.append(client.post(path, data=form))

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
