"""The session of the mall: a transaction may begin at the driver, the ORM joins when it is used.

What SQLAlchemy does to begin and end a transaction costs as much as the statement of a posting. A
use case that asks one function of the database, as `ledger.book` does, needs none of it.
"""

from typing import Any

import psycopg
from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError

from core import direct


class LateSession(Session):
    """Flask-SQLAlchemy's session; rows and what `ask` writes are one transaction in any order."""

    _direct: PoolProxiedConnection | None = None
    _joined: Connection | None = None  # the same connection, once the ORM is used too

    def ask(self, statement: str, values: tuple[Any, ...]) -> Any:
        """The one value that `statement` gives, in the transaction that is open or begins now.

        Raises DBAPIError like any statement.
        """
        driver, info = self._driver()
        try:
            return direct.ask(driver, info, statement, values)
        except psycopg.Error as error:
            raise self._told(error, statement, values) from error

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        """The engine, or the connection on which a transaction has begun without the ORM."""
        bind = super().get_bind(*args, **kwargs)
        if self._direct is None or not isinstance(bind, Engine):
            return bind
        if self._joined is None and direct.is_idle(self._direct.driver_connection):
            self._let_go()
            return bind
        if self._joined is None:
            self._joined = Connection(bind, self._direct)
        return self._joined

    def commit(self) -> None:
        """Commit what is open, wherever it began; nothing is asked when nothing is.

        A connection that the ORM has not joined stays for the next question, until `close`.
        """
        if self.in_transaction():
            super().commit()
        if self._direct is not None:
            try:
                direct.commit(self._direct.driver_connection)  # unless the ORM has committed it
            except psycopg.Error as error:
                raise self._told(error, "commit", ()) from error
            if self._joined is not None:
                self._let_go()

    def rollback(self) -> None:
        """Forget what is open, wherever it began."""
        if self.in_transaction():
            super().rollback()
        self._let_go()

    def close(self) -> None:
        """Forget everything and give the connection back."""
        super().close()
        self._let_go()

    def rest(self) -> None:
        """Give back the connection that was kept for the next question; others may need it."""
        if self._direct is not None and direct.is_idle(self._direct.driver_connection):
            self._let_go()

    def _driver(self) -> tuple[Any, dict[str, Any]]:
        """The driver's connection of this transaction, and what is remembered of it."""
        if self._direct is not None and direct.has_gone(self._direct):
            self._direct.invalidate()
            self._let_go()
        if self._direct is None:
            bind = None if self.in_transaction() else super().get_bind()
            if not isinstance(bind, Engine):
                given = self.connection().connection
                return given.driver_connection, given.info
            try:
                self._direct = bind.raw_connection()
            except psycopg.Error as error:
                raise _as_any(error, "connect", ()) from error
        return self._direct.driver_connection, self._direct.info

    def _let_go(self) -> None:
        """Back to the pool, which rolls back whatever is still open."""
        direct, self._direct, joined, self._joined = self._direct, None, self._joined, None
        if joined is not None:
            joined.close()
        elif direct is not None:
            direct.close()

    def _told(self, error: psycopg.Error, statement: str, values: tuple[Any, ...]) -> DBAPIError:
        """What SQLAlchemy would raise; a connection that is gone is used no more."""
        driver, _ = self._driver()
        if driver.closed:
            if self._direct is None or self._joined is not None:
                self.connection().invalidate(error)
            else:
                self._direct.invalidate(error)
        return _as_any(error, statement, values, gone=bool(driver.closed))


def _as_any(
    error: psycopg.Error, statement: str, values: tuple[Any, ...], *, gone: bool = False
) -> DBAPIError:
    told = DBAPIError.instance(statement, values, error, psycopg.Error, connection_invalidated=gone)
    assert isinstance(told, DBAPIError)
    return told
