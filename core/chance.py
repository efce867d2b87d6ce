"""The one source of chance; demo and tests hand in their own dice."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import Random

_dice: ContextVar[Random | None] = ContextVar("dice", default=None)
_system = secrets.SystemRandom()


def dice() -> Random:
    """The dice in force: the operating system's, unless `rolling` handed in others."""
    return _dice.get() or _system


@contextmanager
def rolling(dice: Random) -> Iterator[None]:
    """Take every chance from `dice`, so that one seed gives one course of events."""
    token = _dice.set(dice)
    try:
        yield
    finally:
        _dice.reset(token)
