"""One small tree of refusals; each speaks to the person who asked.

DomainError                 400  a question that cannot be answered as asked
├── InvalidInput            422  a value that must be corrected
├── NotAllowed              403  the person may not do this
├── NotFound                404  not there, or not yours
└── Conflict                409  the state of things forbids it now
    └── IllegalMove         409  a state cannot move there
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal with a clear sentence; rolls back the use case it is raised in."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "This cannot be done."

    def __init__(self, message: str | None = None, **values: Any) -> None:
        """`message` replaces the class's sentence; `values` fill its named places."""
        self.values = values
        super().__init__(
            (message or self.message).format(**values) if values else message or self.message
        )


class InvalidInput(DomainError):
    status = 422
    message = "Please correct the value."


class NotAllowed(DomainError):
    status = 403
    message = "You may not do this."


class NotFound(DomainError):
    status = 404
    message = "There is nothing here, or it is not yours."


class Conflict(DomainError):
    status = 409
    message = "Something changed meanwhile; please look again."


class IllegalMove(Conflict):
    message = "{thing} is {here} and cannot become {there}."
