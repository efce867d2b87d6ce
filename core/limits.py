"""Rate limits kept in an unlogged PostgreSQL table, so that all processes count together."""

from typing import Any

from limits.storage import Storage
from sqlalchemy import Column, DateTime, Integer, String, Table, create_engine, text
from sqlalchemy.pool import NullPool

from core.db import Base

Table(
    "rate_limit",
    Base.metadata,
    Column("key", String(200), primary_key=True),
    Column("hits", Integer, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    prefixes=["UNLOGGED"],
    info={"removable": True},
)

_HIT = text(
    """
    insert into rate_limit as r (key, hits, expires_at)
    values (:key, :amount, now() + make_interval(secs => :seconds))
    on conflict (key) do update set
      hits = case when r.expires_at < now() then excluded.hits else r.hits + excluded.hits end,
      expires_at = case when r.expires_at < now() then excluded.expires_at else r.expires_at end
    returning hits
    """
)


class PostgresStorage(Storage):
    """A fixed-window counter per key."""

    STORAGE_SCHEME = ["postgresql+psycopg"]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self.engine = create_engine(uri, poolclass=NullPool, isolation_level="AUTOCOMMIT")

    @property
    def base_exceptions(self) -> type[Exception]:
        return Exception

    def _scalar(self, query: Any, **values: Any) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(query, values).scalar() or 0)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self._scalar(_HIT, key=key, seconds=expiry, amount=amount)

    def get(self, key: str) -> int:
        query = text("select hits from rate_limit where key = :key and expires_at >= now()")
        return self._scalar(query, key=key)

    def get_expiry(self, key: str) -> float:
        query = text("select ceil(extract(epoch from expires_at)) from rate_limit where key = :key")
        return self._scalar(query, key=key)

    def check(self) -> bool:
        return self._scalar(text("select 1")) == 1

    def reset(self) -> int | None:
        with self.engine.connect() as connection:
            return connection.execute(text("delete from rate_limit")).rowcount

    def clear(self, key: str) -> None:
        with self.engine.connect() as connection:
            connection.execute(text("delete from rate_limit where key = :key"), {"key": key})
