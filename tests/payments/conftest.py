"""Every story of payments has a stall that takes money."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from flask import Flask

from tests.factories.payments import Heard, Stall, plugged
from tests.payments.stripe_standin import SECRET, Server, StripeStandIn

SETTINGS = (
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_API_BASE",
    "GATEWAY_TIMEOUT_SECONDS",
)


@pytest.fixture
def rooms() -> Iterator[tuple[Stall, Heard, Heard]]:
    with plugged() as rooms:
        yield rooms


@pytest.fixture
def stall(rooms: tuple[Stall, Heard, Heard]) -> Stall:
    return rooms[0]


@pytest.fixture
def refunds(rooms: tuple[Stall, Heard, Heard]) -> Heard:
    return rooms[1]


@pytest.fixture
def payouts(rooms: tuple[Stall, Heard, Heard]) -> Heard:
    return rooms[2]


@pytest.fixture
def bank(app: Flask, db: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeStandIn]:
    """The app speaks to a stand-in of Stripe over HTTP, and times out after half a second."""
    server, before = Server(), dict(app.config)
    monkeypatch.setattr(stripe._http_client.HTTPClient, "INITIAL_DELAY", 0.01)
    app.config.update(
        STRIPE_SECRET_KEY="sk_test_1",
        STRIPE_WEBHOOK_SECRET=SECRET,
        STRIPE_API_BASE=server.url,
        GATEWAY_TIMEOUT_SECONDS=0.5,
    )
    server.bank.slow_seconds = 0.8
    gateways = app.extensions.pop("payment_gateways", {})
    yield server.bank
    app.config.update({name: before[name] for name in SETTINGS})
    app.extensions["payment_gateways"] = gateways
    server.close()
