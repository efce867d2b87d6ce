"""What an e-mail address and a password must be."""

from urllib.parse import urlsplit

from core.errors import Conflict, InvalidInput, NotAllowed

PASSWORD_LENGTH_MIN = 8
PASSWORD_LENGTH_MAX = 128  # hashing is dear; nobody needs to send us a book
NAME_LENGTH_MAX = 80
ADDRESSES_MAX = 20


class EmailTaken(Conflict):
    message = "There is already an account with this e-mail address. Sign in instead."


class WrongPassword(NotAllowed):
    message = "The present password is not right."


class TooManyAddresses(Conflict):
    message = "You keep {count} addresses already. Remove one first."


def clean_email(text: str) -> str:
    """The address as we keep it: trimmed, in lower case."""
    email = text.strip().lower()
    name, at, domain = email.rpartition("@")
    if not (name and at and "." in domain) or len(email) > 254 or any(map(str.isspace, email)):
        raise InvalidInput("Write an e-mail address such as name@example.com.")
    return email


def clean_name(text: str) -> str:
    """The name as we keep it: one line, no doubled blanks."""
    name = " ".join(text.split())
    if not name or len(name) > NAME_LENGTH_MAX:
        raise InvalidInput(f"Write a name of 1 to {NAME_LENGTH_MAX} letters.")
    return name


def check_password(password: str) -> str:
    """The password itself, when it is neither too short nor too long."""
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        raise InvalidInput(
            f"Choose a password of {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters."
        )
    return password


def safe_path(target: str | None, otherwise: str = "/") -> str:
    """`target` when it is a path of ours, so that a link to sign in never leads elsewhere."""
    if not target or not target.isprintable() or "\\" in target:
        return otherwise
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith("//")
    return target if ours and not parts.scheme and not parts.netloc else otherwise
