"""Mails leave: leased, handed in with no transaction open, and what the server said written down.

Nobody else has a leased mail meanwhile; a worker that dies gives it back by its lease.
"""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import Connection, select, text, update

from core import clock
from core.crash import crashpoint
from core.db import db
from core.messages import directory, smtp
from core.messages.models import Mail, Message
from core.use_case import end_read, use_case

BATCH = 10
STEPS = 8  # of one conversation that may each take the whole time-out
# after the first, second, … try; then it is given up
PAUSES = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440, 1440)]


@dataclass(frozen=True, slots=True)
class Leased:
    """A mail that is this worker's until its lease ends."""

    mail_id: int
    tries: int
    letter: smtp.Letter


def send_waiting() -> int:
    """Hand in what waits; returns how many mails were tried. Nothing without MAIL_URL."""
    tried = 0
    while current_app.config["MAIL_URL"]:
        to = smtp.server(*_settings())
        leased = _lease(_lease_seconds(to))
        end_read()
        if not leased:
            break
        tried += len(leased)
        if not _hand_in(to, leased):
            break
    return tried


def _settings() -> tuple[str, str, int]:
    config = current_app.config
    return config["MAIL_URL"], config["MAIL_FROM"], config["MAIL_TIMEOUT_SECONDS"]


def _lease_seconds(to: smtp.Server) -> int:
    """Longer than the slowest server can keep a worker with a whole batch."""
    return to.timeout * STEPS * (BATCH + 1) + 60


@use_case
def _lease(seconds: int) -> list[Leased]:
    due = (
        select(Mail.id)
        .where(Mail.state == "waiting", Mail.next_at <= clock.now())
        .order_by(Mail.next_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    until = clock.now() + timedelta(seconds=seconds)
    taken = (
        update(Mail)
        .where(Mail.id.in_(due.scalar_subquery()))
        .values(next_at=until, tries=Mail.tries + 1)
        .returning(Mail.id, Mail.tries, Mail.message_id)
    )
    rows = db.session.execute(taken).all()
    return [each for row in sorted(rows) if (each := _letter(*row)) is not None]


def _letter(mail_id: int, tries: int, message_id: int) -> Leased | None:
    """The mail with the address of now; who has none any more is not written to."""
    message = db.session.get_one(Message, message_id)
    contact = directory.contact(message.person_id)
    if contact is None or message.erased_at is not None:
        _set(mail_id, tries, smtp.Outcome("canceled", "nowhere to write to"))
        return None
    config = current_app.config
    link = f"\n\n{config['PUBLIC_URL'].rstrip('/')}{message.link}" if message.link else ""
    words = f"{message.body}{link}\n\n-- \n{config['MALL_NAME']}\n{config['PUBLIC_URL']}\n"
    letter = smtp.Letter(message_id, contact.email, contact.name, message.subject, words)
    return Leased(mail_id, tries, letter)


def _hand_in(to: smtp.Server, leased: Sequence[Leased]) -> bool:
    """Hand these in on as few connections as it takes; False when the server cannot be reached."""
    left = list(leased)
    while left:
        try:
            with smtp.connected(to) as line:
                while left:
                    one = left.pop(0)
                    crashpoint("before:mail")
                    outcome = smtp.hand_in(line, to, one.letter)
                    crashpoint("mailed")
                    _record(one, outcome)
                    if left and smtp.is_broken(line):
                        break
        except (smtplib.SMTPException, OSError) as error:
            for one in left:
                _record(one, smtp.Outcome("waiting", smtp.unreachable(error)))
            return False
    return True


@use_case
def _record(one: Leased, outcome: smtp.Outcome) -> None:
    _set(one.mail_id, one.tries, outcome)


def _set(mail_id: int, tries: int, outcome: smtp.Outcome) -> None:
    """Write down what became of this try, unless somebody else has had the mail since."""
    now = clock.now()
    state, next_at = outcome.state, now
    if state == "waiting" and tries > len(PAUSES):
        state = "given_up"
    elif state == "waiting":
        next_at = now + PAUSES[tries - 1]
    mine = (Mail.id == mail_id, Mail.tries == tries, Mail.state == "waiting")
    values = {"state": state, "next_at": next_at, "answer": outcome.answer}
    sent_at = now if state == "sent" else None
    db.session.execute(update(Mail).where(*mine).values(**values, sent_at=sent_at))


def restored(owner: Connection) -> None:
    """What waits in a restored backup may have left since: it stays on the pages."""
    owner.execute(
        text(
            "update message_mail set state = 'canceled', answer = 'restored from a backup'"
            " where state = 'waiting'"
        )
    )
