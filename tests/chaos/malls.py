"""Two malls on one durable PostgreSQL: one with the sandbox, one with Stripe's stand-in."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import make_url

from core.db import db
from core.postgres import Cluster, throwaway
from tests.chaos.gateway import Gateway, stand_in

TEMPLATE = "template_mall"
STRIPE_SETTINGS = {"STRIPE_SECRET_KEY": "sk_test_chaos", "STRIPE_WEBHOOK_SECRET": "whsec_test"}
SETTINGS = {
    "TESTING": True,
    "JOURNALS_BACK_DAYS": 0,  # its clocks jump
    "SECRET_KEY": "only for chaos",
    "WTF_CSRF_ENABLED": False,
    "ARGON2_MEMORY_KIB": 64,
    "RATELIMIT_ENABLED": False,
    "STRIPE_SECRET_KEY": "",
    "GATEWAY_TIMEOUT_SECONDS": 1,
    "SIGN_IN_LIMIT": "9999 per minute",
}


@dataclass
class Mall:
    """One mall: its app, the address of its database, and the stand-in (None: the sandbox)."""

    name: str
    app: Flask
    url: str
    gateway: Gateway | None


class City:
    """Where malls are founded: the database server and the stand-in."""

    def __init__(self, cluster: Cluster, stack: ExitStack) -> None:
        self.cluster = cluster
        self.warm: dict[str, Mall] = {}
        self._stack, self._count = stack, 0
        self._make_template()

    def _make_template(self) -> None:
        self.cluster.ensure_database(TEMPLATE)
        app = self._app(self.cluster.url(TEMPLATE))
        with app.app_context():
            upgrade(directory="migrations")
            db.engine.dispose()

    def _app(self, url: str, **settings: Any) -> Flask:
        from wsgi import create_app

        return create_app(SETTINGS | {"DATABASE_URL": url} | settings)

    def statement(self, words: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Say something to the server as its owner; gives the rows."""
        url = self.cluster.url(database).replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            said = connection.execute(words)
            return said.fetchall() if said.description else []

    def mall(self, name: str, **settings: Any) -> Mall:
        """A new mall called `sandbox…` or `stripe…`, its database empty but for its tables."""
        self._count += 1
        database = f"mall_{name.replace(' ', '_')}_{self._count}"
        self.statement(f'create database "{database}" template {TEMPLATE}')
        url = self.cluster.url(database)
        gateway, more = None, dict(settings)
        if name.startswith("stripe"):
            gateway = self._stack.enter_context(stand_in())
            more = STRIPE_SETTINGS | {"STRIPE_API_BASE": gateway.url} | more
        return Mall(name, self._app(url, **more), url, gateway)

    def copy(self, mall: Mall, *, empty: bool = False) -> Mall:
        """Another mall with the rows of `mall` (or none, not even tables) and its gateway."""
        self._count += 1
        database, source = f"mall_copy_{self._count}", make_url(mall.url).database
        template = "" if empty else f' template "{source}"'
        self.statement(f'create database "{database}"{template}')
        url = self.cluster.url(database)
        names = ("STRIPE_API_BASE", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")
        settings = {name: mall.app.config[name] for name in names}
        return Mall(mall.name, self._app(url, **settings), url, mall.gateway)


@contextmanager
def city() -> Iterator[City]:
    """A database that keeps what it promised through any kill."""
    for name in ("CRASHPOINT", "DATABASE_URL", "STRIPE_API_BASE", "STRIPE_SECRET_KEY"):
        with suppress(KeyError):
            del os.environ[name]
    with throwaway(durable=True) as cluster, ExitStack() as stack:
        yield City(cluster, stack)
