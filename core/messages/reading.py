"""What a person was told, for their page and for the count in the head of every page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from core.db import db, one
from core.messages.models import Mail, Message

PAGE = 20


def unread_count(person_id: Any) -> Any:
    """How many messages were not read, as a part of another query."""
    unread = (Message.person_id == person_id, Message.read_at.is_(None))
    return select(func.count()).select_from(Message).where(*unread).scalar_subquery()


def messages_of(person_id: int, *, before: int | None = None) -> Sequence[Message]:
    """A person's messages, the newest first, one more than a page; erased ones are left out."""
    mine = select(Message).where(Message.person_id == person_id, Message.erased_at.is_(None))
    if before is not None:
        mine = mine.where(Message.id < before)
    return db.session.scalars(mine.order_by(Message.id.desc()).limit(PAGE + 1)).all()


def message_of(person_id: int, message_id: int) -> Message:
    """One message of this person's; raises NotFound."""
    found: Message = one(
        select(Message).where(Message.person_id == person_id, Message.id == message_id)
    )
    return found


def mails_of(message_ids: Sequence[int]) -> dict[int, Mail]:
    """The mails of these messages, by message."""
    query = select(Mail).where(Mail.message_id.in_(message_ids))
    return {mail.message_id: mail for mail in db.session.scalars(query)}
