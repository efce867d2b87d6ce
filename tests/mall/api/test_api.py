"""What a seller's program may see and do, what it is told otherwise, and the document of it all."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db as database
from mall.api import services
from mall.api.models import ApiKey
from mall.api.openapi import SCHEMAS, document
from mall.orders.models import Order, Refund
from mall.payouts.models import Payout
from mall.sellers import services as sellers
from tests.factories.people import make_admin, make_seller, sign_in
from tests.mall.api.conftest import Program, Shop, open_shop

Ask = Callable[[str], Program]


def _refusal(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    return str(answer.json["detail"])


def test_without_a_key_nothing_opens(app: Flask, shop: Shop, program: Ask) -> None:
    for secret in ("", "mall_wrong", shop.secret[:-1]):
        answer = program(secret).get("/orders")
        assert "/seller/api-keys" in _refusal(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert program("").get("/openapi.json").status_code == 200


def test_only_the_hash_of_a_key_is_kept(shop: Shop) -> None:
    row = database.session.scalars(select(ApiKey)).one()
    assert shop.secret not in str(vars(row)) and shop.secret.startswith(row.prefix)


def test_a_revoked_key_and_a_suspended_shop_open_nothing(shop: Shop, program: Ask) -> None:
    other = services.make_key(shop.seller.owner_id, "old", "read")
    services.revoke(other.key.id, shop.seller.owner_id)
    _refusal(program(other.secret).get("/orders"), 401)
    sellers.suspend(shop.seller.id)
    _refusal(program(shop.secret).get("/orders"), 401)


def test_a_key_that_reads_does_not_write(shop: Shop, program: Ask) -> None:
    reads = program(services.make_key(shop.seller.owner_id, "books", "read").secret)
    assert reads.get("/balance").json["available"]["text"] == "380.00"
    body = {"carrier": "SF", "tracking": "1"}
    assert "may only read" in _refusal(reads.post(f"/orders/{shop.paid}/shipments", body), 403)


def test_another_sellers_orders_are_not_there(shop: Shop, program: Ask) -> None:
    stranger = make_seller()
    asks = program(services.make_key(stranger.owner_id, "spy", "write").secret)
    assert asks.get("/orders").json == {"data": [], "next": None}
    _refusal(asks.get(f"/orders/{shop.paid}"), 404)
    body = {"amount": {"minor": 100, "currency": "CNY"}, "cause": "damaged"}
    _refusal(asks.post(f"/orders/{shop.paid}/refunds", body), 404)
    _refusal(asks.post(f"/orders/{shop.paid}/shipments", {"carrier": "SF", "tracking": "1"}), 404)
    assert asks.get(f"/balance?seller={shop.seller.id}").json["available"]["minor"] == 0


def test_a_list_goes_on_where_it_stopped(shop: Shop, program: Ask) -> None:
    asks, seen, cursor = program(shop.secret), [], ""
    for _ in range(4):
        page = asks.get(f"/orders?limit=1{cursor}").json
        seen += [row["number"] for row in page["data"]]
        cursor = f"&cursor={page['next']}"
    assert page["next"] is None
    assert seen == [shop.received, shop.shipped, shop.also_paid, shop.paid]
    assert "`limit`" in _refusal(asks.get("/orders?limit=0"), 422)
    assert "`cursor`" in _refusal(asks.get("/orders?cursor=x"), 422)
    assert "`state`" in _refusal(asks.get("/orders?state=lost"), 422)


def test_every_post_needs_a_key_of_its_own(shop: Shop, program: Ask) -> None:
    asks, body = program(shop.secret), {"amount": {"minor": 10_000, "currency": "CNY"}}
    assert "Idempotency-Key" in _refusal(asks.post("/payouts", body, key=None), 400)
    assert "Idempotency-Key" in _refusal(asks.post("/payouts", body, key="K" * 201), 400)
    assert asks.post("/payouts", body).status_code == 201
    other = {"amount": {"minor": 20_000, "currency": "CNY"}}
    assert "new key" in _refusal(asks.post("/payouts", other), 422)
    assert database.session.scalars(select(Payout.amount)).all() == [10_000]


def test_a_refusal_leaves_the_key_free(shop: Shop, program: Ask) -> None:
    asks = program(shop.secret)
    most = {"amount": {"minor": 38_001, "currency": "CNY"}}
    assert "Your balance is" in _refusal(asks.post("/payouts", most), 409)
    assert (
        asks.post("/payouts", {"amount": {"minor": 38_000, "currency": "CNY"}}).status_code == 201
    )


@pytest.mark.parametrize(
    "amount",
    [None, "400.00", 400, {"minor": 1.5, "currency": "CNY"}, {"minor": True, "currency": "CNY"},
     {"minor": 0, "currency": "CNY"}, {"minor": -5, "currency": "CNY"}, {"minor": 5},
     {"minor": 2**63, "currency": "CNY"}, {"minor": 5, "currency": "USD"},
     {"minor": 5, "currency": "??"}],
    ids=str,
)  # fmt: skip
def test_no_wrong_amount_gets_in(shop: Shop, program: Ask, amount: Any) -> None:
    asks = program(shop.secret)
    _refusal(asks.post("/payouts", {"amount": amount}), 422)
    body = {"amount": amount, "cause": "damaged"}
    _refusal(asks.post(f"/orders/{shop.paid}/refunds", body), 422)
    assert database.session.scalar(select(func.sum(Order.refunded))) == 0


def test_what_is_no_json_is_told(shop: Shop, app: Flask) -> None:
    headers = {"Authorization": f"Bearer {shop.secret}", "Idempotency-Key": "K-1"}
    client = app.test_client()
    for data, kind, status in (("{", "application/json", 400), ("a=1", "text/plain", 415),
                               ("[]", "application/json", 422)):  # fmt: skip
        answer = client.post("/api/v1/payouts", data=data, content_type=kind, headers=headers)
        _refusal(answer, status)
    _refusal(client.put("/api/v1/payouts", headers=headers), 404)
    _refusal(client.get("/api/v1/nothing", headers=headers), 404)


def test_an_admins_key_sees_all_and_ships_nothing(shop: Shop, program: Ask) -> None:
    asks = program(services.make_key(make_admin().id, "office", "write").secret)
    assert len(asks.get("/orders").json["data"]) == 4
    assert "?seller=ID" in _refusal(asks.get("/balance"), 422)
    assert asks.get(f"/balance?seller={shop.seller.id}").json["available"]["text"] == "380.00"
    body = {"carrier": "SF", "tracking": "1"}
    _refusal(asks.post(f"/orders/{shop.paid}/shipments", body), 403)
    back = {"amount": {"minor": 100, "currency": "CNY"}, "cause": "goodwill"}
    assert asks.post(f"/orders/{shop.paid}/refunds", back).status_code == 201


@pytest.fixture
def guarded(make_database: Any) -> Iterator[Flask]:
    """The mall with two requests a minute for each key."""
    import wsgi

    app = wsgi.create_app(
        {
            "DATABASE_URL": make_database("api_limits"),
            "SECRET_KEY": "x",
            "API_LIMIT": "2 per minute",
            "RATELIMIT_ENABLED": True,
        }
    )
    yield app
    wsgi.limiter.enabled = False  # the limiter is one for all apps of a process
    with app.app_context():
        database.engine.dispose()


def test_each_key_has_its_minutes(guarded: Flask) -> None:
    client, late = guarded.test_client(), None
    for key, statuses in (("one", [401, 401, 429]), ("two", [401])):
        for status in statuses:
            late = client.get("/api/v1/balance", headers={"Authorization": f"Bearer {key}"})
            assert late.status_code == status
            if status == 429:
                assert "more slowly" in _refusal(late, 429) and late.headers["Retry-After"] == "60"


def test_two_threads_with_one_key_give_back_once(committed_app: Flask) -> None:
    with committed_app.app_context():
        shop = open_shop()
        database.session.commit()
        path, secret = f"/orders/{shop.paid}/refunds", shop.secret
        database.session.remove()
    body, answers = {"amount": {"minor": 30_000, "currency": "CNY"}, "cause": "damaged"}, []
    ready = threading.Barrier(2)

    def ask() -> None:
        with committed_app.app_context():
            asks = Program(committed_app, secret)
            ready.wait()
            answers.append(asks.post(path, body))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(a.status_code for a in answers) in ([201, 201], [201, 409])
    assert all(a.headers["Retry-After"] == "2" for a in answers if a.status_code == 409)
    with committed_app.app_context():
        assert database.session.scalars(select(Refund.amount)).all() == [30_000]


def _told(schema: Any) -> Any:
    return SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _check(value: Any, schema: Any, where: str) -> None:
    schema = _told(schema)
    if "anyOf" in schema:
        schema = {"type": "null"} if value is None else _told(schema["anyOf"][0])
    if "enum" in schema:
        assert value in schema["enum"], where
        return
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    known = {"string": str, "integer": int, "object": dict, "array": list, "null": type(None)}
    assert type(value) in [known[kind] for kind in kinds], f"{where}: {value!r} is no {kinds}"
    for name, each in schema.get("properties", {}).items():
        _check(value[name], each, f"{where}.{name}")
    if schema.get("additionalProperties") is False:
        assert set(value) == set(schema["properties"]), where
    for each in value if isinstance(value, list) else []:
        _check(each, schema["items"], f"{where}[]")


def test_the_document_is_what_is_there(app: Flask, shop: Shop, program: Ask) -> None:
    paths = document("Mall")["paths"]
    told = {(path, way.upper()) for path, ways in paths.items() for way in ways}
    there = {
        (rule.rule.removeprefix("/api/v1").replace("<", "{").replace(">", "}"), way)
        for rule in app.url_map.iter_rules()
        for way in (rule.methods or set()) & {"GET", "POST"}
        if rule.rule.startswith("/api/v1") and rule.endpoint != "api.nothing_here"
    }
    assert told == there
    asks = program(shop.secret)
    asks.post("/payouts", {"amount": {"minor": 100, "currency": "CNY"}})
    for path, ways in paths.items():
        if "get" in ways:
            answer = asks.get(path.replace("{number}", shop.received))
            content = ways["get"]["responses"]["200"]["content"]["application/json"]
            _check(answer.json, content["schema"], path)


def test_the_page_shows_a_secret_once_and_revokes(app: Flask, shop: Shop) -> None:
    client = app.test_client()
    sign_in(client, shop.seller)
    made = client.post("/seller/api-keys", data={"name": "books", "scope": "read"})
    assert made.status_code == 200 and made.headers["Cache-Control"] == "no-store"
    secret = made.text.split('id="secret">')[1].split("<")[0]
    assert services.caller(secret) is not None
    again = client.post("/seller/api-keys", data={"name": "books", "scope": "read"})
    assert again.status_code == 422 and "You have a key of this name" in again.text
    page = client.get("/seller/api-keys").text
    assert secret not in page and secret[:13] in page
    row = database.session.scalars(select(ApiKey).where(ApiKey.name == "books")).one()
    assert client.post(f"/seller/api-keys/{row.id}/revoke").status_code == 303
    assert services.caller(secret) is None
    other = app.test_client()
    sign_in(other, make_seller())
    assert other.post(f"/seller/api-keys/{row.id}/revoke").status_code == 404
