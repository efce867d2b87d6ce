"""What people were told, and the mails that wait to leave."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model

LANGUAGES = ("en", "zh")
STATES = ("waiting", "sent", "refused", "given_up", "canceled")


class Message(Model):
    """One thing one person was told, in the words of that moment."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("(about = '') = (on_day is null)", name="quiet_has_a_day"),
        Index("uq_message_key", "person_id", "key", unique=True),
        Index(
            "uq_message_about_a_day",
            "person_id",
            "about",
            "on_day",
            unique=True,
            postgresql_where=text("about <> ''"),
        ),
        Index("ix_message_unread", "person_id", postgresql_where=text("read_at is null")),
        Index("ix_message_person_id_id", "person_id", "id"),
        {"info": {"removable": True, "frozen": "person_id kind key about on_day language"}},
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(160))  # the same notice is never written twice
    about: Mapped[str] = mapped_column(String(120), default="")  # at most one a day about this
    on_day: Mapped[date | None]
    language: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(300), default="")  # a path of ours
    read_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class Mail(Model):
    """A message on its way by mail; the message's id is in the Message-ID of every try."""

    __tablename__ = "message_mail"
    __table_args__ = (
        CheckConstraint(
            "state in ('waiting','sent','refused','given_up','canceled')", name="state_is_known"
        ),
        CheckConstraint("(state = 'sent') = (sent_at is not null)", name="sent_has_a_time"),
        CheckConstraint("tries >= 0", name="tries_are_counted"),
        Index("ix_message_mail_waiting", "next_at", postgresql_where=text("state = 'waiting'")),
        {"info": {"removable": True, "frozen": "message_id"}},
    )

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]  # not before; while a worker has it, the end of its lease
    answer: Mapped[str] = mapped_column(String(300), default="")  # the last of the mail server
    sent_at: Mapped[datetime | None]


class MessageWish(Model):
    """How a person wants to be told."""

    __tablename__ = "message_wish"
    __table_args__ = (
        CheckConstraint("language in ('en','zh')", name="language_is_known"),
        {"info": {"frozen": "person_id"}},
    )

    person_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    language: Mapped[str] = mapped_column(String(5))
