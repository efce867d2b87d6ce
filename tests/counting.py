"""Counts the statements a piece of code sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine

_OF_THE_TEST = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL sent meanwhile, without the savepoints that stand for commits in tests."""
    seen: list[str] = []

    def note(connection, cursor, statement, parameters, context, executemany):
        if not statement.startswith(_OF_THE_TEST):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
