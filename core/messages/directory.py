"""Where people are reached: a port, because who they are is known by a room above."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a mail goes to."""

    email: str
    name: str


class Directory(Protocol):
    """Knows people by their id."""

    def contact(self, person_id: int) -> Contact | None:
        """Where this person gets mail; None when nowhere (imported, erased, unknown)."""

    def admins(self) -> list[int]:
        """Everyone of the mall's staff who can sign in."""


class _Empty:
    def contact(self, person_id: int) -> Contact | None:
        return None

    def admins(self) -> list[int]:
        return []


_plugged: list[Directory] = [_Empty()]


def plug(directory: Directory) -> None:
    """Let this directory say where people are."""
    _plugged[:] = [directory]


def contact(person_id: int) -> Contact | None:
    return _plugged[0].contact(person_id)


def admins() -> list[int]:
    return _plugged[0].admins()
