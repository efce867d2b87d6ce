"""Speaks to the mail server: one connection, one letter at a time, and what its answers mean."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from core import clock

PORTS = {"smtp": 25, "smtps": 465}
AT_HOME = {"localhost", "127.0.0.1", "::1"}


class MailSettings(ValueError):
    """MAIL_URL or MAIL_FROM cannot be used; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in, and in whose name."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    sender: str  # as in From:
    address: str  # the bare address
    timeout: int  # seconds, for each step

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one person; every try carries the same `id`, so that a reader shows it once."""

    id: int
    to: str
    name: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """state: `sent`, `refused` (for good) or `waiting` (try again); `answer` in the server's words."""

    state: str
    answer: str


def server(url: str, sender: str, timeout: int) -> Server:
    """MAIL_URL and MAIL_FROM as a server; raises MailSettings."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MailSettings(f"MAIL_URL has no usable port: {_URL}") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise MailSettings(f"MAIL_URL must be {_URL}")
    address = parseaddr(sender)[1]
    if "@" not in address:
        raise MailSettings("MAIL_FROM must be an address such as The Mall <hello@example.com>")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    port = port or (587 if user and parts.scheme == "smtp" else PORTS[parts.scheme])
    return Server(parts.scheme, parts.hostname, port, user, password, sender, address, timeout)


_URL = "smtp://user:password@host:587 or smtps://user:password@host"


@contextmanager
def connected(to: Server) -> Iterator[smtplib.SMTP]:
    """A connection that is greeted, encrypted where offered, and signed in.

    A password is never said in the clear, save to this machine. Raises OSError, SMTPException.
    """
    context = ssl.create_default_context()
    if to.scheme == "smtps":
        line: smtplib.SMTP = smtplib.SMTP_SSL(
            to.host, to.port, to.domain, timeout=to.timeout, context=context
        )
    else:
        line = smtplib.SMTP(to.host, to.port, to.domain, timeout=to.timeout)
    try:
        line.ehlo_or_helo_if_needed()
        at_home = to.host in AT_HOME
        if to.scheme == "smtp" and not at_home and (to.user or line.has_extn("starttls")):
            line.starttls(context=context)
        if to.user:
            line.login(to.user, to.password)
        yield line
    finally:
        with suppress(smtplib.SMTPException, OSError):
            line.quit()
        line.close()


def hand_in(line: smtplib.SMTP, to: Server, letter: Letter) -> Outcome:
    """Hand in one letter; every refusal and every broken line is an Outcome.

    A line that breaks after the text leaves it open whether the letter was taken. SMTP asks to
    try again then; the Message-ID is the same.
    """
    try:
        line.send_message(_written(to, letter), to.address, [letter.to])
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = refused.recipients[letter.to]
        return _refusal(code, words)
    except smtplib.SMTPSenderRefused as refused:  # our fault, not the recipient's: may be mended
        return Outcome("waiting", _answer(refused.smtp_code, refused.smtp_error))
    except smtplib.SMTPResponseException as refused:
        return _refusal(refused.smtp_code, refused.smtp_error)
    except (smtplib.SMTPException, OSError) as broken:
        return Outcome("waiting", _short(f"{type(broken).__name__}: {broken}"))
    except (ValueError, IndexError, MessageError) as unusable:  # no such address can be written
        return Outcome("refused", _short(str(unusable)))
    return Outcome("sent", "taken")


def is_broken(line: smtplib.SMTP) -> bool:
    """Whether nothing more can be said on this connection."""
    if line.sock is None:
        return True
    try:
        return line.noop()[0] != 250
    except (smtplib.SMTPException, OSError):
        return True


def _refusal(code: int, words: bytes | str) -> Outcome:
    return Outcome("refused" if 500 <= code < 600 else "waiting", _answer(code, words))


def _answer(code: int, words: bytes | str) -> str:
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    return _short(f"{code} {said}")


def _short(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:300]


def _written(to: Server, letter: Letter) -> EmailMessage:
    mail = EmailMessage()
    mail["Message-ID"] = f"<message-{letter.id}@{to.domain}>"
    mail["Date"] = format_datetime(clock.now())
    mail["From"] = to.sender
    mail["To"] = Address(letter.name, addr_spec=letter.to)
    mail["Subject"] = letter.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    return mail


def unreachable(error: OSError | smtplib.SMTPException) -> str:
    """Why no connection came about, in one line."""
    return _short(f"{type(error).__name__}: {error}")
