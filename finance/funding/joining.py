"""What funding plugs into the other rooms; called once, when the rooms are joined."""

from finance.funding import audit, statements
from finance.funding import jobs as _jobs  # noqa: F401 - registers them
from payments import bank_placing


def join() -> None:
    """Its audit, and its lines of our bank's statement."""
    audit.register()
    bank_placing.claims(statements.claim)
