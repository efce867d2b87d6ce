"""The port through which a room above invites people under a role of the mall's."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Invited:
    """An account that waits for its password; `path` of ours leads to the page that asks for it."""

    person_id: int
    path: str


class Invitations(Protocol):
    """What the mall's accounts do for others; called inside their use case."""

    def invite(self, email: str, name: str, role: str) -> Invited:
        """Raises EmailTaken, InvalidInput."""
        ...

    def end(self, person_id: int) -> None:
        """This account is closed, and every session of it with it."""
        ...

    def path_of(self, person_id: int) -> str:
        """Where the invited choose a password; "" once they have."""
        ...


_plugged: list[Invitations] = []


def plug(invitations: Invitations) -> None:
    """Let these be who invites; the last one plugged in is asked."""
    _plugged[:] = [invitations]


def invite(email: str, name: str, role: str) -> Invited:
    """Make an account under a role; raises EmailTaken, InvalidInput."""
    return _plugged[0].invite(email, name, role)


def end(person_id: int) -> None:
    """Close an account that was invited."""
    _plugged[0].end(person_id)


def path_of(person_id: int) -> str:
    """Where the invited choose a password, good for seven days from now; "" once they have."""
    return _plugged[0].path_of(person_id)
